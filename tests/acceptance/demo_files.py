"""The files of a demo night: the workbook in LibreOffice, and no personal data in plain text anywhere."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import openpyxl

from bots.commission.workbook import read_figures
from sandbox.brokerage import Brokerage, build_brokerage
from tests.acceptance.check import DONE_WHEN, Check
from tests.acceptance.clone import Clone
from tests.commission.test_workbook_in_libreoffice import disagreements, recalculate, with_wrong_value
from tests.flows.test_night import find_secrets

RECALCULATION = "soffice --convert-to xlsx, OOXMLRecalcMode=always, on the demo's workbook"
SEARCH = "search of every file below the demo's home (inbox apart)"
VERDICTS = {"平", "不平"}


def try_files(clone: Clone, workbook: Path, size: str) -> Iterator[Check]:
    """The workbook opened by another program, then every byte searched."""
    yield from _recalculates(clone, workbook.read_bytes(), size)
    yield from _holds_no_person(clone.demo_home, size)


def _recalculates(clone: Clone, raw: bytes, size: str) -> Iterator[Check]:
    def check(promise: str, figure: str, *, is_passed: bool) -> Check:
        return Check(DONE_WHEN, promise, RECALCULATION, size, figure, is_passed)

    off_by_a_fen = f"{read_figures(raw)['应收合计'] + 0.01:.2f}"
    caught = disagreements(with_wrong_value(raw, off_by_a_fen), _folder(clone, "planted"))
    yield check(
        "A planted wrong value (one total off by a fen) is caught",
        f"{len(caught)} disagreement: {caught[0] if caught else 'none'}",
        is_passed=len(caught) == 1,
    )
    wrong = disagreements(raw, _folder(clone, "whole"))
    formulas = sum(cell.data_type == "f" for cell in _cells(raw, values=False))
    yield check(
        "The workbook opens without repair and every formula recalculates to its stored value",
        f"{formulas:,} formulas, {len(wrong)} disagree",
        is_passed=formulas > 0 and not wrong,
    )
    cover = openpyxl.load_workbook(BytesIO(recalculate(raw, _folder(clone, "cover"))), data_only=True)["封面"]
    zeros = [(row[4].value, row[5].value) for row in cover.iter_rows() if row[5].value in VERDICTS]
    yield check(
        "The recalculated tie-out cells are 0",
        ", ".join(f"{value} {verdict}" for value, verdict in zeros),
        is_passed=bool(zeros) and all(found == (0, "平") for found in zeros),
    )


def _cells(raw: bytes, *, values: bool) -> Iterator[openpyxl.cell.Cell]:
    for sheet in openpyxl.load_workbook(BytesIO(raw), data_only=values):
        for row in sheet.iter_rows():
            yield from row


def _folder(clone: Clone, name: str) -> Path:
    folder = clone.scratch / f"office-{name}"
    folder.mkdir()
    return folder


def _holds_no_person(home: Path, size: str) -> Iterator[Check]:
    people = _numbers_of_people(build_brokerage())
    inbox = home / "inbox"
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_relative_to(inbox)]
    searched = sum(path.stat().st_size for path in files)
    for kind, numbers in people.items():
        found = {path.name for path in files if find_secrets(_all_bytes(path), numbers)}
        figure = f"{len(found)} of {len(files)} files ({searched / 2**20:.0f} MB), {len(numbers):,} numbers"
        if found:
            figure += f": {', '.join(sorted(found)[:5])}"
        promise = f"No plain {kind} in database, landing, logs and artifacts"
        yield Check(DONE_WHEN, promise, SEARCH, size, figure, bool(files) and not found)
    everything = set().union(*people.values())
    in_master = find_secrets((inbox / "master" / "agents.csv").read_bytes(), everything)
    figure = f"{len(in_master)} numbers in the inbox's agents.csv"
    promise = "The search itself finds what is there in plain text"
    yield Check(DONE_WHEN, promise, SEARCH, size, figure, bool(in_master))


def _numbers_of_people(brokerage: Brokerage) -> dict[str, set[str]]:
    people = [policy.policyholder for policy in brokerage.policies]
    people += [agent.person for agent in brokerage.agents]
    return {
        "ID number": {person.id_no for person in people},
        "phone": {person.phone for person in people},
        "bank account": {agent.bank_account for agent in brokerage.agents},
    }


def _all_bytes(path: Path) -> bytes:
    """A file's bytes; of a workbook also those of its packed parts."""
    raw = path.read_bytes()
    if not is_zipfile(path):
        return raw
    with ZipFile(path) as packed:
        return raw + b"".join(packed.read(name) for name in packed.namelist())
