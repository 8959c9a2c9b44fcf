"""Entering an absence and ending it; handing firms over and taking it back. One transaction each."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xiaoer.branches import queries
from xiaoer.branches.models import Absence, Handover
from xiaoer.branches.rules import away
from xiaoer.branches.terms import Gift, Leave
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope

HANDING = "firms.hand_over"
LONGEST_LEAVE_DAYS = 366
FURTHEST_DAYS = 366
MOST_AT_ONCE = 500
# What PostgreSQL's guards say (migrations 0006 to 0008), so that it has its words in every language.
REFUSED = (
    gettext_noop("an absence is ended by oneself or by the branch head"),
    gettext_noop("an absence is entered by oneself or by the branch head"),
    gettext_noop("an absence begins today or later"),
    gettext_noop("a manager is stood in for by a manager or the head of the same branch"),
    gettext_noop("somebody is away already, or stands in, on those days"),
    gettext_noop("firms are handed over by the head of their own branch"),
    gettext_noop("a handover is undone as a whole"),
    gettext_noop("a handover over several branches is undone by whoever leads all of them"),
    gettext_noop("a handover is undone on its own day, while the firm is where it went"),
    gettext_noop("a firm is handed over in one's own name, from whoever answers for it"),
    gettext_noop("a firm of the pooled desk gets a manager in the files of the bank"),
    gettext_noop("a firm goes to a manager, or to the pooled desk, of its own branch"),
    gettext_noop("it is written on the desk's own day"),
)


@transaction.atomic
def go_away(scope: Scope, leave: Leave, today: date) -> Absence:
    """Enter an absence: one's own, or, by the head, that of a manager of the branch.

    Raises Refusal for days in the past or the wrong way round, for a deputy who is away, the same person or not of the
    branch, and where whoever is to be away stands in for somebody: then nothing is written.
    """
    _check_days(leave, today)
    away_one = queries.staff_named(scope, leave.staff_id)
    if away_one is None or not _may_enter(scope, leave.staff_id, away_one.branch_id):
        raise Refusal(
            _("there is no manager %(who)s of yours") % {"who": leave.staff_id},
            next_step=_("Enter your own absence, or let the branch head enter it"),
        )
    deputies = {one.staff_id for one in queries.possible_deputies(scope, leave.staff_id, today)}
    if leave.deputy_id not in deputies:
        raise Refusal(_("nobody stands in"), expected=_("another manager, or the head, of the same branch"))
    _check_free(leave)
    return _written(
        Absence(
            staff_id=leave.staff_id, branch_id=away_one.branch_id, deputy_id=leave.deputy_id,
            from_date=leave.from_date, to_date=leave.to_date, entered_by=scope.staff_id, day=today,
        )
    )  # fmt: skip


@transaction.atomic
def come_back(scope: Scope, number: int, today: date) -> Absence:
    """Whoever was to be away is back today; raises Refusal where the absence is over, or somebody else's."""
    held = queries.absence(scope, number)
    if held is None or not _may_enter(scope, held.staff_id, held.branch_id):
        raise Refusal(_("this absence is somebody else's"), next_step=_("Ask the branch head"))
    if held.back_date is not None or held.to_date < today:
        raise Refusal(_("this absence is over already"), next_step=_("Load the page again"))
    held.back_date = today
    return _written(held)


@transaction.atomic
def hand_over(scope: Scope, gifts: Sequence[Gift], today: date) -> uuid.UUID:
    """Hand firms to other managers of their branch, all of them or none; what is written about them goes along.

    Raises Refusal for a post that may not, and for a firm that is not where it was when it was chosen.
    """
    if not scope.may(HANDING):
        raise Refusal(_("your post does not hand firms over"), next_step=_("Ask the branch head"))
    if not 0 < len(gifts) <= MOST_AT_ONCE:
        raise Refusal(_("no firm was chosen, or too many"), expected=f"1–{MOST_AT_ONCE}")
    joined = uuid.uuid4()
    for gift in sorted(gifts, key=lambda one: one.customer_id):
        row = Handover(
            handover=joined, customer_id=gift.customer_id, name=gift.name,
            branch_id=gift.branch_id, manager_id=gift.to_id,
            from_id=gift.from_id, to_id=gift.to_id, because=list(gift.because), minutes=gift.minutes,
            worth=gift.worth, staff_id=scope.staff_id, day=today,
        )  # fmt: skip
        _carried(row, gift.customer_id)
    return joined


@transaction.atomic
def take_back(scope: Scope, joined: uuid.UUID, today: date) -> int:
    """Undo a handover of today as a whole; gives how many firms went back.

    Raises Refusal on a later day, and for whoever does not lead every branch of it: then all of it stays.
    """
    rows = list(
        queries.handovers(scope).filter(handover=joined, undone_at__isnull=True).order_by("customer_id")
    )
    if not scope.may(HANDING) or not rows:
        raise Refusal(_("there is nothing to take back"), next_step=_("Load the page again"))
    if rows[0].day != today:
        raise Refusal(
            _("a handover is taken back on its own day"),
            next_step=_("Hand the firms over anew, the other way"),
        )
    for row in rows:
        row.undone_at, row.undone_by = Now(), scope.staff_id
        _carried(row, row.customer_id)
    return len(rows)


def _may_enter(scope: Scope, staff_id: str, branch_id: str) -> bool:
    leads = scope.may(HANDING) and (scope.everything or branch_id in scope.branches)
    return staff_id == scope.staff_id or leads


def _check_days(leave: Leave, today: date) -> None:
    first, last = leave.from_date, leave.to_date
    if first < today or (first - today).days > FURTHEST_DAYS:
        raise Refusal(
            _("%(day)s is no first day") % {"day": first}, expected=_("today or a day within a year after it")
        )
    if not 0 <= (last - first).days < LONGEST_LEAVE_DAYS:
        raise Refusal(
            _("the last day is before the first, or a year away"), next_step=_("Pick the days again")
        )


def _check_free(leave: Leave) -> None:
    """Nobody is away twice, and nobody stands in who is away, or goes away who stands in."""
    touching = Absence.objects.filter(from_date__lte=leave.to_date, to_date__gte=leave.from_date)
    held = [one for one in touching if away(one, max(one.from_date, leave.from_date))]
    if any(one.staff_id == leave.staff_id for one in held):
        raise Refusal(_("an absence on these days is entered already"), next_step=_("End that one first"))
    if any(one.staff_id == leave.deputy_id for one in held):
        raise Refusal(_("whoever should stand in is away on these days"), next_step=_("Choose somebody else"))
    if any(one.deputy_id == leave.staff_id for one in held):
        raise Refusal(
            _("whoever should be away stands in for somebody on these days"),
            next_step=_("Name somebody else there first"),
        )


def _written(row: Absence) -> Absence:
    try:
        with transaction.atomic():
            row.save()
    except DatabaseError as told:
        _refuse(told, row.staff_id)
    return row


def _carried(row: Handover, customer_id: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except DatabaseError as told:
        _refuse(told, customer_id)


def _refuse(told: DatabaseError, where: str) -> NoReturn:
    """What PostgreSQL itself refuses: somebody was quicker, or this is not the asker's to do."""
    if "refused:" not in str(told) and "row-level security" not in str(told):
        raise told
    why = str(told).partition("refused: ")[2].splitlines()
    raise Refusal(
        _(why[0]) if why else _("this is not yours to write"), where, next_step=_("Load the page again")
    ) from told
