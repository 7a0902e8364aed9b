"""Hard faults in mid-collection: two workers, dead browser, dead line, full disk; no row lost or doubled."""

import json
import subprocess
import sys
from collections import Counter

import httpx
import pytest
from prefect.logging import disable_run_logger
from prefect.states import Failed

from bots.errors import BrowserLost, PortalUnavailable, StorageFull
from bots.portal.kept import KeptSession
from config.settings import PROJECT_ROOT, get_settings
from connectors.browser import open_context
from connectors.collection_log import hold_account
from connectors.database.engine import session
from connectors.database.tables import Endorsement, LandingFile, Policy
from connectors.portal_accounts import kept_session
from flows.collect_portal import collect_list, stay_to_the_end
from flows.house import may_retry
from flows.portal_visit import Visit, kept_for_the_next_run
from tests.connectors.conftest import ALWAYS, DAY, read
from tests.portal import kehutong_visit
from tests.portal.five_portals import logged_in, quick_recipe
from tests.portal.unlucky import Line, kill_browser, kill_renderers

pytestmark = pytest.mark.browser
ON_SQLITE = pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize(
    "hub_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


class UnluckyVisit(Visit):
    """Counts the pages of the list that it saved; once it has one, the misfortune happens."""

    saved: list[int]
    misfortune = None

    def save(self, page, *rest):
        """Save, and note; then it happens, once."""
        aside = super().save(page, *rest)
        if page.dataset == "policies":
            self.saved.append(page.page_no)
        if page.mark and self.misfortune:
            happen, self.misfortune = self.misfortune, None
            happen()
        return aside


@pytest.fixture
def stay(ledger, small_sandbox):
    """A function that collects policies with their endorsements; pages of the list saved by each stay."""
    stays = []

    def collect(reports, misfortune=None, url=""):
        stays.append([])
        with (
            disable_run_logger(),
            hold_account(ledger, "taian") as lease,
            open_context(get_settings()) as context,
            logged_in(context, small_sandbox, "taian", url=url) as portal,
        ):
            visit = UnluckyVisit(portal, lease, quick_recipe("taian"), DAY)
            visit.saved, visit.misfortune = stays[-1], misfortune
            reports += collect_list.fn(visit, "policies", ["endorsements"], ALWAYS)
        return stays

    collect.stays = stays
    return collect


def assert_whole(hub, sandbox):
    """The hub holds what the portal's records say, each row once."""
    policies, changes = read(hub, Policy), read(hub, Endorsement)
    truth = sandbox.brokerage.policies
    assert sorted(policies["policy_no"]) == sorted(policy.policy_no for policy in truth)
    numbers = [change.endorsement_no for policy in truth for change in policy.endorsements]
    assert sorted(changes["endorsement_no"]) == sorted(numbers)


@ON_SQLITE
@pytest.mark.parametrize("kill", [kill_browser, kill_renderers])
def test_a_dead_browser_is_replaced_and_goes_on(ledger, small_sandbox, stay, kill):
    """SIGKILL behind page 1: a new browser reads page 2 alone, and the report counts both."""
    misfortunes = [kill, None]
    with disable_run_logger():
        reports = stay_to_the_end(lambda reports: stay(reports, misfortunes.pop(0)))
    assert stay.stays == [[1], [2]]
    assert (reports[0].rows, reports[0].expected) == (120, 120)
    assert_whole(ledger, small_sandbox)


def test_a_task_does_not_try_again_with_a_dead_browser():
    """Of what a machine does wrong, a lost browser alone is not the task's to retry."""
    lost = BrowserLost("taian 浏览器关闭了。", remedy="重新运行")
    away = PortalUnavailable("taian 没有应答。", remedy="重新运行")
    assert not may_retry(None, None, Failed(data=lost))
    assert may_retry(None, None, Failed(data=away))


@ON_SQLITE
@pytest.mark.parametrize("silent", [False, True], ids=["reset", "silent"])
def test_a_cut_line_costs_nothing_but_time(ledger, small_sandbox, stay, silent):
    """The line dies behind page 1: the portal is out of reach; mended, the next stay reads page 2 alone."""
    line = Line(small_sandbox.url)
    try:
        with pytest.raises(PortalUnavailable, match="taian"):
            stay([], lambda: line.cut(silent=silent), line.url)
        line.mend()
        assert stay([], url=line.url) == [[1], [2]]
    finally:
        line.close()
    assert_whole(ledger, small_sandbox)


@ON_SQLITE
def test_a_full_disk_stops_the_collection_with_nothing_half_written(
    ledger, small_sandbox, stay, tiny_disk, monkeypatch
):
    """No room for the next page: an error that names the file; with room again it goes on behind page 1."""
    monkeypatch.setenv("BROKERFLOW_DATA_DIR", str(tiny_disk))
    get_settings.cache_clear()
    filler = tiny_disk / "filler"
    with pytest.raises(StorageFull, match=r"landing.*policies") as caught:
        stay([], lambda: fill_up(filler))
    assert "清理磁盘空间" in caught.value.remedy
    landed = {path.name for path in get_settings().landing_dir.rglob("*") if path.is_file()}
    assert landed == {place.rpartition("/")[2] for place in read(ledger, LandingFile)["path"]}
    filler.unlink()
    assert stay([]) == [[1], [2]]
    assert_whole(ledger, small_sandbox)


def fill_up(path):
    """Take what is left of a small disk."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


@ON_POSTGRESQL
def test_two_workers_on_one_account_take_turns(ledger, small_sandbox, hub_url, monkeypatch):
    """Two processes start at once on one PostgreSQL: both end whole, no session of either is thrown out."""
    monkeypatch.setenv("BROKERFLOW_DATABASE_URL", hub_url)
    command = [sys.executable, "-m", "tests.connectors.one_collection", small_sandbox.url]
    workers = [
        subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [worker.communicate(timeout=240) for worker in workers]
    for worker, (said, complained) in zip(workers, ends, strict=True):
        assert worker.returncode == 0, complained
        rows = {report["dataset"]: report["rows"] for report in json.loads(said)}
        assert rows == {"policies": 120, "endorsements": small_sandbox.truth["endorsements"]}
    counted = httpx.get(f"{small_sandbox.url}/control/sessions").raise_for_status().json()
    assert counted == {"logins": 2, "displaced": 0}
    assert_whole(ledger, small_sandbox)
    assert Counter(read(ledger, Policy)["policy_no"]).most_common(1)[0][1] == 1


def read_in_a_dying_browser(visit):
    """Nothing is read: the browser dies behind the login."""
    with kept_for_the_next_run(visit):
        kill_browser()
        list(visit.portal.extract("customer_api", {}))


@ON_SQLITE
def test_a_browser_that_dies_leaves_its_login_to_the_next_one(hub, small_sandbox):
    """The session is kept from the login on: the next browser is in without a code, nobody is asked again."""
    with hold_account(hub, "kehutong") as lease:
        with open_context(get_settings()) as context:
            person = kehutong_visit.Person(small_sandbox, context)
            portal = kehutong_visit.visit(small_sandbox, context, None, person)
            stay = Visit(portal, lease, kehutong_visit.parse_kehutong(), DAY)
            with pytest.raises(BrowserLost):
                read_in_a_dying_browser(stay)
        with session(hub, read_only=True) as current:
            kept = KeptSession.from_json(kept_session(current, "kehutong"))
        messages = small_sandbox.messages()["sms"]
        with (
            open_context(get_settings()) as context,
            kehutong_visit.visit(small_sandbox, context, None, None, kept=kept) as portal,
        ):
            assert list(portal.extract("customer_api", {}))
    assert small_sandbox.messages()["sms"] == messages
