"""Rules and layouts from YAML: every error names file and key."""

import pytest

from bots.commission.rules import parse_rules
from bots.errors import RulesInvalid
from connectors.commission_rules import COMMISSION_ROOT, list_banks, load_bank_layout, load_rules
from tests.commission.small_firm import Firm

SETTLEMENT = (COMMISSION_ROOT / "settlement.yaml").read_text(encoding="utf-8")
BREAKS = (COMMISSION_ROOT / "breaks.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value: 7000", "value: 70%", "agent_share_bp.0.value 应为整数"),
        ("value: 7000", "value: 0.7", "agent_share_bp.0.value 应为整数"),
        ("value: 7000", "value: 9500", "超过 100%"),
        ("value: 7000", "worth: 7000", "agent_share_bp.0.worth 不认识的键"),
        ("valid_from: 2016-05-01", "valid_from: 去年", "vat_rate_bp.0.valid_from 应为日期"),
        ("[500, 300, 100, 50]", "[500, -1]", "override_bp.0.value.1 不能小于 0"),
        ("bank_match_days:", "bank_days:", "bank_match_days 缺少这一项"),
        ("value: [500", "value: {500", "第 12 行：YAML 写法有误"),
    ],
)
def test_a_wrong_setting_names_file_and_key(old, new, words):
    """Wrong kind, range, key or syntax in settlement.yaml is said with file and key."""
    assert old in SETTLEMENT
    with pytest.raises(RulesInvalid) as raised:
        parse_rules(SETTLEMENT.replace(old, new, 1), BREAKS)
    assert "config/commission/settlement.yaml" in str(raised.value)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{line_rate}", "{line_rat}", "不认识的占位符：line_rat"),
        ("  TIMING:", "  TIMEING:", "缺少类别：TIMING"),
        ("severity: 高", "severity: 急", "classes.MISSING_IN_OWN.severity"),
        ("label: 跨期", "label: 尾差", "label 重复：尾差"),
    ],
)
def test_a_wrong_wording_names_file_and_key(old, new, words):
    """A placeholder nobody fills, a class without wording and a label used twice are found at load."""
    assert old in BREAKS
    with pytest.raises(RulesInvalid) as raised:
        parse_rules(SETTLEMENT, BREAKS.replace(old, new, 1))
    assert "config/commission/breaks.yaml" in str(raised.value)
    assert words in str(raised.value)


def test_a_share_holds_from_its_date():
    """A policy issued on the day of the change is settled at the new share, the day before at the old."""
    changed = SETTLEMENT.replace(
        "    value: 7000", "    value: 7000\n  - valid_from: 2026-09-01\n    value: 6000", 1
    )
    rules = parse_rules(changed, BREAKS)
    for issue_date, fen in (("2026-08-31", 252_000), ("2026-09-01", 216_000)):
        lines = Firm().policy(issue_date=issue_date).line().settle(rules).settlement_lines
        assert lines.loc[lines["role"] == "SELLER", "amount_fen"].item() == fen


def test_a_date_before_the_first_rule_is_refused():
    """A policy older than every rule is not settled at a guessed share."""
    changed = SETTLEMENT.replace("valid_from: 2015-01-01", "valid_from: 2026-09-02", 1)
    with pytest.raises(RulesInvalid, match=r"agent_share_bp 从 2026-09-02 起才有规定.*2026-09-01"):
        Firm().policy().line().settle(parse_rules(changed, BREAKS))


def test_versions_follow_the_contents():
    """The same files have the same version, a changed file another."""
    assert load_rules().versions == load_rules().versions
    changed = parse_rules(SETTLEMENT + "\n# 说明\n", BREAKS).versions
    assert changed["settlement.yaml"] != load_rules().versions["settlement.yaml"]
    assert changed["breaks.yaml"] == load_rules().versions["breaks.yaml"]


def test_every_committed_layout_loads():
    """Each file under config/commission/banks/ is a layout named after its file."""
    assert [load_bank_layout(slug).slug for slug in list_banks()] == list_banks()


def test_an_unknown_bank_is_named():
    """Asking for a bank without a layout names the file that is missing."""
    with pytest.raises(RulesInvalid, match=r"banks/nowhere\.yaml"):
        load_bank_layout("nowhere")
