"""Frames as the bot takes them: hub column names, checked types, no doubled keys."""

import json
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from bots.errors import SourceFileInvalid


class Kind(StrEnum):
    """What a column holds; ``*_OPTIONAL`` may be empty."""

    TEXT = "text"
    JSON = "json"
    INTEGER = "integer"
    INTEGER_OPTIONAL = "integer_optional"
    DATE = "date"
    DATE_OPTIONAL = "date_optional"


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns of one table with their kinds, its unique key, and columns with a closed set of values."""

    title: str
    columns: dict[str, Kind]
    key: tuple[str, ...]
    closed: dict[str, frozenset[str]] = field(default_factory=dict)


_T, _I, _D, _O = Kind.TEXT, Kind.INTEGER, Kind.DATE, Kind.DATE_OPTIONAL
_POLICY = {"insurer_slug": _T, "policy_no": _T}
_RATE = {"insurer_slug": _T, "product_code": _T, "pay_years": _I, "policy_year": _I}

SHAPES = {
    "insurers": Shape("保险公司", {"slug": _T, "name": _T, "payer_names": Kind.JSON}, ("slug",)),
    "products": Shape(
        "产品",
        {"insurer_slug": _T, "product_code": _T, "product_name": _T, "cooling_off_days": _I}
        | {"valid_from": _D, "valid_to": _O},
        ("insurer_slug", "product_code", "valid_from"),
    ),
    "agents": Shape(
        "业务员",
        {"agent_no": _T, "rank": _I, "upline_agent_no": _T, "status": _T, "valid_from": _D, "valid_to": _O},
        ("agent_no", "valid_from"),
        {"status": frozenset({"active", "left"})},
    ),
    "policies": Shape(
        "保单",
        _POLICY
        | {"product_code": _T, "pay_years": _I, "issue_date": _D, "effective_date": _D, "receipt_date": _O}
        | {"return_visit_date": _O, "return_visit_result": _T, "currency": _T, "agent_split": _T}
        | {"status": _T, "status_date": _O},
        ("insurer_slug", "policy_no"),
        {
            "status": frozenset({"in_force", "cooling_off_cancelled", "surrendered", "lapsed"}),
            "return_visit_result": frozenset({"成功", "失败", ""}),
        },
    ),
    "premium_dues": Shape(
        "应缴保费",
        _POLICY | {"policy_year": _I, "due_date": _D, "premium_fen": _I},
        ("insurer_slug", "policy_no", "policy_year"),
    ),
    "premium_receipts": Shape(
        "实收保费",
        _POLICY | {"receipt_no": _T, "policy_year": _I, "received_date": _D, "premium_fen": _I},
        ("insurer_slug", "receipt_no"),
    ),
    "endorsements": Shape(
        "保全",
        _POLICY
        | {"endorsement_no": _T, "effective_date": _D, "premium_before_fen": _I, "premium_after_fen": _I},
        ("insurer_slug", "endorsement_no"),
    ),
    "commission_rates": Shape(
        "佣金费率",
        _RATE | {"rate_bp": _I, "valid_from": _D, "valid_to": _O},
        (*_RATE, "valid_from"),
    ),
    "commission_caps": Shape(
        "费率上限",
        _RATE | {"max_rate_bp": _I, "valid_from": _D, "valid_to": _O},
        (*_RATE, "valid_from"),
    ),
    "statements": Shape(
        "结算批次",
        {"insurer_slug": _T, "batch_no": _T, "period": _T, "cutoff_date": _D}
        | {"line_count": _I, "cover_total_fen": _I},
        ("insurer_slug", "batch_no"),
    ),
    "statement_lines": Shape(
        "结算明细",
        {"insurer_slug": _T, "batch_no": _T, "line_no": _I, "policy_no": _T, "product_code": _T}
        | {"policy_year": _I, "item_type": _T, "endorsement_no": _T, "agent_no": _T, "premium_fen": _I}
        | {"rate_bp": Kind.INTEGER_OPTIONAL, "amount_fen": _I, "currency": _T, "remark": _T},
        ("insurer_slug", "batch_no", "line_no"),
        {"item_type": frozenset({"FYC", "RYC"})},
    ),
    "bank_receipts": Shape(
        "银行流水",
        {"bank": _T, "transaction_no": _T, "booked_at": _D, "direction": _T, "amount_fen": _I}
        | {"summary": _T, "payer_name": _T},
        ("bank", "transaction_no"),
        {"direction": frozenset({"in", "out"})},
    ),
}


@dataclass(frozen=True, slots=True)
class LedgerFrames:
    """The firm's own books; columns as in the hub, more columns than needed are ignored.

    ``insurers.payer_names`` is a list or its JSON text; dates are dates, timestamps or ISO text.
    """

    insurers: pd.DataFrame
    products: pd.DataFrame
    agents: pd.DataFrame
    policies: pd.DataFrame
    premium_dues: pd.DataFrame
    premium_receipts: pd.DataFrame
    endorsements: pd.DataFrame
    commission_rates: pd.DataFrame
    commission_caps: pd.DataFrame


def shape_frame(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table ``name`` with exactly its columns: text ``str`` ("" = empty), int64 (Int64), datetime64[us].

    Raises SourceFileInvalid naming table, column and row: column missing, value unreadable,
    a float where fen or basis points belong, two rows with one key.
    """
    shape = SHAPES[name]
    if missing := [column for column in shape.columns if column not in frame.columns]:
        raise _refuse(shape, f"缺少列 {'、'.join(missing)}")
    shaped = pd.DataFrame(
        {column: _convert(frame[column], kind, shape) for column, kind in shape.columns.items()}
    ).reset_index(drop=True)
    for column, values in shape.closed.items():
        _check(shaped[column], ~shaped[column].isin(values), "已知的取值", shape)
    doubled = shaped.duplicated(list(shape.key))
    if doubled.any():
        key = "、".join(str(value) for value in shaped.loc[doubled, list(shape.key)].iloc[0])
        raise _refuse(shape, f"第 {int(doubled.to_numpy().argmax()) + 1} 行与前面的行重复（{key}）")
    return shaped


def _convert(values: pd.Series, kind: Kind, shape: Shape) -> pd.Series:
    if kind is Kind.JSON:
        return values.map(lambda value: value if isinstance(value, str) else json.dumps(value)).astype("str")
    if kind is Kind.TEXT:
        return values.astype("object").where(values.notna(), "").astype("str")
    if kind is Kind.INTEGER:
        return _to_integers(values, shape)
    if kind is Kind.INTEGER_OPTIONAL:
        filled = values.notna() & (values.astype("str") != "")
        return _to_integers(values[filled], shape).astype("Int64").reindex(values.index)
    empty = values.isna() | (values.astype("str") == "")
    dates = pd.to_datetime(values.where(~empty), format="ISO8601", errors="coerce")
    unreadable = dates.isna() if kind is Kind.DATE else dates.isna() & ~empty
    _check(values, unreadable, "日期", shape)
    return dates.astype("datetime64[us]")


def _to_integers(values: pd.Series, shape: Shape) -> pd.Series:
    if pd.api.types.is_float_dtype(values.dtype):
        raise _refuse(shape, f"列 {values.name} 是小数，金额应为整数分、费率应为整数基点")
    if pd.api.types.is_integer_dtype(values.dtype) and not values.hasnans:
        return values.astype("int64")
    plain = values.astype("object").where(values.notna(), "").astype("str")
    _check(values, ~plain.str.fullmatch(r"-?\d{1,17}"), "整数", shape)
    return plain.astype("int64")


def _check(values: pd.Series, wrong: pd.Series, wanted: str, shape: Shape) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise _refuse(shape, f"第 {row + 1} 行的 {values.name} 应为{wanted}，收到 {values.iloc[row]!r}")


def _refuse(shape: Shape, what: str) -> SourceFileInvalid:
    return SourceFileInvalid(f"{shape.title}：{what}。", remedy="请更正来源数据后重新对账。")
