"""What people are told after a night, and what counts as not having told them."""

from datetime import date

from bots.errors import PortalUnavailable, SourceFileInvalid
from bots.records import DatasetReport, Severity
from config.settings import CONFIG_ROOT
from connectors.messages.message_book import load_message_book
from connectors.messages.sender import SendReport
from flows.collect_portal import PortalResult
from flows.collect_portals import CollectResult
from flows.failures import Failure, describe_failure
from flows.night_notices import describe_portal, digest_notices, failure_notices
from flows.nightly import untold
from flows.reconcile_commissions import ReconcileResult

DAY = date(2026, 11, 6)
RECONCILED = ReconcileResult(
    period="2026-10",
    controls=dict.fromkeys(("own_due_fen", "statement_fen", "bank_fen", "payable_fen", "held_fen"), 12_345),
    tie_outs={"items": 0},
    breaks_by_class={"跨期": 4},
    incomplete=[],
    workbook_path="commission/x.xlsx",
    workbook_url="http://127.0.0.1:8600/workbooks/1/download",
)
DOWN = describe_failure("taian", PortalUnavailable("应答 HTTP 503。", remedy="稍后重试"))


def collected(failures: list[Failure]) -> CollectResult:
    reports = [DatasetReport("policies", 1999, 2000, 1, 2.5, 40)]
    portals = [] if failures else [PortalResult(insurer="taian", datasets=reports)]
    return CollectResult(portals=portals, failures=failures)


def test_rows_set_aside_are_said():
    """A portal that set a row aside is not told as if nothing were missing."""
    assert describe_portal(collected([]).portals[0]) == "泰安人寿：保单 1,999/2,000（搁置 1）"


def test_a_fallback_selector_is_a_warning_to_operations():
    """Portal, dataset and both selectors stand in the digest, which is then a warning; else it is quiet."""
    said = "读取表格时没有 #dataTable，用了 table.list"
    reports = [
        DatasetReport("policies", 9, 9, 0, 1.0, 2, fallbacks=[said]),
        DatasetReport("premiums", 1, 1, 0, 1, 1),
    ]
    fallen = CollectResult(portals=[PortalResult(insurer="taian", datasets=reports)], failures=[])
    clean = RECONCILED.model_copy(update={"breaks_by_class": {}})
    (notice, _), (quiet, _) = (digest_notices(DAY, each, clean) for each in (fallen, collected([])))
    assert notice.parameters["portals"].endswith(f"泰安人寿（taian） policies：{said}，请更新配方")
    assert (notice.severity, quiet.severity) == (Severity.WARNING, Severity.INFO)


def test_a_digest_on_old_data_says_so_and_the_complete_one_follows():
    """After a failed portal the digest warns; the digest of the repaired night is a message of its own."""
    stale = RECONCILED.model_copy(update={"incomplete": ["泰安人寿"]})
    partial = digest_notices(DAY, collected([DOWN]), stale)
    whole = digest_notices(DAY, collected([]), RECONCILED)
    assert "泰安人寿：采集不完整" in partial[0].parameters["portals"]
    assert {notice.audience for notice in partial} == {"operations", "finance"}
    assert not {notice.occasion for notice in partial} & {notice.occasion for notice in whole}
    assert all(notice.severity is Severity.WARNING for notice in partial)


def test_a_portal_that_was_made_up_for_is_told_while_another_is_missing():
    """Of two missing portals one comes home later: its right figures are a message of their own."""
    nights = [["泰安人寿", "康禾人寿"], ["康禾人寿", "泰安人寿"], ["康禾人寿"], []]
    digests = [
        digest_notices(DAY, collected([]), RECONCILED.model_copy(update={"incomplete": names}))
        for names in nights
    ]
    occasions = [digest[0].occasion for digest in digests]
    assert occasions[0] == occasions[1]
    assert len(set(occasions)) == 3


def test_another_trouble_at_the_same_place_is_told_again():
    """The same failure is one alarm a day, another kind of failure is another alarm."""
    other = describe_failure("taian", SourceFileInvalid("文件截断。", remedy="重新导出"))
    first, again, second = failure_notices(DAY, [DOWN, DOWN, other], {"taian"})
    assert first.occasion == again.occasion != second.occasion


def test_every_notice_of_a_night_fits_its_template():
    """Templates and flows agree on the parameters: each notice becomes a letter on each channel."""
    step = describe_failure("佣金对账", ValueError("手机 13800000001"))
    notices = digest_notices(DAY, collected([DOWN]), RECONCILED) + failure_notices(
        DAY, [DOWN, step], {"taian"}
    )
    book = load_message_book(CONFIG_ROOT / "messages")
    letters = [letter for notice in notices for letter in book.write_letters(notice)]
    assert len(letters) >= len(notices)
    assert [letter.refusal for letter in letters if letter.refusal] == []
    assert "13800000001" not in str(letters)


def test_people_who_were_not_told_are_a_failure_of_the_night():
    """Failed, unknown and held messages end the night red; waiting ones are sent by the next drain."""
    assert untold(SendReport(sent=3, failed=0, unknown=0, left=1, held=0)) == []
    assert "暂缓 2 条" in untold(SendReport(sent=1, failed=0, unknown=0, left=0, held=2))[0].what
