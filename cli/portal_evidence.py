"""`brokerflow portal evidence`: open what was sealed because it shows people."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command(help="解封一份操作录像（evidence/ 里的 .sealed 文件），写入 --out；看完请删除。")
def evidence(
    sealed: Annotated[
        Path, typer.Argument(help="例如 evidence/taian/2026-11-06/taian-policies-trace.zip.sealed")
    ],
    out: Annotated[Path, typer.Option(help="解封后的文件，例如 trace.zip")],
) -> None:
    """Write the plain file; Playwright's viewer shows it."""
    from connectors.atomic_files import write_atomically  # noqa: PLC0415
    from connectors.evidence import open_evidence  # noqa: PLC0415 - keeps --help fast

    write_atomically(out, open_evidence(sealed))
    print(f"已写入 {out}，含客户信息，看完请删除。查看：playwright show-trace {out}")
