"""A schedule fires by itself, and the server's log stays clean."""

import re
import time

import pytest

from tests.fixtures_cockpit import BUSINESS_DATE, FINAL, PERIOD, Cockpit

pytestmark = pytest.mark.night

DEPLOYMENT = "佣金对账/手动"
EVERY_MINUTE = {"cron": "* * * * *", "timezone": "Asia/Shanghai"}
SECONDS = 200


def scheduled_runs(cockpit: Cockpit, deployment_id: str) -> list[dict]:
    query = {"deployments": {"id": {"any_": [deployment_id]}}, "sort": "START_TIME_DESC"}
    runs = cockpit.api("POST", "/flow_runs/filter", query)
    return [run for run in runs if run["auto_scheduled"] and run["state_type"] in FINAL]


def test_a_schedule_fires_and_the_server_log_holds_no_error(cockpit):
    """A per-minute schedule is picked up and completed by the worker; the server logs no error line."""
    deployment = cockpit.deployment(DEPLOYMENT)["id"]
    schedule = {
        "schedule": EVERY_MINUTE,
        "active": True,
        "parameters": {"period": PERIOD, "business_date": BUSINESS_DATE},
    }
    created = cockpit.api("POST", f"/deployments/{deployment}/schedules", [schedule])
    try:
        deadline = time.monotonic() + SECONDS
        while not (runs := scheduled_runs(cockpit, deployment)):
            assert time.monotonic() < deadline, "the schedule did not fire"
            time.sleep(1)
    finally:
        cockpit.api("DELETE", f"/deployments/{deployment}/schedules/{created[0]['id']}")
    assert runs[-1]["state_type"] == "COMPLETED", runs[-1]["state"]["message"]
    log = (cockpit.home / "logs" / "prefect-server.log").read_text("utf-8")
    assert re.findall(r".*(?:ERROR|CRITICAL|Traceback).*", log) == []
