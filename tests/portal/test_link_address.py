"""The address of a row's link is read in a real browser: nothing opens, nothing moves, nothing is sent."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bots.errors import PageChanged
from bots.portal.row_links import press_row_link, row_link_address
from bots.portal.screen import Screen
from bots.portal.table import TableRow
from tests.portal.kanghe_portal import parse_kanghe

pytestmark = pytest.mark.browser
RECIPE = parse_kanghe()
RULES = RECIPE.datasets["policies"]
PLACE = "康禾人寿（kanghe） policies P1"
SCRIPTS = """
function view(id) { window.open("view?id=" + id, "_blank", "width=700").focus() }
function postBack() { document.forms[0].submit() }
function go(id) { location.href = "view?id=" + id }
function linked(id) {
  const made = document.createElement("a");
  made.href = "view?id=" + id;
  made.target = "_blank";
  made.click();
}
"""


class Portal:
    """One page with one row; remembers what it is asked for."""

    def __init__(self):
        self.link, self.asked = "", []

    def answer(self, request):
        """The page under its own address, something else under any other."""
        asked = request.path
        self.asked.append((request.command, asked))
        table = f"<table class=gridview><tr><th>保单号<th>操作<tr><td>P1<td>{self.link}</table>"
        form = f"<form id=f action=/saved method=post>{table}</form>"
        page = f"<meta charset=utf-8><script>{SCRIPTS}</script>{form}<iframe name=side src=/side></iframe>"
        body = (page if asked == "/list" else "<p>别处</p>").encode()
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture(scope="module")
def portal():
    """It runs on a port of its own."""
    portal = Portal()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            portal.answer(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    portal.url = f"http://127.0.0.1:{server.server_port}/"
    yield portal
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def shown(context, portal):
    """A function that shows the page with a link in its row."""
    screens = []

    def show(link):
        portal.link = link
        screen = Screen(context, RECIPE, portal.url)
        screens.append(screen)
        screen.page.goto(f"{portal.url}list", wait_until="load")
        portal.asked.clear()
        return screen

    yield show
    for screen in screens:
        screen.close()


def read_address(screen, link, rules=RULES):
    """The address of the one row's link."""
    return row_link_address(screen, rules, row_of(link), "查看", PLACE)


def row_of(link):
    """The row as the list's reading brought it home: what an input says is no text."""
    cells = ["P1", "" if "<input" in link else "查看"]
    return TableRow(row_no=1, index=1, cells=cells, raw={}, values={}, set_aside=None)


def prove_untouched(screen, portal):
    """The page is where it was, no window came, the portal was asked nothing; and the page is as before."""
    screen.page.wait_for_timeout(200)
    assert screen.page.url == f"{portal.url}list"
    assert screen.context.pages == [screen.page]
    assert portal.asked == []
    assert screen.page.evaluate("() => /native code/.test(window.open) && /native code/.test(setTimeout)")
    assert screen.page.evaluate("() => !Object.hasOwn(document, 'open')")


LEADS = {
    "plain address": "<a href='view?id=7'>查看</a>",
    "address for a new window": "<a href='view?id=7' target=_blank>查看</a>",
    "address for a frame": "<a href='view?id=7' target=side>查看</a>",
    "address beside a script": "<a href='view?id=7' onclick='return true'>查看</a>",
    "script that stops the click": "<a href='view?id=7' onclick='event.cancelBubble = true'>查看</a>",
    "window instead of the address": "<a href='list?no=1' onclick='view(7); return false'>查看</a>",
    "window beside the address": "<a href='list?no=1' onclick='view(7)'>查看</a>",
    "number sign": "<a href='#' onclick='view(7)'>查看</a>",
    "void": "<a href='javascript:void(0)' onclick='view(7)'>查看</a>",
    "javascript": "<a href='javascript:view(7)'>查看</a>",
    "javascript that moves the page": "<a href='javascript:go(7)'>查看</a>",
    "script that moves the page": "<a href='#' onclick='go(7); return false'>查看</a>",
    "the window above": "<a href='#' onclick='top.open(\"view?id=7\")'>查看</a>",
    "the document's open": '<a href=\'#\' onclick=\'open("view?id=7", "_blank", "width=700")\'>查看</a>',
    "link made by a script": "<a href='#' onclick='linked(7)'>查看</a>",
    "another frame": "<a href='#' onclick='frames.side.location = \"/view?id=7\"'>查看</a>",
    "promise": "<a href='#' onclick='Promise.resolve(7).then(view)'>查看</a>",
    "button": "<button type=button onclick='view(7)'>查看</button>",
    "input": "<input type=button value=查看 onclick='view(7)'>",
}


@pytest.mark.parametrize("kind", LEADS)
def test_address_is_read_without_going_there(shown, portal, kind):
    """Twice the same, and afterwards the link works as ever."""
    screen = shown(LEADS[kind])
    for _ in range(2):
        assert read_address(screen, LEADS[kind]) == f"{portal.url}view?id=7"
        prove_untouched(screen, portal)
    press_row_link(screen, RULES, row_of(LEADS[kind]), "查看", PLACE)
    screen.page.wait_for_timeout(300)
    assert ("GET", "/view?id=7") in portal.asked


REFUSED = {
    "submit button": ("<input type=submit value=查看 onclick='view(7)'>", "要提交表单"),
    "button of a form": ("<button>查看</button>", "要提交表单"),
    "button of a form to be filled": ("<textarea required></textarea><button>查看</button>", "要提交表单"),
    "image button": ("<input type=image value=查看>", "要提交表单"),
    "script that submits": ("<a href='#' onclick='postBack()'>查看</a>", "要提交表单"),
    "javascript that submits": ("<a href='javascript:postBack()'>查看</a>", "要提交表单"),
    "script that asks to submit": (
        "<a href='#' onclick='document.forms[0].requestSubmit()'>查看</a>",
        "要提交表单",
    ),
    "window by a timer": ("<a href='#' onclick='setTimeout(() => view(7))'>查看</a>", "过一会儿才打开窗口"),
    "window by a later timer": ("<a href='#' onclick='setTimeout(\"view(7)\", 300)'>查看</a>", "过一会儿才"),
    "address by a timer": (
        "<a href='#' onclick='setTimeout(() => location.href = \"v\", 5)'>查看</a>",
        "过一会儿才",
    ),
    "window by a frame's timer": (
        "<a href='#' onclick='top.setTimeout(() => view(7), 9)'>查看</a>",
        "过一会儿才",
    ),
    "cancelled": ("<a href='view?id=7' onclick='return false'>查看</a>", "没有打开一个窗口"),
    "two windows": ("<a href='#' onclick='view(7); view(8)'>查看</a>", "没有打开一个窗口"),
    "window without an address": (
        "<a href='view' onclick='window.open().focus()'>查看</a>",
        "没有打开一个窗口",
    ),
    "place in the page": ("<a href='#below'>查看</a>", "没有打开一个窗口"),
    "letter": ("<a href='mailto:a@b.example'>查看</a>", "没有打开一个窗口"),
    "another text": ("<a href='view?id=7'>看看</a>", "列表里的这一行变了"),
    "no link": ("查看", "这一行没有链接"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_safely_is_refused(shown, portal, kind):
    """The error names row and link and says what to do; nothing was opened or sent."""
    link, said = REFUSED[kind]
    screen = shown(link)
    with pytest.raises(PageChanged, match=said) as caught:
        read_address(screen, link)
    assert caught.value.what.startswith(f"{PLACE} ")
    assert caught.value.what.endswith("（查看）。")
    assert "试跑" in caught.value.remedy
    prove_untouched(screen, portal)


def test_timer_of_a_refused_link_opens_nothing_later(shown, portal):
    """What it asks for after the answer is held back too."""
    link = "<a href='#' onclick='setTimeout(() => view(7), 1300)'>查看</a>"
    screen = shown(link)
    with pytest.raises(PageChanged, match="没有打开一个窗口"):
        read_address(screen, link)
    screen.page.wait_for_timeout(500)
    prove_untouched(screen, portal)


def test_page_whose_navigations_are_not_told_is_refused(shown):
    """In a closed frame the browser tells no script where it goes: no link is tried there."""
    link = LEADS["plain address"]
    screen = shown("<iframe name=own sandbox=allow-scripts></iframe>")
    screen.page.evaluate(
        "html => { document.querySelector('[name=own]').srcdoc = html }",
        f"<table class=gridview><tr><th>保单号<th>操作<tr><td>P1<td>{link}</table>",
    )
    screen.frame("own").wait_for_selector("table")
    with pytest.raises(PageChanged, match="不报告去向"):
        read_address(screen, link, RULES.model_copy(update={"frame": "own"}))
