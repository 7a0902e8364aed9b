"""What every contender does alike: its command line, its clock, its one line of result.

The clock runs from the empty browser window to the last row in Python. CPU seconds are those of the contender's
processes, the browser's apart.
"""

import argparse
import hashlib
import json
import os
import time
from contextlib import contextmanager

import psutil

USER, PASSWORD = "measure", "measure-2026"


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("form", "url", "browser", "driver", "out"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--pages", type=int, default=50)
    return parser.parse_args()


def digest(rows):
    """One hash of all cells, white space around them left out."""
    text = "\n".join("\x1f".join(cell.strip() for cell in row) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def _cpu_seconds():
    """(ours, the browser's) until now."""
    spent = [0.0, 0.0]
    me = psutil.Process(os.getpid())
    for process in [me, *me.children(recursive=True)]:
        try:
            name, times = process.name(), process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        is_browser = name.startswith("chrom") and name != "chromedriver"
        spent[is_browser] += times.user + times.system
    return spent


class Clock:
    """Started by hand, for some frameworks open the browser themselves."""

    reading_wall = 0.0

    @contextmanager
    def reading(self):
        """The page is there; its rows come into Python. No page is turned or drawn."""
        started = time.perf_counter()
        yield
        self.reading_wall += time.perf_counter() - started

    def start(self):
        self._cpu, self._wall = _cpu_seconds(), time.perf_counter()

    def logged_in(self):
        """The list's first page is there; what comes from here on grows with the number of pages."""
        self._login_cpu, self.login_wall = _cpu_seconds(), time.perf_counter() - self._wall

    def stop(self):
        self.wall = time.perf_counter() - self._wall
        self.cpu, self.browser_cpu = (now - before for now, before in zip(_cpu_seconds(), self._cpu))

    def report(self, rows, versions):
        """Print the result; called after stop()."""
        result = {
            "rows": len(rows),
            "digest": digest(rows),
            "wall": self.wall,
            "cpu": self.cpu,
            "login_wall": self.login_wall,
            "reading_wall": self.reading_wall,
            "login_cpu": self._login_cpu[0] - self._cpu[0],
            "browser_cpu": self.browser_cpu,
            "versions": versions,
        }
        print(json.dumps(result), flush=True)
