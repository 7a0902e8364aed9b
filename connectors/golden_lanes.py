"""Every golden in one go: portals in turn, side by side in as many browsers as there are lanes."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from playwright.sync_api import Browser

from config.settings import Settings
from connectors.browser import open_browser
from connectors.portal_goldens import GOLDENS, replay_golden
from connectors.portal_recipes import load_recipe

# Pages that draw themselves after a while are waited for: two cores stay busy with three replays.
LANES = 3


@dataclass(frozen=True, slots=True)
class Replayed:
    """A portal's rows by dataset and what it took; ``failure`` where it has no golden or differs from it."""

    slug: str
    rows: dict[str, int]
    seconds: float
    failure: Exception | None = None


def replay_all(
    slugs: Iterable[str],
    settings: Settings,
    tell: Callable[[Replayed], None],
    *,
    goldens: Path = GOLDENS,
    lanes: int = LANES,
) -> list[Replayed]:
    """Replay every golden; ``tell`` hears of each as it ends. Raises SetupInvalid without a browser."""
    waiting: SimpleQueue[str] = SimpleQueue()
    for slug in slugs:
        waiting.put(slug)

    def go() -> list[Replayed]:
        with open_browser(settings) as browser:
            return list(_replay_waiting(waiting, browser, tell, goldens))

    with ThreadPoolExecutor(lanes) as pool:
        running = [pool.submit(go) for _ in range(lanes)]
        return [each for lane in running for each in lane.result()]


def _replay_waiting(
    waiting: SimpleQueue[str], browser: Browser, tell: Callable[[Replayed], None], goldens: Path
) -> Iterable[Replayed]:
    while True:
        try:
            slug = waiting.get_nowait()
        except Empty:
            return
        replayed = _replay(slug, browser, goldens)
        tell(replayed)
        yield replayed


def _replay(slug: str, browser: Browser, goldens: Path) -> Replayed:
    started, rows, failure = time.perf_counter(), {}, None
    try:
        rows = replay_golden(load_recipe(slug), browser, goldens)
    except Exception as error:  # noqa: BLE001 - whatever stops one portal, the others are replayed
        failure = error
    return Replayed(slug, rows, time.perf_counter() - started, failure)
