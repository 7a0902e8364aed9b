"""House rules that no linter knows: places, sizes, names, addresses, promises of the README."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from config.settings import PROJECT_ROOT
from tests.readme_commands import COMMANDS

TOP_FOLDERS = {
    *("flows", "bots", "connectors", "config", "cli", "web", "data", "sandbox"),
    *("benchmarks", "tests", "docs", ".ci"),
}
LOCKS = ("requirements.lock", "bootstrap.lock")
WRITTEN_BY_HAND = {".py", ".sh", ".yaml", ".yml", ".toml", ".html", ".css", ".js", ".md", ""}
REGISTRY = re.compile(
    r"pyp[i]\.org|pythonhoste[d]\.org|registry\.npmj[s]|de[b]\.debian|archive\.ubunt[u]|/simpl[e]/"
)
MACHINE_PATH = re.compile(r"""(?<![\w./}~-])/(hom[e]|wor[k]|roo[t]|tm[p])/""")
VAGUE_NAME = re.compile(r"(^|_)(utils?|common|misc|helpers?)(_|$)|(Utils?|Common|Misc|Helpers?|Manager)$")
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
FENCE = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60


@cache
def house_files() -> list[Path]:
    """Files of the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        check=True,
    )
    names = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    return [name for name in names if (PROJECT_ROOT / name).is_file()]


@cache
def texts() -> dict[Path, str]:
    """Text files written by hand, by their place in the project."""
    return {
        name: (PROJECT_ROOT / name).read_text("utf-8")
        for name in house_files()
        if name.suffix in WRITTEN_BY_HAND and name.name != "LICENSE" and name.parts[0] != "data"
    }


@cache
def trees() -> dict[Path, ast.Module]:
    """Parsed Python files."""
    return {name: ast.parse(text) for name, text in texts().items() if name.suffix == ".py"}


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_matching(pattern: re.Pattern[str], texts_by_name: dict[Path, str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts_by_name.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_folders_are_those_of_the_design():
    """A new top-level folder is a decision, not an accident; of data/ only demo/ is in the repository."""
    files = house_files()
    assert {name.parts[0] for name in files if len(name.parts) > 1} <= TOP_FOLDERS
    assert {name.parts[1] for name in files if name.parts[0] == "data"} <= {"demo"}


def test_no_registry_address():
    """Where packages come from is the user's setting; no file names a registry."""
    locks = {Path(name): (PROJECT_ROOT / name).read_text("utf-8") for name in LOCKS}
    assert lines_matching(REGISTRY, texts() | locks) == []


def test_no_path_of_one_machine():
    """No file holds an absolute path that exists on its author's machine alone."""
    assert lines_matching(MACHINE_PATH, texts()) == []


def test_nothing_is_left_unfinished():
    """What is missing stands in an issue, not in a mark in the code."""
    assert lines_matching(UNFINISHED, texts()) == []


def test_files_fit_a_screenful_of_thought():
    """A file of more than 400 lines is two files."""
    long = {str(name): len(text.splitlines()) for name, text in texts().items()}
    assert {name: lines for name, lines in long.items() if lines > MAX_FILE_LINES} == {}


def test_functions_are_short():
    """A function of more than 60 lines is two functions."""
    long = [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in trees().items()
        for node in functions(tree)
        if node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_every_test_says_what_it_proves():
    """A test opens with a sentence."""
    silent = [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in trees().items()
        if name.parts[0] == "tests"
        for node in functions(tree)
        if node.name.startswith("test_") and not is_sentence(ast.get_docstring(node))
    ]
    assert silent == []


def is_sentence(docstring: str | None) -> bool:
    words = (docstring or "").split("\n\n")[0].split()
    return len(words) > 2 and words[-1][-1] in ".?!。"


def test_names_say_what_is_inside():
    """No file, folder or class is called utils, common, misc, helper or manager."""
    vague_files = [
        str(name) for name in house_files() if any(VAGUE_NAME.search(Path(p).stem) for p in name.parts)
    ]
    vague_classes = [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and VAGUE_NAME.search(node.name)
    ]
    assert vague_files + vague_classes == []


def test_skips_give_their_reason():
    """A test is left out only with a sentence that says why."""
    silent = [f"{name}:{line}" for name, tree in trees().items() for line in silent_skips(tree)]
    assert silent == []


def silent_skips(tree: ast.Module) -> list[int]:
    """Lines of skip, skipif, xfail and importorskip without a reason, the bare decorators included."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {id(call.func) for call in calls}
    bare = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and id(node) not in called and is_skip(node, "pytest.mark.")
    ]
    return bare + [call.lineno for call in calls if is_skip(call.func, "pytest.") and not gives_reason(call)]


def is_skip(node: ast.expr, prefix: str) -> bool:
    name = ast.unparse(node)
    kind = name.removeprefix(prefix).removeprefix("mark.")
    return name.startswith(prefix) and kind in {"skip", "skipif", "xfail", "importorskip"}


def gives_reason(call: ast.Call) -> bool:
    is_said_inline = ast.unparse(call.func) in {"pytest.skip", "pytest.xfail"} and bool(call.args)
    return is_said_inline or any(keyword.arg == "reason" for keyword in call.keywords)


@pytest.mark.parametrize(
    ("code", "is_silent"),
    [
        ("@pytest.mark.skip\ndef test(): ...", True),
        ("@pytest.mark.skipif(True)\ndef test(): ...", True),
        ("pytest.importorskip('x')", True),
        ("pytest.skip()", True),
        ("pytest.skip('no server here')", False),
        ("@pytest.mark.skipif(True, reason='no server here')\ndef test(): ...", False),
    ],
)
def test_silent_skips_are_seen(code, is_silent):
    """The search for skips tells those with a reason from those without."""
    assert bool(silent_skips(ast.parse(code))) is is_silent


def test_locks_pin_by_hash():
    """Every locked package has a version and a hash, and the locks hold no address."""
    for name in LOCKS:
        text = (PROJECT_ROOT / name).read_text("utf-8")
        assert "://" not in text
        blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
        assert blocks
        loose = [block for block in blocks if not re.match(r"[\w.\[\]-]+==\S+.*\\\n.*--hash=sha256:", block)]
        assert loose == []


def readme_commands() -> list[str]:
    """Commands of the README's fenced shell blocks, comments and prompts removed."""
    readme = (PROJECT_ROOT / "README.md").read_text("utf-8")
    lines = [line for block in FENCE.findall(readme) for line in block.splitlines()]
    commands = [re.sub(r"\s+#.*$", "", line).removeprefix("$ ").strip() for line in lines]
    return [command for command in commands if command and not command.startswith("#")]


def test_readme_commands_are_run_by_tests():
    """Every command that the README shows stands in the table with a test that runs it."""
    assert set(readme_commands()) - set(COMMANDS) == set()


def test_table_of_readme_commands_names_real_tests():
    """The table points at tests that exist, or at .ci/run, which then runs the command itself."""
    wrong = {command: place for command, place in COMMANDS.items() if not is_run_by(place, command)}
    assert wrong == {}


def is_run_by(place: str, command: str) -> bool:
    file, _, test = place.partition("::")
    path = PROJECT_ROOT / file
    if not path.is_file():
        return False
    if not test:
        verbs = re.search(r"^for verb in (.*); do", path.read_text("utf-8"), re.MULTILINE)[1].split()
        return command in {f"make {verb}" for verb in verbs}
    return test in {node.name for node in functions(ast.parse(path.read_text("utf-8")))}
