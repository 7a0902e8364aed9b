"""SIGKILL to the browser in the middle of a collection: the flow takes a new one and brings all home."""

import psutil
import pytest

from sandbox.brokerage import build_brokerage
from tests.fixtures_cockpit import BUSINESS_DATE, PERIOD, Cockpit
from tests.flows.test_worker_killed import contents, empty_hub, rows_of, wait_for_rows

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.usefixtures("night")]

COLLECT = "采集单家保司/手动"


def kill_browsers(cockpit: Cockpit) -> None:
    """All processes of the browsers that the worker's runs have open, at once."""
    family = [
        child
        for child in cockpit.worker().children(recursive=True)
        if any(part.startswith("--user-data-dir") for part in child.cmdline())
    ]
    assert family
    for process in family:
        process.kill()
    psutil.wait_procs(family, timeout=10)


def test_a_run_whose_browser_dies_completes_in_a_new_one(cockpit):
    """The run ends completed, its log tells of the new browser, the hub has exactly what the portal shows."""
    empty_hub(cockpit)
    run_id = cockpit.start(COLLECT, insurer="taian", business_date=BUSINESS_DATE, period=PERIOD)
    wait_for_rows(cockpit, "policies")
    kill_browsers(cockpit)
    assert len(contents(cockpit, "statement_lines")) < cockpit.truth["statement_lines"], "killed too late"
    run = cockpit.wait(run_id)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    logs = cockpit.api("POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": [run_id]}}})
    assert [log for log in logs if "换一个新的浏览器" in log["message"]]
    for table, rows in rows_of(build_brokerage(policies=cockpit.truth["policies"])).items():
        assert contents(cockpit, table) == rows, table
