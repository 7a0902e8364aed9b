"""A break's facts in words: money in yuan, rates in percent, codes in Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from bots.money import format_yuan

ITEM_LABELS = {"FYC": "首期佣金", "RYC": "续期佣金"}
CURRENCY_LABELS = {"CNY": "人民币", "HKD": "港元"}
_MONEY = {
    "own": "own_fen",
    "statement": "statement_fen",
    "bank": "bank_fen",
    "difference": "difference_fen",
    "base": "base_fen",
    "cover": "cover_total_fen",
    "premium_before": "premium_before_fen",
    "line_premium": "line_premium_fen",
    "nominal": "nominal_fen",
}
_RATES = {"rate": "own_rate_bp", "line_rate": "line_rate_bp"}
_DATES = {
    "payable_date": "payable_date",
    "status_date": "status_date",
    "endorsement_date": "endorsement_date",
    "booked_date": "booked_at",
}
_TEXTS = [
    *("policy_no", "policy_year", "batch_no", "line_no", "transaction_no", "own_year", "open_gate"),
    *("paid_at", "payer_name", "missing_rule", "undivided_fact", "line_count", "lines_read"),
]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the run as a whole contributes to sentences."""

    period: str
    tolerance_fen: int
    vat_rate_bp: int


def format_percent(rate_bp: int) -> str:
    """3000 -> ``30.00%``."""
    return f"{format_yuan(rate_bp)}%"


def write_sentence(template: str, facts: Mapping[str, Any], figures: Figures) -> str:
    """``template`` with its placeholders filled from a break's raw facts; absent facts read 无."""
    words = {name: format_yuan(facts.get(column, 0)) for name, column in _MONEY.items()}
    words |= {
        name: format_percent(facts[column]) if column in facts else "未注明"
        for name, column in _RATES.items()
    }
    words |= {name: _write_date(facts.get(column)) for name, column in _DATES.items()}
    words |= {name: str(_whole(facts.get(name, "无"))) for name in _TEXTS}
    words |= _coded_words(facts)
    difference = int(facts.get("difference_fen", 0))
    words["gap"] = f"{'多付' if difference > 0 else '少付'} {format_yuan(abs(difference))} 元"
    words["tolerance"] = format_yuan(figures.tolerance_fen)
    words["vat_rate"] = format_percent(figures.vat_rate_bp)
    return template.format_map(words)


def _coded_words(facts: Mapping[str, Any]) -> dict[str, str]:
    return {
        "item_type": ITEM_LABELS.get(facts.get("item_type", ""), "佣金"),
        "currency": CURRENCY_LABELS.get(facts.get("policy_currency", ""), "无"),
        "paid_in": _write_paid_in(facts),
        "line_currency": CURRENCY_LABELS.get(facts.get("currency", ""), facts.get("currency", "无")),
        "remark": facts.get("remark", "无备注"),
        "agents": "、".join(facts.get("agents", [])),
        "line_agents": "、".join(facts.get("line_agents", [])),
        "timing": _write_timing(facts),
        "hint": f"金额正好等于批次 {facts['fitting_batch']} 的缺口，可能是补款"
        if "fitting_batch" in facts
        else "没有批次的缺口与之相等",
    }


def _write_paid_in(facts: Mapping[str, Any]) -> str:
    if "line_no" not in facts:
        return "本期结算单无此笔"
    label = CURRENCY_LABELS.get(facts.get("currency", ""), facts.get("currency", "未注明币种"))
    return f"结算单以{label}列 {format_yuan(facts['statement_fen'])}"


def _write_timing(facts: Mapping[str, Any]) -> str:
    if "last_cutoff_date" in facts:
        return f"晚于末批截止日 {_write_date(facts['last_cutoff_date'])}，应在下期结算单中"
    return f"属以前月份应付，本期 {facts.get('batch_no', '')} 才付"


def _write_date(value: Any) -> str:
    return value.strftime("%Y-%m-%d") if isinstance(value, (date, pd.Timestamp)) else "日期不详"


def _whole(value: Any) -> Any:
    """Nullable integers come through a mixed frame as floats: 2.0 is year 2."""
    return int(value) if isinstance(value, float) else value
