"""Routes and templates: what is refused on load, what a notice becomes."""

import logging

import pytest

from bots.errors import MessageRefused, RecipeInvalid
from bots.records import Notice, Severity
from config.settings import CONFIG_ROOT
from connectors.messages.message_book import load_message_book

ROUTES = """\
audiences:
  operations:
    label: 运营
    channels:
      - {channel: wecom_robot, secret: robot_ops, from_severity: info}
      - {channel: sms, secret: phone_ops, from_severity: alarm}
"""
TEMPLATES = """\
sms_sign_name: 示例保险经纪
templates:
  portal_failed:
    title: 采集失败
    parameters:
      insurer: text
      amount: figure
      page: link
    text: "{{ insurer }} 失败 {{ amount }} {{ page }}"
    sms:
      template_code: SMS_1
      filed_text: ${who}失败${sum}
      parameters:
        who: {from: insurer, max_length: 6}
        sum: {from: amount, max_length: 8}
"""
PARAMETERS = {"insurer": "泰安人寿", "amount": "1.00", "page": "http://desk/1"}


def load(folder, routes=ROUTES, templates=TEMPLATES):
    (folder / "routes.yaml").write_text(routes, encoding="utf-8")
    (folder / "templates.yaml").write_text(templates, encoding="utf-8")
    return load_message_book(folder)


def letters(book, severity=Severity.ALARM, **changes):
    notice = Notice("portal_failed", "operations", "2026-11-06", PARAMETERS | changes, severity)
    return {letter.channel.value: letter for letter in book.write_letters(notice)}


def test_the_committed_routes_and_templates_are_sound():
    """What ships loads, and each template fits its own filed SMS."""
    book = load_message_book(CONFIG_ROOT / "messages")
    assert {"operations", "finance"} <= book.audiences.keys()
    assert {"night_digest", "portal_failed", "night_failed"} <= book.templates.templates.keys()


def test_severity_decides_the_channels(tmp_path):
    """A warning goes to the group alone, an alarm to the phone as well."""
    book = load(tmp_path)
    assert letters(book, Severity.WARNING).keys() == {"wecom_robot"}
    assert letters(book, Severity.ALARM).keys() == {"wecom_robot", "sms"}


def test_a_notice_becomes_a_text_and_a_filed_template(tmp_path):
    """The chat gets the rendered text, the phone template id and parameters without the link."""
    written = letters(load(tmp_path))
    assert written["wecom_robot"].payload == {"text": "泰安人寿 失败 1.00 http://desk/1"}
    assert written["wecom_robot"].whom == "robot_ops"
    sms = written["sms"].payload
    assert (sms["template_code"], sms["sign_name"]) == ("SMS_1", "示例保险经纪")
    assert sms["parameters"] == {"who": "泰安人寿", "sum": "1.00"}
    assert len(sms["out_id"]) == 32


def test_personal_data_is_masked_and_the_masking_is_logged(tmp_path, caplog):
    """An ID number and a phone that slipped into a parameter reach neither group, phone nor log."""
    with caplog.at_level(logging.WARNING):
        written = letters(load(tmp_path), insurer="110101199003072316", amount="13812345678")
    shown = str([letter.payload for letter in written.values()]) + caplog.text
    assert "19900307" not in shown
    assert "1381234" not in shown
    assert "amount, insurer" in caplog.text


def test_a_long_text_is_cut_in_the_sms_and_whole_in_the_chat(tmp_path):
    """Six characters are filed: five and an ellipsis go out by SMS."""
    written = letters(load(tmp_path), insurer="泰安人寿保险股份")
    assert written["sms"].payload["parameters"]["who"] == "泰安人寿保…"
    assert "泰安人寿保险股份" in written["wecom_robot"].payload["text"]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"amount": "1,234,567.89"}, "sms.parameters.sum"),
        ({"insurer": "a.com"}, "sms.parameters.who"),
        ({"insurer": "http:"}, None),
    ],
)
def test_a_value_no_sms_may_carry_refuses_the_sms_alone(tmp_path, changes, key):
    """A figure is never cut and a link never sent: the phone's letter is refused, the group still hears."""
    written = letters(load(tmp_path), **changes)
    assert written["wecom_robot"].refusal is None
    refusal = written["sms"].refusal
    if key is None:
        assert refusal is None
    else:
        assert isinstance(refusal, MessageRefused)
        assert f"templates.portal_failed.{key}" in refusal.what


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("{{ page }}", "{{ pages }}", "templates.yaml:9: templates.portal_failed.text"),
        ("{{ page }}", "{{ page", "templates.yaml:9: templates.portal_failed.text"),
        ("from: amount", "from: page", "templates.yaml:15: templates.portal_failed.sms.parameters.sum"),
        ("from: amount", "from: fee", "templates.yaml:15: templates.portal_failed.sms.parameters.sum"),
        ("失败${sum}", "失败", "templates.yaml:15: templates.portal_failed.sms.parameters.sum"),
        ("${sum}", "${sum}${day}", "templates.yaml:12: templates.portal_failed.sms.filed_text"),
        ("max_length: 8", "max_length: 36", "templates.yaml:15: templates.portal_failed.sms.parameters.sum"),
        ("page: link", "page: url", "templates.yaml:8: templates.portal_failed.parameters.page"),
        ("title:", "titel:", "templates.yaml:4: templates.portal_failed.titel"),
    ],
)
def test_a_faulty_template_is_refused_on_load_with_file_line_and_key(tmp_path, old, new, place):
    """Each fault is found before the first message, and named where it stands."""
    with pytest.raises(RecipeInvalid) as caught:
        load(tmp_path, templates=TEMPLATES.replace(old, new))
    assert place in caught.value.what


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (
            "secret: phone_ops",
            "secret: '13812345678'",
            "routes.yaml:6: audiences.operations.channels.1.secret",
        ),
        ("channel: sms", "channel: fax", "routes.yaml:6: audiences.operations.channels.1.channel"),
        ("info", "loud", "routes.yaml:5: audiences.operations.channels.0.from_severity"),
        ("label", "lable", "routes.yaml:3: audiences.operations.lable"),
        ("    label: 运营", "   label: : 运营", "routes.yaml:3"),
    ],
)
def test_a_faulty_route_is_refused_on_load_with_file_line_and_key(tmp_path, old, new, place):
    """A phone number in YAML is refused like a misspelt key."""
    with pytest.raises(RecipeInvalid) as caught:
        load(tmp_path, routes=ROUTES.replace(old, new))
    assert place in caught.value.what
    assert "13812345678" not in caught.value.what


@pytest.mark.parametrize(
    ("notice", "place"),
    [
        (Notice("portal_fialed", "operations", "x", PARAMETERS), "templates.yaml: templates.portal_fialed"),
        (Notice("portal_failed", "managers", "x", PARAMETERS), "routes.yaml: audiences.managers"),
        (
            Notice("portal_failed", "operations", "x", {"insurer": "泰安"}),
            "templates.yaml: templates.portal_failed.parameters",
        ),
    ],
)
def test_a_notice_outside_the_book_is_refused(tmp_path, notice, place):
    """An unknown template or audience, or a missing parameter, names file and key."""
    with pytest.raises(RecipeInvalid, match=place):
        list(load(tmp_path).write_letters(notice))


def test_a_template_cannot_reach_into_python(tmp_path):
    """Jinja is sandboxed: whoever edits a template cannot run code."""
    templates = TEMPLATES.replace("{{ page }}", "{{ page.__class__.__mro__ }}")
    with pytest.raises(Exception, match="unsafe"):
        letters(load(tmp_path, templates=templates))
