"""Selenium: cell by cell, or one script a page."""

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from clock import PASSWORD, USER, Clock, arguments
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

SCRIPT = "return Array.from(document.querySelector('#policies').rows).slice(1).map(r => Array.from(r.cells, c => c.textContent))"


def by_cell(driver):
    rows = driver.find_elements(By.CSS_SELECTOR, "#policies tr")[1:]
    return [[cell.text for cell in row.find_elements(By.TAG_NAME, "td")] for row in rows]


def by_script(driver):
    return driver.execute_script(SCRIPT)


FORMS = {"cell": by_cell, "script": by_script}


def open_driver(given):
    options = webdriver.ChromeOptions()
    options.binary_location = given.browser
    options.page_load_strategy = "eager"
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(given.driver))


def main():
    given, clock, rows = arguments(), Clock(), []
    driver = open_driver(given)
    wait = WebDriverWait(driver, 20, poll_frequency=0.01)
    clock.start()
    driver.get(given.url)
    driver.find_element(By.NAME, "user").send_keys(USER)
    driver.find_element(By.NAME, "password").send_keys(PASSWORD)
    driver.find_element(By.CSS_SELECTOR, "#login [type=submit]").click()
    wait.until(expected_conditions.element_to_be_clickable((By.LINK_TEXT, "保单查询"))).click()
    clock.logged_in()
    for number in range(1, given.pages + 1):
        table = wait.until(expected_conditions.presence_of_element_located((By.ID, "policies")))
        with clock.reading():
            rows += FORMS[given.form](driver)
        if number < given.pages:
            driver.find_element(By.ID, "next").click()
            wait.until(expected_conditions.staleness_of(table))
    clock.stop()
    versions = {"selenium": importlib.metadata.version("selenium")}
    driver.quit()
    clock.report(rows, versions)


main()
