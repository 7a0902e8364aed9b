"""One column of a portal's table: from the text of a cell to a value of the hub."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import Field, model_validator

from bots.dates import parse_date
from bots.money import parse_fen
from bots.portal.strict import Strict

Kind = Literal["text", "integer", "money", "rate", "date", "period", "policy_no", "id_no", "phone", "enum"]
_POLICY_NO = re.compile(r"[A-Z0-9][A-Z0-9-]{3,39}")
_OTHER_CERTIFICATE = re.compile(r"[A-Z0-9()-]{5,20}")
_MAINLAND_ID = re.compile(r"\d{17}[\dX]")
_PHONE = re.compile(r"(?:\+?86)?(1\d{10})")
_PERIOD = re.compile(r"(\d{4})(?:-|/|\.|年)?(\d{2})月?")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MONTHS = range(1, 13)
_UNDECODABLE = "\N{REPLACEMENT CHARACTER}"


class Column(Strict):
    """How one column is read. ``name`` is the hub's column name, ``kind`` the shape of its values."""

    name: str = Field(min_length=1)
    kind: Kind = "text"
    required: bool = False
    personal: bool = False
    unit: str = ""
    on_fault: Literal["set_aside", "empty"] = "set_aside"
    lookups: dict[str, str | int | bool | None] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _units_and_lookups(self) -> "Column":
        if self.kind == "money" and self.unit not in ("", "元", "万元", "分"):
            raise ValueError("money 的 unit 只能是 元、万元、分")
        if self.unit and self.kind not in ("money", "integer"):
            raise ValueError("只有 money 和 integer 可以写 unit")
        if self.kind == "enum" and not self.lookups:
            raise ValueError("enum 必须写 lookups")
        return self

    @property
    def is_personal(self) -> bool:
        """Whether evidence must hide the column."""
        return self.personal or self.kind in ("id_no", "phone")

    def parse(self, text: str) -> Any:
        """The value of a cell; an empty one is None.

        Raises ValueError with a Chinese reason when the text is not of this kind, or is empty and required.
        """
        plain = text.strip().strip("\ufeff")
        value: Any
        if plain in self.lookups:
            value = self.lookups[plain]
        elif _UNDECODABLE in plain:
            raise ValueError("有认不出的字")
        else:
            value = _PARSERS[self.kind](plain, self.unit) if plain else None
        if value is None and self.required:
            raise ValueError("必填的栏目为空")
        return value


def _parse_text(text: str, _unit: str) -> str:
    return text


def _parse_integer(text: str, unit: str) -> int:
    plain = text.removesuffix(unit).strip().replace(",", "")
    if not re.fullmatch(r"-?\d+", plain):
        raise ValueError("不是整数")
    return int(plain)


def _parse_money(text: str, unit: str) -> int:
    try:
        return parse_fen(text, unit or "元")
    except ValueError as error:
        raise ValueError("不是以分为最小单位的金额") from error


def _parse_rate(text: str, _unit: str) -> int:
    """``30%`` -> 3000 basis points."""
    try:
        basis_points = Decimal(text.removesuffix("%").replace(",", "")) * 100
    except InvalidOperation as error:
        raise ValueError("不是百分比") from error
    if not text.endswith("%"):
        raise ValueError("百分比没有 % 号")
    if not basis_points.is_finite() or basis_points != basis_points.to_integral_value():
        raise ValueError("百分比多于两位小数")
    return int(basis_points)


def _parse_date(text: str, _unit: str) -> Any:
    try:
        return parse_date(text)
    except ValueError as error:
        raise ValueError("不是日期") from error


def _parse_period(text: str, _unit: str) -> str:
    """``202610``, ``2026-10``, ``2026年10月`` -> ``2026-10``."""
    match = _PERIOD.fullmatch(text)
    if not match or int(match[2]) not in _MONTHS:
        raise ValueError("不是结算月")
    return f"{match[1]}-{match[2]}"


def _parse_policy_no(text: str, _unit: str) -> str:
    plain = text.strip("'\t ").upper()
    if not _POLICY_NO.fullmatch(plain):
        raise ValueError("不是保单号")
    return plain


def _parse_id_no(text: str, _unit: str) -> str:
    """A mainland ID number with a true check digit, or another certificate's number."""
    plain = text.strip("'\t ").upper()
    if _MAINLAND_ID.fullmatch(plain):
        total = sum(int(digit) * weight for digit, weight in zip(plain, _ID_WEIGHTS, strict=False))
        if "10X98765432"[total % 11] != plain[-1]:
            raise ValueError("身份证号校验位不对")
    elif not _OTHER_CERTIFICATE.fullmatch(plain):
        raise ValueError("不是证件号码")
    return plain


def _parse_phone(text: str, _unit: str) -> str:
    match = _PHONE.fullmatch(re.sub(r"[\s'-]", "", text))
    if not match:
        raise ValueError("不是手机号码")
    return match[1]


def _parse_enum(_text: str, _unit: str) -> Any:
    raise ValueError("不在 lookups 里")


_PARSERS: dict[str, Callable[[str, str], Any]] = {
    "text": _parse_text,
    "integer": _parse_integer,
    "money": _parse_money,
    "rate": _parse_rate,
    "date": _parse_date,
    "period": _parse_period,
    "policy_no": _parse_policy_no,
    "id_no": _parse_id_no,
    "phone": _parse_phone,
    "enum": _parse_enum,
}
