"""`brokerflow doctor`: is this machine ready, and if not, what to do."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from bots.errors import BrokerFlowError
from cli import checks
from cli.checks import Finding, Level
from config.settings import Settings, get_settings

PREFECT_BY_DEFAULT = "http://127.0.0.1:4200/api"


def run_doctor(*, as_json: bool) -> int:
    """Print one line per check, with its remedy; exit code 1 when a check failed."""
    settings = get_settings()
    findings = examine(settings, settings.prefect_api_url or PREFECT_BY_DEFAULT)
    print(to_json(findings) if as_json else to_text(findings))
    return int(any(finding.level is Level.FAILED for finding in findings))


def examine(settings: Settings, api_url: str) -> list[Finding]:
    """Every check in order; one that cannot even run is a failure of its own and stops no other."""
    steps: dict[str, Callable[[], Finding]] = {
        "Python": partial(checks.check_python, sys.version_info[:2]),
        "密钥": partial(checks.check_keys, settings),
        "数据目录": partial(checks.check_data_dir, settings.data_dir),
        "数据库": partial(checks.check_database, settings.hub_url),
        "Prefect": partial(checks.check_prefect, api_url),
        "时钟": partial(checks.check_clock, settings.hub_url, api_url, settings.data_dir),
        "时区": checks.check_time_zone,
        "中文字体": checks.check_fonts,
        "浏览器": partial(checks.check_browser, settings),
        "LibreOffice": checks.check_office,
    }
    return [_ask(name, step) for name, step in steps.items()]


def _ask(name: str, step: Callable[[], Finding]) -> Finding:
    try:
        return step()
    except BrokerFlowError as error:
        return Finding(name, Level.FAILED, error.what, error.remedy)
    except Exception as error:  # noqa: BLE001 - an unforeseen fault of this machine is a finding too
        return Finding(name, Level.FAILED, f"检查中断：{error}", "先修复其他失败项，再重新运行。")


def to_text(findings: list[Finding]) -> str:
    """Lines for people: level, name, fact; the remedy on a line of its own."""
    lines = []
    for finding in findings:
        lines.append(f"[{finding.level}] {finding.name}：{finding.what}")
        if finding.remedy:
            lines.append(f"       处理办法：{finding.remedy}")
    return "\n".join(lines)


def to_json(findings: list[Finding]) -> str:
    """A JSON list for monitors; ``level`` is passed, warning or failed."""
    rows = [asdict(finding) | {"level": finding.level.name.lower()} for finding in findings]
    return json.dumps(rows, ensure_ascii=False, indent=2)
