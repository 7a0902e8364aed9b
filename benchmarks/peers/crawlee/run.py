"""Crawlee's PlaywrightCrawler: locators cell by cell as in its guide, or one script; page after page."""

import asyncio
import importlib.metadata
import logging
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from clock import PASSWORD, USER, Clock, arguments
from crawlee import ConcurrencySettings, Request
from crawlee.configuration import Configuration
from crawlee.crawlers import PlaywrightCrawler

SCRIPT = "t => Array.from(t.rows).slice(1).map(r => Array.from(r.cells, c => c.textContent))"
GIVEN, CLOCK, ROWS = arguments(), Clock(), []


async def by_cell(page):
    rows = await page.locator("#policies tr:has(td)").all()
    return [[await cell.text_content() for cell in await row.locator("td").all()] for row in rows]


async def by_script(page):
    return await page.locator("#policies").evaluate(SCRIPT)


FORMS = {"cell": by_cell, "script": by_script}


def build_crawler(folder):
    crawler = PlaywrightCrawler(
        configuration=Configuration(storage_dir=folder, purge_on_start=True, log_level="ERROR"),
        configure_logging=False,
        headless=True,
        browser_launch_options={
            "executable_path": GIVEN.browser,
            "args": ["--disable-dev-shm-usage", "--disable-gpu"],
            "chromium_sandbox": False,
        },
        concurrency_settings=ConcurrencySettings(min_concurrency=1, desired_concurrency=1, max_concurrency=1),
        request_handler_timeout=timedelta(minutes=5),
        max_request_retries=0,
    )

    @crawler.pre_navigation_hook
    async def start_clock(context):
        if context.request.label is None:
            CLOCK.start()

    @crawler.router.default_handler
    async def log_in(context):
        page = context.page
        await page.fill("[name=user]", USER)
        await page.fill("[name=password]", PASSWORD)
        await page.click("#login [type=submit]")
        await page.wait_for_selector("text=保单查询")
        CLOCK.logged_in()
        await context.add_requests([Request.from_url(GIVEN.url + "list", label="list")])

    @crawler.router.handler("list")
    async def read(context):
        with CLOCK.reading():
            ROWS.extend(await FORMS[GIVEN.form](context.page))
        following = await context.page.locator("#next").get_attribute("href") if len(ROWS) < GIVEN.pages * 100 else None
        if following:
            await context.add_requests([Request.from_url(GIVEN.url + following, label="list")])
        else:
            CLOCK.stop()

    return crawler


def main():
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(build_crawler(folder).run([GIVEN.url]))
    names = ("crawlee", "playwright")
    CLOCK.report(ROWS, {name: importlib.metadata.version(name) for name in names})


main()
