"""Part 2: resident memory of Python and browser through one long session, as JSON samples."""

import itertools
import json
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

import psutil
from clock import arguments
from ours import CREDENTIALS, load_recipe

from bots.portal.session import open_session
from config.settings import get_settings
from connectors.browser import open_context

PARTS = ("python", "driver", "browser")
_EVERY = 10
_WARM = 100
_MEGABYTE = 1024 * 1024


def resident_mb() -> dict[str, float]:
    """This process, the driver and the browser; pages that processes share count for each."""
    me = psutil.Process()
    found = dict.fromkeys(PARTS, 0.0)
    for process in [me, *me.children(recursive=True)]:
        try:
            name, size = process.name(), process.memory_info().rss / _MEGABYTE
        except psutil.NoSuchProcess:
            continue
        found["python" if process == me else "browser" if name.startswith("chrom") else "driver"] += size
    return found


def growth(samples: list[tuple[int, dict[str, float]]]) -> dict[str, float]:
    """Medians of the hundred pages after the first hundred and of the last hundred, in MB."""
    last = samples[-1][0]
    early = [mb for page, mb in samples if _WARM < page <= 2 * _WARM]
    late = [mb for page, mb in samples if page > last - _WARM]
    parts = {
        f"{part}_{name}_mb": round(statistics.median(mb[part] for mb in span), 1)
        for part in PARTS
        for name, span in (("early", early), ("late", late))
    }
    totals = [statistics.median(sum(mb.values()) for mb in span) for span in (early, late)]
    return {"early_mb": totals[0], "late_mb": totals[1], "growth": totals[1] / totals[0] - 1} | parts


def main() -> None:
    """Read the list, keep no row, sample every ten pages."""
    given, samples, pages = arguments(), [], itertools.count(1)
    with (
        open_context(get_settings()) as context,
        open_session(context, load_recipe(), CREDENTIALS, given.url) as session,
    ):
        for _ in session.extract("table", {}):
            page = next(pages)
            if page % _EVERY == 0:
                samples.append((page, resident_mb()))
        report = session.report("table")
    print(
        json.dumps(
            {"pages": samples[-1][0], "rows": report.rows, "seconds": report.seconds} | growth(samples)
        )
    )


if __name__ == "__main__":
    main()
