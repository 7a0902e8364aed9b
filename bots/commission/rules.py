"""Dated settlement rules and the wording of breaks, both from YAML."""

import hashlib
from datetime import date
from string import Formatter
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from bots.commission.checked_yaml import Checked, parse_yaml
from bots.commission.classes import BreakClass
from bots.errors import RulesInvalid
from bots.money import BASIS_POINTS

BasisPoints = Annotated[int, Field(ge=0, le=BASIS_POINTS)]
PLACEHOLDERS = frozenset(
    {
        *("policy_no", "policy_year", "item_type", "batch_no", "line_no", "transaction_no"),
        *("own", "statement", "bank", "difference", "gap", "base", "rate", "premium_before"),
        *("line_premium", "line_rate", "cover", "line_agents", "agents", "line_currency", "currency"),
        *("own_year", "payable_date", "timing", "status_date", "open_gate", "endorsement_date"),
        *("paid_at", "vat_rate", "remark", "payer_name", "booked_date", "missing_rule", "tolerance", "hint"),
        *("nominal", "paid_in", "undivided_fact", "line_count", "lines_read"),
    }
)


class DatedInt(Checked):
    """A number that holds from ``valid_from`` until the next row's."""

    valid_from: date
    value: int = Field(ge=0)


class DatedShares(Checked):
    """Override shares of generations 1..n, in basis points of the seller's part."""

    valid_from: date
    value: list[BasisPoints]


class SettlementRules(Checked):
    """config/commission/settlement.yaml: shares (bp), tolerance (fen a line), VAT (bp), days."""

    agent_share_bp: list[DatedInt] = Field(min_length=1)
    override_bp: list[DatedShares] = Field(min_length=1)
    tolerance_fen_per_line: list[DatedInt] = Field(min_length=1)
    vat_rate_bp: list[DatedInt] = Field(min_length=1)
    bank_match_days: list[DatedInt] = Field(min_length=1)

    @model_validator(mode="after")
    def check_dates_and_shares(self) -> Self:
        """Rows are in date order without doubles; seller and overrides never exceed the whole."""
        for name in type(self).model_fields:
            days = [row.valid_from for row in getattr(self, name)]
            if days != sorted(set(days)):
                raise ValueError(f"{name} 的 valid_from 须从早到晚且不重复")
        highest_share = max(row.value for row in self.agent_share_bp)
        highest_override = max(sum(row.value) for row in self.override_bp)
        if highest_share * (BASIS_POINTS + highest_override) > BASIS_POINTS**2:
            raise ValueError("agent_share_bp 加上 override_bp 超过 100%，公司留存会变成负数")
        return self


class BreakWording(Checked):
    """How one class of break is named, ranked and explained to finance."""

    label: str
    severity: Literal["高", "中", "低"]
    sentence: str
    action: str

    @model_validator(mode="after")
    def check_placeholders(self) -> Self:
        """Only known names in braces, so that a typing error shows at load and not at night."""
        named = {name for _, name, _, _ in Formatter().parse(self.sentence) if name is not None}
        if unknown := sorted(named - PLACEHOLDERS):
            raise ValueError(f"sentence 用了不认识的占位符：{'、'.join(unknown)}")
        return self


class BreakRules(Checked):
    """config/commission/breaks.yaml: one wording for every class."""

    classes: dict[str, BreakWording]

    @model_validator(mode="after")
    def check_complete(self) -> Self:
        """Every class has a wording and no wording is left over."""
        if missing := [name for name in BreakClass if name not in self.classes]:
            raise ValueError(f"classes 缺少类别：{'、'.join(missing)}")
        if unknown := sorted(set(self.classes) - set(BreakClass)):
            raise ValueError(f"classes 有不认识的类别：{'、'.join(unknown)}")
        labels = [wording.label for wording in self.classes.values()]
        # The workbook counts and sums by label.
        if doubled := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"label 重复：{'、'.join(doubled)}")
        return self


class CommissionRules(Checked):
    """Everything that ``reconcile`` takes from configuration; ``versions`` name file contents."""

    settlement: SettlementRules
    wordings: dict[str, BreakWording]
    versions: dict[str, str]


def parse_rules(settlement_text: str, breaks_text: str) -> CommissionRules:
    """Both YAML texts as rules; RulesInvalid names file and key."""
    return CommissionRules(
        settlement=parse_yaml(settlement_text, "config/commission/settlement.yaml", SettlementRules),
        wordings=parse_yaml(breaks_text, "config/commission/breaks.yaml", BreakRules).classes,
        versions={"settlement.yaml": _version(settlement_text), "breaks.yaml": _version(breaks_text)},
    )


def value_on(rows: list[DatedInt], day: date, name: str) -> int:
    """The value that holds on ``day``; RulesInvalid when ``day`` lies before the first row."""
    return int(values_on(rows, pd.Series([pd.Timestamp(day)]), name).iloc[0])


def values_on(rows: list[DatedInt], days: pd.Series, name: str) -> pd.Series:
    """The values that hold on each day, int64, same index as ``days``."""
    values = np.array([row.value for row in rows], dtype="int64")
    return pd.Series(values[_row_numbers(rows, days, name)], index=days.index)


def shares_on(rows: list[DatedShares], days: pd.Series, generations: pd.Series, name: str) -> pd.Series:
    """The share in bp of each (day, generation), 0 beyond the last generation; int64."""
    depth = max(len(row.value) for row in rows) + 1
    table = np.zeros((len(rows), depth), dtype="int64")
    for number, row in enumerate(rows):
        table[number, : len(row.value)] = row.value
    column = np.minimum(generations.to_numpy("int64") - 1, depth - 1)
    return pd.Series(table[_row_numbers(rows, days, name), column], index=days.index)


def _row_numbers(
    rows: list[DatedInt] | list[DatedShares], days: pd.Series, name: str
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    starts = np.array([row.valid_from for row in rows], dtype="datetime64[us]")
    numbers = np.searchsorted(starts, days.to_numpy("datetime64[us]"), side="right") - 1
    if len(numbers) and numbers.min() < 0:
        first = rows[0].valid_from
        raise RulesInvalid(
            f"config/commission/settlement.yaml：{name} 从 {first} 起才有规定，"
            f"但需要 {days.min():%Y-%m-%d} 的值。",
            remedy=f"请在 {name} 中补一行更早的 valid_from。",
        )
    return np.asarray(numbers, dtype="int64")


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
