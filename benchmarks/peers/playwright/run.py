"""Playwright as its documentation reads a table: cell by cell, all texts at once, one script."""

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from clock import PASSWORD, USER, Clock, arguments
from playwright.sync_api import sync_playwright

SCRIPT = "t => Array.from(t.rows).slice(1).map(r => Array.from(r.cells, c => c.textContent))"


def by_cell(page):
    rows = page.locator("#policies tr:has(td)")
    return [
        [rows.nth(y).locator("td").nth(x).inner_text() for x in range(rows.nth(y).locator("td").count())]
        for y in range(rows.count())
    ]


def by_texts(page):
    width = len(page.locator("#policies th").all_text_contents())
    cells = page.locator("#policies td").all_text_contents()
    return [cells[start : start + width] for start in range(0, len(cells), width)]


def by_script(page):
    return page.locator("#policies").evaluate(SCRIPT)


FORMS = {"cell": by_cell, "texts": by_texts, "script": by_script}


def main():
    given, clock, rows = arguments(), Clock(), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=given.browser, args=["--disable-dev-shm-usage", "--disable-gpu"]
        )
        page = browser.new_context().new_page()
        clock.start()
        page.goto(given.url)
        page.fill("[name=user]", USER)
        page.fill("[name=password]", PASSWORD)
        page.click("#login [type=submit]")
        page.click("text=保单查询")
        page.wait_for_selector("#policies")
        clock.logged_in()
        for number in range(1, given.pages + 1):
            with clock.reading():
                rows += FORMS[given.form](page)
            if number < given.pages:
                with page.expect_navigation(wait_until="domcontentloaded"):
                    page.click("#next")
        clock.stop()
        browser.close()
    clock.report(rows, {"playwright": importlib.metadata.version("playwright")})


main()
