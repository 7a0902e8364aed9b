"""A fresh `git clone` of HEAD in a temporary folder, and the commands that are run in it."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.settings import PROJECT_ROOT, process_environment
from tests.acceptance.junit import Results, read_results

DEMO_HOME = Path("data", "demo-night")
_OWN_VARIABLES = ("BROKERFLOW_", "PREFECT_", "PYTEST", "VIRTUAL_ENV", "PYTHONPATH", "MAKE")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended: exit code, standard output and errors in one text, seconds it took."""

    code: int
    output: str
    seconds: float

    @property
    def last_line(self) -> str:
        """The last line that says something."""
        return next((line.strip() for line in reversed(self.output.splitlines()) if line.strip()), "")


@dataclass(frozen=True, slots=True)
class Clone:
    """``folder`` holds the clone; ``scratch`` beside it takes whatever acceptance writes itself."""

    folder: Path
    scratch: Path

    @property
    def python(self) -> str:
        """The clone's own Python, there after the first ``make``."""
        return str(self.folder / ".venv" / "bin" / "python")

    @property
    def demo_home(self) -> Path:
        """What the demo night leaves behind."""
        return self.folder / DEMO_HOME

    def environment(self, **more: str) -> dict[str, str]:
        """This machine's environment without anything that would lead back to the working tree."""
        own = {
            name: value
            for name, value in process_environment().items()
            if not name.startswith(_OWN_VARIABLES)
        }
        return own | {"PYTHONUNBUFFERED": "1"} | more

    def run(self, *command: str, seconds: float = 900, **environment: str) -> Finished:
        """Run a command in the clone to its end; TimeoutExpired after ``seconds``."""
        started = time.monotonic()
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )
        output = done.stdout.decode("utf-8", errors="replace")
        return Finished(done.returncode, output, time.monotonic() - started)

    def run_tests(self, *tests: str, seconds: float = 900) -> tuple[Finished, Results]:
        """Run tests by id with the clone's Python; how it ended and the outcome of each."""
        report = self.scratch / "tests.xml"
        report.unlink(missing_ok=True)
        options = ("-p", "no:cacheprovider", "-q", f"--junitxml={report}")
        # A fault planted and mended within one second would be hidden by the bytecode of before.
        done = self.run(
            self.python, "-m", "pytest", *options, *tests, seconds=seconds, PYTHONDONTWRITEBYTECODE="1"
        )
        return done, read_results(report) if report.exists() else {}

    def set_up(self) -> None:
        """Bring the clone's own environment up, as every ``make`` does; RuntimeError with its words."""
        done = self.run("sh", "cli/bootstrap.sh", "packages", "keys")
        if done.code != 0:
            raise RuntimeError(done.output[-800:])


@contextmanager
def fresh_clone() -> Iterator[Clone]:
    """A clone without virtual environment, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="brokerflow-accept-", ignore_cleanup_errors=True) as parent:
        scratch = Path(parent, "scratch")
        scratch.mkdir()
        folder = Path(parent, "brokerflow")
        subprocess.run(["git", "clone", "--quiet", PROJECT_ROOT, folder], check=True)
        yield Clone(folder, scratch)
