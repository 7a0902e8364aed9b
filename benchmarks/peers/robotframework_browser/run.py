"""Robot Framework's Browser library (also the base of RPA.Browser.Playwright): Get Text per cell, or one script."""

import importlib.metadata
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from Browser import Browser, SupportedBrowsers
from clock import PASSWORD, USER, Clock, arguments

SCRIPT = "t => Array.from(t.rows).slice(1).map(r => Array.from(r.cells, c => c.textContent))"
WIDTH = 12


def by_cell(library):
    height = library.get_element_count("#policies tr")
    return [
        [library.get_text(f"#policies tr:nth-child({y}) td:nth-child({x})") for x in range(1, WIDTH + 1)]
        for y in range(2, height + 1)
    ]


def by_script(library):
    return library.evaluate_javascript("#policies", SCRIPT)


FORMS = {"cell": by_cell, "script": by_script}


def main():
    given, clock, rows = arguments(), Clock(), []
    library = Browser(timeout=timedelta(seconds=20))
    library.new_browser(
        SupportedBrowsers.chromium,
        headless=True,
        executablePath=given.browser,
        args=["--disable-dev-shm-usage", "--disable-gpu"],
    )
    library.new_page("about:blank")
    clock.start()
    library.go_to(given.url)
    library.fill_text("[name=user]", USER)
    library.fill_text("[name=password]", PASSWORD)
    library.click("#login [type=submit]")
    library.click("text=保单查询")
    clock.logged_in()
    for number in range(1, given.pages + 1):
        library.wait_for_elements_state(f"text=第 {number}/")
        with clock.reading():
            rows += FORMS[given.form](library)
        if number < given.pages:
            library.click("#next")
    clock.stop()
    versions = {"robotframework-browser": importlib.metadata.version("robotframework-browser")}
    library.close_browser()
    clock.report(rows, versions)


main()
