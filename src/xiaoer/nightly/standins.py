"""Where a bank delivers no organisation: one head office, and one post of each kind, so that people can work."""

from typing import Any

from xiaoer.branches.terms import post_kinds
from xiaoer.nightly.run import Night

HEAD_OFFICE = "HQ"


def head_office(night: Night) -> str:
    """The root of the bank's tree."""
    roots = [row["branch_id"] for row in branch_rows(night) if not row["parent_id"]]
    return min(roots) if roots else HEAD_OFFICE


def branch_rows(night: Night) -> list[dict[str, Any]]:
    """The bank's branches, or a head office alone."""
    rows = night.engine.collect(night.delivered("branches")).sort_by("branch_id").to_pylist()
    return rows or [{"branch_id": HEAD_OFFICE, "name": "总行", "parent_id": None}]


def staff_rows(night: Night) -> list[dict[str, Any]]:
    """The bank's staff with their names, or a stand-in for each post."""
    rows = night.engine.collect(night.delivered("staff")).sort_by("staff_id").to_pylist()
    names = {
        row["staff_id"]: row["name"] for row in night.engine.collect(night.personal("staff")).to_pylist()
    }
    if rows:
        return [row | {"name": names.get(row["staff_id"]) or row["staff_id"]} for row in rows]
    return [
        {
            "staff_id": code,
            "name": kind.zh,
            "branch_id": HEAD_OFFICE,
            "capacity_minutes": None,
            "left_date": None,
        }
        for code, kind in post_kinds().items()
    ]


def post_rows(night: Night) -> list[dict[str, Any]]:
    """The bank's posts, or one of each kind at the head office."""
    rows = night.engine.collect(night.delivered("posts")).to_pylist()
    if rows:
        return rows
    at = head_office(night)
    return [
        {"staff_id": code, "post": code, "branch_id": at, "from_date": None, "to_date": None}
        for code in post_kinds()
    ]
