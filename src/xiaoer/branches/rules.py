"""From posts to what may be seen: the only place where a scope is made."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from xiaoer.branches.terms import Held, Sees
from xiaoer.kit.scope import Scope, pool


def scope_of(
    staff_id: str,
    held: Iterable[Held],
    parents: Mapping[str, str],
    *,
    portfolios_delivered: bool,
    edition: int = 0,
    day: date | None = None,
) -> Scope:
    """The union of what somebody's posts see.

    `parents` gives each branch's parent ("" for a root). Somebody whose branches are the whole tree sees
    everything, firms without a branch included. Where no portfolio was delivered, relationship managers of a
    branch share its pool. Without a post: nothing.
    """
    posts = tuple(held)
    branches = _branches(posts, parents)
    whole = bool(parents) and branches >= set(parents)
    return Scope(
        staff_id=staff_id,
        posts=tuple(sorted({post.kind.code for post in posts})),
        branches=() if whole else tuple(sorted(branches)),
        managers=() if whole else tuple(sorted(_managers(staff_id, posts, shared=not portfolios_delivered))),
        everything=whole,
        rights=frozenset(right for post in posts for right in post.kind.rights),
        edition=edition,
        day=day,
    )


def subtree(branch_id: str, parents: Mapping[str, str]) -> set[str]:
    """The branch and all below it; a branch the tree does not know is alone."""
    found, open_ends = {branch_id}, {branch_id}
    while open_ends:
        open_ends = {child for child, parent in parents.items() if parent in open_ends} - found
        found |= open_ends
    return found


def _branches(posts: Iterable[Held], parents: Mapping[str, str]) -> AbstractSet[str]:
    tops = {post.branch_id for post in posts if post.kind.sees is Sees.BRANCH}
    return {branch for top in tops for branch in subtree(top, parents)}


def _managers(staff_id: str, posts: Iterable[Held], *, shared: bool) -> set[str]:
    managers: set[str] = set()
    for post in posts:
        if post.kind.sees is Sees.PORTFOLIO:
            managers |= {staff_id, pool(post.branch_id)} if shared else {staff_id}
        elif post.kind.sees is Sees.POOL:
            managers.add(pool(post.branch_id))
    return managers


def away(absence: Any, day: date) -> bool:
    """Whether an absence holds on a day: from its first to its last, or until whoever was away came back sooner."""
    back = absence.back_date
    return absence.from_date <= day <= absence.to_date and (back is None or day < back)


def followed(gifts: Iterable[tuple[str, str, str, date]]) -> dict[tuple[str, str], tuple[str, date]]:
    """Who answers for a firm, and since when, by (firm, whom the bank's file names): the end of the chain of handovers.

    `gifts` in their order: firm, from whom, to whom, on which day. A file that names somebody who never had the firm
    is newer, and stands.
    """
    found: dict[str, dict[str, tuple[str, date]]] = {}
    for firm, giver, taker, day in gifts:
        mine = found.setdefault(firm, {})
        mine |= {named: (taker, day) for named, (holder, _) in mine.items() if holder == giver}
        mine[giver] = (taker, day)
    return {
        (firm, named): (holder, day)
        for firm, mine in found.items()
        for named, (holder, day) in mine.items()
        if named != holder
    }
