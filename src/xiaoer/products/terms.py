"""What a firm is shown when it opens a product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xiaoer.kit.parameters import in_force

VISIT = "visit"
ENDS = ("done", "not_needed")


@dataclass(frozen=True)
class Education:
    """Steps by category of product, each (code, days after the opening); a visit first for firms of some tiers."""

    within_days: int
    visit_days: int
    visit_tiers: frozenset[str]
    steps: Mapping[str, Sequence[tuple[str, int]]]

    @classmethod
    def in_force(cls, on: date) -> "Education":
        held = in_force("products", "education", on)
        steps = {kind: tuple((code, days) for code, days in rows) for kind, rows in held["steps"].items()}
        return cls(held["within_days"], held["visit_days"], frozenset(held["visit_tiers"]), steps)

    def of(self, category: str, *, high_value: bool) -> tuple[tuple[str, int], ...]:
        """The checklist of an opening in order; empty for a category that is not taught."""
        taught = tuple(self.steps.get(category, ()))
        return ((VISIT, self.visit_days), *taught) if high_value and taught else taught
