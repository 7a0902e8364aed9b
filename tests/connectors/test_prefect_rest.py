"""Calls to a Prefect server that asks for a word, as docs/deployment.md advises."""

import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from config.settings import Settings
from connectors.prefect_rest import PrefectServer, ServerSilent

WORD = "admin:夜班:2026"
RUN = b'{"state": {"type": "RUNNING", "message": "on its way"}, "total_run_time": 1.5}'


class Protected(BaseHTTPRequestHandler):
    """Knows one run, and tells of it to who knows the word."""

    def do_GET(self):
        """The run, or 401."""
        is_known = self.headers["Authorization"] == f"Basic {b64encode(WORD.encode()).decode()}"
        self.send_response(200 if is_known else 401)
        self.end_headers()
        self.wfile.write(RUN if is_known else b"{}")

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def api_url():
    """A protected server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Protected) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


def test_the_word_of_the_settings_opens_a_protected_server(api_url, monkeypatch):
    """PREFECT_API_AUTH_STRING, which Prefect's own client reads too, is sent as Basic authentication."""
    monkeypatch.setenv("PREFECT_API_URL", api_url)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", WORD)
    settings = Settings()
    assert WORD not in repr(settings)
    run = PrefectServer(settings.prefect_api_url, settings.prefect_auth).read_run("run-7")
    assert (run.state, run.message) == ("RUNNING", "on its way")


@pytest.mark.parametrize("auth", [None, SecretStr("admin:wrong")])
def test_a_wrong_word_is_told_with_its_setting(api_url, auth):
    """No word or another one: the error names the setting, and not its value."""
    with pytest.raises(ServerSilent, match="HTTP 401：Prefect 服务要求口令") as caught:
        PrefectServer(api_url, auth).read_run("run-7")
    assert "PREFECT_API_AUTH_STRING" in caught.value.remedy
    assert "wrong" not in str(caught.value)
