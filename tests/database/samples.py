"""Rows of invented people and policies for the hub's tests."""

from datetime import date
from typing import Any

TAIAN = {"slug": "taian", "name": "泰安人寿", "payer_names": ["泰安人寿保险股份有限公司"]}


def policy(number: int, **changes: Any) -> dict[str, Any]:
    """Policy ``TA…number`` with a person of its own."""
    row = {
        "insurer_slug": "taian",
        "policy_no": f"TA{number:010d}",
        "product_code": "P1",
        "product_name": "终身寿险",
        "policyholder_name": "张三丰",
        "policyholder_id_no": f"1101011990030{number:05d}",
        "policyholder_phone": f"138{number:08d}",
        "insured_name": "张小丰",
        "pay_years": 20,
        "issue_date": date(2026, 10, 1),
        "effective_date": date(2026, 10, 2),
        "receipt_date": date(2026, 10, 3),
        "return_visit_date": None,
        "return_visit_result": None,
        "annual_premium_fen": 1_200_000 + number,
        "currency": "CNY",
        "agent_split": "A001",
        "status": "in_force",
        "status_date": None,
        "has_endorsement": False,
        "landing_id": None,
    }
    return {**row, **changes}


def agent(agent_no: str, **changes: Any) -> dict[str, Any]:
    """An agent valid from 2024."""
    row = {
        "agent_no": agent_no,
        "name": "李静",
        "id_no": "110101198506152441",
        "phone": "13700000001",
        "bank_account": "6222020200012345678",
        "branch": "上海",
        "rank": 2,
        "upline_agent_no": None,
        "status": "active",
        "valid_from": date(2024, 1, 1),
        "valid_to": None,
    }
    return {**row, **changes}


def break_row(break_id: str, **changes: Any) -> dict[str, Any]:
    """A rounding break of one fen."""
    row = {
        "break_id": break_id,
        "period": "2026-10",
        "break_class": "ROUNDING",
        "insurer_slug": "taian",
        "own_fen": 100,
        "statement_fen": 101,
        "difference_fen": 1,
        "sentence": "保司多付 0.01 元。",
        "suggested_action": "无需处理。",
        "evidence": None,
        "status": "open",
        "first_seen_date": date(2026, 11, 6),
    }
    return {**row, **changes}


def settlement_line(number: int, **changes: Any) -> dict[str, Any]:
    """A seller's share of one item in 2026-10."""
    row = {
        "period": "2026-10",
        "insurer_slug": "taian",
        "policy_no": f"TA{number:010d}",
        "policy_year": 1,
        "item_type": "FYC",
        "role": "SELLER",
        "generation": 0,
        "source_agent_no": "A001",
        "agent_no": "A001",
        "amount_fen": 252_000,
        "share_bp": 10_000,
        "base_fen": 1_200_000,
        "rate_bp": 3_000,
        "state": "payable",
        "break_id": None,
        "reason": None,
    }
    return {**row, **changes}
