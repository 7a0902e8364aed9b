"""客户通 as a test visits it: the committed recipe, the person with the phone, the truth in hub columns."""

import re
from urllib.parse import urljoin

import httpx

from bots.portal.recipe_file import parse_recipe
from bots.portal.session import open_session
from sandbox.kehutong.records import SMALL_SIZE, build_records
from sandbox.kehutong.state import ACCOUNT
from tests.portal.recipes import FAMILIES, PORTALS

RECIPE = (PORTALS / "kehutong.yaml").read_text("utf-8")
RECORDS = build_records(size=SMALL_SIZE)
DETAILS = RECIPE[RECIPE.index("    details:\n") : RECIPE.index("    key: [customer_no]\n")]
WITHOUT_DETAILS = (DETAILS, "")
# The list's rows by their first name alone.
ROWS_ALONE = ('rows: ["#customer-grid .row", "[role=grid] > .row"]', 'rows: "#customer-grid .row"')


class Person:
    """Answers what the portal asks: reads the phone, looks at the picture; ``wrong`` answers come first."""

    def __init__(self, sandbox, context, wrong=()):
        self._sandbox, self._context = sandbox, context
        self.wrong = list(wrong)
        self.questions = []
        self.answers = []

    def __call__(self, question):
        """One answer."""
        self.questions.append(question)
        right = self._look() if question.picture else self.read_phone(question.shown)
        self.answers.append(self.wrong.pop(0) if self.wrong else right)
        return self.answers[-1]

    def read_phone(self, shown):
        """The code in the message with the number that the page shows."""
        texts = [message["text"] for message in self._sandbox.messages()["sms"]]
        found = [
            re.fullmatch(r"【客户通】验证码 (\d{6})（(编号 \w{4})），2分钟内有效", text) for text in texts
        ]
        return next(match[1] for match in found if match and match[2] == shown)

    def _look(self):
        page = self._context.pages[0]
        address = urljoin(page.url, page.get_attribute("img.captcha", "src"))
        return self.read_picture(address)

    def read_picture(self, address):
        """The signs in a picture."""
        return "".join(re.findall(r"rotate[^>]+>(\w)<", httpx.get(address).text))


def parse_kehutong(*changes):
    """The recipe after replacing texts in its YAML, each of which must be there."""
    text = RECIPE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_recipe(text, "kehutong.yaml", FAMILIES)


def visit(sandbox, context, evidence, person, *changes, password=ACCOUNT.password, kept=None):
    """Log in."""
    credentials = {"user": ACCOUNT.user, "password": password}
    address = f"{sandbox.url}/kehutong/"
    recipe = parse_kehutong(*changes)
    return open_session(context, recipe, credentials, address, evidence, asker=person, kept=kept)


def minute(moment):
    """``2026-10-01 09:30``."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


def truth(customer):
    """A customer of the sandbox in hub columns, as the API writes it."""
    return {
        "customer_id": customer.customer_id,
        "customer_no": customer.customer_no,
        "customer_name": customer.name,
        "masked_phone": f"{customer.phone[:3]}****{customer.phone[7:]}",
        "wechat": customer.wechat or None,
        "gender": customer.gender,
        "birth_date": customer.birth_date,
        "city": customer.city or None,
        "source": customer.source,
        "intent": customer.intent,
        "owner": customer.owner or None,
        "created_at": minute(customer.created_at),
        "last_contact_at": minute(customer.follow_ups[0].at if customer.follow_ups else None),
        "remark": customer.remark or None,
    }


def as_drawn(row):
    """The same on the page: HTML shows a line break as a space."""
    return row | {"remark": " ".join(row["remark"].split()) if row["remark"] else None}
