"""Nouns of the pretend world. Money is integer fen, rates and shares are basis points."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Person:
    """An invented human being."""

    name: str
    id_no: str
    phone: str


@dataclass(frozen=True, slots=True)
class Agent:
    """One validity row of an agent; ``valid_to`` None = until further notice."""

    agent_no: str
    person: Person
    bank_account: str
    branch: str
    rank: int
    upline_agent_no: str | None
    status: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether this row speaks for ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Product:
    """A product; ``pay_years`` are the pay terms on sale, 0 = single premium."""

    product_code: str
    product_name: str
    cooling_off_days: int
    pay_years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate (or cap) for policies issued between two days, both included."""

    product_code: str
    pay_years: int
    policy_year: int
    rate_bp: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as the insurer's portal shows it; ``plant`` names the break it was made for."""

    policy_no: str
    product: Product
    policyholder: Person
    insured_name: str
    pay_years: int
    issue_date: date
    effective_date: date
    receipt_date: date | None
    return_visit_date: date | None
    return_visit_result: str
    annual_premium_fen: int
    currency: str
    shares: tuple[tuple[str, int], ...]
    status: str
    status_date: date | None
    endorsements: tuple["Endorsement", ...]
    plant: str


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A change of premium (保全)."""

    endorsement_no: str
    kind: str
    effective_date: date
    premium_before_fen: int
    premium_after_fen: int


@dataclass(frozen=True, slots=True)
class Premium:
    """One due year of a policy; received_* are None until paid."""

    policy_no: str
    policy_year: int
    due_date: date
    due_fen: int
    received_date: date | None
    received_fen: int | None
    receipt_no: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class OwnItem:
    """What the firm itself expects for one premium row.

    ``parts`` are (agent_no, share_bp, amount) in the policy's currency; ``own_fen`` is yuan, and 0 while
    nobody has confirmed the exchange rate of a policy in another currency.
    """

    policy_no: str
    policy_year: int
    item_type: str
    base_fen: int
    rate_bp: int
    own_fen: int
    payable_date: date | None
    is_due: bool
    parts: tuple[tuple[str, int, int], ...]


@dataclass(eq=False, slots=True)
class StatementLine:
    """A line of the insurer's statement; ``line_no`` is given when its batch is closed."""

    batch_no: str
    policy_no: str
    product_code: str
    policy_year: int
    item_type: str
    endorsement_no: str
    agent_no: str
    share_bp: int
    premium_fen: int
    rate_bp: int
    amount_fen: int
    currency: str
    remark: str = ""
    line_no: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """A statement batch: ``cover_total_fen`` is what the batch list prints."""

    batch_no: str
    cutoff_date: date
    cover_total_fen: int
    lines: tuple[StatementLine, ...]

    @property
    def lines_total_fen(self) -> int:
        """Sum of the lines, also the file's own footer."""
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the firm's bank account; amounts are positive, ``is_incoming`` tells the side."""

    booked_at: datetime
    is_incoming: bool
    amount_fen: int
    balance_fen: int
    summary: str
    transaction_no: str
    payer_account: str
    payer_name: str
    slip_no: str


@dataclass(eq=False, slots=True)
class Break:
    """A planted disagreement and its truth; batch and line number are read off ``line`` when closed.

    ``difference_fen`` = statement - own for items, lines - cover for a batch, bank - cover for the bank.
    """

    break_class: str
    policy_no: str | None = None
    policy_year: int | None = None
    item_type: str | None = None
    line: StatementLine | None = None
    batch_no: str | None = None
    own_fen: int | None = None
    statement_fen: int | None = None
    bank_fen: int | None = None
    difference_fen: int | None = None
