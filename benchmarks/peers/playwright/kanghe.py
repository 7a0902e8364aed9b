"""Plain Playwright on 康禾人寿: query, read, press the next number until there is none."""

import csv
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from clock import arguments
from kanghe import BEGIN, DATES, END, PASSWORD, PREFIX, ROWS
from playwright.sync_api import sync_playwright


def main():
    given, rows, number = arguments(), [], 1
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=given.browser).new_page()
        page.goto(given.url)
        page.fill(f"{PREFIX}txtUserName", "brokerflow")
        page.fill(f"{PREFIX}txtPassword", PASSWORD)
        page.click(f"{PREFIX}btnLogin")
        page.click("#ctl00_hlPolicyList")
        page.wait_for_selector(f"{PREFIX}txtBegin")
        page.evaluate(DATES, [BEGIN, END])
        page.click(f"{PREFIX}btnQuery")
        with page.expect_navigation():
            page.select_option(f"{PREFIX}ddlPageSize", "100")
        while True:
            rows += page.evaluate(ROWS)
            number += 1
            following = page.locator(f"tr.pager a:text-is('{number}')")
            if not following.count():
                break
            with page.expect_navigation():
                following.click()
    if given.out:
        with open(given.out, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    print(json.dumps({"rows": rows}))


main()
