"""From what Playwright's code generator records to steps that a recipe may hold."""

import json

import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from bots.errors import SetupInvalid
from bots.portal.recording import translate_recording
from bots.portal.verbs import Step
from config.settings import Settings
from connectors.portal_recorder import record_actions

BASE = "http://127.0.0.1:8700/taian/"
PAGE = {"signals": [], "pageGuid": "page@1"}
MENU, MAIN = (
    f'frame[name="{name}"] >> internal:control=enter-frame >> ' for name in ("menuFrame", "mainFrame")
)
# By Playwright 1.65.2 (codegen --target jsonl) in 泰安's portal; keys that we do not read are left out.
RECORDED = [
    {"browserName": "chromium", "launchOptions": {"headless": False}, "contextOptions": {}},
    {"name": "openPage", "url": "about:blank", **PAGE},
    {"name": "navigate", "url": BASE, **PAGE},
    {
        "name": "click",
        "selector": 'input[name="userId"]',
        "button": "left",
        "modifiers": 0,
        "clickCount": 1,
        **PAGE,
    },
    {"name": "fill", "selector": 'input[name="userId"]', "text": "brokerflow", **PAGE},
    {
        "name": "click",
        "selector": 'input[name="passwd"]',
        "button": "left",
        "modifiers": 0,
        "clickCount": 1,
        **PAGE,
    },
    {"name": "fill", "selector": 'input[name="passwd"]', "text": "taian-demo-2026", **PAGE},
    {
        "name": "click",
        "selector": 'internal:role=button[name="登 录"i]',
        **PAGE,
        "signals": [{"name": "expect", "selector": "internal:role=link"}],
    },
    {"name": "click", "selector": f'{MENU}internal:role=link[name="佣金结算"i]', "clickCount": 1, **PAGE},
    {"name": "select", "selector": f"{MAIN}internal:role=combobox", "options": ["202609"], **PAGE},
    {"name": "click", "selector": f'{MAIN}internal:role=button[name="查询"i]', "clickCount": 1, **PAGE},
    {"name": "fill", "selector": f'{MAIN}input[name="beginDate"]', "text": "2026-10-01", **PAGE},
    {"name": "closePage", **PAGE},
]
STEPS = """\
# base_url: http://127.0.0.1:8700/taian/
# 点击后网站会换页的，补上 answer_in: 换页的框架（整页为 top）
steps:
  - open: ""
  - fill: {element: 'input[name="userId"]', secret: user}
  - fill: {element: 'input[name="passwd"]', secret: password}
  - click: {element: 'role=button[name="登 录"i]'}
  - click: {element: 'role=link[name="佣金结算"i]', frame: menuFrame}
  - choose: {element: "role=combobox", frame: mainFrame, option: "202609"}
  - click: {element: 'role=button[name="查询"i]', frame: mainFrame}
  - fill: {element: 'input[name="beginDate"]', frame: mainFrame, value: "2026-10-01"}
"""


def translated(*actions):
    """The last line that becomes of actions after the first page was opened."""
    opened = {"name": "navigate", "url": BASE, **PAGE}
    text = translate_recording("\n".join(json.dumps({**PAGE, **each}) for each in (opened, *actions)))
    return text.splitlines()[4:]


def test_recording_of_a_portal_with_frames():
    """Frames, roles and selects become verbs; neither user nor password is written down."""
    assert translate_recording("\n".join(map(json.dumps, RECORDED))) == STEPS


def test_steps_are_steps_of_a_recipe():
    """What is written is YAML that the recipe language accepts."""
    steps = YAML(typ="safe").load(STEPS)["steps"]
    assert len(TypeAdapter(list[Step]).validate_python(steps)) == 8


@pytest.mark.parametrize(
    ("action", "line"),
    [
        ({"name": "click", "selector": "#a", "clickCount": 2}, 'click: {element: "#a", times: 2}'),
        ({"name": "click", "selector": "td >> nth=2", "clickCount": 1}, 'click: {element: "td >> nth=2"}'),
        ({"name": "click", "selector": 'internal:text="详情"i'}, "click: {element: 'text=\"详情\"'}"),
        (
            {"name": "fill", "selector": 'internal:attr=[placeholder="保单号"i]', "text": "TA"},
            "fill: {element: '[placeholder=\"保单号\"]', value: TA}",
        ),
        ({"name": "hover", "selector": "#menu"}, 'hover: {element: "#menu"}'),
        ({"name": "navigate", "url": f"{BASE}list.do?a=1"}, 'open: "list.do?a=1"'),
        ({"name": "fill", "selector": "#x", "text": "no"}, 'fill: {element: "#x", value: "no"}'),
    ],
)
def test_action_becomes_a_verb(action, line):
    """Double clicks, texts, placeholders and addresses are said in our words."""
    assert translated(action) == [f"  - {line}"]


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ({"name": "check", "selector": "#agree"}, "check"),
        ({"name": "setInputFiles", "selector": "#file", "files": ["a.xls"]}, "setInputFiles"),
        ({"name": "click", "selector": "#a", "button": "right"}, "右键或组合键"),
        ({"name": "select", "selector": "#a", "options": ["1", "2"]}, "一次选了几项"),
        ({"name": "press", "selector": "#a", "key": "Enter"}, "按了键；改为点击它所代替的按钮"),
        ({"name": "navigate", "url": "https://elsewhere.example/"}, "不在同一个网站目录下"),
        ({"name": "click", "selector": "#a", "pageGuid": "page@2"}, "发生在另一个窗口里"),
        (
            {"name": "click", "selector": "iframe >> nth=0 >> internal:control=enter-frame >> a"},
            "框架没有名字",
        ),
    ],
)
def test_what_no_verb_says_is_a_comment(action, why):
    """Nothing is dropped and nothing is guessed: the line tells why and what was recorded."""
    (line,) = translated(action)
    assert line.startswith(f"  # 没有对应的动词（{why}）：")
    assert action["name"] in line


def test_password_is_in_no_comment():
    """Also where no verb fits, what was typed into a password field is not written down."""
    frame = "iframe >> nth=0 >> internal:control=enter-frame >> "
    lines = translated(
        {"name": "fill", "selector": f'{frame}internal:role=textbox[name="密 码"i]', "text": "s3cret"}
    )
    assert "s3cret" not in "".join(lines)


@pytest.mark.parametrize(
    ("signal", "said"), [("popup", "kind: popup"), ("download", "kind: download"), ("dialog", "dialogs")]
)
def test_windows_files_and_questions_are_noted(signal, said):
    """What a click brought beside the page is named after it."""
    _, note = translated({"name": "click", "selector": "#a", "signals": [{"name": signal}]})
    assert note.startswith("  # ")
    assert said in note


def test_recording_needs_a_screen(monkeypatch):
    """Where there is no screen the command says so and names xvfb-run."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(SetupInvalid, match="没有图形界面") as caught:
        record_actions("http://127.0.0.1:9/", Settings())
    assert "xvfb-run" in caught.value.remedy


@pytest.mark.browser
def test_code_generator_still_writes_what_is_translated(small_sandbox, monkeypatch):
    """Playwright's own command opens the address and leaves lines that become steps."""
    quits = {"PWTEST_CLI_IS_UNDER_TEST": "1", "PWTEST_CLI_EXIT_AFTER_TIMEOUT": "6000"}
    for name, value in {"DISPLAY": ":99", "PWTEST_CLI_HEADLESS": "1", **quits}.items():
        monkeypatch.setenv(name, value)
    address = f"{small_sandbox.url}/taian/"
    steps = translate_recording(record_actions(address, Settings()))
    assert steps.splitlines()[0] == f"# base_url: {address}"
    assert '  - open: ""' in steps
