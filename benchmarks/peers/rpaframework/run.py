"""RPA Framework's RPA.Browser.Selenium: its keywords cell by cell, or one script a page."""

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from clock import PASSWORD, USER, Clock, arguments
from RPA.Browser.Selenium import Selenium
from selenium.webdriver import ChromeOptions
from selenium.webdriver.chrome.service import Service

SCRIPT = "return Array.from(document.querySelector('#policies').rows).slice(1).map(r => Array.from(r.cells, c => c.textContent))"
WIDTH = 12


def by_cell(library):
    height = library.get_element_count("css:#policies tr")
    return [
        [library.get_table_cell("id:policies", y, x) for x in range(1, WIDTH + 1)] for y in range(2, height + 1)
    ]


def by_script(library):
    return library.execute_javascript(SCRIPT)


FORMS = {"cell": by_cell, "script": by_script}


def open_library(given):
    options = ChromeOptions()
    options.binary_location = given.browser
    options.page_load_strategy = "eager"
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(flag)
    library = Selenium(auto_close=False)
    library.open_browser(url="about:blank", browser="chrome", options=options, service=Service(given.driver))
    return library


def main():
    given, clock, rows = arguments(), Clock(), []
    library = open_library(given)
    clock.start()
    library.go_to(given.url)
    library.input_text("name:user", USER)
    library.input_text("name:password", PASSWORD)
    library.click_element("css:#login [type=submit]")
    library.wait_until_element_is_visible("link:保单查询", 20)
    library.click_link("link:保单查询")
    clock.logged_in()
    for number in range(1, given.pages + 1):
        library.wait_until_page_contains(f"第 {number}/", 20)
        with clock.reading():
            rows += FORMS[given.form](library)
        if number < given.pages:
            library.click_element("id:next")
    clock.stop()
    library.close_all_browsers()
    clock.report(rows, {"rpaframework": importlib.metadata.version("rpaframework")})


main()
