"""Notes, classes and reports as published, and the steps people took, always for somebody's scope."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from xiaoer.kit.scope import Scope
from xiaoer.loans.models import (
    Arrears,
    Check,
    CheckDue,
    ClassMove,
    ClassStep,
    Migration,
    Note,
    PlanCheck,
    Share,
    Vintage,
)
from xiaoer.loans.terms import Step

ENDS = {Step.APPROVED.value, Step.RETURNED.value}
WHOLE = {Step.MADE.value, Step.REVIEWED.value, Step.APPROVED.value}


def notes(scope: Scope) -> QuerySet[Any]:
    """Every note on the book."""
    return Note.objects.seen_by(scope)


def note(scope: Scope, note_id: str) -> Any:
    """One note, or None when it is not the reader's to see."""
    return notes(scope).filter(note_id=note_id).first()


def notes_of(scope: Scope, customer_id: str) -> list[Any]:
    """A firm's notes, the latest past due first."""
    return list(notes(scope).filter(customer_id=customer_id).order_by("-days_past_due", "note_id"))


def arrears(scope: Scope, customer_id: str) -> Any:
    """A firm's arrears from the first day, or None where it was never past due."""
    return Arrears.objects.seen_by(scope).filter(customer_id=customer_id).first()


def plan_checks(scope: Scope, customer_id: str) -> dict[str, Any]:
    """By note of a firm, its plan against its contract."""
    rows = PlanCheck.objects.seen_by(scope).filter(customer_id=customer_id)
    return {one.note_id: one for one in rows}


def plans_to_look_at(scope: Scope) -> QuerySet[Any]:
    """Notes whose plan departs from the contract, or whose contract leaves something unsaid."""
    return PlanCheck.objects.seen_by(scope).exclude(departs=False, missing=[])


def departing(scope: Scope) -> QuerySet[Any]:
    """Notes whose plan departs from the contract."""
    return PlanCheck.objects.seen_by(scope).filter(departs=True)


def plans_compared(scope: Scope) -> tuple[int, int]:
    """How many plans there are, and how many could be compared."""
    rows = PlanCheck.objects.seen_by(scope)
    return rows.count(), rows.filter(compared__gt=0).count()


def late(scope: Scope) -> QuerySet[Any]:
    """Notes past due."""
    return notes(scope).filter(days_past_due__gt=0)


def differing(scope: Scope) -> QuerySet[Any]:
    """Notes whose class at the bank is not what the rules ask for."""
    return notes(scope).exclude(book_class="").exclude(book_class=F("rule_class"))


def moves_of(scope: Scope, customer_id: str) -> list[Any]:
    """Each change of what the rules ask of a firm's notes, the latest first."""
    return list(
        ClassMove.objects.seen_by(scope)
        .filter(customer_id=customer_id)
        .order_by("-day", "note_id", "to_class")
    )


def steps(scope: Scope, cases: Iterable[UUID]) -> list[Any]:
    """All steps of some changes, in the order they were taken."""
    return list(ClassStep.objects.seen_by(scope).filter(case__in=list(cases)).order_by("at", "pk"))


def cases(scope: Scope, *, at_most: int) -> list[list[Any]]:
    """Class changes, the latest first, each as its steps in order."""
    made = ClassStep.objects.seen_by(scope).filter(step=Step.MADE.value).order_by("-at", "-pk")
    numbers = list(made.values_list("case", flat=True)[:at_most])
    taken: dict[UUID, list[Any]] = {number: [] for number in numbers}
    for one in steps(scope, numbers):
        taken[one.case].append(one)
    return [held for held in taken.values() if held]


def decided(scope: Scope, note_ids: Iterable[str] | None = None) -> dict[str, Any]:
    """By note (all, or some), the step "made" of the latest change that three people agreed on."""
    rows = ClassStep.objects.seen_by(scope).order_by("at", "pk")
    if note_ids is not None:
        rows = rows.filter(note_id__in=list(note_ids))
    whole = (
        rows.values("case").annotate(n=Count("staff_id", distinct=True, filter=Q(step__in=WHOLE))).filter(n=3)
    )
    agreed = rows.filter(step=Step.MADE.value, case__in=whole.order_by().values("case"))
    approved = dict(
        rows.filter(step=Step.APPROVED.value, case__in=whole.order_by().values("case")).values_list(
            "case", "pk"
        )
    )
    return {one.note_id: one for one in sorted(agreed, key=lambda made: approved[made.case])}


def in_force(scope: Scope, held: Iterable[Any]) -> dict[str, str]:
    """By note the class in force: what people decided, until the bank's own book moves; else the bank's own."""
    notes_held = list(held)
    agreed = decided(scope, [one.note_id for one in notes_held])
    return {one.note_id: class_in_force(one, agreed) for one in notes_held}


def class_in_force(one: Any, agreed: dict[str, Any]) -> str:  # unscoped: both were read in a scope
    """The class in force of a note."""
    made = agreed.get(one.note_id)
    return str(
        made.to_class if made and made.book_class == one.book_class else one.book_class or one.rule_class
    )


def buckets(scope: Scope) -> list[dict[str, Any]]:
    """Notes and balances by bucket."""
    return list(
        notes(scope).values("bucket").annotate(notes=Count("pk"), balance=Sum("balance")).order_by("bucket")
    )


def book_classes(scope: Scope) -> list[dict[str, Any]]:
    """Notes and balances by the bank's class (the rules' where it names none), asset class, inclusive or not."""
    rows = notes(scope).values("book_class", "rule_class", "asset_class", "inclusive")
    return list(rows.annotate(notes=Count("pk"), balance=Sum("balance")).order_by())


def whole(scope: Scope) -> tuple[int, int]:
    """How many notes, and what is owed on them in fen."""
    found = notes(scope).aggregate(notes=Count("pk"), balance=Sum("balance"))
    return found["notes"], found["balance"] or 0


def inclusive_firms(scope: Scope) -> int:
    """Firms with inclusive loans."""
    return notes(scope).filter(inclusive=True).values("customer_id").distinct().count()


def months(scope: Scope) -> list[date]:
    """Months a migration is known for, the latest first."""
    return list(
        Migration.objects.seen_by(scope).order_by("-month").values_list("month", flat=True).distinct()
    )


def moved(scope: Scope, month: date) -> list[dict[str, Any]]:
    """Notes and balances by class at the month-end before and at this one."""
    rows = Migration.objects.seen_by(scope).filter(month=month).values("from_class", "to_class")
    return list(rows.annotate(n=Sum("notes"), sum=Sum("balance")).order_by("from_class", "to_class"))


def vintages(scope: Scope) -> QuerySet[Any]:
    """Cohorts with what ripened, by month, product, branch and manager."""
    return Vintage.objects.seen_by(scope)


def shares(scope: Scope, kind: str) -> list[dict[str, Any]]:
    """Balances by sector or group, the largest first."""
    rows = Share.objects.seen_by(scope).filter(kind=kind).values("code")
    names = ("firms", "notes", "balance", "bad_balance")
    added = rows.annotate(**{f"{name}_sum": Sum(name) for name in names}).order_by("-balance_sum", "code")
    return [{"code": one["code"]} | {name: one[f"{name}_sum"] for name in names} for one in added]


def checks(scope: Scope) -> QuerySet[Any]:
    """When each note is to be looked at next."""
    return CheckDue.objects.seen_by(scope)


def check_due(scope: Scope, note_id: str) -> Any:
    """One note's next check, or None."""
    return checks(scope).filter(note_id=note_id).first()


def checks_made(scope: Scope, note_id: str) -> list[Any]:
    """What people found on a note, the latest first."""
    return list(Check.objects.seen_by(scope).filter(note_id=note_id).order_by("-at", "-pk"))


def checked_since(scope: Scope, day: date) -> list[str]:
    """Notes somebody looked at on the desk since a day: the night has not yet planned them anew."""
    return list(
        Check.objects.seen_by(scope).filter(day__gte=day).values_list("note_id", flat=True).distinct()
    )


def due_between(scope: Scope, first: date, last: date) -> QuerySet[Any]:
    """Notes that mature or have an instalment in some days; `falls_due` is the day: of maturity, where both are."""
    days = (first, last)
    rows = notes(scope).filter(Q(due_date__range=days) | Q(next_due_date__range=days))
    return rows.annotate(falls_due=Case(When(due_date__range=days, then="due_date"), default="next_due_date"))


def due_by_day(scope: Scope, first: date, last: date) -> dict[date, int]:
    """How many notes fall due on each day."""
    rows = due_between(scope, first, last).order_by().values_list("falls_due").annotate(Count("pk"))
    return {day: count for day, count in rows if day}
