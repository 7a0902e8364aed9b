"""What acceptance writes down: one line per promise tried, one per fault planted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of an issue under which it promises something."""

    issue: int
    title: str


DONE_WHEN = Part(2, "Done when")
SPEED = Part(2, "Speed and memory")
BAD_INPUT = Part(2, "Bad input")
PORTALS_DONE = Part(3, "Done when")
PORTALS_SPEED = Part(3, "Speed and memory")
PORTALS_FAULTS = Part(3, "Correctness under fault")
PARTS = (DONE_WHEN, SPEED, BAD_INPUT, PORTALS_DONE, PORTALS_SPEED, PORTALS_FAULTS)
ISSUES = {2: "the house and the first night", 3: "the portal engine"}


@dataclass(frozen=True, slots=True)
class Check:
    """A promise of an issue, the command that tried it, at which size, and what came out."""

    part: Part
    promise: str
    command: str
    size: str
    figure: str
    is_passed: bool


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A fault in a scratch copy, the test that must see it, and whether it did (``red`` or why not)."""

    fault: str
    file: str
    test: str
    outcome: str

    @property
    def is_seen(self) -> bool:
        """True when the test was green before and red with the fault."""
        return self.outcome == "red"
