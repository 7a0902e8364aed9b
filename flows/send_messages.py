"""发送待发消息: what waits leaves when its time has come; runs that died give up their place."""

from datetime import UTC, datetime
from uuid import uuid4

from prefect import flow, get_run_logger

from bots.errors import BusinessError
from connectors.messages.sender import SendReport, send_waiting
from connectors.prefect_api import crash_silent_runs
from connectors.wiring import hub, transports


class MessagesUndelivered(BusinessError):
    """Messages failed for good in this drain, or nobody knows what became of them."""

    title = "有消息没有送达"


@flow(name="发送待发消息", flow_run_name="发送待发消息")
def send_messages() -> SendReport:
    """把失联的运行标记为崩溃，再发送到时间的待发消息。

    限流或网关故障时留下的消息按 1、2、4、8、16 分钟的间隔再试。

    每五分钟自动运行一次，也可以随时手动运行。已送出的不会重发；结果未知的不会自行重发，等人裁定。
    """
    for name in crash_silent_runs(datetime.now(UTC)):
        get_run_logger().warning("运行“%s”失去心跳，已标记为崩溃", name)
    report = send_waiting(hub(), transports(), datetime.now(UTC), owner=f"send_messages:{uuid4().hex[:12]}")
    get_run_logger().info(
        "消息：发出 %s 条，待重试 %s，失败 %s，结果未知 %s，暂缓 %s",
        *(report.sent, report.left, report.failed, report.unknown, report.held),
    )
    if report.failed or report.unknown:
        raise MessagesUndelivered(
            f"失败 {report.failed} 条，结果未知 {report.unknown} 条。",
            remedy="运行 brokerflow messages list 查看原因并处理。",
        )
    return report
