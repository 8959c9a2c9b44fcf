"""Who works where and answers for whom."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from xiaoer.branches.models import Assignment, Branch, Post, Staff
from xiaoer.branches.rules import scope_of
from xiaoer.branches.terms import Held, post_kinds
from xiaoer.kit.scope import Scope


def whole_scope(scope: Scope, today: date) -> Scope:
    """What the owner of a bare, signed scope (a staff number and an edition) may see today."""
    return scope_of(
        scope.staff_id,
        posts_held(scope, scope.staff_id, today),
        parents(scope),
        portfolios_delivered=_portfolios_delivered(),
        edition=scope.edition,
    )


def posts_held(scope: Scope, staff_id: str, today: date) -> tuple[Held, ...]:
    """The posts somebody holds today; a post the house does not know gives nothing."""
    known = post_kinds()
    rows = Post.objects.at(scope.edition).filter(
        _holds_on("from_date__lte", "from_date", today),
        _holds_on("to_date__gte", "to_date", today),
        staff_id=staff_id,
    )
    return tuple(
        Held(known[row.post], row.branch_id)
        for row in rows.order_by("post", "branch_id")
        if row.post in known
    )


def parents(scope: Scope) -> Mapping[str, str]:
    """Each branch's parent, "" for a root."""
    return dict(Branch.objects.at(scope.edition).values_list("branch_id", "parent_id"))


def branches(scope: Scope) -> QuerySet[Branch]:
    """The tree, in the order of its paths."""
    return Branch.objects.at(scope.edition).order_by("path", "branch_id")


def staff(scope: Scope) -> QuerySet[Staff]:
    """Everybody, by name."""
    return Staff.objects.at(scope.edition).order_by("name", "staff_id")


def staff_named(scope: Scope, staff_id: str) -> Staff | None:
    """One member of staff."""
    return Staff.objects.at(scope.edition).filter(staff_id=staff_id).first()


def names_of_staff(scope: Scope, staff_ids: set[str]) -> Mapping[str, str]:
    """Names by staff number; unknown numbers are left out."""
    return dict(staff(scope).filter(staff_id__in=staff_ids).values_list("staff_id", "name"))


def name_of_branch(scope: Scope, branch_id: str) -> str:
    """One branch's name, "" for an unknown one."""
    found = Branch.objects.at(scope.edition).filter(branch_id=branch_id)
    return found.values_list("name", flat=True).first() or ""


def answering(scope: Scope, customer_id: str) -> QuerySet[Assignment]:
    """Who answers for a firm, the main manager first."""
    return Assignment.objects.seen_by(scope).filter(customer_id=customer_id).order_by("role", "staff_id")


def capacity_minutes(scope: Scope, staff_id: str) -> int:
    """Minutes a day for meeting firms; 0 for somebody unknown."""
    found = staff_named(scope, staff_id)
    return found.capacity_minutes if found else 0


def who(scope: Scope, today: date, language: str) -> dict[str, Any]:
    """The reader as shown in the header: name, post, branch."""
    me, held = staff_named(scope, scope.staff_id), posts_held(scope, scope.staff_id, today)
    home = held[0].branch_id if held else me.branch_id if me else ""
    return {
        "name": me.name if me else scope.staff_id,
        "post": "、".join(dict.fromkeys(post.kind.title(language) for post in held)),
        "branch": name_of_branch(scope, home),
        "staff_id": scope.staff_id,
    }


def _holds_on(bound: str, column: str, today: date) -> Q:
    return Q(**{f"{column}__isnull": True}) | Q(**{bound: today})


def _portfolios_delivered() -> bool:
    """Asked of PostgreSQL's own function: nobody yet sees the portfolios themselves here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scope_portfolios_delivered()")
        return bool(cursor.fetchone()[0])
