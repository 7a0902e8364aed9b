"""A portal that answers 429 is waited for as long as the recipe allows, and no row is lost or doubled."""

import pickle
from types import SimpleNamespace

import pytest
from prefect.states import Failed

from bots.errors import PortalUnavailable
from bots.portal.pace import Pace
from bots.portal.session import open_session
from bots.portal.too_fast import TooFast, asked_pause, too_fast
from flows.house import may_retry
from sandbox.mingde.portal import ACCOUNT
from sandbox.mingde.records import SMALL_SIZE, build_records, build_statements
from tests.portal.kanghe_portal import (
    ALWAYS,
    RECORDS,
    SMALL_PAGES,
    WITHOUT_DETAILS,
    logged_in,
    policy_row,
    rows_of,
    spoil,
)
from tests.portal.mingde_visits import ALL_MONTHS, YEAR, parse_mingde, premium_row, statement_row, visits

# A session lost on the way would be an error: waiting is no new login.
NO_LOGIN = ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:")
SHORT = ("\ndatasets:", "\ntoo_fast_seconds: 2\n\ndatasets:")
SMALL_BATCHES = ("batch: 400", "batch: 50")
PREMIUMS = build_records(size=SMALL_SIZE)
PAID = [each for each in PREMIUMS if str(each.received_date).startswith("2026")]
PAUSES_A_DATASET = 10
NOON = "Thu, 26 Nov 2026 12:00:00 GMT"


@pytest.fixture
def enter(context, evidence):
    """A function that logs in to a running sandbox's 明德养老."""
    yield from visits(context, evidence)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "7"}, 7),
        (429, {}, 5),
        (429, {"retry-after": "soon", "date": NOON}, 5),
        (429, {"retry-after": "Thu, 26 Nov 2026 12:00:40 GMT", "date": NOON}, 40),
        (429, {"retry-after": "Thu, 26 Nov 2026 11:59:00 GMT", "date": NOON}, 0),
        (503, {"retry-after": "3"}, 3),
        (503, {}, None),
        (200, {"retry-after": "3"}, None),
    ],
)
def test_pause_that_an_answer_asks_for(status, headers, seconds):
    """Seconds or a date by the portal's own clock; 503 without a word is a portal that is down."""
    assert asked_pause(SimpleNamespace(status=status, headers=headers)) == seconds


def test_error_says_when_to_come_again():
    """It names status, pause and limit, and survives the way between two processes."""
    error = too_fast("明德养老（mingde）", 429, 600, 60, may_wait=True)
    assert not error.may_wait
    assert "HTTP 429：请求太快，要求 600 秒后再来，多于配方的 too_fast_seconds（60 秒）" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own


@pytest.mark.browser
@pytest.mark.parametrize(("page", "times"), [(1, 1), (5, 2)])
def test_refused_page_is_asked_for_again(context, evidence, small_sandbox, page, times):
    """The postback goes out once more after the pause: the list goes on at this page, without a new login."""
    with logged_in(context, evidence, small_sandbox, WITHOUT_DETAILS, SMALL_PAGES, NO_LOGIN) as session:
        spoil(small_sandbox, too_fast_at_page=page, too_fast_times=times)
        rows, pages = rows_of(session, "policies", ALWAYS)
        assert rows == [policy_row(policy) for policy in RECORDS]
        assert [each.page_no for each in pages] == list(range(1, 13))


@pytest.mark.browser
def test_refused_requests_are_made_again(context, small_sandbox, enter):
    """The page that a list opens, its own requests for grid and batches, and those of our own client."""
    session = enter(small_sandbox, SMALL_BATCHES, NO_LOGIN)
    refusal = {"status": 429, "headers": {"Retry-After": "1"}, "body": "429 Too Many Requests"}
    refused = []

    def refuse(route):
        refused.append(route.request.url)
        route.fulfill(**refusal)

    context.route("**/main.action", refuse, times=1)
    expected = {
        "premiums": (YEAR, [premium_row(premium) for premium in PREMIUMS]),
        "batches": (ALL_MONTHS, [statement_row(statement) for statement in build_statements()]),
    }
    for dataset, (question, truth) in expected.items():
        small_sandbox.spoil("mingde", too_fast_at_page=2)
        assert rows_of(session, dataset, question)[0] == truth
    assert len(refused) == 1
    small_sandbox.spoil("mingde", too_fast_at_page=2, too_fast_times=2)
    rows, _ = rows_of(session, "receipts", YEAR)
    assert [row["receipt_no"] for row in rows] == [premium.receipt_no or None for premium in PAID]


@pytest.mark.browser
@pytest.mark.parametrize(
    "faults_and_words",
    [
        ({"too_fast_times": 9}, "HTTP 429：请求太快，要求 1 秒后再来。"),
        ({"retry_after": "600"}, "要求 600 秒后再来，多于配方的 too_fast_seconds（2 秒）"),
    ],
)
def test_pauses_have_an_end(context, evidence, small_sandbox, enter, faults_and_words):
    """Refused three times, or sent away for ten minutes: an error that names 429 and when to come again."""
    faults, said = faults_and_words
    for dataset, question in (("batches", ALL_MONTHS), ("receipts", YEAR)):
        session = enter(small_sandbox, SHORT)
        small_sandbox.spoil("mingde", too_fast_at_page=1, **faults)
        with pytest.raises(PortalUnavailable) as caught:
            rows_of(session, dataset, question)
        assert said in caught.value.what
        small_sandbox.spoil("mingde", too_fast_at_page=None)
    with logged_in(context, evidence, small_sandbox, WITHOUT_DETAILS, SHORT) as session:
        spoil(small_sandbox, too_fast_at_page=1, **faults)
        with pytest.raises(PortalUnavailable) as caught:
            rows_of(session, "policies", ALWAYS)
        assert said in caught.value.what


@pytest.mark.browser
def test_who_is_sent_away_asks_nothing_more(context, small_sandbox, enter):
    """Told to come again in ten minutes, the visit asks the portal for no other dataset."""
    session = enter(small_sandbox, SHORT)
    small_sandbox.spoil("mingde", too_fast_at_page=1, retry_after="600")
    with pytest.raises(TooFast):
        rows_of(session, "batches", ALL_MONTHS)
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    with pytest.raises(TooFast, match="600 秒后再来"):
        rows_of(session, "receipts", YEAR)
    assert [url for url in asked if url.startswith("http")] == []


@pytest.mark.browser
def test_login_that_comes_too_fast_is_sent_once(context, small_sandbox, enter):
    """A login is not sent again by waiting, nor by the retries of the flow's task."""
    sent = []

    def refuse(route):
        sent.append(route.request.url)
        route.fulfill(status=429, headers={"Retry-After": "1"}, body="429 Too Many Requests")

    context.route(lambda url: "auth.action" in url, refuse)
    with pytest.raises(TooFast) as caught:
        enter(small_sandbox)
    assert len(sent) == 1
    assert not may_retry(None, None, Failed(data=caught.value))


class GuardedClient:
    """Each question gets a refusal first, then the portal's answer."""

    def __init__(self, client):
        self._client, self.asked, self.refused = client, set(), 0

    def fetch(self, address, /, **how):
        """A refusal, or what the portal says."""
        question = str(how.get("data"))
        if question in self.asked:
            return self._client.fetch(address, **how)
        self.asked.add(question)
        self.refused += 1
        headers = {"retry-after": "0"}
        return SimpleNamespace(
            status=429, headers=headers, url=address, body=lambda: b"429 Too Many Requests"
        )


@pytest.mark.browser
def test_pauses_of_a_dataset_are_counted(context, small_sandbox):
    """A portal that sends each question back once is asked ever more slowly, and ten times a dataset."""
    client = GuardedClient(context.request)
    recipe = parse_mingde(("size: 100", "size: 10"))
    credentials = {"user": ACCOUNT.user, "password": ACCOUNT.password}
    base_url = f"{small_sandbox.url}/mingde/"
    with (
        open_session(context, recipe, credentials, base_url, client=client) as session,
        pytest.raises(TooFast, match="HTTP 429"),
    ):
        rows_of(session, "receipts", YEAR)
    assert client.refused == PAUSES_A_DATASET + 1


def test_distance_grows_with_each_pause():
    """From a quarter of a second on it doubles, up to five seconds; another dataset keeps it."""
    pace = Pace(None)
    waits = []
    for _ in range(7):
        pace.slow_down()
        waits.append(pace.left_ms())
    pace.begin()
    assert waits == [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]
    assert pace.left_ms() == 5_000
    slow = Pace(None, 30_000)
    slow.slow_down()
    assert slow.left_ms() == 30_000


def test_short_wish_is_met_by_a_retry():
    """What cannot be asked for again in place is tried again by the task, where that is late enough."""

    def may_try_again(seconds):
        error = too_fast("明德养老（mingde）", 429, seconds, 60, may_wait=False)
        return may_retry(None, None, Failed(data=error))

    assert [may_try_again(seconds) for seconds in (1, 2, 5, 600)] == [True, True, False, False]
