"""`brokerflow portal`: check recipes, try one dataset from files alone; read what was set aside.

The other commands stand in portal_*.py, a file each.
"""

import csv
import io
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bots.errors import BrokerFlowError
from bots.records import DatasetReport, PortalPage, Row
from cli import portal_accounts, portal_authoring, portal_evidence, portal_golden, portal_record, portal_run
from cli.ask_person import TerminalAsker
from cli.csv_text import harmless

if TYPE_CHECKING:
    from bots.portal.recipe import Recipe
    from bots.portal.session import PortalSession

app = typer.Typer(
    help="保司网站：检查配方、试采一个数据集、查看搁置的行", no_args_is_help=True, rich_markup_mode=None
)
for commands in (
    portal_accounts,
    portal_authoring,
    portal_evidence,
    portal_golden,
    portal_record,
    portal_run,
):
    app.add_typer(commands.app)

_SHOWN_ASIDE = 20


@app.command(help="检查配方；不写名字时检查 config/portals/ 里的全部配方。错误写明文件、行号和键。")
def check(recipe: Annotated[str, typer.Argument(help="保司代码（taian）或 YAML 文件")] = "") -> None:
    """Check one recipe or all of them; exit code 1 when one is wrong, hints cost nothing."""
    from bots.portal.recipe_hints import find_hints  # noqa: PLC0415 - keeps --help fast
    from connectors.portal_recipes import find_recipe, list_recipes  # noqa: PLC0415
    from connectors.portal_store import check_datasets  # noqa: PLC0415

    faults = 0
    for name in [recipe] if recipe else list_recipes():
        try:
            found = find_recipe(name)
            check_datasets(found, name if name.endswith((".yaml", ".yml")) else f"config/portals/{name}.yaml")
        except BrokerFlowError as error:
            faults += 1
            print(f"✗ {name}\n  " + error.what.replace("；", "\n  ") + f"\n  处理办法：{error.remedy}")
        else:
            datasets = "、".join(f"{rules.title} {key}" for key, rules in found.datasets.items())
            print(f"✓ {found.slug} {found.name}：{datasets}")
            for hint in find_hints(found):
                print(f"  提示 {hint}")
    raise typer.Exit(min(faults, 1))


@app.command("try", help="登录保司网站试采一个数据集，不写数据库；采全时退出码为 0。")
def try_dataset(
    recipe: Annotated[str, typer.Argument(help="保司代码（taian）或 YAML 文件")],
    *,
    dataset: Annotated[str, typer.Option(help="数据集，例如 policies")],
    param: Annotated[list[str] | None, typer.Option(help="参数，可写多个：from_date=2026-10-01")] = None,
    out: Annotated[Path | None, typer.Option(help="读到的行写入这个 CSV 文件")] = None,
    evidence: Annotated[Path | None, typer.Option(help="失败时截图和网页存入这个文件夹")] = None,
    base_url: Annotated[str, typer.Option(help="网站地址，代替配方里的 base_url")] = "",
    headed: Annotated[bool, typer.Option("--headed", help="打开看得见的浏览器窗口")] = False,
    max_pages: Annotated[int | None, typer.Option(min=1, help="只读前几页；不核对合计")] = None,
) -> None:
    """Extract one dataset; exit code 0 only when it is complete, or sound as far as ``max_pages``."""
    from bots.portal.pace import prove_open  # noqa: PLC0415 - keeps --help fast
    from bots.portal.session import open_session  # noqa: PLC0415
    from config.settings import TIME_ZONE, get_settings  # noqa: PLC0415
    from connectors.browser import open_context  # noqa: PLC0415
    from connectors.evidence import EvidenceFolder  # noqa: PLC0415
    from connectors.portal_recipes import find_recipe  # noqa: PLC0415

    started = time.perf_counter()
    settings, found = get_settings(), find_recipe(recipe)
    address = base_url or settings.portal_base_urls.get(found.slug, found.base_url)
    if not (base_url or settings.ignore_open_hours):
        prove_open(found, datetime.now(ZoneInfo(TIME_ZONE)))
    credentials, parameters = _credentials(found), _parameters(param or [])
    sink = EvidenceFolder(evidence) if evidence else None
    with (
        open_context(settings, headed=headed) as context,
        open_session(context, found, credentials, address, sink, asker=TerminalAsker(evidence)) as portal,
    ):
        pages, report = _extract(portal, dataset, parameters, max_pages)
    if out:
        write_rows(out, [row for page in pages for row in page.rows])
    seconds = time.perf_counter() - started
    if report:
        _print_result(f"{found.name}（{found.slug}）", found.datasets[dataset].title, report, seconds)
    else:
        _print_beginning(f"{found.datasets[dataset].title} {dataset}", pages, seconds)
    _print_cells(pages)


@app.command(help="列出最近一次采集时搁置的行：位置、原因、遮盖后的原文。")
def aside(insurer: Annotated[str, typer.Argument(help="保司代码；不写时列出全部")] = "") -> None:
    """Print the rows that the newest collection of each dataset set aside."""
    from connectors.database.engine import session  # noqa: PLC0415 - keeps --help fast
    from connectors.portal_quarantine import read_set_aside, refused_text  # noqa: PLC0415
    from connectors.portal_recipes import load_recipe  # noqa: PLC0415
    from connectors.wiring import hub  # noqa: PLC0415

    with session(hub(), read_only=True) as current:
        rows = read_set_aside(current, insurer or None)
    for row in rows:
        place = f"{row.insurer_slug} {row.dataset} 第 {row.page_no} 页第 {row.row_no} 行"
        text = refused_text(row, load_recipe)
        print(f"{place}  {row.column or '（整行）'}  {row.code}  {row.reason}  {text}".rstrip())
    print(f"共 {len(rows)} 行")


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Rows as CSV for a spreadsheet: UTF-8 with BOM, texts that look like formulas behind an apostrophe.

    The whole file or none: half of it looks like a quiet day. Raises StorageFull, SetupInvalid.
    """
    from connectors.atomic_files import write_atomically  # noqa: PLC0415 - keeps --help fast

    columns, text = list(dict.fromkeys(name for row in rows for name in row)), io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows({name: harmless(value) for name, value in row.items()} for row in rows)
    raw = text.getvalue().encode("utf-8-sig")
    if path.is_symlink() or (path.exists() and not path.is_file()):  # /dev/stdout must not become a file
        path.write_bytes(raw)
    else:
        write_atomically(path, raw)


def _extract(
    portal: "PortalSession", dataset: str, parameters: dict[str, str], max_pages: int | None
) -> tuple[list[PortalPage], DatasetReport | None]:
    """Pages, and the report of a walk that went to its end; none of one that was cut short."""
    walk = portal.extract(dataset, parameters)
    pages = list(islice(walk, max_pages))
    if max_pages is not None and len(pages) == max_pages:
        return pages, None
    return pages, portal.report(dataset)


def _credentials(recipe: "Recipe") -> dict[str, str]:
    from connectors.secrets import read_secret  # noqa: PLC0415 - keeps --help fast

    return {key: read_secret(name).get_secret_value() for key, name in recipe.secret_names.items()}


def _parameters(given: Sequence[str]) -> dict[str, str]:
    """``["from_date=2026-10-01"]`` -> ``{"from_date": "2026-10-01"}``."""
    parameters = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise typer.BadParameter(f"参数应写成 名字=值，收到 {text}")
        parameters[name] = value
    return parameters


def _print_result(place: str, title: str, report: DatasetReport, seconds: float) -> None:
    print(
        f"{title} {report.dataset}：读到 {report.rows} 行，应有 {report.expected} 行，"
        f"搁置 {report.set_aside} 行，{report.seconds:.1f} 秒（含登录共 {seconds:.1f} 秒），"
        f"往返 {report.round_trips} 次"
    )
    for said in report.fallbacks:
        print(f"  备用选择器：{place} {report.dataset} {said}")


def _print_beginning(title: str, pages: Sequence[PortalPage], seconds: float) -> None:
    rows, set_aside = sum(len(page.rows) for page in pages), sum(len(page.set_aside) for page in pages)
    print(
        f"{title}：只读了前 {len(pages)} 页，未核对合计；读到 {rows} 行，搁置 {set_aside} 行，"
        f"含登录共 {seconds:.1f} 秒"
    )


def _print_cells(pages: Sequence[PortalPage]) -> None:
    """Cells left empty and rows set aside, with their places."""
    for page in pages:
        for cell in page.emptied:
            print(f"  留空：第 {page.page_no} 页第 {cell.row_no} 行 {cell.reason}")
    asides = [(page.page_no, aside) for page in pages for aside in page.set_aside]
    for page_no, aside in asides[:_SHOWN_ASIDE]:
        print(f"  搁置：第 {page_no} 页第 {aside.row_no} 行 {aside.reason}")
    if len(asides) > _SHOWN_ASIDE:
        print(f"  另有 {len(asides) - _SHOWN_ASIDE} 行被搁置")
