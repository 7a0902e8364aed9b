"""A polite guest: rows per minute, and the hours in which a portal is open."""

from datetime import datetime, time
from unittest.mock import MagicMock
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from bots.errors import PortalUnavailable, RecipeInvalid
from bots.portal import screen
from bots.portal.pace import Pace, prove_open
from config.settings import PROJECT_ROOT, TIME_ZONE
from connectors.portal_recipes import list_recipes, load_recipe
from tests.portal.recipes import parse_taian
from tests.portal.test_taian import ALWAYS

SLUG = "family: jsp_frameset"


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self):
        """Seconds."""
        return self.now


def at(hour, minute=0):
    return datetime(2026, 11, 6, hour, minute, tzinfo=ZoneInfo(TIME_ZONE))


def open_at(hours):
    return parse_taian((SLUG, f'{SLUG}\nopen_hours: "{hours}"'))


def test_rows_are_paid_for_in_time():
    """At 600 rows a minute 100 rows cost 10 seconds; idle time counts, and is not saved up."""
    clock = Clock()
    pace = Pace(600, clock=clock)
    assert pace.left_ms() == 0
    pace.note(100)
    assert pace.left_ms() == pytest.approx(10_000)
    clock.now += 4
    pace.note(30)
    assert pace.left_ms() == pytest.approx(9_000)
    clock.now += 60
    assert pace.left_ms() == 0
    pace.note(10)
    assert pace.left_ms() == pytest.approx(1_000)


def test_without_a_ceiling_nothing_waits():
    """A recipe that says nothing is slowed by nothing."""
    pace = Pace(None, clock=Clock())
    pace.note(100_000)
    assert pace.left_ms() == 0


@pytest.mark.browser
def test_walk_waits_between_its_pages(small_sandbox, enter):
    """Rows behind the last page are free, those before it are not: the walk keeps under the ceiling."""
    session = enter(small_sandbox, (SLUG, f"{SLUG}\nrows_per_minute: 1200"))
    pages = list(session.extract("policies", ALWAYS))
    paid = sum(len(page.rows) + len(page.set_aside) for page in pages[:-1])
    assert paid > 0
    assert session.report("policies").seconds >= paid * 60 / 1200


@pytest.mark.parametrize(
    ("hours", "moment", "again"),
    [
        ("07:30-22:00", at(7, 29), "11-06 07:30 以后重新运行"),
        ("07:30-22:00", at(22), "11-07 07:30 以后重新运行"),
        ("22:00-06:00", at(6), "11-06 22:00 以后重新运行"),
    ],
)
def test_closed_portal_says_when_to_try_again(hours, moment, again):
    """Outside its hours a portal is unavailable; portal, hours, moment and the next opening are named."""
    with pytest.raises(PortalUnavailable) as caught:
        prove_open(open_at(hours), moment)
    said = f"泰安人寿（taian） 现在不开放：开放时间 {hours}，现在 {moment:%H:%M}。没有登录。"
    assert (caught.value.what, caught.value.remedy) == (said, again)


@pytest.mark.parametrize(
    ("hours", "moment"),
    [("07:30-22:00", at(7, 30)), ("07:30-22:00", at(21, 59)), ("22:00-06:00", at(5, 59)), (None, at(3))],
)
def test_open_portal_is_let_through(hours, moment):
    """From the first minute to the last, over midnight too; without hours always."""
    prove_open(open_at(hours) if hours else parse_taian(), moment)


@pytest.mark.parametrize("hours", ["7:30-22:00", "07:30", "07:30-24:00", "08:00-08:00"])
def test_hours_that_are_none_are_refused(hours):
    """A wrong spelling is a fault of the recipe at its line."""
    with pytest.raises(RecipeInvalid, match=r"taian\.yaml:\d+: open_hours"):
        open_at(hours)


def test_every_portal_is_open_when_the_night_begins():
    """The timetable's night falls into the hours of each committed recipe that has any."""
    plan = YAML(typ="safe").load((PROJECT_ROOT / "prefect.yaml").read_text("utf-8"))
    night = next(each for each in plan["deployments"] if each["name"] == "每晚")
    minute, hour = map(int, night["schedules"][0]["cron"].split()[:2])
    hours = [load_recipe(slug).open_hours for slug in list_recipes()]
    assert any(hours)
    assert all(each.holds(time(hour, minute)) for each in hours if each)


def test_the_browser_tidies_up_behind_its_own_pages_alone(monkeypatch):
    """640 questions that the page does not ask (details in JSON) cost no tidying, 20 pages cost two."""
    tidied = []
    monkeypatch.setattr(screen, "within", lambda _seconds, _page, what: tidied.append(what))
    context = MagicMock()
    watched = screen.Screen(context, load_recipe("taian").model_copy(update={"pause_ms": 0}), "http://x/")
    for _ in range(640):
        watched.pause(by_page=False)
    assert tidied == []
    for _ in range(20):
        watched.pause()
    assert tidied == ["request_gc"] * 2
