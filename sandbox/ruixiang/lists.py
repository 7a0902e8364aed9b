"""What the lists answer: rows as JSON, cut into pages, with totals of everything found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sandbox.amounts import yuan
from sandbox.portal_faults import PortalFaults
from sandbox.ruixiang.columns import STATUS_CODES
from sandbox.ruixiang.records import PolicyRecord, PremiumRecord

LIMIT_MOST = 90
_Record = TypeVar("_Record", PolicyRecord, PremiumRecord)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of which days; ``choice`` is the dropdown's code, empty for all."""

    page: int
    limit: int
    first: date | None
    last: date | None
    choice: str

    @classmethod
    def read(cls, page: Any, limit: Any, begin: Any, end: Any, choice: Any) -> "Wanted":
        """From what a page sent; ValueError for a wrong number or date."""
        first, last = (date.fromisoformat(day) if day else None for day in (begin, end))
        return cls(max(int(page), 1), min(max(int(limit), 1), LIMIT_MOST), first, last, str(choice or ""))

    def holds(self, day: date) -> bool:
        """Whether the day lies between both."""
        return not ((self.first and day < self.first) or (self.last and day > self.last))


@dataclass(frozen=True, slots=True)
class Found(Generic[_Record]):
    """One page: ``count`` and ``total_fen`` speak for all pages, truly or not."""

    records: list[_Record]
    count: int
    page_count: int
    total_fen: int


def with_newcomer(
    records: Sequence[_Record], newcomer: _Record, faults: PortalFaults, page: int
) -> list[_Record]:
    """The list as it stands now that this page is asked for."""
    return [newcomer, *records] if faults.has_moved(page) else list(records)


def cut(found: list[_Record], amounts_fen: list[int], wanted: Wanted, faults: PortalFaults) -> Found[_Record]:
    """One page of what was found."""
    offset = (wanted.page - 1) * wanted.limit
    shown = found[offset : offset + wanted.limit]
    return Found(
        records=shown[:-1] if faults.short_page == wanted.page else shown,
        count=len(found) + (faults.wrong_total == "count"),
        page_count=max(1, -(-len(found) // wanted.limit)),
        total_fen=sum(amounts_fen) + (100 if faults.wrong_total == "amount" else 0),
    )


def policy_row(policy: PolicyRecord) -> dict[str, Any]:
    """Amounts in plain yuan, days with a time, codes; what is empty has no key."""
    row = {
        "policyNo": policy.policy_no,
        "productCode": policy.product_code,
        "productName": policy.product_name,
        "holderName": policy.policyholder.name,
        "insuredName": policy.insured_name,
        "payYears": policy.pay_years,
        "issueDate": _at_midnight(policy.issue_date),
        "effectiveDate": _at_midnight(policy.effective_date),
        "annualPremium": _plain_yuan(policy.annual_premium_fen),
        "paidPremium": _plain_yuan(policy.paid_premium_fen),
        "currency": policy.currency,
        "agentNo": policy.agent_no,
        "status": STATUS_CODES[policy.status],
        "statusDate": _at_midnight(policy.status_date),
        "hasEndor": "1" if policy.endorsements else "0",
        "remark": policy.remark,
    }
    return {key: value for key, value in row.items() if value not in {"", None}}


def policy_sheet(policy: PolicyRecord) -> dict[str, Any]:
    """What the dialog shows beside the row's own values."""
    sheet = policy_row(policy) | {
        "idNo": policy.policyholder.id_no,
        "mobile": policy.policyholder.phone,
        "receiptDate": _at_midnight(policy.receipt_date),
        "visitDate": _at_midnight(policy.return_visit_date),
        "visitResult": policy.return_visit_result,
        "endorsements": [
            {
                "endorNo": change.endorsement_no,
                "item": change.kind,
                "effectiveDate": _at_midnight(change.effective_date),
                "premiumBefore": _plain_yuan(change.premium_before_fen),
                "premiumAfter": _plain_yuan(change.premium_after_fen),
            }
            for change in policy.endorsements
        ],
    }
    return {key: value for key, value in sheet.items() if value not in ("", None)}


def premium_row(premium: PremiumRecord) -> dict[str, Any]:
    """Amounts in fen, days as days; what is empty is null."""
    return {
        "policy_no": premium.policy_no,
        "policy_year": premium.policy_year,
        "due_date": premium.due_date.isoformat(),
        "premium_due": premium.premium_due_fen,
        "received_date": premium.received_date.isoformat() if premium.received_date else None,
        "premium_received": premium.premium_received_fen,
        "receipt_no": premium.receipt_no,
        "currency": premium.currency,
        "is_received": int(premium.received_date is not None),
    }


def _at_midnight(day: date | None) -> str:
    return f"{day.isoformat()} 00:00:00" if day else ""


def _plain_yuan(fen: int) -> str:
    return yuan(fen).replace(",", "")
