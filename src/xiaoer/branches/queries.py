"""Who works where and answers for whom."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet

from xiaoer.branches.models import Absence, Assignment, Branch, Handover, Post, Staff
from xiaoer.branches.rules import scope_of
from xiaoer.branches.terms import STAND_IN, Held, Sees, post_kinds
from xiaoer.kit.published import in_scope
from xiaoer.kit.scope import Scope

WRITES = "contacts.write"
NAMED_ONE_BY_ONE = 100  # of more it is quicker to ask who is away at all


def whole_scope(scope: Scope, today: date) -> Scope:
    """What the owner of a bare, signed scope (a staff number and an edition) may see today."""
    return scope_of(
        scope.staff_id,
        posts_held(scope, scope.staff_id, today),
        parents(scope),
        portfolios_delivered=_portfolios_delivered(),
        edition=scope.edition,
        day=today,
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


def absences(scope: Scope, first: date, last: date) -> QuerySet[Absence]:
    """Absences that touch some days, both included, of managers of one's own branches and of whom one stands in for."""
    rows = _known(scope).filter(from_date__lte=last, to_date__gte=first)
    still = Q(back_date__isnull=True) | Q(back_date__gt=first) & Q(back_date__gt=F("from_date"))
    return rows.filter(still).order_by("from_date", "staff_id")


def absence(scope: Scope, number: int) -> Absence | None:
    """One absence that one may know of."""
    return _known(scope).filter(pk=number).first()


def _known(scope: Scope) -> QuerySet[Absence]:
    mine = Q(staff_id__in={scope.staff_id, *scope.managers}) | Q(deputy_id=scope.staff_id)
    return (
        Absence.objects.all()
        if scope.everything
        else Absence.objects.filter(mine | Q(branch_id__in=scope.branches))
    )


def away_on(scope: Scope, day: date, staff_ids: Collection[str] = ()) -> dict[str, Absence]:
    """Who is away on a day, of these members of staff or of all in sight, by their numbers."""
    rows = _on(day) if staff_ids else absences(scope, day, day)
    if 0 < len(staff_ids) <= NAMED_ONE_BY_ONE:
        rows = rows.filter(staff_id__in=staff_ids)
    return {one.staff_id: one for one in rows if not staff_ids or one.staff_id in staff_ids}


def standing_in(scope: Scope, today: date) -> Scope:
    """The scope with the portfolios of those for whom its owner stands in today.

    They end with the absence, and when one of the two holds no such post at that branch any more.
    """
    away = list(_on(today).filter(deputy_id=scope.staff_id).values_list("staff_id", "branch_id"))
    if not away or scope.everything:
        return scope
    there = set(_may_stand_in(scope, today).values_list("staff_id", "branch_id"))
    kept = {(staff, at) for staff, at in away if {(staff, at), (scope.staff_id, at)} <= there}
    more = {staff for staff, at in kept if at not in scope.branches}
    return replace(scope, managers=tuple(sorted({*scope.managers, *more}))) if more else scope


def possible_deputies(scope: Scope, staff_id: str, today: date) -> list[Staff]:
    """Managers and heads of the branch of somebody, by name."""
    me = staff_named(scope, staff_id)
    if me is None:
        return []
    holders = _may_stand_in(scope, today).filter(branch_id=me.branch_id)
    return list(staff(scope).filter(staff_id__in=holders.values("staff_id")).exclude(staff_id=staff_id))


def _may_stand_in(scope: Scope, today: date) -> QuerySet[Post]:
    """Posts held today whose holders may stand in for one another."""
    return Post.objects.at(scope.edition).filter(
        _holds_on("from_date__lte", "from_date", today),
        _holds_on("to_date__gte", "to_date", today),
        post__in=STAND_IN,
    )


def managers_of(scope: Scope, branch_ids: Collection[str], today: date) -> list[Staff]:
    """The managers who work at some branches, by name; of the whole bank where none are named and all is in sight."""
    posts = Post.objects.at(scope.edition).filter(
        _holds_on("from_date__lte", "from_date", today),
        _holds_on("to_date__gte", "to_date", today),
        post="relationship_manager",
    )
    rows = staff(scope).filter(staff_id__in=posts.values("staff_id"))
    return list(rows if scope.everything and not branch_ids else rows.filter(branch_id__in=branch_ids))


def who_may_hold(scope: Scope, branch_id: str, manager_id: str, today: date) -> list[Staff]:
    """Whoever sees a firm and writes about it: its manager, and posts that see its branch, by name."""
    codes = [code for code, one in post_kinds().items() if one.sees is Sees.BRANCH and WRITES in one.rights]
    above, tree = {branch_id}, parents(scope)
    while branch_id := tree.get(branch_id, ""):
        above.add(branch_id)
    posts = Post.objects.at(scope.edition).filter(
        _holds_on("from_date__lte", "from_date", today),
        _holds_on("to_date__gte", "to_date", today),
        post__in=codes,
        branch_id__in=above,
    )
    return list(staff(scope).filter(Q(staff_id__in=posts.values("staff_id")) | Q(staff_id=manager_id)))


def handovers(scope: Scope) -> QuerySet[Handover]:
    """Firms handed over, the last first: those in scope, and those that were the reader's own."""
    seen = Q() if scope.everything else in_scope(scope) | Q(from_id=scope.staff_id)
    return Handover.objects.filter(seen).order_by("-day", "-pk")


def handed_since(scope: Scope, day: date | None) -> dict[str, tuple[int, int]]:
    """Firms and minutes that each manager got (negative: gave) after a day: what the night's figures do not know."""
    found: dict[str, tuple[int, int]] = {}
    rows = handovers(scope).filter(undone_at__isnull=True, **({"day__gt": day} if day else {}))
    for giver, taker, minutes in rows.values_list("from_id", "to_id", "minutes"):
        for who, sign in ((giver, -1), (taker, 1)):
            before = found.get(who, (0, 0))
            found[who] = (before[0] + sign, before[1] + sign * minutes)
    return found


def handed(today: date) -> tuple[int, ...]:  # unscoped: two counts of what the walls show
    """Changes with each handover of the day that the walls show: what is remembered of a portfolio ends with it."""
    found = Handover.objects.filter(day__gte=today).aggregate(
        last=Max("pk", default=0), undone=Count("undone_at")
    )
    return (found["last"], found["undone"])


def _on(day: date) -> QuerySet[Absence]:
    rows = Absence.objects.filter(from_date__lte=day, to_date__gte=day)
    return rows.filter(Q(back_date__isnull=True) | Q(back_date__gt=day))


def _holds_on(bound: str, column: str, today: date) -> Q:
    return Q(**{f"{column}__isnull": True}) | Q(**{bound: today})


def _portfolios_delivered() -> bool:
    """Asked of PostgreSQL's own function: nobody yet sees the portfolios themselves here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scope_portfolios_delivered()")
        return bool(cursor.fetchone()[0])
