"""BatchQuery.aspx: an uploaded file of policy numbers, one row for each of them, found or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.kanghe.columns import POLICY_CELLS, Columns, cells_of, printed_totals, shown_columns
from sandbox.kanghe.records import PolicyRecord
from sandbox.portal_faults import PortalFaults

MOST = 500
NUMBER, RESULT = "保单号", "查询结果"
_SHOWN = ("产品代码", "承保日期", "保单状态", "状态日期")


class WrongFile(ValueError):
    """The upload cannot be used; the text is what the page says."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What the page shows under the form."""

    columns: Columns
    rows: list[list[str]]
    total: str


def find_policies(text: str, policies: Sequence[PolicyRecord], faults: PortalFaults) -> FoundPage:
    """A row for each line of the file, in its order; what is behind the limit is not looked at."""
    numbers = [line.strip() for line in text.splitlines() if line.strip()][:MOST]
    if not numbers:
        raise WrongFile("请选择保单号文件")
    known = {policy.policy_no: policy for policy in policies}
    columns = shown_columns((NUMBER, RESULT, *_SHOWN), faults)
    rows = [columns.row(_cells(number, known.get(number))) for number in numbers]
    missing = sum(number not in known for number in numbers)
    count, _ = printed_totals(len(numbers), 0, faults)
    total = f"共查询 {count} 个保单号，查到 {count - missing} 个，未查到 {missing} 个"
    return FoundPage(columns, rows[:-1] if faults.short_page == 1 else rows, total)


def _cells(number: str, policy: PolicyRecord | None) -> dict[str, str]:
    if policy is None:
        return {NUMBER: number, RESULT: "未查到"}
    return cells_of({title: POLICY_CELLS[title] for title in (NUMBER, *_SHOWN)}, policy) | {RESULT: "查到"}
