"""What somebody does with events, one or many alike: take on, put off, close, reopen; mute a rule for a firm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.branches.queries import staff_named
from xiaoer.customers.queries import firms_by_number
from xiaoer.events.board import steps_of
from xiaoer.events.left import WRONG, asks_why, why_left
from xiaoer.events.models import Departure, Event, EventStep
from xiaoer.events.written import Limits
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed

WRITING = "contacts.write"
MOST_AT_ONCE = 500
FURTHEST_DAYS = 90
CLOSED_FOR = ("handled", "known", "wrong", "no_use")
LONGEST_REASON, SHORTEST_REASON = 500, 4


class Deed(StrEnum):
    """What can be done with an event."""

    ACCEPTED = "accepted"
    POSTPONED = "postponed"
    CLOSED = "closed"
    REOPENED = "reopened"
    MUTED = "muted"
    UNMUTED = "unmuted"


@dataclass(frozen=True)
class Wanted:
    """A deed with what it needs: an owner, a day, a reason; to close that a firm leaves, why it does (left.toml)."""

    deed: Deed
    owner_id: str = ""
    until: date | None = None
    reason: str = ""
    why_left: str = ""


@transaction.atomic
def handle(scope: Scope, event_ids: Sequence[str], wanted: Wanted, today: date) -> int:
    """Do the same with each of some events, all of them or none; gives how many were changed.

    Raises Refusal for a post that writes nothing, events out of scope, a day that is not ahead, a missing reason, an
    owner who does not work where the firm is, a rule that is never muted, a firm that left nobody says why.
    """
    if not scope.may(WRITING):
        raise Refusal(_("your post does not write"), next_step=_("Ask for the right post"))
    _check(scope, wanted, today)
    rows = _rows(scope, event_ids)
    _one_at_a_time(scope)
    held = steps_of(scope, rows)
    changed = [one for one in rows if _changes(held.get(one.event_id), wanted)]
    steps = [_step(scope, one, wanted, today) for one in _once(changed, wanted)]
    leave = [one for one in rows if wanted.deed is Deed.CLOSED and asks_why(one.rule, today)]
    _may_be(scope, rows, wanted)
    _check_why(leave, wanted)
    EventStep.objects.bulk_create(steps)
    Departure.objects.bulk_create(_departures(scope, leave, wanted, today))
    return len(changed)


def _check_why(leave: Sequence[Event], wanted: Wanted) -> None:
    if leave and wanted.reason != WRONG and wanted.why_left not in why_left():
        raise Refusal(
            _("nobody says why the firm left"), leave[0].customer_id, ", ".join(why_left()),
            _("Choose the reason; if it is not known, say so"),
        )  # fmt: skip


def _departures(scope: Scope, leave: Sequence[Event], wanted: Wanted, today: date) -> list[Departure]:
    if wanted.reason == WRONG:
        return []
    firms = firms_by_number(scope, {one.customer_id for one in leave})
    return [
        Departure(
            event_id=one.event_id, customer_id=one.customer_id, rule=one.rule, why=wanted.why_left,
            tier=firms[one.customer_id].tier or "" if one.customer_id in firms else "", amount=one.amount or 0,
            staff_id=scope.staff_id, day=today, branch_id=one.branch_id, manager_id=one.manager_id,
        )
        for one in leave
    ]  # fmt: skip


def _rows(scope: Scope, event_ids: Sequence[str]) -> list[Event]:
    numbers = dict.fromkeys(event_ids)
    if not 0 < len(numbers) <= MOST_AT_ONCE:
        chosen = _("%(n)s events are chosen") % {"n": len(numbers)}
        raise Refusal(chosen, expected=_("1 to %(most)s") % {"most": MOST_AT_ONCE})
    rows = list(Event.objects.seen_by(scope).filter(event_id__in=list(numbers)).order_by("event_id"))
    if len(rows) < len(numbers):
        lost = _("%(lost)s of %(n)s events are not among yours, or are gone")
        raise Refusal(
            lost % {"lost": len(numbers) - len(rows), "n": len(numbers)},
            expected=_("events of your firms"),
            next_step=_("Load the page again; nothing was changed"),
        )
    return rows


def _check(scope: Scope, wanted: Wanted, today: date) -> None:
    most = {Deed.POSTPONED: FURTHEST_DAYS, Deed.MUTED: Limits.in_force(today).most_mute_days}.get(wanted.deed)
    if most and (wanted.until is None or not today < wanted.until or (wanted.until - today).days > most):
        raise Refusal(
            _("%(day)s is no such day") % {"day": wanted.until or "—"},
            wanted.deed,
            _("a day ahead, at most %(most)s days on") % {"most": most},
        )
    if wanted.deed is Deed.CLOSED and wanted.reason not in CLOSED_FOR:
        raise Refusal(_("the reason is missing"), wanted.deed, ", ".join(CLOSED_FOR))
    if wanted.deed is Deed.MUTED and not SHORTEST_REASON <= len(wanted.reason.strip()) <= LONGEST_REASON:
        raise Refusal(
            _("the reason is missing"),
            wanted.deed,
            _("%(least)s to %(most)s signs") % {"least": SHORTEST_REASON, "most": LONGEST_REASON},
            _("Say why"),
        )
    if wanted.deed is Deed.ACCEPTED and wanted.owner_id not in ("", scope.staff_id) and not _gives_out(scope):
        raise Refusal(
            _("only a head gives events to others"), wanted.deed, next_step=_("Take it on yourself")
        )


def _gives_out(scope: Scope) -> bool:
    return scope.everything or bool(scope.branches)


def _may_be(scope: Scope, rows: Sequence[Event], wanted: Wanted) -> None:
    """What hangs on the events themselves: whose branch they are of, whether their rules may be muted."""
    if wanted.deed is Deed.MUTED:
        for one in rows:
            if one.severity == "act" or one.rule in Limits.in_force(one.event_date).never_muted:
                raise Refusal(
                    _("somebody must act on this: it is not muted"),
                    one.rule,
                    next_step=_("Close it, or put it off"),
                )
    if wanted.deed is Deed.ACCEPTED and wanted.owner_id not in ("", scope.staff_id):
        owner = staff_named(scope, wanted.owner_id)
        for one in rows:
            if owner is None or owner.branch_id != one.branch_id:
                raise Refusal(
                    _("%(staff)s does not work where the firm is") % {"staff": wanted.owner_id},
                    one.branch_id,
                    _("staff of its branch"),
                )


def _changes(held: EventStep | None, wanted: Wanted) -> bool:
    """Nothing to undo, nothing changed."""
    now = held.step if held else ""
    if wanted.deed is Deed.REOPENED:
        return now in ("closed", "postponed", "accepted")
    if wanted.deed is Deed.UNMUTED:
        return now == "muted"
    return True


def _once(rows: Sequence[Event], wanted: Wanted) -> list[Event]:
    """A mute is of a firm and a rule: of several events of both, one step."""
    if wanted.deed not in (Deed.MUTED, Deed.UNMUTED):
        return list(rows)
    return list({(one.customer_id, one.rule): one for one in rows}.values())


def _step(scope: Scope, one: Event, wanted: Wanted, today: date) -> EventStep:
    of_rule = wanted.deed in (Deed.MUTED, Deed.UNMUTED)
    return EventStep(
        event_id="" if of_rule else one.event_id, customer_id=one.customer_id, rule=one.rule, step=wanted.deed.value,
        owner_id=(wanted.owner_id or scope.staff_id) if wanted.deed is Deed.ACCEPTED else "", until_date=wanted.until,
        reason=typed(wanted.reason), staff_id=scope.staff_id, day=today, branch_id=one.branch_id,
        manager_id=one.manager_id,
    )  # fmt: skip


def _one_at_a_time(scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"events {scope.staff_id}"])
