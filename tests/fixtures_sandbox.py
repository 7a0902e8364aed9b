"""The pretend outside world as a running server."""
