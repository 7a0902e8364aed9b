"""Customers as the API writes them: titles, keys, texts, and the ways they can be wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sandbox.amounts import yuan
from sandbox.kehutong.records import Customer, CustomerPolicy, FollowUp
from sandbox.portal_faults import PortalFaults

EXTRA_TITLE = "客户评分"
_FEN_OFF = 100


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a customer."""

    key: str
    title: str
    text: Callable[[Customer], str]
    is_masked: bool = False


def minute_text(moment: datetime | None) -> str:
    """``2026-10-01 09:30`` or nothing."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def mask_phone(phone: str) -> str:
    """``163****1234``."""
    return f"{phone[:3]}****{phone[-4:]}"


COLUMNS = (
    Column("customer_no", "客户编号", lambda c: c.customer_no),
    Column("name", "姓名", lambda c: c.name),
    Column("phone", "手机号", lambda c: c.phone, is_masked=True),
    Column("wechat", "微信号", lambda c: c.wechat),
    Column("gender", "性别", lambda c: c.gender),
    Column("birth_date", "出生日期", lambda c: c.birth_date.isoformat() if c.birth_date else ""),
    Column("city", "城市", lambda c: c.city),
    Column("source", "来源", lambda c: c.source),
    Column("intent", "意向", lambda c: c.intent),
    Column("owner", "跟进人", lambda c: c.owner),
    Column("created_at", "创建时间", lambda c: minute_text(c.created_at)),
    Column("last_contact_at", "最近跟进", lambda c: minute_text(c.last_contact_at)),
    Column("remark", "备注", lambda c: c.remark),
)


def columns_now(faults: PortalFaults) -> list[Column]:
    """The columns as they stand today: one gone, one renamed (title and key), one too many."""
    columns = [column for column in COLUMNS if column.title != faults.missing_column]
    if faults.renamed_column:
        columns = [_renamed(c) if c.title == faults.renamed_column else c for c in columns]
    if faults.extra_column:
        columns.append(Column("score", EXTRA_TITLE, lambda c: str(int(c.customer_id) % 100)))
    return columns


def _renamed(column: Column) -> Column:
    return replace(column, key=f"{column.key}_v2", title=f"{column.title}（新）")


def layout(faults: PortalFaults) -> dict[str, Any]:
    """What the page needs to draw the list."""
    return {
        "grid": "record-grid-v2" if faults.renamed_class else "customer-grid",
        "columns": [{"key": c.key, "title": c.title} for c in columns_now(faults)],
    }


def list_item(customer: Customer, columns: list[Column]) -> dict[str, str]:
    """A row of the list, its phone masked."""
    texts = {
        column.key: mask_phone(column.text(customer)) if column.is_masked else column.text(customer)
        for column in columns
    }
    return {"id": customer.customer_id} | texts


def detail(customer: Customer, notes: list[FollowUp], faults: PortalFaults) -> dict[str, Any]:
    """All about one customer, the phone whole; ``notes`` were written today."""
    total_fen = sum(policy.premium_fen for policy in customer.policies)
    if faults.wrong_total == "amount":
        total_fen += _FEN_OFF
    return {
        "id": customer.customer_id,
        "name": customer.name,
        "basic": [[column.title, column.text(customer)] for column in columns_now(faults)],
        "follow_ups": [_follow_up(talk) for talk in [*reversed(notes), *customer.follow_ups]],
        "policies": [_policy(policy) for policy in customer.policies],
        "premium_total": yuan(total_fen),
    }


def _follow_up(talk: FollowUp) -> dict[str, str]:
    return {"at": minute_text(talk.at), "person": talk.person, "text": talk.text}


def _policy(policy: CustomerPolicy) -> dict[str, str]:
    return {
        "policy_no": policy.policy_no,
        "insurer": policy.insurer,
        "product_name": policy.product_name,
        "premium": yuan(policy.premium_fen),
        "effective_date": policy.effective_date.isoformat(),
        "status": policy.status,
    }
