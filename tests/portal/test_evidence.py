"""Evidence of failures: what the page looked like, without its people, whatever their columns are called."""

import asyncio
import time

import pytest

from bots.portal import evidence as evidence_module
from bots.portal.evidence import keep_evidence
from bots.portal.exchanges import Exchange
from bots.portal.screen import Screen
from bots.portal.step_trace import StepTrace
from sandbox.scene import PORTAL_PASSWORD
from tests.portal.recipes import parse_taian

pytestmark = pytest.mark.browser

NAMES = ("欧阳喆", "司马珺", "诸葛镕")
LIST = """
<table id="dataTable">
<tr><th rowspan="2">保单号</th><th colspan="3">客户</th>
<th rowspan="2">币种</th><th rowspan="2">操作</th></tr>
<tr><th>{title}</th><th>被 保 险 人</th><th>电话</th></tr>
<tr ondblclick="show('欧阳喆')"><td>TA202601000001</td><td title="欧阳喆">欧阳喆</td><td>司马珺</td>
<td><input name="tel" value="0571-6235123"></td><td>人民币</td>
<td><a href="javascript:show('欧阳喆')">详情</a></td></tr>
<tr><td rowspan="2">TA202601000002</td><td>欧阳喆</td><td>司马珺</td><td></td><td>港元</td><td>无</td></tr>
<tr><td>诸葛镕</td><td>司马珺</td><td>62351234</td><td>人民币</td><td>无</td></tr>
</table>"""
SHEET = (
    """
<table><tr><td>{title}：</td><td>欧阳喆</td><td>保单号</td><td>TA202601000003</td></tr>
<tr><th>受益人</th><td>诸葛镕</td><th>产 品　代 码：</th><td>P001</td></tr></table>
<script>var people = ["欧阳喆"];</script><!-- 司马珺 -->
<form name="loginForm"><table><tr><td>登 录 人</td>
<td><input type="text" name="userId" value="欧阳喆"></td></tr></table>
<textarea>诸葛镕</textarea><input type="hidden" name="id" value="110101199003074514"></form>
<p>热线 138-0000-0001，密码 """
    + PORTAL_PASSWORD
    + "</p>"
)


@pytest.fixture
def kept(context, evidence):
    """A function that keeps evidence of one page of HTML and returns the HTML kept."""

    def keep(html):
        screen = Screen(context, parse_taian(), "http://127.0.0.1:2/")
        screen.page.set_content(f"<html><body>{html}</body></html>")
        trace = StepTrace(context, is_wanted=True)
        keep_evidence(screen, evidence, "policies", [PORTAL_PASSWORD], trace)
        shown = screen.page.inner_text("body")
        screen.close()
        return evidence.files["taian-policies-1-0.html"].decode("utf-8"), shown

    return keep


@pytest.mark.parametrize("title", ["投保人", "投保人姓名", "投　保　人", "客户名称", ""])
def test_renamed_columns_hide_their_cells(kept, title):
    """Names stay hidden when their column is renamed, spread out or unknown, in lists and in sheets."""
    for page in (LIST, SHEET):
        html, shown = kept(page.format(title=title))
        assert not [text for text in (*NAMES, "62351234", "0571-6235123") if text in html + shown]
        assert "TA202601000003" in html or "TA202601000001" in html


def test_what_the_recipe_reads_is_shown(kept):
    """Columns that are no person's stay legible under headers of two rows and beside cells of two rows."""
    _, shown = kept(LIST.format(title="投保人姓名"))
    assert shown.split() == [
        *("保单号", "客户", "币种", "操作", "投保人姓名", "被", "保", "险", "人", "电话"),
        *("TA202601000001", "**", "**", "人民币", "**"),
        *("TA202601000002", "**", "**", "港元", "**"),
        *("**", "**", "**", "人民币", "**"),
    ]


def test_sheets_show_known_labels_and_forms_their_names(kept):
    """Beside a known label the value stays; inputs keep their names for the recipe and lose their values."""
    html, shown = kept(SHEET.format(title="投保人"))
    assert "P001" in shown
    assert "受益人" in shown
    assert 'name="userId"' in html
    assert "110101199003074514" not in html
    assert "138****0001" in shown
    assert PORTAL_PASSWORD not in html


def test_a_table_that_holds_the_page_is_not_hidden_whole(kept):
    """Layout tables are looked into, not judged: the inner table keeps what is known."""
    html, shown = kept(f"<table><tr><td>菜单</td><td>{LIST.format(title='投保人')}</td></tr></table>")
    assert "TA202601000001" in shown
    assert not [name for name in NAMES if name in html]


def test_the_window_that_scrubs_answers_is_closed_again(failed, evidence, caplog):
    """Of an answer that is a page only the HTML without its people is left, and nothing went wrong."""
    failed(evidence, LIST.format(title="投保人").encode("utf-8"))
    told = evidence.files["taian-policies-answers.txt"].decode("utf-8")
    assert "TA202601000001" in told
    assert not [name for name in NAMES if name in told]
    assert (list(evidence.files)[1:], caplog.text) == (
        ["taian-policies-1-0.html", "taian-policies-1.png"],
        "",
    )


@pytest.fixture
def failed(context):
    """A function that keeps evidence of one answer and one page in a sink."""

    def keep(sink, body):
        screen = Screen(context, parse_taian(), "http://127.0.0.1:2/")
        screen.asked.append(Exchange("GET", "http://127.0.0.1:2/list.do", 200, (), body))
        screen.page.set_content("<p>保单查询</p>")
        keep_evidence(screen, sink, "policies", [], StepTrace(context, is_wanted=False))
        screen.close()

    return keep


def test_half_an_emoji_costs_nothing(failed, evidence):
    """Text that no encoding can write is replaced: answers and pages are kept, nothing is raised."""
    failed(evidence, b'{"\xe4\xbf\x9d\xe5\x8d\x95\xe5\x8f\xb7": "TA1\\ud83d"}')
    assert b"TA1?" in evidence.files["taian-policies-answers.txt"]
    assert "taian-policies-1.png" in evidence.files


def test_a_full_disk_takes_only_what_it_takes(failed, evidence, monkeypatch):
    """A file that cannot be written raises nothing, and the others are kept."""

    def keep(name, content):
        if name.endswith("-answers.txt"):
            raise OSError(28, "No space left on device")
        evidence.files[name] = content

    monkeypatch.setattr(evidence, "keep", keep)
    failed(evidence, b"{}")
    assert list(evidence.files) == ["taian-policies-1-0.html", "taian-policies-1.png"]


def test_a_browser_that_opens_no_window_ends_in_time(evidence, context, monkeypatch):
    """The window that scrubs does not come: the answers are told without their HTML."""
    monkeypatch.setattr(evidence_module, "_OPEN_SECONDS", 0.5)
    screen = Screen(context, parse_taian(), "http://127.0.0.1:2/")
    screen.asked.append(Exchange("GET", "http://127.0.0.1:2/list.do", 200, (), b"<html><p>8</p></html>"))
    monkeypatch.setattr(context._impl_obj, "new_page", lambda: asyncio.sleep(30))
    started = time.monotonic()
    keep_evidence(screen, evidence, "policies", [], StepTrace(context, is_wanted=False))
    assert time.monotonic() - started < 20
    assert b"/list.do -> 200, 21 bytes" in evidence.files["taian-policies-answers.txt"]
    screen.close()
