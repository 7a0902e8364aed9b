"""泰安人寿: the insurer's broker portal as it was built in 2008."""
