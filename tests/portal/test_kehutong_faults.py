"""Bad days at 客户通: what the bot survives, and what it says where it cannot."""

import time
from itertools import islice

import httpx
import pytest

from bots.errors import ExtractionIncomplete, PageChanged, PortalUnavailable, SessionExpired
from bots.portal import details, http_client
from sandbox.kehutong.records import SMALL_SIZE as SIZE
from sandbox.kehutong.state import ACCOUNT
from tests.portal.kehutong_visit import RECORDS, ROWS_ALONE, WITHOUT_DETAILS, Person, visit

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("dataset", ["customers", "customer_api"])
# Where nothing more comes a list of cards is waited for as long as the recipe says.
IMPATIENT = ("timeout_seconds: 20", "timeout_seconds: 3")
NUMBERS = [customer.customer_no for customer in RECORDS]
MOST_READINGS = 6


@pytest.fixture
def person(small_sandbox, context):
    return Person(small_sandbox, context)


@pytest.fixture
def enter(small_sandbox, context, evidence, person):
    """A function that logs in with an impatient recipe without details; sessions are closed afterwards."""
    sessions = []

    def enter_kehutong(*changes):
        recipe = changes or (WITHOUT_DETAILS,)
        sessions.append(visit(small_sandbox, context, evidence, person, IMPATIENT, *recipe))
        return sessions[-1]

    yield enter_kehutong
    for session in sessions:
        session.close()


def numbers_of(session, dataset):
    return [row["customer_no"] for page in session.extract(dataset, {}) for row in page.rows]


@BOTH
def test_lost_session_is_survived(small_sandbox, enter, person, dataset):
    """A session lost in the middle: one new login without a code, every customer once, in order."""
    session = enter()
    small_sandbox.spoil("kehutong", expire_at_page=5)
    assert numbers_of(session, dataset) == NUMBERS
    assert len(person.questions) == 1


@BOTH
def test_displaced_session_is_survived_within_its_budget(small_sandbox, enter, dataset):
    """Somebody else logs in with the account: the bot comes back to its place twice, not a third time."""
    session = enter()
    seen = []
    with pytest.raises(SessionExpired, match="已重新登录 2 次"):
        read_among_others(small_sandbox, session, dataset, seen)
    assert seen == NUMBERS[: len(seen)]
    assert len(seen) >= 6 * 30


def read_among_others(sandbox, session, dataset, seen):
    """Add the customers of page after page; after each second one somebody else logs in."""
    for page in session.extract(dataset, {}):
        seen += [row["customer_no"] for row in page.rows]
        if page.page_no in (2, 4, 6):
            displace(sandbox, session)


def displace(sandbox, session):
    """A login elsewhere, on a device that the portal knows."""
    device = next(c["value"] for c in session.keep().cookies if c["name"] == "KHT_DEVICE")
    given = {"account": ACCOUNT.user, "password": ACCOUNT.password}
    answer = httpx.post(
        f"{sandbox.url}/kehutong/api/login", json=given, cookies={"KHT_DEVICE": device}
    ).json()
    assert answer["need_code"] is False


@BOTH
def test_short_batch(small_sandbox, enter, dataset):
    """A batch that lacks a row makes the list incomplete by one."""
    session = enter()
    small_sandbox.spoil("kehutong", short_page=2)
    with pytest.raises(ExtractionIncomplete, match=f"{dataset} 应有 {SIZE} 条，读到 {SIZE - 1} 条"):
        numbers_of(session, dataset)


@BOTH
def test_wrong_count(small_sandbox, enter, dataset):
    """A total that lies by one is not believed."""
    session = enter()
    small_sandbox.spoil("kehutong", wrong_total="count")
    with pytest.raises(ExtractionIncomplete, match=f"{dataset} 应有 {SIZE + 1} 条，读到 {SIZE} 条"):
        numbers_of(session, dataset)


@BOTH
def test_newcomer_in_the_middle(small_sandbox, enter, dataset):
    """A customer who comes in while the list is read moves it: nothing is guessed."""
    session = enter()
    small_sandbox.spoil("kehutong", moved_at_page=3)
    said = f"列表变了：第 1 页写 {SIZE} 条，这一页写 {SIZE + 1} 条|读到两次同一条"
    with pytest.raises(ExtractionIncomplete, match=said):
        numbers_of(session, dataset)


@pytest.mark.parametrize(
    ("fault", "drawn", "sent"),
    [
        ({"missing_column": "城市"}, "缺少栏目：城市", None),
        ({"missing_column": "姓名"}, "缺少栏目：姓名", "缺少栏目：name"),
        ({"renamed_column": "城市"}, "缺少栏目：城市；多出栏目：城市（新）", "多出栏目：city_v2"),
        ({"extra_column": True}, "多出栏目：客户评分", "多出栏目：score"),
    ],
)
def test_changed_columns(small_sandbox, enter, fault, drawn, sent):
    """Columns gone, renamed or new stop the run and are named; a key that JSON leaves out is empty."""
    session = enter()
    small_sandbox.spoil("kehutong", **fault)
    with pytest.raises(PageChanged, match=drawn):
        numbers_of(session, "customers")
    if sent:
        with pytest.raises(PageChanged, match=sent):
            numbers_of(session, "customer_api")


def test_renamed_grid(small_sandbox, enter):
    """A list of another name and no fallback draws no rows; the address behind it is as it was."""
    session = enter(WITHOUT_DETAILS, ROWS_ALONE)
    small_sandbox.spoil("kehutong", renamed_class=True)
    with pytest.raises(PageChanged, match=r"没有画出任何一行（#customer-grid .row），共 220 条"):
        numbers_of(session, "customers")
    assert numbers_of(session, "customer_api") == NUMBERS


def test_a_request_that_waits_for_news_is_no_missing_batch(small_sandbox, enter, context):
    """A page that keeps a request open for news, and a total that disagrees: the total is what is wrong."""
    news = "**/kehutong/api/news"
    context.route(news, lambda _: None)
    context.add_init_script("fetch('api/news').catch(() => {})")
    session = enter(WITHOUT_DETAILS, ("batch: 30", f"batch: {SIZE}"))
    small_sandbox.spoil("kehutong", short_page=2)
    with pytest.raises(ExtractionIncomplete):
        numbers_of(session, "customers")


@BOTH
def test_slow_batch(small_sandbox, enter, dataset):
    """A batch slower than a blink and faster than the recipe's patience costs time alone."""
    session = enter()
    small_sandbox.spoil("kehutong", slow_page=4, slow_seconds=1.5)
    assert numbers_of(session, dataset) == NUMBERS


@BOTH
def test_batch_that_does_not_come(small_sandbox, enter, dataset):
    """A batch slower than the recipe's patience is the portal's fault, told in bounded time."""
    session = enter()
    small_sandbox.spoil("kehutong", slow_page=4, slow_seconds=8)
    started = time.monotonic()
    with pytest.raises(PortalUnavailable, match=f"客户通（kehutong） {dataset} 第 4 页"):
        numbers_of(session, dataset)
    assert time.monotonic() - started < 15


@BOTH
@pytest.mark.parametrize(
    ("fault", "said"),
    [({"error_rate": 1}, "HTTP 500"), ({"down": True}, "HTTP 503"), ({"maintenance": True}, "系统维护中")],
)
def test_portal_out_of_order(small_sandbox, enter, dataset, fault, said):
    """Errors and maintenance in the middle of a list are the portal's trouble: a later run may do."""
    session = enter()
    pages = session.extract(dataset, {})
    next(pages)
    small_sandbox.spoil("kehutong", **fault)
    with pytest.raises(PortalUnavailable, match=said):
        list(pages)


@BOTH
@pytest.mark.parametrize("seed", [1, 2])
def test_errors_now_and_then(small_sandbox, enter, dataset, seed):
    """With every seventh answer an HTTP 500: all customers, or the error says so; afterwards all of them."""
    session = enter()
    small_sandbox.spoil("kehutong", error_rate=0.15, error_seed=seed)
    for _ in range(MOST_READINGS):
        seen, said = [], ""
        try:
            seen = numbers_of(session, dataset)
        except PortalUnavailable as error:
            said = error.what
        assert seen == NUMBERS or "HTTP 500" in said
        if small_sandbox.faults("kehutong")["errors_sent"]:
            break
    assert small_sandbox.faults("kehutong")["errors_sent"]
    small_sandbox.spoil("kehutong", error_rate=0)
    assert numbers_of(session, dataset) == NUMBERS


@pytest.mark.parametrize("fault", [{"down": True}, {"maintenance": True}])
def test_portal_closed_at_the_login(small_sandbox, enter, person, fault):
    """A portal that is closed is unavailable, not changed; nobody is asked anything."""
    small_sandbox.spoil("kehutong", **fault)
    with pytest.raises(PortalUnavailable):
        enter()
    assert person.questions == []


@pytest.mark.parametrize("fault", [{"extra_column": True}, {"extra_column": True, "renamed_class": True}])
def test_evidence_of_a_list_shows_no_people(small_sandbox, enter, evidence, fault):
    """Names, accounts and remarks are hidden in rows that are no table, whatever the list is called."""
    session = enter()
    small_sandbox.spoil("kehutong", **fault)
    with pytest.raises(PageChanged):
        numbers_of(session, "customers")
    html = evidence.files["kehutong-customers-1-0.html"].decode("utf-8")
    shown = RECORDS[:30]
    personal = (
        [c.name for c in shown] + [c.wechat for c in shown] + [c.remark.split()[0] for c in shown if c.remark]
    )
    assert not [text for text in personal if text and text in html]
    assert [c.customer_no for c in shown if c.customer_no in html] == [c.customer_no for c in shown]
    assert evidence.files["kehutong-customers-1.png"]


def test_session_lost_among_details(small_sandbox, enter, person, monkeypatch):
    """Displaced while the 45th customer is looked up: back to the same page, nobody twice, nobody missed."""
    session = enter(("title: 客户\n", "title: 客户通客户\n"))
    asked = []

    def ask_and_be_displaced(*arguments):
        asked.append(arguments)
        if len(asked) == 45:
            displace(small_sandbox, session)
        return http_client.ask(*arguments)

    monkeypatch.setattr(details, "ask", ask_and_be_displaced)
    rows = [row for page in islice(session.extract("customers", {}), 3) for row in page.rows]
    assert [row["phone"] for row in rows] == [customer.phone for customer in RECORDS[:90]]
    assert (len(asked), len(person.questions)) == (91, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((", 备注]", "]"), "多出栏目：备注"),
        (("        手机号: {name: phone", "        电话: {name: phone"), "缺少栏目：电话；多出栏目：手机号"),
        (("pairs_at: basic", "pairs_at: main"), "没有 main"),
        (("pairs_at: basic", "pairs_at: id"), "id 不是名称和内容的列表"),
        (("customers/{customer_id}", "customers/{customer_no}"), "HTTP 404"),
        (
            ("same: {customer_no: 客户编号}", "same: {customer_no: 编号}"),
            "缺少栏目|没有“编号”|多出栏目：客户编号",
        ),
    ],
)
def test_details_that_are_not_as_the_recipe_says(enter, change, said):
    """Labels, their place and the address are checked for each row; the customer is named."""
    with pytest.raises(PageChanged, match=f"{NUMBERS[0]}.*({said})"):
        next(iter(enter(change).extract("customers", {})))


def test_details_of_somebody_else(enter):
    """A sheet that does not say the row's own number is not merged into it."""
    change = ("same: {customer_no: 客户编号}", "same: {customer_name: 客户编号}")
    with pytest.raises(ExtractionIncomplete, match="打开的详情不是这一条"):
        next(iter(enter(change).extract("customers", {})))


def test_phone_that_cannot_be_read_sets_its_row_aside(enter):
    """As for any other column; the row still counts."""
    page = next(iter(enter(("name: phone, kind: phone", "name: phone, kind: date")).extract("customers", {})))
    assert (len(page.rows), len(page.set_aside)) == (0, 30)
