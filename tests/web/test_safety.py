"""What no input may bring about: a script on a page, a traceback, a missing header, a 500."""

import logging
import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from connectors.database.engine import session as hub_session
from tests.web.conftest import RunningDesk, csrf_of, sign_in
from web.rendering import WEB_ROOT

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}


def carries_the_headers(answer: httpx.Response) -> bool:
    return all(answer.headers.get(name) == value for name, value in HEADERS.items())


@pytest.mark.parametrize("username", ["nobody", "", "a\0b", "李喆", "x" * 400, "caiwu'--"])
def test_unknown_names_and_wrong_passwords_look_alike(desk: RunningDesk, username: str) -> None:
    """The answer to a name that nobody has differs in nothing from a wrong password's."""
    wrong = sign_in(desk.visitor(), password="wrong-password-1")
    unknown = sign_in(desk.visitor(), username)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    message = "登录失败：用户名或密码不正确，或账号已暂时锁定。"
    assert message in wrong.text
    assert message in unknown.text


@pytest.mark.parametrize(
    "path",
    ["/", "/login", "/healthz", "/static/desk.css", "/nowhere", "/workbooks/1/download", "/static/none"],
)
def test_every_answer_carries_the_security_headers(desk: RunningDesk, path: str) -> None:
    """Pages, files, redirects and errors alike; only styles may be kept by a cache."""
    answer = desk.visitor().get(path)
    assert carries_the_headers(answer)
    assert answer.headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "template", sorted((WEB_ROOT / "templates").glob("*.html")), ids=lambda file: file.stem
)
def test_no_template_needs_inline_script_or_style(template: Path) -> None:
    """The strict policy would block them, so none may be written."""
    source = template.read_text()
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b", source)


def test_what_a_person_or_a_file_is_called_stays_text(desk: RunningDesk) -> None:
    """A display name with markup shows as it was written and runs nothing."""
    desk.add_user("wang", display_name="<img src=x onerror=alert(1)>")
    page = desk.signed_in("wang").get("/").text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page


def test_a_failure_inside_shows_a_page_and_no_word_of_its_cause(
    desk: RunningDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect (here: a figure that is no number) ends in the Chinese 500 page; the log has the cause."""
    desk.add_workbook(own_due_fen="not a number")
    client = desk.signed_in()
    with caplog.at_level(logging.ERROR):
        answer = client.get("/")
    assert answer.status_code == 500
    assert "系统出错了" in answer.text
    assert not re.search(r"Traceback|ValueError|File \"|not a number", answer.text)
    assert carries_the_headers(answer)


def test_a_hub_without_tables_is_a_page_and_a_failed_health_check(desk: RunningDesk) -> None:
    """Neither the database's address nor its error reaches the page; the probe answers 503."""
    client = desk.signed_in()
    assert client.get("/healthz").json() == {"status": "ok"}
    with hub_session(desk.engine) as session:
        session.execute(text("ALTER TABLE desk_users RENAME TO desk_users_gone"))
    try:
        answer, health = client.get("/"), client.get("/healthz")
    finally:
        with hub_session(desk.engine) as session:
            session.execute(text("ALTER TABLE desk_users_gone RENAME TO desk_users"))
    assert answer.status_code == 503
    assert "系统暂时不可用" in answer.text
    assert not re.search(r"sqlite|postgres|desk_users|hub\.db", answer.text)
    assert (health.status_code, health.json()) == (503, {"status": "hub unavailable"})


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nowhere", 404, "页面不存在"),
        ("POST", "/healthz", 405, "操作方式不对"),
        ("DELETE", "/workbooks/1/download", 405, "操作方式不对"),
        ("GET", "/static/../app.py", 404, "页面不存在"),
        ("GET", "/static/%2e%2e/app.py", 404, "页面不存在"),
        ("GET", "/docs", 404, "页面不存在"),
        ("GET", "/openapi.json", 404, "页面不存在"),
        ("GET", "/?fetch=abc", 400, "请求无法识别"),
    ],
)
def test_errors_are_chinese_pages_that_say_what_to_do(
    desk: RunningDesk, method: str, path: str, status: int, title: str
) -> None:
    """Each has a title, what happened and the next step, and nothing of the framework's own English."""
    answer = desk.signed_in().request(method, path)
    assert answer.status_code == status
    assert title in answer.text
    assert "怎么办" in answer.text
    assert "detail" not in answer.text


def test_a_body_over_the_limit_is_refused(desk: RunningDesk) -> None:
    """64 KB are plenty for the desk's forms; a longer body is not even read to its end."""
    client = desk.visitor()
    token = csrf_of(client.get("/login"))
    form = {"csrf_token": token, "username": "caiwu", "password": "x" * 70_000}
    answer = client.post("/login", data=form)
    assert answer.status_code == 413
    assert "提交内容过大" in answer.text


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_body_of_another_kind_is_refused_without_a_failure(desk: RunningDesk, content_type: str) -> None:
    """Bytes that are no form cannot pass the CSRF check and break nothing."""
    answer = desk.visitor().post("/login", content=b"--x\r\n\xff{}", headers={"content-type": content_type})
    assert answer.status_code in {400, 403}


def test_a_file_where_text_belongs_is_refused(desk: RunningDesk) -> None:
    """A multipart form with a file as password ends in the 400 page."""
    client = desk.visitor()
    token = csrf_of(client.get("/login"))
    form = {"csrf_token": token, "username": "caiwu"}
    answer = client.post("/login", data=form, files={"password": ("p.txt", b"x")})
    assert answer.status_code == 400
