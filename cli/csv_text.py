"""Text in the CSV files that people open in a spreadsheet."""

from typing import Any

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> Any:
    """The value; a text that a spreadsheet would run as a formula stands behind an apostrophe."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_SIGNS)
    return f"'{value}" if is_formula else value
