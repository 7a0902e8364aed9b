"""`brokerflow portal accounts` and `unlock`: the firm's accounts at portals."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command(help="列出保司账号的状态、负责人和密码到期日；带参数时先登记。")
def accounts(
    insurer: Annotated[str, typer.Argument(help="保司代码；不写时只列出")] = "",
    *,
    owner: Annotated[str, typer.Option(help="账号负责人")] = "",
    changed: Annotated[
        datetime | None, typer.Option(help="最近一次修改密码的日期", formats=["%Y-%m-%d"])
    ] = None,
    days: Annotated[int | None, typer.Option(help="保司允许密码用多少天", min=1, max=3650)] = None,
) -> None:
    """Note what people know of an account, then list all."""
    from config.settings import TIME_ZONE  # noqa: PLC0415 - keeps --help fast
    from connectors.database.engine import session  # noqa: PLC0415
    from connectors.portal_accounts import describe_account, list_accounts  # noqa: PLC0415
    from connectors.wiring import hub  # noqa: PLC0415

    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    with session(hub()) as current:
        if insurer:
            changed_date = changed.date() if changed else None
            describe_account(current, insurer, owner=owner or None, changed=changed_date, days=days)
        lines = [_line(account, today) for account in list_accounts(current)]
    print("\n".join(lines) or "还没有账号记录；登记：brokerflow portal accounts 保司代码 --owner 姓名")


@app.command(help="允许再次登录被停用的账号：保司已解锁而密码不变时使用。")
def unlock(insurer: Annotated[str, typer.Argument(help="保司代码，例如 taian")]) -> None:
    """Forget that a login was refused or a password was due."""
    from connectors.database.engine import session  # noqa: PLC0415 - keeps --help fast
    from connectors.portal_accounts import clear_account  # noqa: PLC0415
    from connectors.wiring import hub  # noqa: PLC0415

    with session(hub()) as current:
        was_stopped = clear_account(current, insurer, "命令行", datetime.now(UTC))
    print(f"{insurer}：{'下次运行会再次登录' if was_stopped else '没有被拒绝登录的记录'}")


def _line(account: object, today: date) -> str:
    from connectors.database.tables import PortalAccount  # noqa: PLC0415 - keeps --help fast
    from connectors.portal_accounts import STATES, expiry_warning  # noqa: PLC0415

    assert isinstance(account, PortalAccount)  # noqa: S101 - the tables are imported late
    parts = [account.slug, STATES[account.state], f"负责人 {account.owner or '未登记'}"]
    if account.password_changed_date:
        parts.append(f"密码修改于 {account.password_changed_date}")
    if account.kept_at:
        parts.append("保存了会话")
    return "  ".join([*parts, expiry_warning(account, today)]).rstrip()
