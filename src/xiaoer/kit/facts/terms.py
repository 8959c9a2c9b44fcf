"""What a fact is; the rooms derive theirs from it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened to a firm; subclasses are named in the past tense and never change."""

    staff_id: str
    customer_id: str
    branch_id: str
    manager_id: str
