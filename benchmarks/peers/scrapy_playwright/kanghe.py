"""scrapy-playwright on 康禾人寿: the spider holds the page and presses the next number until there is none."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import scrapy
from clock import arguments
from kanghe import BEGIN, DATES, END, PASSWORD, PREFIX, ROWS
from scrapy.crawler import CrawlerProcess
from scrapy_playwright.page import PageMethod

GIVEN, ITEMS, ERRORS = arguments(), [], []


class PolicySpider(scrapy.Spider):
    name = "policies"

    async def start(self):
        steps = [
            PageMethod("fill", f"{PREFIX}txtUserName", "brokerflow"),
            PageMethod("fill", f"{PREFIX}txtPassword", PASSWORD),
            PageMethod("click", f"{PREFIX}btnLogin"),
            PageMethod("click", "#ctl00_hlPolicyList"),
            PageMethod("wait_for_selector", f"{PREFIX}txtBegin"),
            PageMethod("evaluate", DATES, [BEGIN, END]),
            PageMethod("click", f"{PREFIX}btnQuery"),
            PageMethod("wait_for_selector", f"{PREFIX}ddlPageSize"),
        ]
        meta = {"playwright": True, "playwright_include_page": True, "playwright_page_methods": steps}
        yield scrapy.Request(GIVEN.url, meta=meta, errback=self.note_error)

    async def parse(self, response):
        page, number = response.meta["playwright_page"], 1
        async with page.expect_navigation():
            await page.select_option(f"{PREFIX}ddlPageSize", "100")
        while True:
            for cells in await page.evaluate(ROWS):
                ITEMS.append(cells)
                yield {f"cell_{place}": cell for place, cell in enumerate(cells)}
            number += 1
            following = page.locator(f"tr.pager a:text-is('{number}')")
            if not await following.count():
                break
            async with page.expect_navigation():
                await following.click()
        await page.close()

    def note_error(self, failure):
        ERRORS.append(failure.getErrorMessage())


def main():
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
            "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": GIVEN.browser},
            # As `scrapy crawl -o rows.csv`: the feed by its defaults.
            "FEEDS": {GIVEN.out: {"format": "csv"}} if GIVEN.out else {},
        }
    )
    crawler = process.create_crawler(PolicySpider)
    process.crawl(crawler)
    process.start()
    errors = crawler.stats.get_value("log_count/ERROR", 0)
    print(json.dumps({"rows": ITEMS, "error": "; ".join(ERRORS) or (f"{errors} errors logged" if errors else "")}))


main()
