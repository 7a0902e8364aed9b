"""The portal's books, full or small."""

from functools import cached_property

from sandbox.ruixiang.records import (
    POLICIES,
    PREMIUMS,
    SMALL_POLICIES,
    SMALL_PREMIUMS,
    PolicyRecord,
    PremiumRecord,
    build_newcomer,
    build_premiums,
    build_records,
)


class Books:
    """What the lists show, made when it is first asked for."""

    def __init__(self, *, is_small: bool) -> None:
        self._sizes = (SMALL_POLICIES, SMALL_PREMIUMS) if is_small else (POLICIES, PREMIUMS)
        self.new_policy, self.new_premium = build_newcomer(size=self._sizes[0])

    @cached_property
    def policies(self) -> list[PolicyRecord]:
        """All policies, the newest first."""
        return build_records(size=self._sizes[0])

    @cached_property
    def premiums(self) -> list[PremiumRecord]:
        """All premiums, the latest due first."""
        return build_premiums(size=self._sizes[1], policy_count=self._sizes[0])

    @cached_property
    def by_no(self) -> dict[str, PolicyRecord]:
        """Every policy by its number, the newcomer too."""
        return {policy.policy_no: policy for policy in [*self.policies, self.new_policy]}
