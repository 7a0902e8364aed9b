"""The insurer's statement as it would be if nothing were wrong: every due item, paid to the fen."""

from collections.abc import Iterable
from datetime import date

from sandbox.records import Batch, OwnItem, Policy, StatementLine
from sandbox.scene import CUTOFF_DATES, PERIOD, PERIOD_END

BATCH_NOS = tuple(f"TA{PERIOD.replace('-', '')}-{number:02d}" for number in range(1, len(CUTOFF_DATES) + 1))


def batch_paying(item: OwnItem) -> str:
    """The first batch whose cut-off is not before the day the item became payable."""
    for batch_no, cutoff in zip(BATCH_NOS, CUTOFF_DATES, strict=True):
        if item.payable_date and item.payable_date <= cutoff:
            return batch_no
    raise LookupError(f"{item.policy_no} becomes payable after the last cut-off")


def lines_of(policy: Policy, item: OwnItem, batch_no: str) -> list[StatementLine]:
    """The right lines for an item, one per agent who shares it."""
    endorsed = [e.endorsement_no for e in policy.endorsements if e.effective_date <= PERIOD_END]
    return [
        StatementLine(
            batch_no=batch_no,
            policy_no=item.policy_no,
            product_code=policy.product.product_code,
            policy_year=item.policy_year,
            item_type=item.item_type,
            endorsement_no=endorsed[-1] if endorsed else "",
            agent_no=agent_no,
            share_bp=share_bp,
            premium_fen=item.base_fen,
            rate_bp=item.rate_bp,
            amount_fen=part_fen,
            currency=policy.currency,
        )
        for agent_no, share_bp, part_fen in item.parts
    ]


def close_batches(lines: Iterable[StatementLine], cover_errors: dict[str, int]) -> tuple[Batch, ...]:
    """Batches with numbered lines; ``cover_errors`` is added to what the batch list prints."""
    by_batch: dict[str, list[StatementLine]] = {batch_no: [] for batch_no in BATCH_NOS}
    for line in lines:
        by_batch[line.batch_no].append(line)
    return tuple(
        _close(batch_no, cutoff, by_batch[batch_no], cover_errors.get(batch_no, 0))
        for batch_no, cutoff in zip(BATCH_NOS, CUTOFF_DATES, strict=True)
    )


def _close(batch_no: str, cutoff: date, lines: list[StatementLine], cover_error_fen: int) -> Batch:
    ordered = tuple(sorted(lines, key=lambda line: line.policy_no))
    for line_no, line in enumerate(ordered, start=1):
        line.line_no = line_no
    total = sum(line.amount_fen for line in ordered)
    return Batch(batch_no, cutoff, total + cover_error_fen, ordered)
