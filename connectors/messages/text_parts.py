"""Long texts cut into numbered parts, measured in bytes as WeCom measures them."""


def split_text(text: str, limit: int) -> list[str]:
    """Parts of at most ``limit`` UTF-8 bytes; several parts start with ``(1/3)`` on a line of its own.

    Cuts between lines where a line fits into a part, else between characters, never inside one.
    A line feed at a cut is dropped; nothing else is.
    """
    if len(text.encode()) <= limit:
        return [text]
    digits = 1
    while True:
        pieces = _cut(text, limit - len(_counter("9" * digits, "9" * digits)))
        if len(str(len(pieces))) <= digits:
            return [f"{_counter(number, len(pieces))}{piece}" for number, piece in enumerate(pieces, 1)]
        digits += 1


def _counter(number: int | str, total: int | str) -> str:
    return f"({number}/{total})\n"


def _cut(text: str, room: int) -> list[str]:
    pieces = []
    while len(text.encode()) > room:
        fitting = len(text.encode()[:room].decode(errors="ignore"))
        line_end = text.rfind("\n", 1, fitting + 1)
        end = line_end if line_end > 0 else fitting
        pieces.append(text[:end])
        text = text[end + 1 :] if line_end > 0 else text[end:]
    return [*pieces, text] if text else pieces
