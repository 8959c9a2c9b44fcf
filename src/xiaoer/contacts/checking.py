"""What cannot be written down about a contact or a plan, said in the reader's language."""

from datetime import date

from django.utils.translation import gettext as _

from xiaoer.contacts.terms import CHANNELS, DO_NOT_CONTACT, LONGEST_NOTE, About, FollowUp, Outcome, outcomes
from xiaoer.kit.refusal import Refusal

FURTHEST_DAYS = 366
LEAST_MINUTES, MOST_MINUTES = 1, 600
KINDS = ("visit", "call", "message", "check")


def known_outcome(code: str) -> Outcome:
    """What is written down under a code; Refusal for one nobody knows."""
    if code not in outcomes():
        raise Refusal(_("“%(code)s” is not an outcome") % {"code": code}, expected=", ".join(outcomes()))
    return outcomes()[code]


def check(about: About, note: str, today: date, follow_up: FollowUp | None, outcome: str) -> None:
    """Refusal for a contact that cannot have been so."""
    if about.channel not in CHANNELS:
        raise Refusal(
            _("“%(channel)s” is not a way to contact a firm") % {"channel": about.channel},
            expected=", ".join(CHANNELS),
        )
    if not about.offer_id.isprintable():
        raise Refusal(_("the proposal's key is not one of ours"), next_step=_("Load the page again"))
    if len(note) > LONGEST_NOTE:
        long = _("the note has %(n)s characters") % {"n": len(note)}
        raise Refusal(long, expected=characters(0, LONGEST_NOTE))
    if follow_up is not None and outcome == DO_NOT_CONTACT:
        raise Refusal(
            _("a firm that asked not to be contacted takes no follow-up"), next_step=_("Record it without")
        )
    if follow_up is not None:
        check_plan(follow_up, today)


def check_plan(plan: FollowUp, today: date) -> None:
    """Refusal for a day, a way or minutes nobody plans with."""
    check_day(plan.due_date, today)
    if plan.kind not in KINDS:
        raise Refusal(
            _("“%(kind)s” is not a way to come back") % {"kind": plan.kind}, expected=", ".join(KINDS)
        )
    if not LEAST_MINUTES <= plan.minutes <= MOST_MINUTES:
        odd = _("%(n)s minutes") % {"n": plan.minutes}
        raise Refusal(
            odd, expected=_("%(least)s to %(most)s") % {"least": LEAST_MINUTES, "most": MOST_MINUTES}
        )


def check_day(day: date, today: date) -> None:
    """Refusal for a day that is past or too far."""
    if not 0 <= (day - today).days <= FURTHEST_DAYS:
        raise Refusal(
            _("%(day)s is not a day to plan for") % {"day": day},
            expected=_("%(today)s or a day within a year after it") % {"today": today},
        )


def characters(least: int, most: int) -> str:
    """How long a text may be, in words."""
    return _("%(least)s to %(most)s characters") % {"least": least, "most": most}
