"""The sandbox's brokerage as the frames that portal, bank and master files would have brought home."""

import io
from datetime import date

import pandas as pd

from bots.commission.bank_file import read_bank_file
from bots.commission.frames import LedgerFrames
from connectors.commission_rules import load_bank_layout
from sandbox.bank_file import FILE_NAME, bank_csv
from sandbox.brokerage import Brokerage
from sandbox.master import master_files

PERIOD = "2026-10"
BUSINESS_DATE = date(2026, 11, 6)
INSURER = "taian"


def frames_of(brokerage: Brokerage):
    """LedgerFrames, statements, statement_lines, bank_receipts."""
    master = {
        name.removesuffix(".csv"): pd.read_csv(io.BytesIO(raw), dtype=str)
        for name, raw in master_files(brokerage.agents, brokerage.rates, brokerage.caps).items()
    }
    ledger = LedgerFrames(
        **master,
        policies=_policies(brokerage),
        premium_dues=_premiums(brokerage, is_received=False),
        premium_receipts=_premiums(brokerage, is_received=True),
        endorsements=_endorsements(brokerage),
    )
    receipts = read_bank_file(
        bank_csv(brokerage.bank.movements), load_bank_layout("zhonghe"), FILE_NAME
    ).receipts
    return ledger, _statements(brokerage), _lines(brokerage), receipts


def _policies(brokerage: Brokerage) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "insurer_slug": INSURER,
                "policy_no": policy.policy_no,
                "product_code": policy.product.product_code,
                "pay_years": policy.pay_years,
                "issue_date": policy.issue_date,
                "effective_date": policy.effective_date,
                "receipt_date": policy.receipt_date,
                "return_visit_date": policy.return_visit_date,
                "return_visit_result": policy.return_visit_result,
                "currency": policy.currency,
                "agent_split": _split(policy.shares),
                "status": policy.status,
                "status_date": policy.status_date,
            }
            for policy in brokerage.policies
        ]
    )


def _split(shares) -> str:
    if len(shares) == 1:
        return shares[0][0]
    return "/".join(f"{agent_no}:{share_bp // 100}%" for agent_no, share_bp in shares)


def _premiums(brokerage: Brokerage, *, is_received: bool) -> pd.DataFrame:
    rows = [p for p in brokerage.premiums if not is_received or p.received_date is not None]
    return pd.DataFrame(
        {
            "insurer_slug": INSURER,
            "policy_no": [p.policy_no for p in rows],
            "policy_year": [p.policy_year for p in rows],
            "due_date": [p.due_date for p in rows],
            "premium_fen": [p.received_fen if is_received else p.due_fen for p in rows],
            "receipt_no": [p.receipt_no for p in rows],
            "received_date": [p.received_date for p in rows],
        }
    )


def _endorsements(brokerage: Brokerage) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "insurer_slug": INSURER,
                "endorsement_no": found.endorsement_no,
                "policy_no": policy.policy_no,
                "kind": found.kind,
                "effective_date": found.effective_date,
                "premium_before_fen": found.premium_before_fen,
                "premium_after_fen": found.premium_after_fen,
            }
            for policy in brokerage.policies
            for found in policy.endorsements
        ]
    )


def _statements(brokerage: Brokerage) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "insurer_slug": INSURER,
                "batch_no": batch.batch_no,
                "period": PERIOD,
                "cutoff_date": batch.cutoff_date,
                "line_count": len(batch.lines),
                "cover_total_fen": batch.cover_total_fen,
            }
            for batch in brokerage.batches
        ]
    )


def _lines(brokerage: Brokerage) -> pd.DataFrame:
    columns = [
        *("batch_no", "line_no", "policy_no", "product_code", "policy_year", "item_type"),
        *("endorsement_no", "agent_no", "share_bp", "premium_fen", "rate_bp", "amount_fen", "currency"),
        "remark",
    ]
    return pd.DataFrame(
        [
            {"insurer_slug": INSURER} | {column: getattr(line, column) for column in columns}
            for batch in brokerage.batches
            for line in batch.lines
        ]
    )
