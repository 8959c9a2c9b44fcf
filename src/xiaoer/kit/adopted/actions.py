"""The two persons of a change: one asks for figures from a day on, another adopts them or sends them back."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.kit.adopted import queries
from xiaoer.kit.adopted.models import FigureStep
from xiaoer.kit.adopted.terms import Step, Subject, Wanted
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed

SHORTEST_REASON, LONGEST_REASON = 4, 1000
LATEST_DAYS = 366


@transaction.atomic
def ask(scope: Scope, subject: Subject, wanted: Wanted, today: date) -> FigureStep:
    """The first person: these figures, from that day on, for this reason.

    Raises Refusal for a post without the right, figures nobody may adopt, nothing changed, a day that is not ahead,
    no reason, or while another change of the subject waits.
    """
    _may(scope, subject.asks)
    _one_at_a_time(subject.name)
    if not wanted.figures:
        raise Refusal(_("nothing is changed"), subject.name, _("at least one figure other than now"))
    subject.check(wanted.figures, wanted.from_date)
    _ahead(subject, wanted.from_date, today)
    if any(len(steps) == 1 for steps in queries.cases(scope, subject.name)):
        raise Refusal(
            _("another change is waiting"), subject.name, next_step=_("Adopt or send back that one first")
        )
    return FigureStep.objects.create(
        case=uuid4(), subject=subject.name, step=Step.ASKED.value, staff_id=scope.staff_id,
        figures=dict(wanted.figures), from_date=wanted.from_date, reason=_reason(subject, wanted.reason), day=today,
    )  # fmt: skip


@transaction.atomic
def approve(scope: Scope, subject: Subject, case: UUID, reason: str, today: date) -> FigureStep:
    """The second person: the figures hold from their day on. Raises Refusal for whoever asked, or a day gone by."""
    asked = _waiting(scope, subject, case)
    subject.check(asked.figures, asked.from_date)
    _ahead(subject, asked.from_date, today)
    return _second(scope, asked, Step.APPROVED, _reason(subject, reason), today)


@transaction.atomic
def give_back(scope: Scope, subject: Subject, case: UUID, reason: str, today: date) -> FigureStep:
    """The second person: it stays as it is, for this reason."""
    return _second(scope, _waiting(scope, subject, case), Step.RETURNED, _reason(subject, reason), today)


def _waiting(scope: Scope, subject: Subject, case: UUID) -> FigureStep:
    _may(scope, subject.adopts)
    _one_at_a_time(subject.name)
    taken = queries.case(scope, case)
    if not taken or taken[0].subject != subject.name:
        raise Refusal(_("there is no such change"), str(case))
    if taken[0].staff_id == scope.staff_id:
        raise Refusal(_("you asked for this change yourself"), subject.name, _("a second person"),
                      _("Two persons change a figure: ask somebody else to adopt it"))  # fmt: skip
    if len(taken) > 1:
        raise Refusal(
            _("the change is %(step)s already") % {"step": taken[-1].step},
            subject.name,
            next_step=_("Load the page again"),
        )
    return taken[0]


def _second(scope: Scope, asked: FigureStep, step: Step, reason: str, today: date) -> FigureStep:
    return FigureStep.objects.create(
        case=asked.case, subject=asked.subject, step=step.value, staff_id=scope.staff_id, figures=asked.figures,
        from_date=asked.from_date, reason=reason, day=today,
    )  # fmt: skip


def _may(scope: Scope, right: str) -> None:
    if not scope.may(right):
        raise Refusal(_("your post does not change these figures"), next_step=_("Ask for the right post"))


def _ahead(subject: Subject, from_date: date, today: date) -> None:
    if not today < from_date <= today + timedelta(days=LATEST_DAYS):
        raise Refusal(
            _("%(from_date)s is no day to begin on") % {"from_date": from_date},
            subject.name,
            _("a day from %(today)s, at most %(most)s days on")
            % {"today": today + timedelta(days=1), "most": LATEST_DAYS},
            _("Choose a day ahead; what was asked for a day gone by is asked for anew"),
        )


def _reason(subject: Subject, text: str) -> str:
    words = typed(text)
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise Refusal(
            _("the reason is missing"),
            subject.name,
            _("%(least)s to %(most)s characters") % {"least": SHORTEST_REASON, "most": LONGEST_REASON},
            _("Say why"),
        )
    return words


def _one_at_a_time(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"figures {name}"])
