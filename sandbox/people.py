"""Invented people: names, ID numbers with a valid checksum, phones, bank accounts."""

from datetime import date, timedelta
from random import Random

from sandbox.records import Person

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹喻苏潘葛范彭鲁韦马方任袁柳"
# 喆 堃 镕 珺 are in GBK and not in GB2312: pages that declare gb2312 break naive readers on them.
_GIVEN = "喆堃镕珺明芳伟娜敏静丽强磊军洋勇艳杰娟涛超霞平刚英建国志雪梅子涵浩欣怡宇诗琪俊雅婷文博晓燕春秋若曦"
# City-level codes are valid region codes which no identity card carries: nobody real is hit.
_REGIONS = (
    "110100",
    "120100",
    "310100",
    "320100",
    "330100",
    "420100",
    "440100",
    "440300",
    "510100",
    "610100",
)
# Number ranges that no operator has issued.
_PHONE_PREFIXES = ("163", "164")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def invent_name(rng: Random) -> str:
    """A Chinese name of two or three characters."""
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.randint(1, 2)))


def invent_person(rng: Random) -> Person:
    """A person of working age with ID number and mobile phone."""
    return Person(name=invent_name(rng), id_no=_invent_id_no(rng), phone=_invent_phone(rng))


def invent_bank_account(rng: Random) -> str:
    """A 19-digit card number with its Luhn digit."""
    body = "629999" + "".join(str(rng.randrange(10)) for _ in range(12))
    return body + _luhn_digit(body)


def _invent_id_no(rng: Random) -> str:
    born = date(1955, 1, 1) + timedelta(days=rng.randrange(365 * 48))
    body = f"{rng.choice(_REGIONS)}{born:%Y%m%d}{rng.randrange(1, 999):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + _ID_CHECKS[total % 11]


def _invent_phone(rng: Random) -> str:
    return rng.choice(_PHONE_PREFIXES) + "".join(str(rng.randrange(10)) for _ in range(8))


def _luhn_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - largest single digit
    return str(-total % 10)
