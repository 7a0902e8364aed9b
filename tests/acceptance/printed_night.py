"""What `make demo` printed, as figures; what is not printed is a missing key, not a guess."""

import re
from dataclasses import dataclass

from bots.money import parse_fen

_ROWS = re.compile(r"^  (\S+) (\S+)  (\d+)/(\d+)  搁置 (\d+)$", re.MULTILINE)
_ENTRY = re.compile(r"^  (\S+)  (-?[\d,.]+)$", re.MULTILINE)
_READY = re.compile(r"^ +(\d+\.\d) 秒  (.+)就绪$", re.MULTILINE)
_STEP = re.compile(r"^  (?:完成|失败|崩溃) (.+?)  (\d+\.\d) 秒$", re.MULTILINE)
_END = re.compile(
    r"^夜间批处理 (?P<state>[A-Z]+)：流程 (?P<flow>[\d.]+) 秒，从触发到结束 (?P<night>[\d.]+) 秒，"
    r"内存峰值 (?P<peak>\d+) MB",
    re.MULTILINE,
)
_RECEIVED = re.compile(r"^消息（演示网关本次收到 (\d+) 条）$", re.MULTILINE)
_MESSAGE = re.compile(r"^  \S+  \S+ → \S+（\S+）：(\w+)$", re.MULTILINE)
_WORKBOOK = re.compile(r"^工作簿  (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PrintedNight:
    """Figures of one demo night: rows by dataset title (read, expected), breaks by label, fen by title."""

    start_seconds: dict[str, float]
    steps: dict[str, float]
    state: str
    night_seconds: float
    peak_mb: int
    rows: dict[str, tuple[int, int]]
    breaks: dict[str, int]
    totals: dict[str, int]
    tie_outs: str
    workbook: str
    received: int
    message_states: list[str]


def read_printed_night(text: str) -> PrintedNight:
    """Raises ValueError naming what the output lacks."""
    end = _find(_END, text, "the night's end")
    before, _, after = text.partition(end.group())
    breaks, _, rest = _section(after, "差异 ").partition("合计（元）")
    return PrintedNight(
        start_seconds={name: float(seconds) for seconds, name in _READY.findall(before)},
        steps={name: float(seconds) for name, seconds in _STEP.findall(before)},
        state=end["state"],
        night_seconds=float(end["night"]),
        peak_mb=int(end["peak"]),
        rows={title: (int(read), int(due)) for _, title, read, due, _ in _ROWS.findall(after)},
        breaks={label: int(count) for label, count in _ENTRY.findall(breaks)},
        totals={title: parse_fen(amount) for title, amount in _ENTRY.findall(rest)},
        tie_outs=_find(re.compile(r"^  勾稽  (.+)$", re.MULTILINE), rest, "the tie-outs")[1],
        workbook=_find(_WORKBOOK, rest, "the workbook's path")[1].strip(),
        received=int(_find(_RECEIVED, rest, "the messages")[1]),
        message_states=_MESSAGE.findall(rest),
    )


def _section(text: str, title: str) -> str:
    start = text.find(f"\n{title}")
    if start < 0:
        raise ValueError(f"the demo printed no section {title!r}")
    return text[start:]


def _find(pattern: re.Pattern[str], text: str, what: str) -> re.Match[str]:
    found = pattern.search(text)
    if found is None:
        raise ValueError(f"the demo did not print {what}")
    return found
