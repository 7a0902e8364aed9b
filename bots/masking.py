"""One way to hide personal data in logs, messages, artifacts and evidence."""

import logging
import re

_GAP = r"[ \u00a0\u3000-]?"
_ALONE, _END = r"(?<![0-9a-z])", r"(?![0-9a-z])"
# Ids of runs and digests hold long rows of digits by chance: they are matched first and kept.
_KEPT = rf"{_ALONE}(?:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|(?=\d*[a-f])[0-9a-f]{{32,}}){_END}"
_ID_NO = rf"{_ALONE}(?P<id_head>\d{{6}}){_GAP}\d{{8}}{_GAP}(?P<id_tail>\d{{3}}[\dx]){_END}"
_PHONE = (
    rf"(?<!\d)(?P<phone_head>(?:(?:\+|00)?86{_GAP})?1[3-9]\d)"
    rf"{_GAP}\d{{4}}{_GAP}(?P<phone_tail>\d{{4}})(?!\d)"
)
_ACCOUNT = (
    rf"{_ALONE}(?P<account>\d{{4}}(?P<gap>{_GAP})\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{4}}"
    rf"(?:(?P=gap)\d{{1,3}})?){_END}"
)
_PERSONAL = re.compile(f"(?P<kept>{_KEPT})|{_ID_NO}|{_PHONE}|{_ACCOUNT}", re.IGNORECASE)


def mask_text(text: str) -> str:
    """Hide ID numbers, mobile phones and bank accounts anywhere in a text.

    Phones also after 86 or +86, all three also in their usual groups: 138-0000-0001, 6222 0202 0001 2345 678.
    """
    return _PERSONAL.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    if found["kept"]:
        return found[0]
    if found["id_head"]:
        return f"{found['id_head']}********{found['id_tail']}"
    if found["phone_head"]:
        return f"{found['phone_head']}****{found['phone_tail']}"
    digits = re.sub(r"\D", "", found["account"])
    return f"{digits[:4]}{'*' * (len(digits) - 8)}{digits[-4:]}"


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
