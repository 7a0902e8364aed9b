"""The list of workbooks and their download."""

from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from tests.web.conftest import RunningDesk, sign_in

FIGURES = {
    "own_due_fen": 123_456_789,
    "statement_fen": 123_400_001,
    "bank_fen": -5,
    "break_count": 37,
    "tie_outs": {"items": 0, "bank": 0},
}


def flat(page: httpx.Response) -> str:
    return " ".join(page.text.split())


def test_an_empty_list_says_what_to_do(desk: RunningDesk) -> None:
    """Before the first night the page tells how a workbook comes to be."""
    page = desk.signed_in().get("/")
    assert "还没有工作簿" in page.text
    assert "佣金对账" in page.text


def test_the_list_shows_figures_time_size_and_checksum(desk: RunningDesk) -> None:
    """A row carries all that finance compares before opening the file; time is China's."""
    desk.add_workbook(b"x" * 2048, **FIGURES)
    page = flat(desk.signed_in().get("/"))
    for text in ("1,234,567.89", "1,234,000.01", "-0.05", ">37<", "已平", "2026-11-07 02:30", "2 KB"):
        assert text in page
    assert "佣金对账_2026-10.xlsx" in page
    assert "<code>" in page


def test_a_workbook_that_does_not_tie_out_says_so(desk: RunningDesk) -> None:
    """One control sum off by a fen is 不平; figures that a flow did not store are a dash, never a zero."""
    desk.add_workbook(tie_outs={"items": 0, "bank": -1})
    page = flat(desk.signed_in().get("/"))
    assert "不平" in page
    assert page.count("—") == 4


def test_the_newest_workbook_comes_first(desk: RunningDesk) -> None:
    """Order is by time of writing, not by settlement month."""
    desk.add_workbook(period="2026-10")
    desk.wait(hours=1)
    desk.add_workbook(period="2026-08")
    page = desk.signed_in().get("/").text
    assert page.index("2026-08") < page.index("2026-10")


def test_a_download_is_the_files_bytes_under_its_chinese_name(desk: RunningDesk) -> None:
    """Bytes, media type, length and RFC 5987 name are right, and no cache keeps the file."""
    number = desk.add_workbook(b"PK\x03\x04 all of it")
    answer = desk.signed_in().get(f"/workbooks/{number}/download")
    assert answer.content == b"PK\x03\x04 all of it"
    assert answer.headers["content-length"] == "14"
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.headers["cache-control"] == "no-store"
    plain, encoded = answer.headers["content-disposition"].split("; ")[1:]
    assert plain == f'filename="workbook-{number}.xlsx"'
    assert unquote(encoded.removeprefix("filename*=UTF-8''")) == "佣金对账_2026-10.xlsx"


def test_each_download_is_on_the_page_with_name_and_time(desk: RunningDesk) -> None:
    """谁在何时下载: person and minute, newest first, and in the audit trail."""
    desk.add_user("wang", display_name="王珺")
    number = desk.add_workbook()
    desk.signed_in().get(f"/workbooks/{number}/download")
    desk.wait(minutes=5)
    client = desk.signed_in("wang")
    client.get(f"/workbooks/{number}/download")
    page = flat(client.get("/"))
    assert "谁在何时下载：王珺，2026-11-07 02:35，共 2 次" in page
    assert "<span>2026-11-07 02:30</span> 李喆" in page
    assert [event for event in desk.events() if event[1] == "download"] == [
        ("caiwu", "download"),
        ("wang", "download"),
    ]


def test_a_download_of_an_older_version_is_marked(desk: RunningDesk) -> None:
    """Whoever took the file before a new run replaced it holds 旧版."""
    number = desk.add_workbook(b"first")
    client = desk.signed_in()
    client.get(f"/workbooks/{number}/download")
    assert "旧版" not in client.get("/").text
    assert desk.add_workbook(b"second") == number
    assert "旧版" in client.get("/").text
    assert client.get(f"/workbooks/{number}/download").content == b"second"


def test_head_answers_like_get_without_a_body_and_without_a_download(desk: RunningDesk) -> None:
    """A link checker sees name and length; the audit trail stays as it is."""
    number = desk.add_workbook(b"12345")
    client = desk.signed_in()
    answer = client.head(f"/workbooks/{number}/download")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "5", b"")
    assert "workbook-" in answer.headers["content-disposition"]
    assert ("caiwu", "download") not in desk.events()
    for page in ("/", "/healthz", "/static/desk.css"):
        assert client.head(page).status_code == 200


def test_a_stranger_with_the_link_signs_in_and_then_gets_the_file(desk: RunningDesk) -> None:
    """The link of Prefect's artifact leads over the login to a page that starts the download by itself."""
    number = desk.add_workbook(b"the file")
    client = desk.visitor()
    asked = client.get(f"/workbooks/{number}/download")
    assert asked.status_code == 303
    assert asked.headers["location"] == f"/login?next=/workbooks/{number}/download"
    assert "登录后将自动下载" in client.get(asked.headers["location"]).text
    arrived = sign_in(client, next_path=f"/workbooks/{number}/download")
    assert arrived.headers["location"] == f"/?fetch={number}"
    page = client.get(arrived.headers["location"]).text
    assert f'<meta http-equiv="refresh" content="0; url=/workbooks/{number}/download">' in page
    assert client.get(f"/workbooks/{number}/download").content == b"the file"


@pytest.mark.parametrize("fetch", ["999", "-1", "99999999999999999999999"])
def test_fetching_an_unknown_workbook_shows_just_the_list(desk: RunningDesk, fetch: str) -> None:
    """No download starts that cannot succeed."""
    page = desk.signed_in().get("/", params={"fetch": fetch})
    assert page.status_code == 200
    assert "http-equiv" not in page.text


@pytest.mark.parametrize("number", ["999", "0", "-1", "abc", "2147483648", "9" * 40, "1.5", "%00"])
def test_an_unknown_workbook_is_not_found(desk: RunningDesk, number: str) -> None:
    """Whatever stands where the number belongs, the answer is the Chinese 404 page."""
    answer = desk.signed_in().get(f"/workbooks/{number}/download")
    assert answer.status_code == 404
    assert "页面不存在" in answer.text


def test_a_missing_file_is_explained_and_recorded(desk: RunningDesk) -> None:
    """The page names the file and how to get it again; nothing is served."""
    number = desk.add_workbook()
    (desk.settings.out_dir / "commission/佣金对账_2026-10.xlsx").unlink()
    answer = desk.signed_in().get(f"/workbooks/{number}/download")
    assert answer.status_code == 404
    assert "工作簿文件不在了" in answer.text
    assert "重新运行「佣金对账」（结算月 2026-10）" in answer.text
    assert desk.events()[-1] == ("caiwu", "download_missing")


def test_an_altered_file_is_refused_and_recorded(desk: RunningDesk) -> None:
    """One changed byte stops the download: finance never works on a file that nobody wrote."""
    number = desk.add_workbook(b"paid 100.00")
    (desk.settings.out_dir / "commission/佣金对账_2026-10.xlsx").write_bytes(b"paid 900.00")
    answer = desk.signed_in().get(f"/workbooks/{number}/download")
    assert answer.status_code == 409
    assert "工作簿文件被改动过" in answer.text
    assert b"900.00" not in answer.content
    assert desk.events()[-1] == ("caiwu", "download_altered")


def test_no_row_reaches_a_file_outside_the_folder(desk: RunningDesk) -> None:
    """A path that leaves out/ is treated as missing, even where the file exists and its hash fits."""
    number = desk.add_workbook(b"secret", path="../hub-key.txt")
    assert (desk.settings.data_dir / "hub-key.txt").read_bytes() == b"secret"
    answer = desk.signed_in().get(f"/workbooks/{number}/download")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_no_link_leads_out_of_the_folder(desk: RunningDesk, tmp_path: Path) -> None:
    """A symbolic link in out/ to a file elsewhere is not followed."""
    number = desk.add_workbook(b"secret")
    place = desk.settings.out_dir / "commission/佣金对账_2026-10.xlsx"
    elsewhere = tmp_path / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    assert desk.signed_in().get(f"/workbooks/{number}/download").status_code == 404
