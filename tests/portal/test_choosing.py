"""What a person chooses with the mouse alone: calendars, drawn lists, radio buttons."""

from datetime import date

import pytest

from bots.errors import PageChanged, RecipeInvalid
from bots.portal.calendars import Calendar
from tests.portal.kanghe_portal import WITHOUT_DETAILS, days, logged_in, parse_kanghe, policy_row, rows_of
from tests.portal.test_ruixiang import JUNE, POLICIES, RECIPE, YEARS, enter_ruixiang, policies_of
from tests.portal.test_ruixiang import policy_row as ruixiang_row

__all__ = ["enter_ruixiang"]
WITH_YEARS = Calendar(shows="b", years=("<<", ">>"), months=("<", ">"), days="td")
MONTHS_ONLY = Calendar(shows="b", months=("<", ">"), days="td")
DAY = date(2026, 10, 9)
_BEGIN, _END, _STATUS = (
    RECIPE.index(text)
    for text in ('          opens: "#begin', '          opens: "#end', '      - choose: {element: "#status')
)
CLICKED = {"begin": RECIPE[_BEGIN : RECIPE.index("      - pick_date", _BEGIN)], "end": RECIPE[_END:_STATUS]}
QUICK = ("family: layui_admin", "family: layui_admin\ntimeout_seconds: 2")


@pytest.mark.parametrize(
    ("calendar", "shown", "arrow"),
    [
        (WITH_YEARS, "2028年 1月", "<<"),
        (WITH_YEARS, "2025 年 12 月", ">>"),
        (WITH_YEARS, "2026-11", "<"),
        (WITH_YEARS, "2026年9月", ">"),
        (WITH_YEARS, "2026年10月", None),
        (MONTHS_ONLY, "2027年 1月", "<"),
        (MONTHS_ONLY, "2025年 12月", ">"),
        (MONTHS_ONLY, "2026/10", None),
    ],
)
def test_arrow_leads_to_the_month(calendar, shown, arrow):
    """First the year, then the month; without arrows for years month by month."""
    assert calendar.arrow_to(shown, DAY) == arrow


@pytest.mark.parametrize("shown", ["", "十月", "10月 2026年", "20261009"])
def test_calendar_that_names_no_month_is_not_guessed(shown):
    """A text without year and month, in that order, is an error."""
    with pytest.raises(ValueError, match=f"^{shown}$"):
        MONTHS_ONLY.arrow_to(shown, DAY)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", opens: x", "opens 和 calendar 要写在一起"),
        (", opens: x, calendar: {shows: x, days: x}", "months: 缺少这个必填的键"),
        (", opens: x, calendar: {shows: x, months: [x], days: x}", "calendar.months"),
    ],
)
def test_half_a_calendar_is_named(more, said):
    """What a calendar needs is told by file, line and key."""
    start, _ = by_calendar("Begin")
    with pytest.raises(RecipeInvalid) as caught:
        parse_kanghe((start, start + more))
    assert said in caught.value.what


def by_calendar(box):
    """康禾's recipe, choosing one date in its calendar of months."""
    name = "from_date" if box == "Begin" else "to_date"
    start = f'{{element: "#ctl00_MainContent_txt{box}", value: "{{{name}}}"'
    calendar = (
        '{shows: "#calYear, #calMonth", months: ["#calPrev", "#calNext"], days: "#calDays td:not(.other)"}'
    )
    return start, f'{start}, opens: "#ctl00_MainContent_img{box}", calendar: {calendar}'


@pytest.mark.browser
def test_calendar_of_months_is_clicked_through(small_sandbox, context, evidence):
    """A calendar whose month stands in selects, opened by an icon, gives the rows of the asked days."""
    parameters, found = days("2026-09-28", "2026-10-09")
    changes = (WITHOUT_DETAILS, by_calendar("Begin"), by_calendar("End"))
    with logged_in(context, evidence, small_sandbox, *changes) as session:
        rows, _ = rows_of(session, "policies", parameters)
    assert rows == [policy_row(policy) for policy in found]


@pytest.mark.browser
def test_page_that_ignores_what_a_script_wrote_is_asked_by_its_calendar(small_sandbox, enter_ruixiang):
    """瑞祥's query knows only days from its calendar: written ones give all rows, clicked ones do not."""
    written = enter_ruixiang(small_sandbox, (CLICKED["begin"], ""), (CLICKED["end"], ""))
    assert len(rows_of(written, "policies", JUNE)[0]) == len(POLICIES)
    rows, _ = rows_of(enter_ruixiang(small_sandbox), "policies", JUNE)
    assert rows == [ruixiang_row(policy) for policy in policies_of(JUNE)]


WRONG = {
    "arrow that turns nothing": (
        ("months: [.laydate-prev-m, .laydate-next-m]", "months: [.laydate-set-ym, .laydate-set-ym]"),
        r"的日历翻不到 20\d\d-\d\d，停在“20\d\d年 \d+月”",
    ),
    "no month": (("shows: .laydate-set-ym", "shows: .laydate-clear"), "翻不到 2023-09，停在“清空”"),
    "days of two months": (
        (".laydate td:not(.laydate-other)", ".laydate td"),
        "的日历里选择 2023-09-01失败",
    ),
    "another input": (
        ('opens: "#end + .laydate-icon"', 'opens: "#begin + .laydate-icon"'),
        "#end 选了 2026-10-31，页面上仍是“结束日期”",
    ),
    "no such radio button": (("option: 承保日期", "option: 签单日期"), "在 #dayKind 里选择 签单日期失败"),
    "no such item": (("option: 全部", "option: 全"), "里选择 全失败"),
}


@pytest.mark.browser
@pytest.mark.parametrize("fault", WRONG)
def test_choice_that_cannot_be_made_is_named(small_sandbox, enter_ruixiang, fault):
    """A calendar, list or button that is not as the recipe says stops before a row is read."""
    change, said = WRONG[fault]
    session = enter_ruixiang(small_sandbox, QUICK, change)
    with pytest.raises(PageChanged, match=said):
        list(session.extract("policies", YEARS))


@pytest.mark.browser
def test_value_that_is_no_date_is_the_recipes_fault(small_sandbox, enter_ruixiang):
    """A spelling that names no day cannot be clicked."""
    session = enter_ruixiang(small_sandbox, ("written: YYYY-MM-DD", "written: DD-MM-YYYY"))
    with pytest.raises(RecipeInvalid, match="选“01-06-2026”，这不是日期"):
        list(session.extract("policies", JUNE))


@pytest.mark.browser
def test_list_that_does_not_take_the_click_is_noticed(small_sandbox, enter_ruixiang, context):
    """An item that was clicked and is not shown afterwards was not chosen."""
    context.add_init_script(
        "addEventListener('click', (e) => e.target.tagName === 'DD' && e.stopPropagation(), true)"
    )
    session = enter_ruixiang(small_sandbox, QUICK, ("option: 全部", "option: 有效"))
    with pytest.raises(PageChanged, match="lay-select-title 选了 有效，页面上仍是“全部”"):
        list(session.extract("policies", YEARS))


@pytest.mark.browser
def test_chosen_item_narrows_the_list(small_sandbox, enter_ruixiang):
    """The list that the page draws itself is opened, and the item's rows alone come home."""
    session = enter_ruixiang(small_sandbox, ("option: 全部", "option: 有效"))
    rows, _ = rows_of(session, "policies", YEARS)
    kept = [policy for policy in policies_of(YEARS) if policy.status == "in_force"]
    assert rows == [ruixiang_row(policy) for policy in kept]
    assert len(kept) < len(policies_of(YEARS))
