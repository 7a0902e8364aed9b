"""One way to hide personal data in logs, messages, artifacts and evidence."""

import logging
import re

_ID_NO = re.compile(r"(?<![0-9A-Za-z])(\d{6})(\d{8})(\d{3}[\dXx])(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)(\d{4})(\d{4})(?!\d)")
_BANK_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])(\d{4})(\d{8,11})(\d{4})(?![0-9A-Za-z])")


def mask_text(text: str) -> str:
    """Hide ID numbers, mobile phones and bank accounts anywhere in a text."""
    text = _ID_NO.sub(lambda m: f"{m[1]}********{m[3]}", text)
    text = _PHONE.sub(lambda m: f"{m[1]}****{m[3]}", text)
    return _BANK_ACCOUNT.sub(lambda m: f"{m[1]}{'*' * len(m[2])}{m[3]}", text)


def mask_name(name: str) -> str:
    """张三丰 -> 张**; an empty name stays empty."""
    return name[:1] + "*" * max(len(name) - 1, 0)


class MaskingFormatter(logging.Formatter):
    """A formatter whose every line, traceback included, is masked."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text without personal data."""
        return mask_text(super().format(record))


class MaskingFilter(logging.Filter):
    """Masks a record before any handler sees it, for loggers whose handlers are not ours (Prefect's)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Fold arguments and traceback into masked text; every record passes."""
        record.msg, record.args = mask_text(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = mask_text(logging.Formatter().formatException(record.exc_info))
        return True
