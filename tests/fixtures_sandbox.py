"""The sandbox as a running process, once per session; reset before each test that asks for it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from config.settings import PROJECT_ROOT
from sandbox.brokerage import Brokerage, build_brokerage
from sandbox.scene import FEWEST_POLICIES, POLICIES


@dataclass(frozen=True)
class RunningSandbox:
    """``url`` without a slash at its end; ``brokerage`` is what the process shows, built again here."""

    url: str
    brokerage: Brokerage

    @property
    def truth(self) -> dict[str, Any]:
        """The truth about the month, as in data/demo/truth.json."""
        return self.brokerage.truth

    def control(self, **switches: Any) -> dict[str, Any]:
        """Turn switches on or off; all switches as they stand."""
        answer = httpx.post(f"{self.url}/control", json=switches).raise_for_status()
        return dict(answer.json())

    def spoil(self, slug: str, **faults: Any) -> None:
        """Make one of the portals misbehave (sandbox/portal_faults.py); a fault that came is None again."""
        stands = httpx.post(f"{self.url}/control/portals/{slug}", json=faults).raise_for_status().json()
        assert stands.items() >= faults.items()

    def faults(self, slug: str) -> dict[str, Any]:
        """How a portal misbehaves just now."""
        return dict(httpx.get(f"{self.url}/control/portals/{slug}").raise_for_status().json())

    def reset(self) -> None:
        """A good day again: switches, sessions, lock and messages are forgotten."""
        httpx.post(f"{self.url}/control/reset").raise_for_status()

    def messages(self) -> dict[str, list[dict[str, Any]]]:
        """What arrived so far: ``wecom`` and ``sms``."""
        return dict(httpx.get(f"{self.url}/messages.json").raise_for_status().json())


def _running(policies: int, *options: str) -> Iterator[RunningSandbox]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--policies", str(policies), *options]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = process.stdout.readline().strip()
            assert ready.startswith("sandbox ready http"), ready
            yield RunningSandbox(ready.split()[-1], build_brokerage(policies=policies))
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[RunningSandbox]:
    """The whole demo brokerage."""
    yield from _running(POLICIES)


@pytest.fixture(scope="session")
def small_sandbox_process() -> Iterator[RunningSandbox]:
    """The smallest brokerage that holds every break, and portals of few pages."""
    yield from _running(FEWEST_POLICIES, "--small-portals")


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """The whole demo brokerage on a good day."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
def small_sandbox(small_sandbox_process: RunningSandbox) -> RunningSandbox:
    """The smallest brokerage that holds every break, and portals of few pages, on a good day."""
    small_sandbox_process.reset()
    return small_sandbox_process
