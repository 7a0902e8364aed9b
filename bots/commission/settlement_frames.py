"""Settlement lines and totals in the hub's columns, each with its arithmetic in words."""

import numpy as np
import pandas as pd

from bots.commission.classes import ITEM_KEY, YUAN
from bots.commission.rules import BreakWording
from bots.commission.sentences import CURRENCY_LABELS
from bots.money import format_yuan
from bots.records import Period

_COLUMNS = [
    *("period", *ITEM_KEY, "role", "generation", "source_agent_no", "agent_no", "amount_fen", "share_bp"),
    *("base_fen", "rate_bp", "state", "break_id", "reason"),
]


def to_settlement_lines(
    lines: pd.DataFrame, breaks: pd.DataFrame, wordings: dict[str, BreakWording], period: Period
) -> pd.DataFrame:
    """The hub's ``settlement_lines`` columns; break_id None where payable; money int64 fen."""
    labels = {name: wording.label for name, wording in wordings.items()}
    held_by = breaks.set_index("break_id")["break_class"].map(labels)
    cause = lines["held_by"].map(held_by).astype("object").fillna("")
    told = _arithmetic(lines)
    lines = lines.assign(
        period=period.text,
        reason=told.where(lines["state"] == "payable", told + "；暂缓：" + cause),
        break_id=lines["held_by"].astype("object").where(lines["held_by"] != "", None),
    )
    return lines[_COLUMNS]


def _arithmetic(lines: pd.DataFrame) -> pd.Series:
    amount, source = _yuan(lines["amount_fen"]), _yuan(lines["source_fen"])
    item = _yuan(lines["base_fen"]) + " × " + _percent(lines["rate_bp"])
    share = _percent(lines["share_bp"])
    split = " × 分成 " + _percent(lines["split_bp"])
    split = split.where(lines["split_bp"] < 10_000, "")  # noqa: PLR2004 - a sole seller has no split to tell
    seller = item + split + " = " + source + "；× 业务员 " + share + " = " + amount
    generation = lines["generation"].astype("str")
    override = (
        lines["source_agent_no"]
        + " 所得 "
        + source
        + " × 第"
        + generation
        + "代津贴 "
        + share
        + " = "
        + amount
    )
    house = item + " = " + source + "；扣除业务员与津贴后公司留存 " + amount
    currency = lines["currency"].map(CURRENCY_LABELS).fillna(lines["currency"])
    foreign = currency + "佣金面额 " + _yuan(lines["nominal_fen"]) + "，确认汇率前人民币金额记 0.00"
    undivided = item + " = " + source + "；无法分给业务员，整笔暂记公司"
    cases = [
        (lines["currency"] != YUAN, foreign),
        (lines["undivided_class"] != "", undivided),
        (lines["role"] == "SELLER", seller),
        (lines["role"] == "OVERRIDE", override),
    ]
    told = np.select([fits for fits, _ in cases], [words for _, words in cases], house)
    return pd.Series(told, index=lines.index).astype("str")


def _yuan(fen: pd.Series) -> pd.Series:
    return fen.map({value: format_yuan(value) for value in fen.unique()}).astype("str")


def _percent(rate_bp: pd.Series) -> pd.Series:
    return _yuan(rate_bp) + "%"
