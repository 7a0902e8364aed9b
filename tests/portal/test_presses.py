"""Presses by script in a real browser: where CSS finds it, else as Playwright finds it, or PageChanged."""

import pytest

from bots.errors import PageChanged
from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.presses import press_if_there, press_quickly, submit_page_no
from bots.portal.screen import Screen
from bots.portal.verbs import TOP
from tests.portal.kanghe_portal import parse_kanghe

pytestmark = pytest.mark.browser
RECIPE = parse_kanghe(("family: webforms", "family: webforms\ntimeout_seconds: 1"))
PLACE = "康禾人寿（kanghe）"
NEXT = "<button class=next onclick='window.pressed = 1'>下一页</button>"
LATE = f'<script>setTimeout(() => {{ document.body.innerHTML = "{NEXT}" }}, 300)</script>'
IN_ELEMENT = f"""<x-pager></x-pager><script>
customElements.define("x-pager", class extends HTMLElement {{
  connectedCallback() {{ this.attachShadow({{ mode: "open" }}).innerHTML = "{NEXT}" }}
}})</script>"""
# As a portal's own library may do it.
OWN_ANSWERS = "<script>document.querySelectorAll = () => []</script>"
FORM = "<form onsubmit='return false'><input class=next></form>"


@pytest.fixture
def shown(context):
    """A function that shows a page and answers the screen."""
    screens = []

    def show(html):
        screens.append(Screen(context, RECIPE, "http://127.0.0.1:9/"))
        screens[-1].page.set_content(f"<body>{html}</body>")
        return screens[-1]

    yield show
    for screen in screens:
        screen.close()


def is_pressed(screen):
    return screen.page.evaluate("() => window.pressed === 1")


@pytest.mark.parametrize("html", [NEXT, LATE, IN_ELEMENT], ids=["there", "late", "inside an element"])
@pytest.mark.parametrize("element", [".next", "button:text-is('下一页')", [".after", ".next"]], ids=str)
def test_what_is_there_is_pressed(shown, html, element):
    """By CSS and by Playwright's words, also by a fallback."""
    screen = shown(html)
    press_quickly(screen, TOP, element, answer=False)
    assert is_pressed(screen)


@pytest.mark.parametrize("element", [".next", "button:text-is('下一页')"])
@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>没有</p>", "失败：页面上没有它，或者不能操作。"),
        (NEXT + OWN_ANSWERS, "刚找到又不见了，没有点到。"),
        (NEXT * 2, "不知道点哪一个。"),
    ],
    ids=["nothing", "gone again", "two"],
)
def test_what_is_not_there_once_is_a_changed_page(shown, html, said, element):
    """Portal, selector and remedy are named; nothing is pressed and no answer is waited for."""
    screen = shown(html)
    with pytest.raises(PageChanged) as caught:
        press_quickly(screen, TOP, element)
    assert caught.value.what.startswith(PLACE)
    assert element in caught.value.what
    assert caught.value.what.endswith(said)
    assert caught.value.remedy == CHANGED_REMEDY
    assert not is_pressed(screen)


def test_page_number_without_its_field_is_a_changed_page(shown):
    """The field is seen by Playwright alone: the form is not sent, the page is named."""
    screen = shown(FORM + OWN_ANSWERS)
    with pytest.raises(PageChanged, match=r"页面上的 \.next 刚找到又不见了"):
        submit_page_no(screen, TOP, ".next", 3)


def test_link_that_is_not_there_is_not_waited_for(shown):
    """No number in sight: the caller looks for another way."""
    assert not press_if_there(shown("<p>没有</p>"), TOP, "a.page{page}", 3)
