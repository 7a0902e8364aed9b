"""What acceptance writes down: one line per promise tried, one per fault planted."""

from dataclasses import dataclass

DONE_WHEN = "Done when"
SPEED = "Speed and memory"
BAD_INPUT = "Bad input"
PARTS = (DONE_WHEN, SPEED, BAD_INPUT)


@dataclass(frozen=True, slots=True)
class Check:
    """A promise of an issue, the command that tried it, at which size, and what came out."""

    part: str
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
