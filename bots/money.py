"""Money is integer fen, rates are integer basis points; HALF_UP once, at the end."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

BASIS_POINTS = 10_000
_UNITS = {"元": Decimal(100), "万元": Decimal(1_000_000), "分": Decimal(1)}
_NOISE = str.maketrans(
    {",": "", "，": "", "￥": "", "¥": "", " ": "", "\xa0": "", "\t": "", "'": "", "元": ""}
)
# Decimal would also read 1.23E+05 (what a spreadsheet left of a number) and 1_000.
_AMOUNT = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?|[+-]?\.[0-9]+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－（）", "0123456789.-()")


def parse_fen(text: str, unit: str = "元") -> int:
    """``"1,234.50"`` -> 123450 fen; brackets and a leading minus are negative.

    Raises ValueError when the text is no amount or has a fraction of a fen.
    """
    plain = text.translate(_FULL_WIDTH).translate(_NOISE)
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(f"不是金额：{text!r}")
    fen = Decimal(plain) * _UNITS[unit]
    if fen != fen.to_integral_value():
        raise ValueError(f"金额不是整数分：{text!r}")
    return int(fen)


def format_yuan(fen: int) -> str:
    """123450 -> ``1,234.50``."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(int(fen)), 100)
    return f"{sign}{yuan:,}.{rest:02d}"


def share_of(amount_fen: int, rate_bp: int) -> int:
    """``amount x rate`` in fen, HALF_UP (away from zero at exactly half)."""
    return int((Decimal(amount_fen) * rate_bp / BASIS_POINTS).quantize(Decimal(1), ROUND_HALF_UP))


def split_fen(amount_fen: int, shares_bp: Sequence[int]) -> list[int]:
    """Parts of an amount by shares in order; the last part takes the remainder.

    Source: domain.md a1. Raises ValueError when the shares do not add up to 100 %.
    """
    if sum(shares_bp) != BASIS_POINTS:
        raise ValueError(f"分成比例合计不是 100%：{list(shares_bp)}")
    parts = [share_of(amount_fen, share) for share in shares_bp[:-1]]
    return [*parts, amount_fen - sum(parts)]
