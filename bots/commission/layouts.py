"""How a bank writes its e-banking CSV: one YAML file per bank."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bots.commission.checked_yaml import Checked, parse_yaml


class BankColumns(Checked):
    """The bank's header for each of our columns."""

    booked_at: str
    direction: str
    amount_fen: str
    balance_fen: str
    summary: str
    transaction_no: str
    payer_account: str
    payer_name: str


class Preamble(Checked):
    """Labels before the header row."""

    currency: str
    opening_balance: str


class Footer(Checked):
    """Labels after the last movement; ``row_count`` contains ``{count}``."""

    income_total: str
    expense_total: str
    closing_balance: str
    row_count: str

    @model_validator(mode="after")
    def check_count(self) -> Self:
        """The printed count must be readable."""
        if self.row_count.count("{count}") != 1:
            raise ValueError("row_count 须含一个 {count}")
        return self


class BankLayout(Checked):
    """Layout of one bank's CSV; amounts are yuan, every movement prints the balance after it."""

    slug: str = ""
    name: str
    encoding: Literal["gb18030", "utf-8-sig"]
    currencies: list[str] = Field(min_length=1)
    columns: BankColumns
    directions: dict[str, Literal["in", "out"]] = Field(min_length=1)
    preamble: Preamble
    footer: Footer
    newest_first: bool


def parse_bank_layout(text: str, file_name: str) -> BankLayout:
    """``text`` of banks/<slug>.yaml as a layout named after the file; RulesInvalid names file and key."""
    slug = file_name.rsplit("/", 1)[-1].removesuffix(".yaml")
    return parse_yaml(text, file_name, BankLayout).model_copy(update={"slug": slug})
