"""Where a bank delivers no organisation, or half of one: a head office, and posts, so that people can work."""

from typing import Any

from xiaoer.branches.night import RESPONSIBLE
from xiaoer.branches.terms import post_kinds
from xiaoer.nightly.run import Night

HEAD_OFFICE = "HQ"
MANAGER = "relationship_manager"
Row = dict[str, Any]


def head_office(night: Night) -> str:
    """The root of the bank's tree."""
    roots = [row["branch_id"] for row in branch_rows(night) if not row["parent_id"]]
    return min(roots) if roots else HEAD_OFFICE


def branch_rows(night: Night) -> list[Row]:
    """The bank's branches, or a head office alone."""
    rows = night.engine.collect(night.delivered("branches")).sort_by("branch_id").to_pylist()
    return rows or [{"branch_id": HEAD_OFFICE, "name": "总行", "parent_id": None}]


def staff_rows(night: Night) -> list[Row]:
    """Those at work on the business date, by name; stand-ins for the posts where the bank delivers no posts."""
    people = night.engine.collect(night.personal("staff")).to_pylist()
    names = {row["staff_id"]: row["name"] for row in people}
    at = head_office(night)
    rows = [
        row | {"name": names.get(row["staff_id"]) or row["staff_id"], "branch_id": row["branch_id"] or at}
        for row in night.engine.collect(night.delivered("staff")).sort_by("staff_id").to_pylist()
        if row["left_date"] is None or row["left_date"] > night.business_date
    ]  # fmt: skip
    return rows if _posts(night) else [*rows, *_standing_in(night, managers=not rows)]


def post_rows(night: Night) -> list[Row]:
    """The bank's posts. Without them, who answers for a firm is a relationship manager; the rest is stood in."""
    if delivered := _posts(night):
        return delivered
    staff = {row["staff_id"]: row for row in staff_rows(night)}
    at_work = [staff[number] for number in _answering(night) if number in staff]
    stand_ins = _standing_in(night, managers=not night.lake.delivered("staff", night.business_date))
    held = [(row, MANAGER) for row in at_work] + [(row, row["staff_id"]) for row in stand_ins]
    return [
        {"staff_id": row["staff_id"], "post": post, "branch_id": row["branch_id"], "from_date": None, "to_date": None}
        for row, post in held
    ]  # fmt: skip


def _posts(night: Night) -> list[Row]:
    rows: list[Row] = night.engine.collect(night.delivered("posts")).to_pylist()
    return rows


def _answering(night: Night) -> list[str]:
    rows = night.engine.collect(night.delivered("assignments")).to_pylist()
    return sorted({row["staff_id"] for row in rows if row["role"] == RESPONSIBLE and row["staff_id"]})


def _standing_in(night: Night, *, managers: bool) -> list[Row]:
    """One person of each post at the head office; relationship managers only where the bank has none."""
    at = head_office(night)
    return [
        {"staff_id": code, "name": kind.zh, "branch_id": at, "capacity_minutes": None}
        for code, kind in post_kinds().items()
        if managers or code != MANAGER
    ]
