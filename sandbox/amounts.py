"""Fen arithmetic and yuan text of the pretend world; shares no code with the bots it checks."""

from collections.abc import Sequence

WHOLE_BP = 10_000


def half_up(amount_fen: int, rate_bp: int, whole: int = WHOLE_BP) -> int:
    """``amount x rate / whole`` in fen for amounts >= 0, halves away from zero."""
    return (2 * amount_fen * rate_bp + whole) // (2 * whole)


def in_parts(amount_fen: int, shares_bp: Sequence[int]) -> list[int]:
    """Parts in listed order, each half up, the last one the remainder."""
    parts = [half_up(amount_fen, share) for share in shares_bp[:-1]]
    return [*parts, amount_fen - sum(parts)]


def yuan(fen: int) -> str:
    """-123456 -> ``-1,234.56``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def bracketed_yuan(fen: int) -> str:
    """-123456 -> ``(1,234.56)``, the accountants' negative."""
    return f"({yuan(-fen)})" if fen < 0 else yuan(fen)


def percent(rate_bp: int) -> str:
    """1250 -> ``12.50%``."""
    return f"{rate_bp // 100}.{rate_bp % 100:02d}%"
