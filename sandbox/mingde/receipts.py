"""The ledger for programs that settle: no page shows it, and it says sums but no count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.mingde.records import Premium
from sandbox.mingde.tables import RECEIPT_COLUMNS, batch_of_rows, plain
from sandbox.portal_faults import PortalFaults

RECEIPT_DAYS = 366
_MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class ReceiptQuestion:
    """Which page, from 1, of what was received in these days."""

    page: int
    size: int
    first: date
    last: date

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "ReceiptQuestion":
        """From a form whose pages count from 0; ValueError for a wrong or missing field."""
        try:
            page, size = int(form["pageIndex"]) + 1, int(form["pageSize"])
            first, last = (date.fromisoformat(form[name]) for name in ("beginDate", "endDate"))
        except KeyError as error:
            raise ValueError(error.args[0]) from None
        if page < 1 or size < 1:
            raise ValueError(page, size)
        return cls(page, min(size, _MOST_ROWS), first, last)

    @property
    def is_too_long(self) -> bool:
        """Whether the days are more than the portal answers at once."""
        return (self.last - self.first).days >= RECEIPT_DAYS


def find_receipts(
    premiums: Sequence[Premium], asked: ReceiptQuestion, faults: PortalFaults
) -> dict[str, Any]:
    """The answer: a page of rows, and the sum of all pages."""
    found = [row for row in premiums if row.received_date and asked.first <= row.received_date <= asked.last]
    total_fen = sum(row.received_fen or 0 for row in found) + 100 * (faults.wrong_total == "amount")
    shown = found[(asked.page - 1) * asked.size : asked.page * asked.size]
    rows = batch_of_rows(RECEIPT_COLUMNS, shown, faults, asked.page)
    return {"success": True, "sums": {"received": plain(total_fen)}, "root": rows}
