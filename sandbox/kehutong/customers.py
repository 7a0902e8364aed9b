"""The list of customers in batches, found by a cursor that means nothing to its reader."""

import base64
import binascii
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.kehutong.columns import columns_now, list_item
from sandbox.kehutong.records import SIZE, SMALL_SIZE, Customer, build_newcomer, build_records
from sandbox.kehutong.state import State
from sandbox.portal_faults import PortalFaults

BATCH = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cursor stands in the list."""

    offset: int
    limit: int

    @property
    def batch_no(self) -> int:
        """Counted from 1, in whole batches of 30."""
        return self.offset // BATCH + 1


def read_place(cursor: str, limit: int) -> Place:
    """The place a request asks for; ValueError for a cursor that was never given out."""
    if not cursor:
        return Place(0, max(1, min(limit, BATCH)))
    try:
        prefix, offset = base64.urlsafe_b64decode(cursor).decode("ascii").split(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(cursor) from error
    if prefix != "kht":
        raise ValueError(cursor)
    return Place(int(offset), max(1, min(limit, BATCH)))


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"kht:{offset:08d}".encode("ascii")).decode("ascii")


class CustomerBook:
    """All customers, invented when first asked for, and the one who comes in when told to."""

    def __init__(self, state: State, *, is_small: bool) -> None:
        self._size = SMALL_SIZE if is_small else SIZE
        self._state = state

    @cached_property
    def _customers(self) -> list[Customer]:
        return build_records(size=self._size)

    @cached_property
    def _newcomer(self) -> Customer:
        return build_newcomer(size=self._size)

    def all(self, text: str = "") -> list[Customer]:
        """Customers, newest first, whose number, name or phone holds the text."""
        newcomers = [self._newcomer] if self._state.has_newcomer else []
        return [c for c in [*newcomers, *self._customers] if text in f"{c.customer_no} {c.name} {c.phone}"]

    def find(self, customer_id: str) -> Customer | None:
        """One customer by the id of the row."""
        return next((c for c in self.all() if c.customer_id == customer_id), None)

    def count(self, text: str, faults: PortalFaults) -> int:
        """How many the portal says there are."""
        return len(self.all(text)) + (faults.wrong_total == "count")

    def batch(self, place: Place, text: str, faults: PortalFaults) -> dict[str, Any]:
        """One answer of ``api/customers``. An offset hides in the cursor: a newcomer shifts the rest."""
        if faults.moved_at_page == place.batch_no:
            self._state.has_newcomer = True
        found = self.all(text)
        end = place.offset + place.limit
        shown = found[place.offset : end]
        if faults.short_page == place.batch_no:
            shown = shown[:-1]
        columns = columns_now(faults)
        return {
            "items": [list_item(customer, columns) for customer in shown],
            "next_cursor": _cursor(end) if end < len(found) else None,
            "total": self.count(text, faults),
        }
