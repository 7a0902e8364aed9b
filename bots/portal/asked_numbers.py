"""A list of numbers that a caller asks about: policy numbers, batch numbers."""

import re
from collections import Counter

MOST_NUMBERS = 1_000
_BETWEEN = re.compile(r"[\s,，、;；]+")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")


def split_numbers(text: str) -> list[str]:
    """``A, B`` -> ``["A", "B"]``.

    Raises ValueError with a Chinese reason for no number at all, more than 1,000, one that comes twice, or a
    text that is none.
    """
    numbers = [number for number in _BETWEEN.split(text) if number]
    if not numbers:
        raise ValueError("一个号码也没有")
    if len(numbers) > MOST_NUMBERS:
        raise ValueError(f"一次最多 {MOST_NUMBERS} 个号码，收到 {len(numbers)} 个")
    wrong = next((number for number in numbers if not _NUMBER.fullmatch(number)), None)
    if wrong:
        raise ValueError(f"{wrong} 不是号码")
    number, times = Counter(numbers).most_common(1)[0]
    if times > 1:
        raise ValueError(f"号码 {number} 写了 {times} 次")
    return numbers
