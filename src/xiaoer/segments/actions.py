"""Adopting another rule of who is an ideal firm; setting and closing goals of a firm's account plan."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.customers.models import Firm
from xiaoer.customers.queries import firm
from xiaoer.kit.money import LARGEST_FEN
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.segments import queries
from xiaoer.segments.goals import MEASURES, WORDS, Patience, Wanted
from xiaoer.segments.ideal import Criteria
from xiaoer.segments.models import Goal, IdealRule

RIGHT = "segments.write"
WRITING = "contacts.write"
LONGEST_WORDS = 500
OPEN, ENDS = "open", ("reached", "dropped")


@transaction.atomic
def adopt(scope: Scope, criteria: Criteria, today: date) -> IdealRule:
    """Let these criteria hold from today. Raises Refusal for a post without the right, or when they hold already."""
    if not scope.may(RIGHT):
        raise Refusal(
            _("your post does not set who is an ideal firm"), expected=_("an analyst or a product manager")
        )
    if criteria == queries.criteria(scope, today):
        raise Refusal(_("this rule holds already"), next_step=_("Change a criterion first"))
    _all, found = queries.steps(scope, criteria, today)
    return IdealRule.objects.create(
        staff_id=scope.staff_id, from_date=today, criteria=criteria, kept=[one.kept for one in found]
    )


@transaction.atomic
def set_goal(scope: Scope, customer_id: str, wanted: Wanted, today: date) -> Goal:
    """A goal from today to its day, starting from what is measured now.

    Raises Refusal for a firm out of scope, a post that only reads, a day that has passed or lies too far ahead, a
    target not above what is there, a goal of words without any, and too many open goals.
    """
    one, patience = _firm(scope, customer_id), Patience.in_force(today)
    _check_day(wanted.due, today, patience)
    told, start = _checked(wanted, one)
    if queries.open_goals(scope, [customer_id]).count() >= patience.most_goals:
        raise Refusal(
            _("the plan has %(most)s open goals") % {"most": patience.most_goals},
            next_step=_("Close one first"),
        )
    return Goal.objects.create(
        customer_id=customer_id, branch_id=one.branch_id, manager_id=one.manager_id, measure=wanted.measure,
        start=start, target=None if wanted.measure == WORDS else wanted.target, words=told, begun_date=today,
        due_date=wanted.due, staff_id=scope.staff_id,
    )  # fmt: skip


@transaction.atomic
def close_goal(scope: Scope, goal_id: int, end: str, today: date) -> Goal:
    """Say that a goal was reached, or drop it; raises Refusal when it is not open or not the reader's."""
    if not scope.may(WRITING):
        raise Refusal(_("your post reads account plans and does not change them"))
    if end not in ENDS:
        raise Refusal(_("“%(end)s” ends no goal") % {"end": end}, expected=", ".join(ENDS))
    goal = Goal.objects.seen_by(scope).select_for_update().filter(pk=goal_id, status=OPEN).first()
    if goal is None:
        raise Refusal(_("this goal is not open"), next_step=_("Load the page again"))
    goal.status, goal.closed_date, goal.closed_by = end, today, scope.staff_id
    goal.save(update_fields=["status", "closed_date", "closed_by"])
    return goal


def _firm(scope: Scope, customer_id: str) -> Firm:
    one = firm(scope, customer_id)
    if one is None or not scope.may(WRITING):
        raise Refusal(_("this firm's account plan is not yours to write"), customer_id)
    return one


def _check_day(due: date, today: date, patience: Patience) -> None:
    if not today < due <= today + timedelta(days=patience.furthest_days):
        raise Refusal(
            _("%(due)s is no day for a goal") % {"due": due},
            expected=_("after today, within %(most)s days") % {"most": patience.furthest_days},
        )


def _checked(wanted: Wanted, one: Firm) -> tuple[str, int | None]:
    """The words, and what is measured now; None for words and where nothing is known."""
    told = typed(wanted.words)
    if wanted.measure not in MEASURES:
        raise Refusal(
            _("“%(measure)s” is not measured") % {"measure": wanted.measure}, expected=", ".join(MEASURES)
        )
    if len(told) > LONGEST_WORDS:
        raise Refusal(
            _("the words have %(n)s characters") % {"n": len(told)},
            expected=_("at most %(most)s") % {"most": LONGEST_WORDS},
        )
    if wanted.measure == WORDS:
        if not told:
            raise Refusal(_("the goal says nothing"), expected=_("what is to be reached, in words"))
        return told, None
    start = queries.measured(one, wanted.measure)
    if wanted.target is None or not (start or 0) < wanted.target <= LARGEST_FEN:
        raise Refusal(
            _("the target is not above what is there"),
            wanted.measure,
            _("more than %(start)s") % {"start": start or 0},
        )
    return told, start
