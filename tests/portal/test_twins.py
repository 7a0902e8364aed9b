"""Pages that keep a closed list and a closed calendar per input: only what is in sight is clicked."""

import pytest

from bots.portal.calendars import Calendar
from bots.portal.hands import Hands
from bots.portal.screen import Screen
from tests.portal.recipes import parse_taian

pytestmark = pytest.mark.browser

CALENDAR = Calendar(shows=".month", months=(".back", ".on"), days=".days td")
# Each input has a panel of its own at the end of the page, as ExtJS and Element UI draw them: made when it
# is first opened, hidden when it closes.
PAGE = """
<style>.panel { display: none } .panel.open { display: block }</style>
<input id="status" class="list" readonly><input id="kind" class="list" readonly>
<input id="begin" class="day" readonly><input id="end" class="day" readonly>
<div class="panel" data-of="status"><li>全部</li><li>有效</li></div>
<div class="panel" data-of="kind"><li>全部</li><li>寿险</li></div>
<div class="panel" data-of="begin" data-month="9"></div>
<div class="panel" data-of="end" data-month="11"></div>
<script>
const days = [...Array(28)].map((_, day) => `<td>${day + 1}</td>`);
const draw = (panel) => {
  panel.innerHTML = `<a class="back">«</a><b class="month">2026年 ${panel.dataset.month}月</b>
    <a class="on">»</a><table class="days"><tr>${days.join("")}</tr></table>`;
};
document.querySelectorAll("[data-month]").forEach(draw);
const open = (name) => document.querySelectorAll(".panel").forEach((panel) =>
  panel.classList.toggle("open", panel.dataset.of === name));
document.addEventListener("click", ({ target }) => {
  const panel = target.closest(".panel");
  if (!panel) return open(target.id);
  const input = document.getElementById(panel.dataset.of);
  if (target.matches("a")) {
    panel.dataset.month = Number(panel.dataset.month) + (target.matches(".on") ? 1 : -1);
    return draw(panel);
  }
  const [month, day] = [panel.dataset.month ?? "", target.textContent].map((text) => text.padStart(2, "0"));
  input.value = target.matches("td") ? `2026-${month}-${day}` : target.textContent;
  open("");
});
</script>"""


@pytest.fixture
def screen(context):
    """A screen that shows the page."""
    screen = Screen(
        context, parse_taian(("name: 泰安人寿", "name: 泰安人寿\ntimeout_seconds: 3")), "http://127.0.0.1:9/"
    )
    screen.page.set_content(PAGE)
    yield screen
    screen.close()


@pytest.mark.parametrize("name", ["status", "kind"])
def test_item_of_the_open_list_is_chosen(screen, name):
    """Both lists have an item of that name; the one of the clicked input is open."""
    Hands(screen).choose_item("top", f"#{name}", ".panel li", "全部")
    other = {"status": "kind", "kind": "status"}[name]
    assert screen.page.input_value(f"#{other}") == ""


def test_each_calendar_is_turned_by_its_own_arrows(screen):
    """Begin and end are clicked in calendars that show other months, and the closed one is left alone."""
    hands = Hands(screen)
    hands.pick_day("top", "#begin", "2026-10-09", "#begin", CALENDAR)
    hands.pick_day("top", "#end", "2026-10-20", "#end", CALENDAR)
    assert [screen.page.input_value(f"#{name}") for name in ("begin", "end")] == ["2026-10-09", "2026-10-20"]
