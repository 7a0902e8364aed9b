"""A setting that cannot be; apart, so that the command line knows it without loading the settings."""


class SettingsInvalid(ValueError):
    """A variable or a line of ``.env`` has a value that does not fit; the text names it, in Chinese."""
