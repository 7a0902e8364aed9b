"""Message services: they record what they get and deliver nothing."""
