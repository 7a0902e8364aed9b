"""No browser: httpx with lxml on the pages, or httpx on the JSON."""

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import httpx
import lxml.html
from clock import PASSWORD, USER, Clock, arguments


def by_html(client, page):
    document = lxml.html.fromstring(client.get("list", params={"page": page}).content)
    rows = document.get_element_by_id("policies").findall("tr")[1:]
    return [[cell.text_content() for cell in row] for row in rows]


def by_json(client, page):
    return [list(record.values()) for record in client.get("api", params={"page": page}).json()["records"]]


FORMS = {"html": by_html, "json": by_json}


def main():
    given, clock, rows = arguments(), Clock(), []
    with httpx.Client(base_url=given.url, follow_redirects=True) as client:
        clock.start()
        client.post("login", data={"user": USER, "password": PASSWORD})
        clock.logged_in()
        for page in range(1, given.pages + 1):
            rows += FORMS[given.form](client, page)
        clock.stop()
    clock.report(rows, {name: importlib.metadata.version(name) for name in ("httpx", "lxml")})


main()
