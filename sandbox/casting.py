"""Which stories the demo tells: a fixed cast for the planted breaks, then a crowd by weights."""

from dataclasses import dataclass
from random import Random

from sandbox.products import PRODUCTS
from sandbox.records import Product
from sandbox.scene import FEWEST_POLICIES
from sandbox.stories import Story


@dataclass(frozen=True, slots=True)
class Role:
    """One policy to invent: its story, the break it is made for, and what is special about it.

    ``endorsed`` is "", "current" (a change that this month's base must use), "past", "future" or "twice".
    """

    story: Story
    plant: str = ""
    shares_bp: tuple[int, ...] = (10_000,)
    currency: str = "CNY"
    endorsed: str = ""


_NEW, _RENEWAL = Story.NEW_DUE, Story.RENEWAL_DUE

_CAST = (
    *(Role(story, "MISSING_IN_STATEMENT") for story in (_NEW, _RENEWAL, Story.SHORT_DUE)),
    *(Role(story, "PERIOD_DIFF") for story in (_NEW, _RENEWAL)),
    *(Role(story, "DUPLICATE_SAME_BATCH") for story in (_NEW,)),
    *(Role(story, "DUPLICATE_OTHER_BATCH") for story in (_NEW, _RENEWAL)),
    Role(_NEW, "CURRENCY", currency="HKD"),
    Role(_RENEWAL, "CURRENCY"),
    *(Role(story, "SPLIT_WRONG", shares_bp=(6000, 4000)) for story in (_NEW, _RENEWAL)),
    *(Role(story, "ATTRIBUTION") for story in (_NEW, _RENEWAL)),
    *(Role(story, "ROUNDING") for story in (_NEW, _RENEWAL, _NEW)),
    *(Role(story, "ENDORSED_AFTER", endorsed="current") for story in (_NEW, _RENEWAL)),
    *(Role(story, "TAX_BASIS") for story in (_NEW, _RENEWAL)),
    *(Role(story, "BASE_DIFF") for story in (_NEW, _RENEWAL)),
    *(Role(story, "RATE_DIFF") for story in (_NEW, _RENEWAL)),
    Role(_NEW, "RATE_OVER_CAP"),
    Role(Story.NEW_DUE_AFTER_CUTOFF, "TIMING_NEXT_MONTH"),
    Role(Story.RENEWAL_DUE_AFTER_CUTOFF, "TIMING_NEXT_MONTH"),
    Role(Story.NEW_BEFORE, "TIMING_PAID_LATE"),
    Role(Story.RENEWAL_BEFORE, "TIMING_PAID_LATE"),
    *(Role(Story.NEW_CANCELLED, "COOLING_OFF_CANCELLED") for _ in range(2)),
    *(Role(Story.RENEWAL_SURRENDERED, "SURRENDERED") for _ in range(2)),
    *(Role(Story.RENEWAL_UNPAID, "PREMIUM_UNPAID") for _ in range(2)),
    Role(Story.QUIET, "PREMIUM_ROW_ABSENT"),
    Role(Story.NEW_NO_RECEIPT, "GATE_OPEN"),
    Role(Story.NEW_VISIT_FAILED, "GATE_OPEN"),
    Role(Story.NEW_WAITING, "GATE_OPEN"),
    *(Role(Story.QUIET_SURRENDERED, "CORRECTION") for _ in range(2)),
    Role(_NEW, shares_bp=(5000, 5000)),
    Role(_RENEWAL, shares_bp=(7000, 3000)),
    Role(_NEW, shares_bp=(3400, 3300, 3300)),
    Role(_NEW, currency="HKD"),
    *(Role(story, endorsed="current") for story in (_NEW, _RENEWAL)),
    Role(_RENEWAL, endorsed="twice"),
    Role(_RENEWAL, endorsed="future"),
    Role(Story.NEW_NOT_VISITED),
    Role(Story.RENEWAL_SURRENDERED_LATER),
    Role(Story.RENEWAL_PAID_NEXT_MONTH),
    Role(Story.QUIET_LAPSED),
)
_CROWD = {
    _NEW: 250,
    _RENEWAL: 260,
    Story.SHORT_DUE: 40,
    Story.NEW_BEFORE: 20,
    Story.NEW_WAITING: 40,
    Story.NEW_NO_RECEIPT: 8,
    Story.NEW_NOT_VISITED: 6,
    Story.NEW_VISIT_FAILED: 6,
    Story.NEW_CANCELLED: 8,
    Story.RENEWAL_BEFORE: 20,
    Story.RENEWAL_UNPAID: 25,
    Story.RENEWAL_PAID_NEXT_MONTH: 10,
    Story.RENEWAL_SURRENDERED: 5,
    Story.RENEWAL_SURRENDERED_LATER: 3,
    Story.QUIET: 265,
    Story.QUIET_SURRENDERED: 17,
    Story.QUIET_LAPSED: 17,
}
_POLICIES_PER_PAST_ENDORSEMENT = 110
_SPLITS = ((6000, 4000), (7000, 3000), (5000, 5000), (3400, 3300, 3300))
# Due items in another currency are breaks: those are cast above, so that every seed has the same number.
_DUE_STORIES = {_NEW, _RENEWAL, Story.SHORT_DUE, Story.RENEWAL_SURRENDERED_LATER}
_SHORT_STORIES = {Story.SHORT_DUE}
_RENEWAL_STORIES = {story for story in Story if story.startswith("renewal")} | {Story.QUIET_LAPSED}


def cast_roles(seed: int, policies: int) -> list[Role]:
    """Exactly ``policies`` roles; ValueError below the fewest that hold every break."""
    if policies < FEWEST_POLICIES:
        raise ValueError(f"at least {FEWEST_POLICIES} policies are needed to hold every planted break")
    rng = Random(f"{seed}/cast")
    past = [Role(Story.QUIET, endorsed="past")] * (policies // _POLICIES_PER_PAST_ENDORSEMENT)
    roles = [*_CAST, *past]
    crowd = rng.choices(list(_CROWD), list(_CROWD.values()), k=policies - len(roles))
    return roles + [_walk_on(rng, story) for story in crowd]


def _walk_on(rng: Random, story: Story) -> Role:
    chance = rng.randrange(100)
    if chance < 6:  # noqa: PLR2004 - six in a hundred policies are sold by two or three agents
        return Role(story, shares_bp=rng.choice(_SPLITS))
    is_foreign = chance >= 98 and story not in _DUE_STORIES  # noqa: PLR2004 - two in a hundred
    return Role(story, currency="HKD" if is_foreign else "CNY")


def choose_product(rng: Random, role: Role) -> tuple[Product, int]:
    """A product and pay term that the role's story can happen to."""
    if role.plant == "RATE_OVER_CAP":
        return next((product, 20) for product in PRODUCTS if product.product_code == "TAZS01")
    is_short = role.story in _SHORT_STORIES
    product = rng.choice([p for p in PRODUCTS if (p.cooling_off_days == 0) == is_short])
    needs_renewal = role.story in _RENEWAL_STORIES or role.plant == "PERIOD_DIFF"
    return product, rng.choice([pay for pay in product.pay_years if pay > 1 or not needs_renewal])
