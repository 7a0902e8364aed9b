"""The month's settlement on one sheet: what the insurer owes the broker, before tax and after."""

from dataclasses import dataclass

from sandbox.amounts import half_up, percent, yuan
from sandbox.brokerage import Brokerage
from sandbox.scene import BROKER_NAME, PERIOD

TAX_BP = 600
ACCOUNT_NO = "110060149018800026101"
_WHOLE_WITH_TAX_BP = 10_000 + TAX_BP


@dataclass(frozen=True, slots=True)
class Summary:
    """One settlement month; ``gross_fen`` includes the tax."""

    period: str
    batch_count: int
    line_count: int
    gross_fen: int
    account_name: str
    account_no: str

    @property
    def tax_fen(self) -> int:
        """The tax inside the gross amount."""
        return self.gross_fen - self.net_fen

    @property
    def net_fen(self) -> int:
        """The amount without its tax, half up."""
        sign = -1 if self.gross_fen < 0 else 1
        return sign * half_up(abs(self.gross_fen), 10_000, _WHOLE_WITH_TAX_BP)


def build_summary(brokerage: Brokerage, period: str) -> Summary:
    """The sheet of a month (``2026-10``); a month without settlements has one too, of zeros."""
    batches = brokerage.batches if period == PERIOD else ()
    return Summary(
        period=period,
        batch_count=len(batches),
        line_count=sum(len(batch.lines) for batch in batches),
        gross_fen=sum(batch.lines_total_fen for batch in batches),
        account_name=BROKER_NAME,
        account_no=ACCOUNT_NO,
    )


def summary_pairs(summary: Summary) -> list[tuple[str, str]]:
    """Labels and values in the page's order."""
    return [
        ("结算月份", summary.period.replace("-", "")),
        ("批次数", str(summary.batch_count)),
        ("笔数", str(summary.line_count)),
        ("含税金额(元)", yuan(summary.gross_fen)),
        ("税率", percent(TAX_BP)),
        ("税额(元)", yuan(summary.tax_fen)),
        ("不含税金额(元)", yuan(summary.net_fen)),
        ("收款户名", summary.account_name),
        ("收款账号", summary.account_no),
    ]
