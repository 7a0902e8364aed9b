"""The invented brokerage: repeatable, plausible, and as committed."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from config.settings import PROJECT_ROOT
from sandbox.brokerage import build_brokerage
from sandbox.hierarchy import agents_on, build_agents
from sandbox.ledger import RateBook, build_items, payable_date
from sandbox.products import product_of
from sandbox.records import Endorsement, OwnItem, Policy, Premium, Rate
from sandbox.scene import FEWEST_POLICIES, SEED
from sandbox.settlement import settle_items
from sandbox.taian.tables import policy_page

POLICY = Policy(
    policy_no="TA1",
    product=product_of("TAZJ01"),
    policyholder=None,
    insured_name="",
    pay_years=10,
    issue_date=date(2026, 9, 10),
    effective_date=date(2026, 9, 11),
    receipt_date=date(2026, 9, 15),
    return_visit_date=date(2026, 9, 20),
    return_visit_result="成功",
    annual_premium_fen=1_200_000,
    currency="CNY",
    shares=(("A1", 10_000),),
    status="in_force",
    status_date=None,
    endorsements=(),
    plant="",
)
PREMIUM = Premium("TA1", 1, date(2026, 9, 11), 1_200_000, date(2026, 9, 10), 1_200_000, "SJ1", "CNY")
BOOK = RateBook(
    [Rate("TAZJ01", 10, 1, 3000, date(2024, 2, 1), None)],
    [Rate("TAZJ01", 10, 1, 3200, date(2024, 2, 1), None)],
)


def _write(folder, hash_seed):
    command = [sys.executable, "-m", "sandbox.brokerage", "--write", folder, "--bank-file", folder / "bank"]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=True, capture_output=True)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_committed_demo_is_what_the_generator_writes(tmp_path):
    """data/demo holds exactly the bytes that the generator writes, whatever the hash order."""
    written = _write(tmp_path / "one", "1")
    assert written == _write(tmp_path / "two", "2")
    bank = written.pop("bank/众和银行_20261031.csv")
    assert bank.startswith("众和银行".encode("gb18030"))
    committed = PROJECT_ROOT / "data" / "demo"
    assert written == {name: (committed / name).read_bytes() for name in written}
    assert set(written) == {str(path.relative_to(committed)) for path in committed.rglob("*.*")}


def test_another_seed_is_another_brokerage():
    """The seed decides the people, not the number of planted breaks."""
    one, other = build_brokerage(1, FEWEST_POLICIES), build_brokerage(2, FEWEST_POLICIES)
    assert one.policies[0].policyholder != other.policies[0].policyholder
    assert len(one.truth["breaks"]) == len(other.truth["breaks"])


def test_too_small_a_brokerage_is_refused():
    """A world that cannot hold every break is not built."""
    with pytest.raises(ValueError, match="120"):
        build_brokerage(SEED, FEWEST_POLICIES - 1)


def test_people_are_well_formed():
    """ID numbers carry a right checksum, bank cards a right Luhn digit, and names fit into GBK."""
    brokerage = build_brokerage(SEED, 400)
    people = [p.policyholder for p in brokerage.policies] + [agent.person for agent in brokerage.agents]
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    for person in people:
        total = sum(int(digit) * weight for digit, weight in zip(person.id_no, weights, strict=False))
        assert "10X98765432"[total % 11] == person.id_no[17]
        assert len(person.phone) == 11
        person.name.encode("gbk")
    for agent in brokerage.agents:
        digits = [int(digit) for digit in reversed(agent.bank_account)]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
        assert (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_rare_characters_occur():
    """Names use characters that GBK has and GB2312 has not."""
    names = "".join(policy.policyholder.name for policy in build_brokerage().policies)
    for character in "喆堃镕珺":
        assert character in names
        with pytest.raises(UnicodeEncodeError):
            character.encode("gb2312")


def test_hierarchy_has_five_levels_and_every_turn():
    """Sixty agents on five ranks; a same-rank upline, leavers one under the other, no gap in validity."""
    agents = build_agents(SEED)
    today = agents_on(agents, date(2026, 10, 31))
    assert len(today) == 60
    assert {agent.rank for agent in today.values()} == {1, 2, 3, 4, 5}
    uplines = [(agent, today[agent.upline_agent_no]) for agent in today.values() if agent.upline_agent_no]
    assert any(agent.rank == upline.rank for agent, upline in uplines)
    assert any(agent.status == upline.status == "left" for agent, upline in uplines)
    assert all(len(agents_on(agents, day)) == 60 for day in (date(2025, 7, 1), date(2026, 4, 1)))


def test_worked_example_of_the_trade():
    """Premium 12,000 at 30 %: 3,600 to the firm, 2,520 to the seller, 126 / 75.60 / 25.20 up the chain."""
    item = build_items([POLICY], [PREMIUM], BOOK)[0]
    assert (item.own_fen, item.is_due) == (360_000, True)
    agents = build_agents(SEED)
    chain = [
        replace(
            agents[0], agent_no=f"A{rank}", rank=rank, upline_agent_no=f"A{rank + 1}" if rank < 4 else None
        )
        for rank in (1, 2, 3, 4)
    ]
    assert settle_items([item], {"TA1": POLICY}, chain, {("TA1", 1)}) == {
        "A1": [252_000, 0],
        "A2": [12_600, 0],
        "A3": [7_560, 0],
        "A4": [2_520, 0],
        "HOUSE": [85_320, 0],
    }


def test_leavers_pass_their_turn_up_and_equals_use_it():
    """A leaver gives the generation to the next above; one of the same rank takes it for nothing."""
    item = build_items([POLICY], [PREMIUM], BOOK)[0]
    first = build_agents(SEED)[0]
    chain = [
        replace(first, agent_no="A1", rank=1, upline_agent_no="A2"),
        replace(first, agent_no="A2", rank=2, upline_agent_no="A3", status="left"),
        replace(first, agent_no="A3", rank=3, upline_agent_no="A4"),
        replace(first, agent_no="A4", rank=3, upline_agent_no="A5"),
        replace(first, agent_no="A5", rank=5, upline_agent_no=None),
    ]
    held = {no: fen for no, (_, fen) in settle_items([item], {"TA1": POLICY}, chain, set()).items()}
    assert held == {"A1": 252_000, "A3": 12_600, "A5": 2_520, "HOUSE": 92_880}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, date(2026, 10, 1)),
        ({"return_visit_date": date(2026, 10, 9)}, date(2026, 10, 9)),
        ({"receipt_date": None}, None),
        ({"return_visit_result": "失败"}, None),
        ({"status": "surrendered", "status_date": date(2026, 10, 31)}, None),
        ({"status": "surrendered", "status_date": date(2026, 11, 1)}, date(2026, 10, 1)),
        ({"product": product_of("TAYW01")}, date(2026, 9, 11)),
    ],
)
def test_gates(change, expected):
    """Payable on the day after cooling-off, later if the visit was later, never while a gate is shut."""
    assert payable_date(replace(POLICY, **change), PREMIUM) == expected


def test_base_is_the_latest_endorsement_in_force():
    """An endorsement by the period's end changes the base, one after it does not."""
    past = Endorsement("E1", "减保", date(2026, 10, 31), 1_200_000, 960_000)
    future = Endorsement("E2", "加保", date(2026, 11, 1), 960_000, 2_000_000)
    item = build_items([replace(POLICY, endorsements=(past, future))], [PREMIUM], BOOK)[0]
    assert (item.base_fen, item.own_fen) == (960_000, 288_000)


def test_cap_limits_the_rate():
    """The firm expects no more than the filed cap."""
    book = RateBook(
        [Rate("TAZJ01", 10, 1, 3600, date(2024, 2, 1), None)],
        [Rate("TAZJ01", 10, 1, 3200, date(2024, 2, 1), None)],
    )
    item: OwnItem = build_items([POLICY], [PREMIUM], book)[0]
    assert item.own_fen == 384_000


def test_everything_happened_by_the_business_date():
    """The portal of 6 November shows no fact of a later day and no premium due after October."""
    brokerage = build_brokerage()
    business_date, period_end = date(2026, 11, 6), date(2026, 10, 31)
    days = [p.receipt_date for p in brokerage.policies] + [p.return_visit_date for p in brokerage.policies]
    days += [p.status_date for p in brokerage.policies] + [p.received_date for p in brokerage.premiums]
    assert max(day for day in days if day) <= business_date
    assert max(premium.due_date for premium in brokerage.premiums) <= period_end
    assert max(policy.issue_date for policy in brokerage.policies) <= period_end


def test_pages_cover_every_policy_once():
    """Twenty pages hold two thousand different policies, and the filter cuts by issue date."""
    brokerage = build_brokerage()
    pages = [policy_page(brokerage, None, None, number) for number in range(1, 21)]
    assert len({row[1] for page in pages for row in page.rows}) == 2000
    october = policy_page(brokerage, date(2026, 10, 1), date(2026, 10, 31), 1)
    assert 0 < october.row_count < 500
