"""The three hands of a class change: one makes it, another reviews it, a third approves it."""

from datetime import date
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.kit.facts.outbox import publish
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.loans import queries
from xiaoer.loans.models import ClassStep, Note
from xiaoer.loans.terms import ClassChanged, FiveClass, RuleBook, Step

RIGHTS = {Step.MADE: "class.make", Step.REVIEWED: "class.review", Step.APPROVED: "class.approve"}
LONGEST_REASON, SHORTEST_REASON = 1000, 4


@transaction.atomic
def make_change(scope: Scope, note_id: str, to_class: str, today: date, reason: str = "") -> ClassStep:
    """Begin a change of a note's class.

    What the rules ask for needs no words; anything else needs a reason. Milder than the rules ask for is refused,
    with the article. Raises Refusal also for a note out of scope, an open change, or a post without the right.
    """
    _may(scope, Step.MADE)
    _one_at_a_time(note_id)
    note = _note(scope, note_id)
    wanted, now = _known(to_class), queries.in_force(scope, [note])[note_id]
    if wanted == now:
        raise Refusal(_("the note is %(now)s already") % {"now": now}, note_id, _("another class"))
    _refuse_milder(note, wanted, today)
    words = typed(reason)
    by_rule = wanted == note.rule_class
    if not by_rule and len(words) < SHORTEST_REASON:
        raise Refusal(
            _("the rules do not ask for this class"), note_id, _("the reason in words"), _("Say why")
        )
    if len(words) > LONGEST_REASON:
        raise Refusal(
            _("the reason has %(n)s characters") % {"n": len(words)},
            note_id,
            _("at most %(most)s") % {"most": LONGEST_REASON},
        )
    if _open(scope, note_id):
        raise Refusal(
            _("a change of this note is waiting"), note_id, next_step=_("Finish or return that one first")
        )
    return ClassStep.objects.create(
        case=uuid4(), step=Step.MADE.value, staff_id=scope.staff_id, customer_id=note.customer_id, note_id=note_id,
        branch_id=note.branch_id, manager_id=note.manager_id, from_class=now, to_class=wanted.value,
        book_class=note.book_class, rule=note.rule if by_rule else "", reason=words, day=today,
    )  # fmt: skip


@transaction.atomic
def review_change(scope: Scope, case: UUID, today: date) -> ClassStep:
    """The second hand; raises Refusal when it is the first one's, or the change is not waiting for it."""
    return _take(scope, case, Step.REVIEWED, today)


@transaction.atomic
def approve_change(scope: Scope, case: UUID, today: date) -> ClassStep:
    """The third hand: from now on the class holds. Raises Refusal when it is one of the first two."""
    done = _take(scope, case, Step.APPROVED, today)
    named = {name: getattr(done, name) for name in ("customer_id", "branch_id", "manager_id", "note_id")}
    publish(ClassChanged(staff_id=scope.staff_id, **named, from_class=done.from_class, to_class=done.to_class,
                         rule=done.rule, day=today))  # fmt: skip
    return done


@transaction.atomic
def return_change(scope: Scope, case: UUID, reason: str, today: date) -> ClassStep:
    """Send a change back with a reason; it ends there."""
    if not any(scope.may(RIGHTS[step]) for step in (Step.REVIEWED, Step.APPROVED)):
        raise Refusal(_("your post neither reviews nor approves classes"))
    words = typed(reason)
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise Refusal(
            _("the change goes back without a reason"),
            str(case),
            _("why, in words"),
            _("Say what is to be put right"),
        )
    return _take(scope, case, Step.RETURNED, today, words)


def _take(scope: Scope, case: UUID, step: Step, today: date, reason: str = "") -> ClassStep:
    if step in RIGHTS:
        _may(scope, step)
    _one_at_a_time(str(case))
    taken = queries.steps(scope, [case])
    if not taken:
        raise Refusal(_("there is no such change among yours"), str(case))
    if any(one.staff_id == scope.staff_id for one in taken):
        raise Refusal(_("you took a step of this change already"), taken[0].note_id, _("somebody else"),
                      _("Making, reviewing and approving are three people's"))  # fmt: skip
    _refuse_out_of_turn(taken, step)
    first = taken[0]
    kept = (
        "note_id",
        "customer_id",
        "branch_id",
        "manager_id",
        "from_class",
        "to_class",
        "book_class",
        "rule",
    )
    return ClassStep.objects.create(
        case=case, step=step.value, staff_id=scope.staff_id, reason=reason, day=today,
        **{name: getattr(first, name) for name in kept},
    )  # fmt: skip


def _refuse_out_of_turn(taken: list[ClassStep], step: Step) -> None:
    now = taken[-1].step
    turn = {
        Step.REVIEWED: {Step.MADE},
        Step.APPROVED: {Step.REVIEWED},
        Step.RETURNED: {Step.MADE, Step.REVIEWED},
    }
    if now not in turn[step]:
        waits = ", ".join(sorted(turn[step]))
        raise Refusal(
            _("the change is %(now)s") % {"now": now},
            taken[0].note_id,
            _("one that is %(waits)s") % {"waits": waits},
            _("Load the page again"),
        )


def _refuse_milder(note: Note, wanted: FiveClass, today: date) -> None:
    asked = FiveClass(note.rule_class)
    if wanted.grade < asked.grade:
        article = RuleBook.in_force(today).article(note.rule)
        raise Refusal(
            _("%(n)s is milder than the rules allow: %(rule)s (art. %(article)s) asks for at least %(asked)s")
            % {"n": wanted, "rule": note.rule, "article": article, "asked": asked},
            note.note_id,
            _("%(asked)s or worse") % {"asked": asked},
            _("Collateral is no reason against it"),
        )


def _may(scope: Scope, step: Step) -> None:
    if not scope.may(RIGHTS[step]):
        raise Refusal(
            _("your post does not take the step %(step)s") % {"step": step},
            next_step=_("Ask for the right post"),
        )


def _note(scope: Scope, note_id: str) -> Note:
    found: Note | None = queries.note(scope, note_id)
    if found is None:
        raise Refusal(
            _("there is no note %(note_id)s among yours") % {"note_id": note_id},
            expected=_("a note of a firm you see"),
        )
    return found


def _known(code: str) -> FiveClass:
    if code not in {one.value for one in FiveClass}:
        raise Refusal(_("“%(code)s” is not a class") % {"code": code}, expected=", ".join(FiveClass))
    return FiveClass(code)


def _open(scope: Scope, note_id: str) -> bool:
    """Whether a change of the note waits for a hand."""
    rows = ClassStep.objects.seen_by(scope).filter(note_id=note_id)
    ended = rows.filter(step__in=queries.ENDS).values("case")
    return bool(rows.exclude(case__in=ended).exists())


def _one_at_a_time(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"class:{key}"])
