"""What a tap writes: the form read, one action called, a sentence to say afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.contact_policy.terms import Purpose, Touch
from xiaoer.contacts import actions as contacts
from xiaoer.contacts import queries as contact_queries
from xiaoer.contacts.actions import About, FollowUp
from xiaoer.contacts.terms import CHANNELS
from xiaoer.customers import queries as customers
from xiaoer.kit.audit import note_reading
from xiaoer.kit.dates import next_working_day
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.offers import queries as offers
from xiaoer.workbench import actions, approaching
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.proposed import about_proposal
from xiaoer.workbench.shown import expected, sheets, wordings
from xiaoer.workbench.shown.drawings import tongue

MINUTES = {"visit": 60, "call": 15, "message": 5, "counter": 15}
YEARS = range(1990, 2101)
WRITE_CHANNELS = tuple(channel for channel in CHANNELS if channel != "counter")


def record_sheet(desk: Desk, customer_id: str, offer_id: str) -> sheets.Sheet | None:
    """The sheet for an outcome, or None when the firm is not the reader's."""
    firm, proposal = (
        customers.firm(desk.scope, customer_id),
        offers.proposal(desk.scope, offer_id) if offer_id else None,
    )
    if firm is None:
        return None
    return sheets.Sheet(
        firm=firm,
        goal=proposal.goal if proposal else None,
        address=reverse("record", args=[customer_id])
        + (f"?{urlencode({'offer': offer_id})}" if offer_id else ""),
        days=sheets.follow_up_days(desk.today),
        outcomes=sheets.outcomes(desk.today),
        channels=() if proposal else sheets.channels(CHANNELS, wordings.CHANNELS),
        chosen_channel=proposal.kind if proposal else "call",
        expected=expected.before(proposal.expected_return, proposal.cost) if proposal else "",
    )


def record(desk: Desk, customer_id: str, offer_id: str, form: QueryDict) -> str:
    """Write the outcome, with its follow-up; says what was written."""
    proposal, outcome = offers.proposal(desk.scope, offer_id) if offer_id else None, form.get("outcome", "")
    about = _about(customer_id, proposal, form.get("channel", "call"))
    follow_up = _follow_up(desk, about, outcome, form.get("follow_up", sheets.USUAL))
    done = contacts.record_outcome(
        desk.scope,
        about,
        outcome,
        desk.today,
        note=form.get("note", ""),
        follow_up=follow_up,
        door=_door(desk),
    )
    told = _("Noted: %(outcome)s.") % {"outcome": wordings.outcome(outcome)}
    if done.follow_up:
        told += " " + _("Next time %(day)s, in the calendar.") % {
            "day": formats.near_day(done.follow_up.due_date, tongue(), desk.today)
        }
    return told


def postpone_sheet(desk: Desk, offer_id: str) -> sheets.Sheet | None:
    proposal = offers.proposal(desk.scope, offer_id)
    firm = customers.firm(desk.scope, proposal.customer_id) if proposal else None
    if firm is None or proposal is None:
        return None
    return sheets.Sheet(firm, proposal.goal, reverse("postpone", args=[offer_id]), sheets.days(desk.today))


def postpone(desk: Desk, offer_id: str, form: QueryDict) -> str:
    """Put a line of the list into another day of the calendar."""
    proposal = offers.proposal(desk.scope, offer_id)
    if proposal is None:
        raise Refusal(_("this line has left the list"), next_step=_("Load the page again"))
    until = _day(form.get("other_day", "") if form.get("day") == "other" else form.get("day", ""))
    about = _about(proposal.customer_id, proposal, proposal.kind)
    contacts.put_off(desk.scope, about, until, desk.today, door=_door(desk))
    return _("Put off until %(day)s.") % {"day": formats.near_day(until, tongue(), desk.today)}


def plan_sheet(desk: Desk, customer_id: str) -> sheets.Sheet | None:
    firm = customers.firm(desk.scope, customer_id)
    if firm is None:
        return None
    days = sheets.days(desk.today)
    return sheets.Sheet(
        firm,
        None,
        reverse("plan", args=[customer_id]),
        days,
        channels=sheets.channels(WRITE_CHANNELS, wordings.CHANNELS),
        chosen_day=days[1].value,
        chosen_channel="visit",
    )


def plan(desk: Desk, customer_id: str, form: QueryDict) -> str:
    """Put a promise into the calendar."""
    channel, day = form.get("channel", "visit"), _day(form.get("follow_up", ""))
    contacts.promise(
        desk.scope,
        customer_id,
        form.get("text", ""),
        FollowUp(day, channel, MINUTES.get(channel, 20)),
        desk.today,
        door=_door(desk),
    )
    return _("In the calendar on %(day)s.") % {"day": formats.near_day(day, tongue(), desk.today)}


def move_sheet(desk: Desk, task_id: int) -> sheets.Sheet | None:
    """Days a promise can be moved to; None for one that is closed, or not the reader's."""
    task = contact_queries.task(desk.scope, task_id)
    firm = customers.firm(desk.scope, task.customer_id) if task and task.status == "open" else None
    if task is None or firm is None:
        return None
    return sheets.Sheet(firm, task.title, reverse("task-move", args=[task_id]), sheets.days(desk.today))


def move(desk: Desk, task_id: int, form: QueryDict) -> str:
    """Move a promise to a day, or tick it off."""
    if form.get("done"):
        contacts.complete_task(desk.scope, task_id, desk.today)
        return _("Kept. Well done.")
    day = _day(form.get("other_day", "") if form.get("day") == "other" else form.get("day", ""))
    contacts.move_task(desk.scope, task_id, day, desk.today, door=_door(desk))
    return _("Moved to %(day)s.") % {"day": formats.near_day(day, tongue(), desk.today)}


def save_view(desk: Desk, page: str, form: QueryDict) -> str:
    """Keep a list's state under a name; gives the state back."""
    state = form.get("state", "")
    actions.save_view(desk.scope, page, form.get("title", ""), asked(QueryDict(state)))
    return state


def remove_view(desk: Desk, view_id: int) -> None:
    """Forget one of one's own views; refused when there is none of that number."""
    if not actions.remove_view(desk.scope, view_id):
        raise Refusal(_("this view is gone already"), next_step=_("Load the page again"))


def note_opening(request: HttpRequest, desk: Desk, firm: Any, how: str) -> None:
    """Write down that this firm was looked at."""
    note_reading(
        desk.scope,
        how,
        customer_id=firm.customer_id,
        branch_id=firm.branch_id,
        manager_id=firm.manager_id,
        address=request.META.get("REMOTE_ADDR", ""),
    )


def note_export(request: HttpRequest, desk: Desk, listing: Listing, picked: int) -> None:
    """Write down who took which rows away; raises Refusal when the post may not."""
    may_take(desk)
    note_taken(request, desk, listing.table.name, picked or listing.count, dict(listing.asked))


def may_take(desk: Desk) -> None:
    """Raises Refusal for a post that takes no rows away."""
    if not desk.exports:
        raise Refusal(
            _("your post does not take rows away in a file"),
            next_step=_("Ask the branch head for the right post"),
        )


def note_taken(
    request: HttpRequest, desk: Desk, name: str, rows: int, asked: Mapping[str, str] | None = None
) -> None:
    """Write down who took which rows away."""
    detail: dict[str, object] = {"list": name, "asked": dict(asked or {}), "rows": rows}
    note_reading(desk.scope, "export", detail=detail, address=request.META.get("REMOTE_ADDR", ""))


def _about(customer_id: str, proposal: Any, channel: str) -> About:
    if proposal is None:
        return About(customer_id, channel=channel, minutes=MINUTES.get(channel, 20))
    return about_proposal(proposal, proposal.kind)


def _door(desk: Desk) -> approaching.Door:
    return approaching.Door(desk.scope, desk.today)


def _follow_up(desk: Desk, about: About, outcome: str, asked_for: str) -> FollowUp | None:
    """On the day chosen, or the one this outcome usually has; in the same way as this contact."""
    kind = "visit" if about.channel == "counter" else about.channel
    if asked_for != sheets.USUAL:
        return FollowUp(_day(asked_for), kind, MINUTES.get(kind, 20)) if asked_for else None
    day = sheets.usual_day(outcome, desk.today)
    firm = customers.firm(desk.scope, about.customer_id) if day else None
    if day is None or firm is None:
        return None
    plan, touch = (
        FollowUp(day, kind, MINUTES.get(kind, 20)),
        Touch(desk.today, about.channel, Purpose.CARE, outcome),
    )
    known = approaching.known_of(desk.scope, firm, desk.today)
    ahead = approaching.ahead_of(desk.scope, firm.customer_id, desk.today)
    return approaching.first_allowed(known, plan, touch, ahead, next_working_day)


def check_year(text: str) -> None:
    """Raises Refusal for a day the calendar does not reach; what is no day at all is another's business."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return
    if day.year not in YEARS:
        raise Refusal(
            _("the calendar does not reach %(year)s") % {"year": day.year},
            expected=f"{YEARS[0]}–{YEARS[-1]}",
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            _("no day was picked"), expected=_("one of the days offered, or one from the calendar")
        ) from None
