"""Somebody who posts the Kanghe portal's forms back as a browser would, over plain HTTP."""

import httpx
import lxml.html

from sandbox.kanghe.columns import POLICY_CELLS, cells_of
from sandbox.kanghe.portal import ACCOUNT
from sandbox.kanghe.records import SMALL_LINES, SMALL_SIZE, build_batches, build_records

CONTENT, GRID = "ctl00$MainContent$", "ctl00_MainContent_gvPolicies"
RECORDS = build_records(size=SMALL_SIZE)
BATCHES = build_batches(size=SMALL_SIZE, lines=SMALL_LINES)
TOTAL_FEN = sum(policy.annual_premium_fen for policy in RECORDS)


class Visitor:
    """Posts a page's form back as a browser would; ``answer`` is the last one."""

    def __init__(self, sandbox):
        self.client = httpx.Client(base_url=f"{sandbox.url}/kanghe/", follow_redirects=True)
        self.answer = self.client.get("")

    @property
    def page(self):
        """The last answer, parsed."""
        return lxml.html.fromstring(self.answer.text)

    def get(self, address):
        """Visit an address."""
        self.answer = self.client.get(address)
        return self

    def post(self, target="", argument="", button="", **fields):
        """Raise an event, as a link (``target``) or as a pressed ``button``."""
        form = self.page.forms[0]
        sent = {name: value or "" for name, value in form.form_values()}
        sent |= {"__EVENTTARGET": target and CONTENT + target, "__EVENTARGUMENT": argument}
        sent |= {CONTENT + name: value for name, value in fields.items()}
        sent |= {CONTENT + button: "x"} if button else {}
        self.answer = self.client.post(str(self.answer.url.join(form.action)), data=sent)
        return self

    def log_in(self, password=ACCOUNT.password):
        """Log in with the demo account."""
        return self.get("Login.aspx").post(button="btnLogin", txtUserName=ACCOUNT.user, txtPassword=password)

    def query(self, begin="", end=""):
        """Open the list and press 查询."""
        return self.get("PolicyList.aspx").post(button="btnQuery", txtBegin=begin, txtEnd=end)

    def turn(self, page):
        """Follow a pager link."""
        return self.post("gvPolicies", f"Page${page}")

    def text(self, element_id):
        """What a labelled element says."""
        return self.page.get_element_by_id(f"ctl00_MainContent_{element_id}").text_content().strip()

    def rows(self, element_id=GRID):
        """Cells of a grid's own rows, the pager left out."""
        table = self.page.get_element_by_id(element_id)
        rows = [row for row in table.findall("tr") if row.get("class") != "pager"]
        return [[cell.text_content().strip("\xa0 ") for cell in row] for row in rows]


def written(policy, number):
    return [str(number), *cells_of(POLICY_CELLS, policy).values(), "查看"]
