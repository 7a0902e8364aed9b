"""`brokerflow messages`: see, send and decide about what leaves the house."""

import os
import socket
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.settings import TIME_ZONE

app = typer.Typer(
    help="消息：查看、发送待发消息，裁定结果未知的消息", no_args_is_help=True, rich_markup_mode=None
)
STATES = {
    "waiting": "待发送",
    "sending": "发送中",
    "sent": "已送出",
    "failed": "失败",
    "unknown": "结果未知",
    "held": "暂缓",
}


@app.command("list", help="列出消息，最新的在前。")
def list_(
    state: Annotated[str | None, typer.Option(help=f"只看一种状态：{'、'.join(STATES)}")] = None,
    limit: Annotated[int, typer.Option(help="最多列出多少条", min=1)] = 50,
) -> None:
    """Print number, time, state, channel, receiver, template, occasion, receipt and error of messages."""
    from connectors.database.engine import session  # noqa: PLC0415 - keeps --help fast
    from connectors.messages.outbox import list_messages  # noqa: PLC0415 - keeps --help fast
    from connectors.wiring import hub, message_book  # noqa: PLC0415 - keeps --help fast

    if state and state not in STATES:
        raise typer.BadParameter(f"没有状态 {state}，可选：{'、'.join(STATES)}", param_hint="--state")
    titles = {what: template.title for what, template in message_book().templates.templates.items()}
    with session(hub(), read_only=True) as current:
        messages = list_messages(current, state, limit)
    for message in messages:
        made = message.created_at.astimezone(ZoneInfo(TIME_ZONE)).strftime("%Y-%m-%d %H:%M")
        title = titles.get(message.what, message.what)
        facts = (STATES[message.state], message.channel, message.whom, title, message.occasion)
        print(f"{message.id:>6}  {made}  {'  '.join(facts)}  {message.receipt or ''}".rstrip())
        if message.error:
            print(f"        {message.error}")
    print(f"共 {len(messages)} 条")


@app.command(help="发送到时间的消息；中断的发送记为结果未知，不会自行重发。")
def send(
    held: Annotated[bool, typer.Option("--held", help="补齐密钥后，连同暂缓的消息一起发送")] = False,
) -> None:
    """Drain the outbox once; exit code 1 when a message failed or its fate is unknown."""
    from connectors.database.engine import session  # noqa: PLC0415 - keeps --help fast
    from connectors.messages.outbox import release_held  # noqa: PLC0415 - keeps --help fast
    from connectors.messages.sender import send_waiting  # noqa: PLC0415 - keeps --help fast
    from connectors.wiring import hub, transports  # noqa: PLC0415 - keeps --help fast

    if held:
        with session(hub()) as current:
            release_held(current)
    owner = f"{socket.gethostname()}:{os.getpid()}"
    report = send_waiting(hub(), transports(), datetime.now(UTC), owner)
    print(
        f"已送出 {report.sent} 条，失败 {report.failed} 条，结果未知 {report.unknown} 条，"
        f"待发送 {report.left} 条，暂缓 {report.held} 条"
    )
    if report.failed or report.unknown:
        raise typer.Exit(1)


@app.command(help="登记一条结果未知的消息：向接收人核实后，记为已收到，或重新发送。")
def decide(
    message_id: Annotated[int, typer.Argument(help="消息编号，见 brokerflow messages list")],
    arrived: Annotated[bool, typer.Option("--arrived/--send-again", help="已收到 / 没收到，重新发送")],
) -> None:
    """Write a person's decision about a message of unknown fate."""
    from connectors.database.engine import session  # noqa: PLC0415 - keeps --help fast
    from connectors.messages.outbox import decide_unknown  # noqa: PLC0415 - keeps --help fast
    from connectors.wiring import hub  # noqa: PLC0415 - keeps --help fast

    with session(hub()) as current:
        decide_unknown(current, message_id, has_arrived=arrived)
    print(f"消息 {message_id}：{'已记为送出' if arrived else '将在下次发送时重新发出'}")


@app.command(help="预览消息模板：以参数名代替内容。")
def preview(what: Annotated[str, typer.Argument(help="模板名称，见 config/messages/templates.yaml")]) -> None:
    """Print a template's chat text and filed SMS with parameter names in place of values."""
    from connectors.messages.templates import render_text  # noqa: PLC0415 - keeps --help fast
    from connectors.wiring import message_book  # noqa: PLC0415 - keeps --help fast

    templates = message_book().templates.templates
    if what not in templates:
        raise typer.BadParameter(f"没有模板 {what}，可选：{'、'.join(templates)}", param_hint="WHAT")
    template = templates[what]
    names = {name: f"〔{name}〕" for name in template.parameters}
    print(f"{template.title}\n\n企业微信：\n{render_text(template, names)}")
    print(f"\n短信（{template.sms.template_code}）：\n{template.sms.filed_text}")
