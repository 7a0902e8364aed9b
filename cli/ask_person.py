"""Asks the person at the terminal for what a portal wants from a person: a one-time code, a captcha."""

import os
import queue
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bots.portal.people import AnswerMissing, PersonQuestion

_NO_TERMINAL = "在终端里运行 brokerflow portal try，或由 Prefect 运行“采集单家保司”"
_LINE_BYTES = 1_024
_TOO_LATE = "重新运行，收到验证码后马上填写"


class TerminalAsker:
    """Prints a question and waits for one line; a captcha's picture lies in a file meanwhile."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def __call__(self, question: PersonQuestion) -> str:
        """The line that was typed. Raises AnswerMissing without a terminal, or when none is typed in time."""
        if not sys.stdin.isatty():
            what = f"{question.place} 要求{question.name}，这里没有终端可以问人。"
            raise AnswerMissing(what, remedy=_NO_TERMINAL)
        with self._shown(question.picture) as path:
            if question.said:
                print(f"{question.place}：{question.said}，请再填一次。")
            if path:
                print(f"图片：{path}")
            print(f"{question.place} 的{question.name}，{question.seconds} 秒内有效：", end="", flush=True)
            return _read_line(question)

    @contextmanager
    def _shown(self, picture: bytes | None) -> Iterator[Path | None]:
        if picture is None:
            yield None
            return
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            prefix="captcha-", suffix=".png", dir=self._folder, delete=False
        ) as file:
            file.write(picture)
        path = Path(file.name)
        try:
            yield path
        finally:
            path.unlink()


def _read_line(question: PersonQuestion) -> str:
    """A line from the terminal; a thread reads it, because no system can take back a read."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(_read_now()), daemon=True).start()
    try:
        return lines.get(timeout=question.seconds).strip()
    except queue.Empty:
        print()
        what = f"{question.place} 要求{question.name}，{question.seconds} 秒内没有人回答。"
        raise AnswerMissing(what, remedy=_TOO_LATE) from None


def _read_now() -> str:
    """Past Python's own buffer: a thread that waits in there would keep the process from ending."""
    try:
        return os.read(sys.stdin.fileno(), _LINE_BYTES).decode(sys.stdin.encoding, "replace")
    except OSError:
        return ""
