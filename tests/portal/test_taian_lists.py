"""泰安人寿's lists and files on a bad day: all rows, or the error that names portal, dataset and place."""

from itertools import product
from types import SimpleNamespace

import pytest

from bots.errors import ExtractionIncomplete, PageChanged, PortalUnavailable, SessionExpired
from bots.portal.session import open_session
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.portal.recipes import parse_taian
from tests.portal.test_taian import ALWAYS, policy_row, rows_of
from tests.portal.test_taian_faults import OCTOBER, QUICK

pytestmark = pytest.mark.browser
ASKED = {
    "policies": ALWAYS,
    "premiums": ALWAYS,
    "endorsements": ALWAYS,
    "statements": OCTOBER,
    "statement_lines": OCTOBER,
}
GOOD_COLUMNS = {"missing_column": "", "renamed_column": "", "extra_column": False}


@pytest.mark.parametrize(
    ("dataset", "page", "said"),
    [
        ("policies", 2, "应有 120 条，读到 119 条"),
        ("premiums", 2, "应有 285 条，读到 284 条"),
        ("statements", 1, "应有 5 条，读到 4 条"),
    ],
)
def test_short_page_is_incomplete(small_sandbox, enter, dataset, page, said):
    """A page that lacks its last row, in the middle or at the end, does not reach the printed count."""
    session = enter(small_sandbox)
    small_sandbox.spoil("taian", short_page=page)
    with pytest.raises(ExtractionIncomplete, match=f"泰安人寿（taian） {dataset} {said}"):
        list(session.extract(dataset, ASKED[dataset]))


def test_list_that_moves_between_pages_is_incomplete(small_sandbox, enter):
    """A policy that comes in at the top stops the walk; the next one brings it home with all others."""
    session = enter(small_sandbox)
    small_sandbox.spoil("taian", moved_at_page=2)
    said = r"泰安人寿（taian） policies 第 2 页 采集期间列表变了：第 1 页写 120 条 2 页，这一页写 121 条 2 页"
    with pytest.raises(ExtractionIncomplete, match=said):
        list(session.extract("policies", ALWAYS))
    newcomer, *known = rows_of(session, "policies", ALWAYS)[0]
    assert known == [policy_row(policy) for policy in small_sandbox.brokerage.policies]
    assert newcomer["policy_no"] not in {row["policy_no"] for row in known}


def test_changed_columns_are_named(small_sandbox, enter):
    """A column gone, renamed or new stops list and file, naming portal, dataset and column."""
    session = enter(small_sandbox)
    for dataset, faults, said in (
        ("policies", {"renamed_column": "币种"}, "第 1 页 缺少栏目：币种；多出栏目：新币种"),
        ("policies", {"extra_column": True}, "第 1 页 多出栏目：渠道标识"),
        ("statements", {"renamed_column": "含税"}, "第 1 页 缺少栏目：含税；多出栏目：新含税"),
        ("statement_lines", {"missing_column": "费率"}, "TA202610-01 缺少栏目：费率"),
        ("statement_lines", {"renamed_column": "费率"}, "TA202610-01 缺少栏目：费率；多出栏目：新费率"),
    ):
        small_sandbox.spoil("taian", **GOOD_COLUMNS | faults)
        with pytest.raises(PageChanged) as caught:
            list(session.extract(dataset, ASKED[dataset]))
        assert caught.value.what.startswith(f"泰安人寿（taian） {dataset} {said}")


@pytest.mark.parametrize("dataset", ["policies", "statements"])
def test_renamed_table_is_a_changed_page(small_sandbox, enter, dataset):
    """A table under another id is not there; what the page says is told."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.spoil("taian", renamed_class=True)
    with pytest.raises(PageChanged, match="泰安人寿（taian） 没有表格 #dataTable；页面写着：当前位置"):
        list(session.extract(dataset, ASKED[dataset]))


def test_slow_page_within_the_time_is_waited_for(small_sandbox, enter):
    """The page before stands in the frame meanwhile: it is not read twice."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.spoil("taian", slow_page=2, slow_seconds=1.2)
    rows, _ = rows_of(session, "policies", ALWAYS)
    assert rows == [policy_row(policy) for policy in small_sandbox.brokerage.policies]


@pytest.mark.parametrize(("dataset", "page"), [("policies", 2), ("statements", 1)])
def test_slow_page_beyond_the_time_is_unavailable(small_sandbox, enter, dataset, page):
    """A page slower than timeout_seconds is the portal's fault, not a changed page."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.spoil("taian", slow_page=page, slow_seconds=4)
    with pytest.raises(PortalUnavailable, match="泰安人寿（taian） 2 秒内没有应答"):
        list(session.extract(dataset, ASKED[dataset]))


def test_portal_closed_at_the_door(small_sandbox, enter):
    """A page of status 200 in another encoding says 系统维护中: unavailable, nothing is wrong with us."""
    small_sandbox.spoil("taian", maintenance=True)
    with pytest.raises(PortalUnavailable, match="泰安人寿（taian） 页面写着：系统维护中"):
        enter(small_sandbox, QUICK)


@pytest.mark.parametrize(
    ("dataset", "fault", "said"),
    [
        ("policies", {"maintenance": True}, "系统维护中"),
        ("endorsements", {"maintenance": True}, "系统维护中"),
        ("statement_lines", {"maintenance": True}, "系统维护中"),
        ("statement_lines", {"down": True}, "HTTP 503"),
    ],
)
def test_portal_that_closes_and_comes_back(small_sandbox, enter, dataset, fault, said):
    """Closed at a page, a window or a file; when it is back the same session reads everything."""
    session = enter(small_sandbox, QUICK)
    pages = session.extract(dataset, ASKED[dataset])
    seen = list(next(pages).rows)
    small_sandbox.spoil("taian", **fault)
    with pytest.raises(PortalUnavailable, match=said):
        list(pages)
    small_sandbox.reset()
    rows, _ = rows_of(session, dataset, ASKED[dataset])
    assert rows[: len(seen)] == seen
    assert len(rows) == session.report(dataset).rows > len(seen)


def read_again_and_again(session, truth):
    for _ in range(20):
        assert rows_of(session, "policies", ALWAYS)[0] == truth


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_errors_now_and_then_are_told_as_such(small_sandbox, enter, seed):
    """One answer in ten is HTTP 500, frames and menu too: all rows or PortalUnavailable, never fewer."""
    session = enter(small_sandbox, QUICK)
    truth = [policy_row(policy) for policy in small_sandbox.brokerage.policies]
    small_sandbox.spoil("taian", error_rate=0.1, error_seed=seed)
    with pytest.raises(PortalUnavailable, match="泰安人寿（taian） 应答 HTTP 500"):
        read_again_and_again(session, truth)
    small_sandbox.spoil("taian", error_rate=0)
    assert rows_of(session, "policies", ALWAYS)[0] == truth


class OneTextChanged:
    """The session's own client; the first place in each answer that says ``old`` says ``new``."""

    def __init__(self, client, old, new):
        self._client, self._change = client, (old.encode("gb18030"), new.encode("gb18030"))

    def fetch(self, address, /, **how):
        """The portal's answer with one text changed."""
        answer = self._client.fetch(address, **how)
        body = answer.body().replace(*self._change, 1)
        return SimpleNamespace(
            status=answer.status, headers=answer.headers, url=answer.url, body=lambda: body
        )


def test_words_of_a_lost_session_in_a_cell_are_data(context, small_sandbox):
    """The same words around the table, or without one, end the session, or say that the portal is closed."""
    receipts = [premium.receipt_no for premium in small_sandbox.brokerage.premiums if premium.receipt_no]
    said = "登录超时，请重新登录 系统维护中"
    client = OneTextChanged(context.request, receipts[0], said)
    recipe = parse_taian(("family: jsp_frameset", "family: jsp_frameset\nsession: {relogins: 0}"))
    credentials = {"user": PORTAL_USER, "password": PORTAL_PASSWORD}
    with open_session(context, recipe, credentials, f"{small_sandbox.url}/taian/", client=client) as session:
        rows, _ = rows_of(session, "premiums", ALWAYS)
        assert [row["receipt_no"] for row in rows if row["receipt_no"]] == [said, *receipts[1:]]
    changes = ("实收保费合计", "{} 实收保费合计"), ('id="dataTable"', 'title="{}"')
    words = ("登录超时，请重新登录", SessionExpired), ("系统维护中", PortalUnavailable)
    for (old, new), (said, error) in product(changes, words):
        client = OneTextChanged(context.request, old, new.format(said))
        with (
            open_session(
                context, recipe, credentials, f"{small_sandbox.url}/taian/", client=client
            ) as session,
            pytest.raises(error, match=said),
        ):
            rows_of(session, "premiums", ALWAYS)
