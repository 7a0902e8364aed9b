"""scrapy-playwright: ``response.css`` on the rendered page, or one script in it; page after page in one context."""

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import scrapy
from clock import PASSWORD, USER, Clock, arguments
from scrapy.crawler import CrawlerProcess
from scrapy_playwright.page import PageMethod

SCRIPT = "t => Array.from(t.rows).slice(1).map(r => Array.from(r.cells, c => c.textContent))"
GIVEN, CLOCK, ROWS = arguments(), Clock(), []


async def start_clock(page, request):
    CLOCK.start()


class ListSpider(scrapy.Spider):
    name = "list"

    async def start(self):
        login = [
            PageMethod("fill", "[name=user]", USER),
            PageMethod("fill", "[name=password]", PASSWORD),
            PageMethod("click", "#login [type=submit]"),
            PageMethod("wait_for_selector", "text=保单查询"),
        ]
        meta = {"playwright": True, "playwright_page_init_callback": start_clock, "playwright_page_methods": login}
        yield scrapy.Request(GIVEN.url, meta=meta, callback=self.enter)

    def enter(self, response):
        CLOCK.logged_in()
        yield self.ask(response.urljoin("list"), 1)

    def ask(self, url, number):
        meta = {
            "playwright": True,
            "playwright_include_page": GIVEN.form == "script",
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
        }
        return scrapy.Request(url, meta=meta, callback=self.parse, cb_kwargs={"number": number})

    async def parse(self, response, number):
        if GIVEN.form == "script":
            page = response.meta["playwright_page"]
            with CLOCK.reading():
                ROWS.extend(await page.locator("#policies").evaluate(SCRIPT))
            await page.close()
        else:
            with CLOCK.reading():
                ROWS.extend(row.css("td::text").getall() for row in response.css("#policies tr")[1:])
        following = response.css("#next::attr(href)").get()
        if following and number < GIVEN.pages:
            yield self.ask(response.urljoin(following), number + 1)
        else:
            CLOCK.stop()


def main():
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
            "DOWNLOAD_DELAY": 0,
            "DOWNLOAD_HANDLERS": {
                "http": "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler",
                "https": "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler",
            },
            "PLAYWRIGHT_LAUNCH_OPTIONS": {
                "executable_path": GIVEN.browser,
                "args": ["--disable-dev-shm-usage", "--disable-gpu"],
            },
        }
    )
    process.crawl(ListSpider)
    process.start()
    names = ("scrapy", "scrapy-playwright", "playwright")
    CLOCK.report(ROWS, {name: importlib.metadata.version(name) for name in names})


main()
