"""The night's messages against the sandbox, which speaks the wire formats by itself."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bots.records import Notice, Severity
from connectors.messages.sender import send_waiting
from connectors.messages.transports import build_transports
from tests.messages.test_outbox import drain, failure, put, states

SECRETS = {
    "wecom_robot_operations": "demo-robot-operations",
    "wecom_robot_finance": "demo-robot-finance",
    "sms_phone_operations": "13900000001",
    "sms_phone_finance": "13900000002",
    "sms_access_key_id": "demo-id",
    "sms_access_key_secret": "demo-secret",
}
DIGEST = {
    "business_date": "2026-11-06",
    "period": "2026-10",
    "portals": "泰安人寿 保单 2000/2000\n泰安人寿 结算单明细 1873/1873",
    "breaks": "费率差异 3\n重复结算 2",
    "break_count": "5",
    "own_due_yuan": "1,234,567.89",
    "statement_yuan": "1,234,000.00",
    "bank_yuan": "1,233,900.00",
    "payable_yuan": "1,200,000.00",
    "held_yuan": "34,567.89",
    "workbook_url": "http://127.0.0.1:8600/workbooks/1/download",
}


@pytest.fixture
def channels(small_sandbox):
    url = small_sandbox.url
    return build_transports(
        wecom_base_url=f"{url}/wecom",
        sms_base_url=f"{url}/sms",
        read_secret=lambda name: SecretStr(SECRETS[name]),
        read_seconds=2,
    )


def test_the_digest_reaches_group_and_phone_once(hub, small_sandbox, channels):
    """Two nights' worth of calls, one robot message with the link, one SMS as filed and without it."""
    digest = Notice("night_digest", "finance", "2026-11-06", DIGEST, Severity.WARNING)
    for minutes in (0, 10):
        put(hub, digest)
        drain(hub, channels, minutes)
    received = small_sandbox.messages()
    [robot], [sms] = received["wecom"], received["sms"]
    assert (robot["group"], robot["payload"]["msgtype"]) == ("财务群", "text")
    assert "泰安人寿 保单 2000/2000" in robot["text"]
    assert DIGEST["workbook_url"] in robot["text"]
    assert sms["text"] == (
        "【示例保险经纪】2026-11-06夜间批处理完成：结算单1,234,000.00元，可发放1,200,000.00元，"
        "暂挂34,567.89元，差异5笔，请登录工作台查看。"
    )
    assert sms["phone"] == SECRETS["sms_phone_finance"]


def test_both_alarms_are_filed_with_the_carrier(hub, small_sandbox, channels):
    """The carrier knows every template of ours, word for word."""
    step = {"business_date": "2026-11-06", "step": "佣金对账", "reason": "来源文件无法使用", "who": "财务"}
    failed = step | {"what": "第 3 行缺列。", "remedy": "重新下载"}
    put(
        hub,
        failure(severity=Severity.ALARM),
        Notice("night_failed", "operations", "x", failed, Severity.ALARM),
    )
    assert drain(hub, channels).sent == 4
    assert [message["text"] for message in small_sandbox.messages()["sms"]] == [
        "【示例保险经纪】2026-11-06采集泰安人寿失败：采集不完整，请运营登录工作台处理。",
        "【示例保险经纪】2026-11-06夜间批处理在佣金对账中断：来源文件无法使用，请财务登录工作台处理。",
    ]


def test_a_digest_longer_than_the_limit_arrives_in_numbered_parts(hub, small_sandbox, channels):
    """WeCom refuses more than 2,048 bytes; the group reads (1/2) and (2/2)."""
    portals = "\n".join(f"保司{number:03d} 保单 2000/2000 保费 4000/4000" for number in range(60))
    put(hub, Notice("night_digest", "operations", "2026-11-06", DIGEST | {"portals": portals}))
    assert drain(hub, channels).sent == 1
    parts = [message["text"] for message in small_sandbox.messages()["wecom"]]
    assert [part[:5] for part in parts] == ["(1/2)", "(2/2)"]
    assert all(line in "".join(parts) for line in portals.split("\n"))


def test_twenty_a_minute_is_wecoms_limit_and_none_is_lost(hub, small_sandbox, channels):
    """The twenty-first meets 45009 and waits; the other group goes on."""
    put(hub, *(failure(f"{number}") for number in range(21)), failure(audience="finance"))
    report = drain(hub, channels)
    assert (report.sent, report.left) == (21, 1)
    small_sandbox.reset()
    assert drain(hub, channels, minutes=2).sent == 1
    assert states(hub) == ["sent"] * 22


def test_a_slow_carrier_is_asked_for_the_receipt(hub, small_sandbox, channels):
    """The SMS arrived but its answer came too late: one SMS in all, settled by QuerySendDetails."""
    put(hub, failure(severity=Severity.ALARM))
    small_sandbox.control(slow_seconds=3)
    # The sandbox dates its receipts by the real clock.
    assert send_waiting(hub, channels, datetime.now(UTC), "sender").unknown == 2
    small_sandbox.control(slow_seconds=0)
    assert send_waiting(hub, channels, datetime.now(UTC), "sender").sent == 1
    assert states(hub) == ["unknown", "sent"]
    received = small_sandbox.messages()
    assert (len(received["wecom"]), len(received["sms"])) == (1, 1)
