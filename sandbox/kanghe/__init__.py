"""康禾人寿: the insurer's broker portal as ASP.NET WebForms made it in 2012."""
