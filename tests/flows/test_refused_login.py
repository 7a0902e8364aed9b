"""A wrong password meets the portal once, however many nights go by."""

import httpx
import pytest

from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.fixtures_cockpit import BUSINESS_DATE, Cockpit

pytestmark = [pytest.mark.night, pytest.mark.browser]

COLLECT_ONE = "采集单家保司/手动"
WRONG = {"env": {"BROKERFLOW_SECRET_TAIAN_PASSWORD": "wrong-secret-77"}}


def collect_with_wrong_password(cockpit: Cockpit) -> str:
    """What the failed run says."""
    path = f"/deployments/{cockpit.deployment(COLLECT_ONE)['id']}/create_flow_run"
    question = {
        "parameters": {"insurer": "taian", "business_date": BUSINESS_DATE},
        "job_variables": WRONG,
    }
    run = cockpit.wait(cockpit.api("POST", path, question)["id"])
    assert run["state_type"] == "FAILED"
    return run["state"]["message"]


def log_in(cockpit: Cockpit, password: str) -> httpx.Response:
    form = {"userId": PORTAL_USER, "passwd": password}
    return httpx.post(f"{cockpit.sandbox_url}/taian/login.do", data=form, follow_redirects=False)


def test_the_second_run_leaves_the_account_alone(cockpit):
    """Two runs with a wrong password and one more by hand are two logins at a portal that locks at three."""
    assert "用户名或密码错误" in collect_with_wrong_password(cockpit)
    second = collect_with_wrong_password(cockpit)
    assert "这次没有再登录" in second
    assert "更换密钥" in second
    log_in(cockpit, "wrong-secret-78")
    assert log_in(cockpit, PORTAL_PASSWORD).cookies
