"""The two persons of a promotion: one asks for a version to be used, another approves it or sends it back."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.scores import queries
from xiaoer.scores.models import PromotionStep, Shelved
from xiaoer.scores.terms import Step

RIGHTS = {Step.ASKED: "models.ask", Step.APPROVED: "models.approve", Step.RETURNED: "models.approve"}
LONGEST_REASON, SHORTEST_REASON = 1000, 4


@transaction.atomic
def ask_promotion(scope: Scope, model: str, version: str, reason: str, today: date) -> PromotionStep:
    """The first person: this version, for this reason. Only the challenger the desk shows may be asked for.

    Raises Refusal for a post without the right, for another version, without a reason, or when one is asked already.
    """
    _may(scope, Step.ASKED)
    _one_at_a_time(model)
    shown = _shown(scope, model)
    if not version or version != shown.challenger:
        raise Refusal(
            _("version %(version)s is not the challenger of %(model)s")
            % {"version": version or "—", "model": model},
            model,
            shown.challenger or "a challenger",
            _("Train the model first, or reload the page"),
        )
    if queries.waiting(scope, model):
        raise Refusal(
            _("a promotion of this model is waiting"), model, next_step=_("Approve or return that one first")
        )
    return _step(scope, uuid4(), Step.ASKED, (shown.model, version), reason=_reason(reason), day=today)


@transaction.atomic
def approve_promotion(scope: Scope, case: UUID, today: date) -> PromotionStep:
    """The second person: the next night takes the version. Raises Refusal for whoever asked."""
    return _take(scope, case, Step.APPROVED, "", today)


@transaction.atomic
def return_promotion(scope: Scope, case: UUID, reason: str, today: date) -> PromotionStep:
    """Send it back with a reason; it ends there."""
    return _take(scope, case, Step.RETURNED, _reason(reason), today)


def _take(scope: Scope, case: UUID, step: Step, reason: str, today: date) -> PromotionStep:
    _may(scope, step)
    _one_at_a_time(str(case))
    taken = queries.promotion(scope, case)
    if not taken:
        raise Refusal(_("there is no such promotion"), str(case))
    asked = taken[0]
    if asked.staff_id == scope.staff_id:
        raise Refusal(_("you asked for this promotion yourself"), asked.model, _("a second person"),
                      _("Promotion takes two persons: ask somebody else to approve"))  # fmt: skip
    if len(taken) > 1:
        raise Refusal(
            _("the promotion is %(step)s already") % {"step": taken[-1].step},
            asked.model,
            next_step=_("Load the page again"),
        )
    if step is Step.APPROVED and _shown(scope, asked.model).challenger != asked.version:
        raise Refusal(
            _("version %(version)s is no longer the challenger") % {"version": asked.version},
            asked.model,
            _("the version asked for"),
            _("Send it back, and ask for the one that waits now"),
        )
    return _step(scope, case, step, (asked.model, asked.version), reason=reason, day=today)


def _step(scope: Scope, case: UUID, step: Step, shown: tuple[str, str], **told: Any) -> PromotionStep:
    """`shown` are model and version, `told` reason and day."""
    model, version = shown
    named = {"step": step.value, "staff_id": scope.staff_id, "model": model, "version": version}
    return PromotionStep.objects.create(case=case, **named, **told)


def _may(scope: Scope, step: Step) -> None:
    if not scope.may(RIGHTS[step]):
        raise Refusal(
            _("your post does not take the step %(step)s") % {"step": step},
            next_step=_("Ask for the right post"),
        )


def _shown(scope: Scope, model: str) -> Shelved:
    found = queries.shelved(scope, model)
    if found is None:
        raise Refusal(
            _("there is no model “%(model)s” on the shelf") % {"model": model},
            expected=_("a model the desk shows"),
        )
    return found


def _reason(text: str) -> str:
    words = typed(text)
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise Refusal(
            _("the reason is missing"),
            expected=_("%(least)s to %(most)s characters")
            % {"least": SHORTEST_REASON, "most": LONGEST_REASON},
            next_step=_("Say why"),
        )
    return words


def _one_at_a_time(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"promotion {name}"])
