"""Goldens of portals: saved answers and the rows read from them, ``tests/golden/portals/<slug>/``."""

import gzip
import hashlib
import io
import ipaddress
import json
import tarfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bots.errors import BrokerFlowError, SetupInvalid
from bots.portal.exchanges import Exchange, SavedAnswers
from bots.portal.golden import (
    GoldenDiffers,
    Parameters,
    compare,
    parse_rows,
    read_datasets,
    starts_of,
    write_rows,
)
from bots.portal.people import Asker
from bots.portal.recipe import Recipe
from bots.portal.session import open_session
from bots.portal.wire import WirePlayer, WireTap
from config.settings import PROJECT_ROOT
from connectors.atomic_files import write_atomically
from connectors.browser import new_context

GOLDENS = PROJECT_ROOT / "tests" / "golden" / "portals"
_PARAMETERS, _ANSWERS, _ROWS = "golden.yaml", "answers.tar.gz", "rows.json"
_INDEX, _BODIES = "exchanges.json", "bodies/"
_ANY_ANSWER = "000000"


@dataclass(frozen=True, slots=True)
class Saved:
    """A portal's address and its answers."""

    base_url: str
    exchanges: list[Exchange]


def accept_golden(
    recipe: Recipe,
    browser: Browser,
    secret_of: Callable[[str], str],
    base_url: str,
    *,
    asker: Asker | None = None,
    is_invented: bool = False,
    goldens: Path = GOLDENS,
) -> dict[str, int]:
    """Read every dataset from the portal; save its answers and the rows as right. Rows by dataset.

    ``secret_of`` gives a secret by its name in the secret store. Raises SetupInvalid for a portal that may
    hold real people, unless ``is_invented`` says otherwise.
    """
    if not (is_invented or is_loopback(base_url)):
        raise SetupInvalid(
            f"{base_url} 不在本机：样本会进入代码库，网页里若是真实的人，就成了个人信息泄露。",
            remedy="对模拟网站录制；确认里面的人全是虚构的，再加 --invented",
        )
    folder = goldens / recipe.slug
    parameters = _read_parameters(folder, recipe)
    credentials = {key: secret_of(name) for key, name in recipe.secret_names.items()}
    with new_context(browser) as context, closing(WireTap(context, credentials.values())) as tap:
        with open_session(context, recipe, credentials, base_url, asker=asker, client=tap.client) as portal:
            read = read_datasets(portal, recipe, parameters)
        exchanges = tap.exchanges()
    write_atomically(folder / _ANSWERS, pack(Saved(base_url, exchanges)))
    write_atomically(folder / _ROWS, write_rows(read).encode("utf-8"))
    return {name: len(each.rows) for name, each in read.items()}


def replay_golden(recipe: Recipe, browser: Browser, goldens: Path = GOLDENS) -> dict[str, int]:
    """Read every dataset from the saved answers, without any network, and compare. Rows by dataset.

    Raises GoldenDiffers for the first row that differs, and for a request that has no saved answer.
    """
    folder = goldens / recipe.slug
    saved = unpack(_read(folder / _ANSWERS, recipe.slug))
    expected = parse_rows(_read(folder / _ROWS, recipe.slug).decode("utf-8"))
    parameters = _read_parameters(folder, recipe)
    answers = SavedAnswers(saved.exchanges)
    # Nobody is there to be polite to.
    hasty = recipe.model_copy(update={"pause_ms": 0, "rows_per_minute": None})
    with closing(WirePlayer(browser, answers)) as player, new_context(browser) as context:
        credentials = dict.fromkeys(recipe.secrets, "x")
        try:
            with open_session(
                context, hasty, credentials, saved.base_url, asker=lambda _: _ANY_ANSWER, client=player.client
            ) as portal:
                read = read_datasets(portal, hasty, parameters)
        except BrokerFlowError as error:
            _raise_missing(recipe.slug, answers, error)
            raise
    _raise_missing(recipe.slug, answers, None)
    compare(recipe.slug, expected, read)
    return {name: len(each.rows) for name, each in read.items()}


def is_loopback(url: str) -> bool:
    """Whether an address is this very machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pack(saved: Saved) -> bytes:
    """One archive, the same bytes for the same answers; a body that came twice is stored once."""
    bodies: dict[str, bytes] = {}
    index: list[dict[str, Any]] = []
    for each in saved.exchanges:
        name = hashlib.sha256(each.body).hexdigest()[:20]
        bodies[name] = each.body
        index.append(
            {
                "method": each.method,
                "url": each.url,
                "status": each.status,
                "headers": each.headers,
                "body": name,
                "asked": each.asked,
                "came_from": each.came_from,
            }
        )
    listed = json.dumps({"base_url": saved.base_url, "exchanges": index}, ensure_ascii=False, indent=1)
    files = {_INDEX: listed.encode("utf-8"), **{_BODIES + name: body for name, body in bodies.items()}}
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)


def unpack(archived: bytes) -> Saved:
    """What ``pack`` packed; members are only read by name, never written to disk."""
    with tarfile.open(fileobj=io.BytesIO(archived), mode="r:gz") as archive:
        index = json.loads(_member(archive, _INDEX))
        bodies = {each["body"]: _member(archive, _BODIES + each["body"]) for each in index["exchanges"]}
    exchanges = [
        Exchange(
            each["method"],
            each["url"],
            each["status"],
            tuple((name, value) for name, value in each["headers"]),
            bodies[each["body"]],
            each["asked"],
            each["came_from"],
        )
        for each in index["exchanges"]
    ]
    return Saved(index["base_url"], exchanges)


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    assert found is not None  # noqa: S101 - extractfile gives None for folders alone
    return found.read()


def _raise_missing(slug: str, answers: SavedAnswers, error: BrokerFlowError | None) -> None:
    if answers.missing:
        asked: Iterable[str] = answers.missing[:3]
        raise GoldenDiffers(
            f"{slug} 请求了样本里没有的地址：{'、'.join(asked)}。",
            remedy=f"配方走的路变了；该变就运行 brokerflow portal golden {slug} --accept",
        ) from error


def _read_parameters(folder: Path, recipe: Recipe) -> Parameters:
    try:
        found = YAML(typ="safe").load(_read(folder / _PARAMETERS, recipe.slug))
        parameters = {
            name: {key: str(value) for key, value in given.items()}
            for name, given in found["datasets"].items()
        }
    except (YAMLError, AttributeError, KeyError, TypeError):
        raise SetupInvalid(
            f"{recipe.slug}/{_PARAMETERS} 读不懂。",
            remedy="写成 datasets: {policies: {from_date: 2026-10-01, to_date: 2026-10-31}}",
        ) from None
    unknown = set(parameters) - set(starts_of(recipe))
    if unknown:
        raise SetupInvalid(
            f"{recipe.slug}/{_PARAMETERS} 里的 {'、'.join(sorted(unknown))} 不能单独采集。",
            remedy=f"可用：{'、'.join(starts_of(recipe))}",
        )
    return parameters


def _read(path: Path, slug: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        remedy = (
            "写好参数 datasets: {policies: {from_date: 2026-10-01, to_date: 2026-10-31}}"
            if path.name == _PARAMETERS
            else f"先运行 brokerflow portal golden {slug} --accept"
        )
        raise SetupInvalid(f"{slug} 没有样本文件 {path.name}。", remedy=remedy) from None
