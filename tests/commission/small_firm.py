"""A firm of a few hand-made rows: one policy that matches, to be bent by each test."""

import json
from datetime import date

import pandas as pd

from bots.commission.frames import LedgerFrames
from bots.commission.reconciling import reconcile
from bots.records import Period
from connectors.commission_rules import load_rules

PERIOD = Period(2026, 10)
BUSINESS_DATE = date(2026, 11, 6)
PAYER = "泰安人寿保险股份有限公司"
SINCE = "2018-01-01"


class Firm:
    """Rows of every table; ``policy`` makes a sale of 12,000.00 at 30 % by A1 that is due in October."""

    def __init__(self):
        self.agents = [
            _agent("A1", 1, "A2"),
            _agent("A2", 2, "A3"),
            _agent("A3", 3, "A4"),
            _agent("A4", 4, ""),
        ]
        self.rates = [_rate(1, 3000), _rate(2, 500), _rate(3, 400)]
        self.caps = [_rate(1, 3200, "max_rate_bp")]
        self.products = [_product("LIFE", 15), _product("SHORT", 0)]
        self.policies, self.dues, self.receipts, self.endorsements = [], [], [], []
        self.batches = {"B1": {"cutoff_date": "2026-10-28"}}
        self.lines, self.money = [], []

    def policy(self, policy_no="P1", *, year=1, premium_fen=1_200_000, received="2026-10-05", **changes):
        """A policy with one premium row; ``received=None`` leaves it unpaid."""
        row = {
            "insurer_slug": "taian",
            "policy_no": policy_no,
            "product_code": "LIFE",
            "pay_years": 10,
            "issue_date": "2026-09-01",
            "effective_date": "2026-09-02",
            "receipt_date": "2026-09-10",
            "return_visit_date": "2026-09-15",
            "return_visit_result": "成功",
            "currency": "CNY",
            "agent_split": "A1",
            "status": "in_force",
            "status_date": None,
        }
        self.policies.append(row | changes)
        self.premium(policy_no, year=year, premium_fen=premium_fen, received=received)
        return self

    def premium(self, policy_no="P1", *, year, premium_fen=1_200_000, received="2026-10-05"):
        """A premium row of ``policy_no``."""
        row = {"insurer_slug": "taian", "policy_no": policy_no, "policy_year": year}
        self.dues.append(row | {"due_date": "2026-10-01", "premium_fen": premium_fen})
        if received:
            number = f"R{len(self.receipts) + 1}"
            self.receipts.append(
                row | {"receipt_no": number, "received_date": received, "premium_fen": premium_fen}
            )
        return self

    def endorse(self, *, before_fen, after_fen, effective_date="2026-10-02", policy_no="P1"):
        """A change of premium."""
        number = f"E{len(self.endorsements) + 1}"
        self.endorsements.append(
            {
                "insurer_slug": "taian",
                "endorsement_no": number,
                "policy_no": policy_no,
                "effective_date": effective_date,
                "premium_before_fen": before_fen,
                "premium_after_fen": after_fen,
            }
        )
        return self

    def line(self, amount_fen=360_000, *, batch_no="B1", **changes):
        """A statement line, by default the right one for P1."""
        row = {
            "insurer_slug": "taian",
            "batch_no": batch_no,
            "line_no": 1 + sum(line["batch_no"] == batch_no for line in self.lines),
            "policy_no": "P1",
            "product_code": "LIFE",
            "policy_year": 1,
            "item_type": "FYC",
            "endorsement_no": "",
            "agent_no": "A1",
            "share_bp": 10_000,
            "premium_fen": 1_200_000,
            "rate_bp": 3000,
            "amount_fen": amount_fen,
            "currency": "CNY",
            "remark": "",
        }
        self.lines.append(row | changes)
        return self

    def batch(self, batch_no="B1", **changes):
        """A batch, or a change to one: cover_total_fen, cutoff_date, period."""
        self.batches[batch_no] = {"cutoff_date": "2026-10-28"} | self.batches.get(batch_no, {}) | changes
        return self

    def pay(self, amount_fen, summary="", *, payer=PAYER, day="2026-10-30", direction="in"):
        """A movement on the bank account; once one is given none is made up."""
        number = len(self.money) + 1
        self.money.append(_money(number, amount_fen, summary, payer, day) | {"direction": direction})
        return self

    def sources(self):
        """Ledger, statements, statement lines and bank receipts as frames."""
        ledger = LedgerFrames(
            insurers=pd.DataFrame(
                [{"slug": "taian", "name": "泰安人寿", "payer_names": json.dumps([PAYER])}]
            ),
            products=pd.DataFrame(self.products),
            agents=pd.DataFrame(self.agents),
            policies=_frame(self.policies, Firm.columns("policies")),
            premium_dues=_frame(self.dues, Firm.columns("premium_dues")),
            premium_receipts=_frame(self.receipts, Firm.columns("premium_receipts")),
            endorsements=_frame(self.endorsements, Firm.columns("endorsements")),
            commission_rates=pd.DataFrame(self.rates),
            commission_caps=pd.DataFrame(self.caps),
        )
        statements = self._statements()
        money = self.money or [
            _money(number, batch["cover_total_fen"], f"佣金 {batch['batch_no']}", PAYER, "2026-10-30")
            for number, batch in enumerate(statements, start=1)
        ]
        return (
            ledger,
            pd.DataFrame(statements),
            _frame(self.lines, Firm.columns("statement_lines")),
            pd.DataFrame(money),
        )

    @staticmethod
    def columns(name):
        """Columns of the table ``name``."""
        from bots.commission.frames import SHAPES  # noqa: PLC0415 - only empty frames need it

        return list(SHAPES[name].columns)

    def settle(self, rules=None, business_date=BUSINESS_DATE, period=PERIOD):
        """What the bot makes of October; every tie-out is checked on the way."""
        result = reconcile(*self.sources(), rules or load_rules(), period, business_date)
        assert set(result.tie_outs.values()) == {0}
        return result

    def only_break(self):
        """The one break of October as a dict."""
        breaks = self.settle().breaks.to_dict("records")
        assert len(breaks) == 1, [found["break_class"] for found in breaks]
        return breaks[0]

    def _statements(self):
        rows = []
        for batch_no, batch in self.batches.items():
            lines = [line for line in self.lines if line["batch_no"] == batch_no]
            total = sum(line["amount_fen"] for line in lines)
            row = {"insurer_slug": "taian", "batch_no": batch_no, "period": PERIOD.text}
            rows.append(row | {"line_count": len(lines), "cover_total_fen": total} | batch)
        return rows


def _agent(agent_no, rank, upline):
    return {
        "agent_no": agent_no,
        "rank": rank,
        "upline_agent_no": upline,
        "status": "active",
        "valid_from": SINCE,
        "valid_to": None,
    }


def _rate(policy_year, rate_bp, name="rate_bp"):
    return {
        "insurer_slug": "taian",
        "product_code": "LIFE",
        "pay_years": 10,
        "policy_year": policy_year,
        name: rate_bp,
        "valid_from": SINCE,
        "valid_to": None,
    }


def _product(code, days):
    return {
        "insurer_slug": "taian",
        "product_code": code,
        "product_name": f"产品{code}",
        "cooling_off_days": days,
        "valid_from": SINCE,
        "valid_to": None,
    }


def _money(number, amount_fen, summary, payer, day):
    return {
        "bank": "zhonghe",
        "transaction_no": f"T{number}",
        "booked_at": day,
        "direction": "in",
        "amount_fen": amount_fen,
        "summary": summary,
        "payer_name": payer,
    }


def _frame(rows, columns):
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)
