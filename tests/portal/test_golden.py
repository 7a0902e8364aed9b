"""Goldens: every portal read again from saved answers, and the faults that a replay must not overlook."""

import re
import shutil
import subprocess
import sys
from functools import partial

import pytest
from typer.testing import CliRunner

from bots.errors import SetupInvalid
from bots.portal.exchanges import Exchange, SavedAnswers, fingerprint, kept_headers, without_secrets
from bots.portal.golden import GoldenDiffers, GoldenRows, compare, parse_rows, write_rows
from cli.portal import app
from config.settings import PROJECT_ROOT, process_environment
from connectors import golden_lanes, portal_recipes
from connectors.golden_lanes import replay_all
from connectors.portal_goldens import (
    GOLDENS,
    Saved,
    accept_golden,
    is_loopback,
    pack,
    replay_golden,
    unpack,
)
from connectors.portal_recipes import list_recipes, load_recipe
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.portal.recipes import parse_taian

SECRETS = {"taian_user": PORTAL_USER, "taian_password": PORTAL_PASSWORD}
PAGE = Exchange("GET", "http://127.0.0.1:9/a.do?x=1", 200, (("content-type", "text/html"),), b"\xd0\xed")
LARGEST = 300_000
NO_BROWSER = None  # what is refused before any browser is needed


@pytest.fixture
def goldens(tmp_path):
    """A copy of the committed golden of 泰安, to spoil."""
    shutil.copytree(GOLDENS / "taian", tmp_path / "taian")
    return tmp_path


def golden_command(*arguments):
    """What `brokerflow portal golden` says and its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "portal", "golden", *arguments],
        cwd=PROJECT_ROOT,
        env=process_environment() | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.browser
def test_every_committed_recipe_still_reads_its_golden():
    """One command replays all: every recipe has a golden, and reads from it the rows that were accepted."""
    done = golden_command()
    assert done.returncode == 0, done.stdout + done.stderr
    *lines, total = done.stdout.splitlines()
    counted = {line.partition("：")[0]: dict(re.findall(r"(\w+) (\d+) 行", line)) for line in lines}
    assert {said.removeprefix("✓ "): set(rows) for said, rows in counted.items()} == {
        slug: set(load_recipe(slug).datasets) for slug in list_recipes()
    }
    rows = [int(count) for each in counted.values() for count in each.values()]
    assert min(rows) > 0
    assert total.startswith(f"{len(lines)} 家保司，{len(lines)} 家与样本一致，共 {sum(rows)} 行")


@pytest.mark.browser
def test_golden_command_replays():
    """The README's command reads one golden and says that it agrees; no such recipe is exit code 1."""
    for slug, code, said in (("taian", 0, "taian 与样本一致：policies 120 行"), ("nowhere", 1, "没有配方")):
        done = golden_command(slug)
        assert done.returncode == code, done.stderr
        assert said in done.stdout + done.stderr


@pytest.mark.browser
def test_one_portal_without_a_golden_does_not_hide_the_others(tmp_path, monkeypatch):
    """Each portal is told, and one that fails is exit code 1."""
    (tmp_path / "taian").mkdir()
    (tmp_path / "kanghe").mkdir()
    (tmp_path / "kanghe" / "answers.tar.gz").write_bytes(b"no archive")
    monkeypatch.setattr(golden_lanes, "replay_all", partial(replay_all, goldens=tmp_path))
    monkeypatch.setattr(portal_recipes, "list_recipes", lambda *_: ["taian", "nowhere", "kanghe"])
    done = CliRunner().invoke(app, ["golden"])
    assert done.exit_code == 1
    *lines, total = done.output.splitlines()
    assert sorted(line.partition("：")[0] for line in lines) == ["✗ kanghe", "✗ nowhere", "✗ taian"]
    assert "taian 没有样本文件 answers.tar.gz。" in done.output
    assert "✗ kanghe：ReadError" in done.output
    assert total.startswith("3 家保司，0 家与样本一致，共 0 行")


@pytest.mark.browser
def test_nothing_to_replay_is_no_success(monkeypatch):
    """Without any recipe nothing has been proved."""
    monkeypatch.setattr(portal_recipes, "list_recipes", lambda *_: [])
    assert CliRunner().invoke(app, ["golden"]).exit_code == 1


def test_all_goldens_are_not_accepted_at_once():
    """Recording again is a decision about one portal."""
    done = CliRunner().invoke(app, ["golden", "--accept"])
    assert done.exit_code == 2
    assert "一次录制一家" in done.output


@pytest.mark.parametrize("folder", sorted(path.name for path in GOLDENS.iterdir()))
def test_golden_belongs_to_a_recipe_and_is_small(folder):
    """No golden outlives its recipe, and none bloats the repository."""
    assert folder in list_recipes()
    assert (GOLDENS / folder / "answers.tar.gz").stat().st_size < LARGEST


def test_golden_keeps_the_portals_own_bytes():
    """泰安's pages are in the archive as GBK, the downloaded file and the windows too."""
    saved = unpack((GOLDENS / "taian" / "answers.tar.gz").read_bytes())
    by_path = {exchange.url.partition("?")[0].rpartition("/")[2]: exchange for exchange in saved.exchanges}
    assert "第 2/2 页".encode("gb18030") in by_path["policyList.do"].body
    assert "批单号".encode("gb18030") in by_path["policyDetail.do"].body
    assert "佣金结算单".encode("gb18030") in by_path["exportStatement.do"].body
    assert "attachment" in dict(by_path["exportStatement.do"].headers)["content-disposition"]
    assert by_path["login.do"].status == 302


@pytest.mark.browser
def test_recipe_that_reads_otherwise_is_caught(goldens, browser):
    """A column read with another meaning is named with dataset, row and column, both values beside it."""
    recipe = parse_taian(("有效: in_force", "有效: lapsed"))
    with pytest.raises(GoldenDiffers, match=r'policies 第 \d+ 行 status：应为 "in_force"，读到 "lapsed"'):
        replay_golden(recipe, browser, goldens)


@pytest.mark.browser
def test_address_without_a_saved_answer_is_named(goldens, browser):
    """A recipe that goes another way meets no network, but an error with the address."""
    recipe = parse_taian()
    login = [recipe.session.login[0].model_copy(update={"path": "other.do"}), *recipe.session.login[1:]]
    session = recipe.session.model_copy(update={"login": login})
    with pytest.raises(GoldenDiffers, match=r"样本里没有的地址：GET http://127\.0\.0\.1:\d+/taian/other\.do"):
        replay_golden(recipe.model_copy(update={"session": session}), browser, goldens)


@pytest.mark.browser
def test_question_of_our_own_that_was_not_saved_gets_no_other_answer(goldens, browser):
    """The session's own client asks exactly what it asked then; another day is another question."""
    recipe = parse_taian(('beginDate: "{from_date}"', 'beginDate: "{to_date}"'))
    with pytest.raises(
        GoldenDiffers, match=r"样本里没有的地址：POST http://127\.0\.0\.1:\d+/taian/premiumList"
    ):
        replay_golden(recipe, browser, goldens)


@pytest.mark.browser
def test_answers_that_ran_out_are_named(goldens, browser):
    """Where the last saved answers are missing the replay does not end well."""
    path = goldens / "taian" / "answers.tar.gz"
    saved = unpack(path.read_bytes())
    cut = [each for each in saved.exchanges if "TA202610-05" not in each.url]
    path.write_bytes(pack(Saved(saved.base_url, cut)))
    with pytest.raises(GoldenDiffers, match=r"GET .*/taian/exportStatement\.do\?batchNo=TA202610-05"):
        replay_golden(quick(), browser, goldens)


def quick():
    """泰安 with little patience."""
    return parse_taian(("family: jsp_frameset", "family: jsp_frameset\ntimeout_seconds: 2"))


@pytest.mark.browser
def test_accepted_golden_replays_without_the_portal(small_sandbox, tmp_path, browser):
    """What is accepted from a portal replays when the portal is down; accepting again changes no row."""
    folder = tmp_path / "taian"
    folder.mkdir()
    (folder / "golden.yaml").write_text(
        "datasets:\n  policies: {from_date: 2026-10-01, to_date: 2026-10-31}\n"
        "  premiums: {from_date: 2026-10-01, to_date: 2026-10-31}\n  statements: {period: 2026-10}\n"
        "  settlement_summary: {period: 2026-10}\n"
    )
    address = f"{small_sandbox.url}/taian/"
    accepted = accept_golden(parse_taian(), browser, SECRETS.__getitem__, address, goldens=tmp_path)
    first = (folder / "rows.json").read_bytes()
    small_sandbox.spoil("taian", down=True)
    assert replay_golden(parse_taian(), browser, tmp_path) == accepted
    small_sandbox.spoil("taian", down=False)
    assert accept_golden(parse_taian(), browser, SECRETS.__getitem__, address, goldens=tmp_path) == accepted
    assert (folder / "rows.json").read_bytes() == first
    october = [p for p in small_sandbox.brokerage.policies if f"{p.issue_date:%Y-%m}" == "2026-10"]
    assert accepted["policies"] == len(october) > 0


def test_portal_of_real_people_is_refused(tmp_path):
    """Nothing is asked of a portal elsewhere, because its people may be real."""
    with pytest.raises(SetupInvalid, match="个人信息") as caught:
        accept_golden(
            parse_taian(), NO_BROWSER, SECRETS.__getitem__, "https://portal.example/x/", goldens=tmp_path
        )
    assert "--invented" in caught.value.remedy
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("http://127.0.0.1:8700/taian/", True),
        ("http://localhost/x", True),
        ("http://[::1]:1/", True),
        ("http://127.0.0.1.example.com/", False),
        ("http://10.0.0.7/", False),
        ("portal", False),
    ],
)
def test_loopback_is_told_from_elsewhere(url, is_ours):
    """Only addresses of this machine count."""
    assert is_loopback(url) is is_ours


@pytest.mark.parametrize(
    ("missing", "said"),
    [("golden.yaml", "写好参数"), ("answers.tar.gz", "--accept"), ("rows.json", "--accept")],
)
def test_missing_file_of_a_golden_is_named(goldens, missing, said):
    """What is not there is named with what to do."""
    (goldens / "taian" / missing).unlink()
    with pytest.raises(SetupInvalid, match=re.escape(f"taian 没有样本文件 {missing}")) as caught:
        replay_golden(parse_taian(), NO_BROWSER, goldens)
    assert said in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [("policies: {}", "读不懂"), ("datasets: {endorsements: {}}", "endorsements 不能单独采集")],
)
def test_parameters_that_make_no_sense_are_refused(goldens, text, said):
    """golden.yaml names lists of the recipe."""
    (goldens / "taian" / "golden.yaml").write_text(text, "utf-8")
    with pytest.raises(SetupInvalid, match=said):
        replay_golden(parse_taian(), NO_BROWSER, goldens)


def test_same_answers_make_the_same_bytes():
    """An archive says nothing about when it was made; what went in comes out, equal bodies once."""
    saved = Saved("http://127.0.0.1:9/", [PAGE, PAGE])
    assert pack(saved) == pack(saved)
    assert unpack(pack(saved)) == saved
    assert len(pack(saved)) < len(pack(Saved(saved.base_url, [PAGE]))) + 100


def test_answers_match_by_the_order_of_their_path():
    """What differs from run to run gets the next answer of its path; none left is noted."""
    second = Exchange("GET", "http://127.0.0.1:9/a.do?x=2", 200, (), b"2")
    posted = Exchange("POST", "http://127.0.0.1:9/a.do", 200, (), b"3")
    answers = SavedAnswers([PAGE, posted, second])
    assert answers.take("GET", "http://127.0.0.1:9/a.do?_=99") == PAGE
    assert answers.take("GET", "http://127.0.0.1:9/a.do?_=100") == second
    assert answers.take("POST", "http://127.0.0.1:9/a.do", "new") == posted
    assert answers.take("GET", "http://127.0.0.1:9/a.do") is None
    assert answers.take("GET", "http://127.0.0.1:8/a.do") is None
    assert answers.missing == ["GET http://127.0.0.1:9/a.do", "GET http://127.0.0.1:8/a.do"]


def test_same_question_gets_its_own_answer():
    """Whatever the order, the same address and body get their own answer, and the last one again."""
    first, second = (Exchange("POST", PAGE.url, 200, (), body, body.decode()) for body in (b"1", b"2"))
    answers = SavedAnswers([first, second])
    url = f"{PAGE.url}&_dc=1761264000123"
    assert [answers.take("POST", url, asked) for asked in "2212"] == [second, second, first, second]
    assert answers.missing == []
    assert answers.take("POST", PAGE.url, "3") is None


def test_secret_leaves_no_trace():
    """A body with a secret is not even hashed; others tell questions apart."""
    assert fingerprint("user=x&pass=s3cret", ["s3cret"]) == ""
    spelled = ["p%40ss%2b+w%2Fd%E5%AF%86", "p@ss+ w/d\\u5bc6", "p%40ss%2B%20w/d%C3%DC", "p@ss+ w/d密"]
    assert [fingerprint(f"user=x&pass={each}", ["p@ss+ w/d密"]) for each in spelled] == [""] * 4
    assert fingerprint("page=1") != fingerprint("page=2")
    assert fingerprint("") == ""


def test_address_with_a_secret_loses_its_query():
    """A login by address leaves its path alone, however the password is spelled there."""
    address = "http://127.0.0.1:9/login.do"
    for spelled in ("p%40ss", "p@ss"):
        assert without_secrets(f"{address}?user=x&pass={spelled}", ["p@ss"]) == address
    assert without_secrets(f"{address}?page=2", ["p@ss"]) == f"{address}?page=2"


def test_headers_of_one_connection_are_not_kept():
    """Type, cookies and file names stay; date and length go."""
    headers = [("Date", "x"), ("Set-Cookie", "a=1"), ("Content-Length", "2"), ("Content-Type", "text/html")]
    assert kept_headers(headers) == (("set-cookie", "a=1"), ("content-type", "text/html"))


ROWS = {"policies": GoldenRows([{"a": 1, "b": None}], [{"row_no": 2, "column": "x"}])}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "数据集应为 policies"),
        ({"policies": GoldenRows([{"a": 1}], [])}, "policies 第 1 行 b：应为 null，读到 （没有这一栏）"),
        ({"policies": GoldenRows([], [])}, "policies 应有 1 行，读到 0 行"),
        ({"policies": GoldenRows([{"a": 1, "b": None}], [])}, "policies 搁置的行 应有 1 行，读到 0 行"),
        (
            {"policies": GoldenRows([{"a": 1, "b": None}], [{"row_no": 3, "column": "x"}])},
            "policies 搁置的行 第 1 行 row_no：应为 2，读到 3",
        ),
        (
            {"policies": GoldenRows([{"a": 1, "b": None, "c": 2}], [])},
            "第 1 行 c：应为 （没有这一栏），读到 2",
        ),
    ],
)
def test_first_difference_is_named(found, said):
    """Dataset, row and column of the first difference stand in the error."""
    with pytest.raises(GoldenDiffers, match=re.escape(said)):
        compare("taian", ROWS, found)


def test_rows_as_a_file_come_back():
    """One row a line; what is written is read again."""
    text = write_rows({**ROWS, "empty": GoldenRows()})
    assert '\n{"a": 1, "b": null}\n' in text
    assert parse_rows(text) == {**ROWS, "empty": GoldenRows()}
