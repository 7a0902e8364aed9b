"""A second, slow reading of the business rules: judges every line one by one, without knowing the plants."""

from collections import Counter
from fractions import Fraction
from math import floor

from sandbox.brokerage import Brokerage
from sandbox.scene import CUTOFF_DATES, PERIOD_END, PERIOD_START


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


class Judge:
    """``breaks`` holds (class, policy_no, batch_no, line_no, own_fen, statement_fen) of every item break."""

    def __init__(self, brokerage: Brokerage) -> None:
        self.policies = {policy.policy_no: policy for policy in brokerage.policies}
        self.items = {(i.policy_no, i.policy_year, i.item_type): i for i in brokerage.items}
        self.premiums = {(p.policy_no, p.policy_year): p for p in brokerage.premiums}
        self.lines = [line for batch in brokerage.batches for line in batch.lines]
        self.keys_with_lines = {(ln.policy_no, ln.policy_year, ln.item_type) for ln in self.lines}
        self.seen = Counter()
        self.answered = set()
        self.matched_items = set()
        self.breaks = []
        groups = {}
        for line in self.lines:
            cause, own_fen = next(self._causes(line))
            if cause == "COMPARE":
                groups.setdefault((line.policy_no, line.policy_year, line.item_type), []).append(line)
            else:
                self._note(cause, line, own_fen)
        for key, group in groups.items():
            self._compare(self.items[key], group)
        self._missing()

    def _note(self, break_class, line, own_fen, statement_fen=None):
        paid = line.amount_fen if statement_fen is None else statement_fen
        self.breaks.append((break_class, line.policy_no, line.batch_no, line.line_no, own_fen, paid))

    def _causes(self, line):
        """(class, own) of each rule that fits a line, in the order of the rules; COMPARE at the end."""
        key = (line.policy_no, line.policy_year, line.item_type)
        policy = self.policies.get(line.policy_no)
        if line.amount_fen < 0:
            yield "CORRECTION", 0
        if policy is None:
            yield "MISSING_IN_OWN", 0
        if line.currency != policy.currency or policy.currency != "CNY":
            self.answered.add(key)
            yield "CURRENCY", self.items[key].own_fen
        self.seen[key, line.agent_no, line.endorsement_no] += 1
        if self.seen[key, line.agent_no, line.endorsement_no] > 1:
            yield "DUPLICATE_PAID", 0
        yield from self._other_year(line)
        yield from self._standing(policy, self.premiums.get(key[:2]), self.items.get(key))
        self.answered.add(key)
        yield "COMPARE", None

    def _other_year(self, line):
        if (line.policy_no, line.policy_year) in self.premiums:
            return
        due = [key for key, item in self.items.items() if key[0] == line.policy_no and item.is_due]
        free = [key for key in due if key not in self.keys_with_lines]
        if len(free) == 1:
            self.answered.add(free[0])
            yield "PERIOD_DIFF", self.items[free[0]].own_fen

    def _standing(self, policy, premium, item):
        is_over = policy.status_date is not None and policy.status_date <= PERIOD_END
        if is_over and policy.status == "cooling_off_cancelled":
            yield "COOLING_OFF_CANCELLED", 0
        if is_over and policy.status == "surrendered":
            yield "SURRENDERED", 0
        if premium is None or premium.received_date is None:
            yield "PREMIUM_UNPAID", 0
        if item.payable_date is None or item.payable_date > PERIOD_END:
            yield "GATE_OPEN", 0
        if item.payable_date < PERIOD_START:
            yield "TIMING", 0

    def _compare(self, item, group):
        policy = self.policies[item.policy_no]
        paid = sum(line.amount_fen for line in group)
        expected = {agent: fen for agent, _, fen in item.parts}
        actual = {line.agent_no: line.amount_fen for line in group}
        if len(expected) > 1 and paid == item.own_fen and actual != expected:
            self._note("SPLIT_WRONG", group[0], item.own_fen, paid)
            return
        if len(expected) == 1 and paid == item.own_fen and set(actual) != set(expected):
            self._note("ATTRIBUTION", group[0], item.own_fen)
            return
        if paid == item.own_fen:
            self.matched_items.add((item.policy_no, item.policy_year))
            return
        self._note(self._explain(policy, item, group[0], paid, len(group)), group[0], item.own_fen, paid)

    def _explain(self, policy, item, line, paid, count):
        changes = [e for e in policy.endorsements if e.effective_date <= PERIOD_END]
        rate = Fraction(item.rate_bp, 10_000)
        if abs(paid - item.own_fen) <= count:
            self.matched_items.add((item.policy_no, item.policy_year))
            return "ROUNDING"
        if changes and paid == half_up(changes[-1].premium_before_fen * rate):
            return "ENDORSED_AFTER"
        if paid == half_up(item.own_fen / Fraction(106, 100)):
            return "TAX_BASIS"
        if line.premium_fen != item.base_fen and paid == half_up(line.premium_fen * rate):
            return "BASE_DIFF"
        if line.premium_fen == item.base_fen and paid == half_up(
            item.base_fen * Fraction(line.rate_bp, 10_000)
        ):
            return "RATE_DIFF"
        return "AMOUNT_DIFF"

    def _missing(self):
        for key, item in self.items.items():
            if item.is_due and key not in self.answered:
                late = item.payable_date > CUTOFF_DATES[-1]
                name = "TIMING" if late else "MISSING_IN_STATEMENT"
                self.breaks.append((name, item.policy_no, None, None, item.own_fen, 0))
