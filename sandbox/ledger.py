"""The firm's own commission per premium row: base, rate, gates. Written from the business rules alone."""

from collections.abc import Iterable
from datetime import date, timedelta

from sandbox.amounts import half_up, in_parts
from sandbox.records import OwnItem, Policy, Premium, Rate
from sandbox.scene import PERIOD_END, PERIOD_START


class RateBook:
    """Rates and caps, looked up by the day a policy was issued."""

    def __init__(self, rates: Iterable[Rate], caps: Iterable[Rate]) -> None:
        self._rates = _by_cell(rates)
        self._caps = _by_cell(caps)

    def tariff_bp(self, policy: Policy, policy_year: int) -> int:
        """The rate before its cap; LookupError when there is none."""
        return _find(self._rates, policy, policy_year)

    def own_bp(self, policy: Policy, policy_year: int) -> int:
        """The rate the firm expects: the tariff, no more than the filed cap."""
        tariff = self.tariff_bp(policy, policy_year)
        try:
            return min(tariff, _find(self._caps, policy, policy_year))
        except LookupError:
            return tariff


def _by_cell(rates: Iterable[Rate]) -> dict[tuple[str, int, int], list[Rate]]:
    cells: dict[tuple[str, int, int], list[Rate]] = {}
    for rate in rates:
        cells.setdefault((rate.product_code, rate.pay_years, rate.policy_year), []).append(rate)
    return cells


def _find(cells: dict[tuple[str, int, int], list[Rate]], policy: Policy, policy_year: int) -> int:
    day = policy.issue_date
    for rate in cells.get((policy.product.product_code, policy.pay_years, policy_year), []):
        if rate.valid_from <= day and (rate.valid_to is None or day <= rate.valid_to):
            return rate.rate_bp
    raise LookupError(f"no rate for {policy.policy_no} year {policy_year}")


def build_items(policies: Iterable[Policy], premiums: Iterable[Premium], book: RateBook) -> list[OwnItem]:
    """One item per premium row; ``is_due`` tells whether the period owes it."""
    by_no = {policy.policy_no: policy for policy in policies}
    return [_item(by_no[premium.policy_no], premium, book) for premium in premiums]


def _item(policy: Policy, premium: Premium, book: RateBook) -> OwnItem:
    base = base_fen(policy, premium)
    rate = book.own_bp(policy, premium.policy_year)
    nominal = half_up(base, rate)
    payable = payable_date(policy, premium)
    agents, shares = zip(*policy.shares, strict=True)
    return OwnItem(
        policy_no=policy.policy_no,
        policy_year=premium.policy_year,
        item_type="FYC" if premium.policy_year == 1 else "RYC",
        base_fen=base,
        rate_bp=rate,
        own_fen=nominal if policy.currency == "CNY" else 0,
        payable_date=payable,
        is_due=payable is not None and PERIOD_START <= payable <= PERIOD_END,
        parts=tuple(zip(agents, shares, in_parts(nominal, shares), strict=True)),
    )


def base_fen(policy: Policy, premium: Premium) -> int:
    """The latest endorsed premium in force at the period's end, else the premium received (or due)."""
    endorsed = [e.premium_after_fen for e in policy.endorsements if e.effective_date <= PERIOD_END]
    return endorsed[-1] if endorsed else premium.received_fen or premium.due_fen


def payable_date(policy: Policy, premium: Premium) -> date | None:
    """The day the last gate opened, None while one is shut or the policy is gone."""
    is_gone = policy.status in {"cooling_off_cancelled", "surrendered"}
    if is_gone and policy.status_date is not None and policy.status_date <= PERIOD_END:
        return None
    if premium.received_date is None:
        return None
    paid = max(premium.received_date, policy.effective_date)
    if premium.policy_year > 1 or policy.product.cooling_off_days == 0:
        return paid
    if (
        policy.receipt_date is None
        or policy.return_visit_date is None
        or policy.return_visit_result != "成功"
    ):
        return None
    cooled = policy.receipt_date + timedelta(days=policy.product.cooling_off_days + 1)
    return max(paid, policy.return_visit_date, cooled)
