"""The firm's own master data as CSV (UTF-8 with BOM), in the hub's column names."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sandbox.products import PRODUCTS
from sandbox.records import Agent, Rate
from sandbox.scene import INSURER, INSURER_NAME, MASTER_VALID_FROM, OTHER_INSURERS, PAYER_NAMES


def master_files(agents: Iterable[Agent], rates: Iterable[Rate], caps: Iterable[Rate]) -> dict[str, bytes]:
    """File name -> bytes; an empty ``valid_to`` means until further notice."""
    cell = ("insurer_slug", "product_code", "pay_years", "policy_year")
    product_head = (
        "insurer_slug",
        "product_code",
        "product_name",
        "cooling_off_days",
        "valid_from",
        "valid_to",
    )
    return {
        "insurers.csv": _csv(
            ("slug", "name", "payer_names"),
            [
                (INSURER, INSURER_NAME, json.dumps(PAYER_NAMES, ensure_ascii=False)),
                *((slug, name, "[]") for slug, name in OTHER_INSURERS.items()),
            ],
        ),
        "products.csv": _csv(
            product_head,
            [
                (INSURER, p.product_code, p.product_name, p.cooling_off_days, MASTER_VALID_FROM, None)
                for p in PRODUCTS
            ],
        ),
        "agents.csv": _csv(_AGENT_HEAD, map(_agent_cells, agents)),
        "commission_rates.csv": _csv((*cell, "rate_bp", "valid_from", "valid_to"), map(_rate_cells, rates)),
        "commission_caps.csv": _csv((*cell, "max_rate_bp", "valid_from", "valid_to"), map(_rate_cells, caps)),
    }


_AGENT_HEAD = (
    "agent_no",
    "name",
    "id_no",
    "phone",
    "bank_account",
    "branch",
    "rank",
    "upline_agent_no",
    "status",
    "valid_from",
    "valid_to",
)


def _agent_cells(agent: Agent) -> Sequence[Any]:
    person = agent.person
    return (
        agent.agent_no,
        person.name,
        person.id_no,
        person.phone,
        agent.bank_account,
        agent.branch,
        agent.rank,
        agent.upline_agent_no,
        agent.status,
        agent.valid_from,
        agent.valid_to,
    )


def _rate_cells(rate: Rate) -> Sequence[Any]:
    cell = (INSURER, rate.product_code, rate.pay_years, rate.policy_year)
    return (*cell, rate.rate_bp, rate.valid_from, rate.valid_to)


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
