"""The policy that comes in while somebody reads the lists."""

from dataclasses import replace

from sandbox.brokerage import Brokerage
from sandbox.records import Policy, Premium
from sandbox.scene import PERIOD_END


def with_newcomer(brokerage: Brokerage) -> Brokerage:
    """The same brokerage with a new policy and its first premium at the top of its lists."""
    policy = _new_policy(brokerage.policies[0])
    premium = Premium(
        policy_no=policy.policy_no,
        policy_year=1,
        due_date=policy.effective_date,
        due_fen=policy.annual_premium_fen,
        received_date=None,
        received_fen=None,
        receipt_no=None,
        currency=policy.currency,
    )
    return replace(brokerage, policies=[policy, *brokerage.policies], premiums=[premium, *brokerage.premiums])


def _new_policy(like: Policy) -> Policy:
    """Issued on the month's last day, nothing has happened to it yet."""
    return replace(
        like,
        policy_no=f"TA{PERIOD_END:%Y%m}999999",
        issue_date=PERIOD_END,
        effective_date=PERIOD_END,
        receipt_date=None,
        return_visit_date=None,
        return_visit_result="",
        status="in_force",
        status_date=None,
        endorsements=(),
    )
