"""Who is who: a bank's keys, the parties they stand for, and what people decided about them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

OWN_LINE = "small_business"  # of the customers' `line`; a firm of any other was passed over to us
HOME = "core"  # the source whose keys are the parties' own names


class Asked(StrEnum):
    """Facts a manager may answer where the bank's files are silent; columns of the customers."""

    STAFF = "staff_count"
    REVENUE = "annual_revenue"
    ASSETS = "total_assets"
    INDUSTRY = "industry_code"


@dataclass(frozen=True, slots=True)
class Key:
    """A customer's number in one of the bank's systems."""

    source: str
    key: str

    @property
    def born(self) -> str:
        """The party this key stands for before anybody merged anything; it never changes."""
        return self.key if self.source == HOME else f"{self.source}:{self.key}"


@dataclass(frozen=True, slots=True)
class PartiesMerged:
    """Somebody found that two parties are one; `dropped` is from then on seen as `kept`."""

    merge_id: str
    kept: str
    dropped: str
    day: date


@dataclass(frozen=True, slots=True)
class MergeUndone:
    """Somebody found that a merge was wrong; the dropped party stands on its own again."""

    merge_id: str
    day: date


Decision = PartiesMerged | MergeUndone
