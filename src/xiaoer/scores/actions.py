"""The two persons of a promotion: one asks for a version to be used, another approves it or sends it back."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

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
            f"version {version or '—'} is not the challenger of {model}", model, shown.challenger or "a challenger",
            "Train the model first, or reload the page",
        )  # fmt: skip
    if queries.waiting(scope, model):
        raise Refusal(
            "a promotion of this model is waiting", model, next_step="Approve or return that one first"
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
        raise Refusal("there is no such promotion", str(case))
    asked = taken[0]
    if asked.staff_id == scope.staff_id:
        raise Refusal("you asked for this promotion yourself", asked.model, "a second person",
                      "Promotion takes two persons: ask somebody else to approve")  # fmt: skip
    if len(taken) > 1:
        raise Refusal(f"the promotion is {taken[-1].step} already", asked.model, next_step="Reload the page")
    if step is Step.APPROVED and _shown(scope, asked.model).challenger != asked.version:
        raise Refusal(f"version {asked.version} is no longer the challenger", asked.model, "the version asked for",
                      "Send it back, and ask for the one that waits now")  # fmt: skip
    return _step(scope, case, step, (asked.model, asked.version), reason=reason, day=today)


def _step(scope: Scope, case: UUID, step: Step, shown: tuple[str, str], **told: Any) -> PromotionStep:
    """`shown` are model and version, `told` reason and day."""
    model, version = shown
    named = {"step": step.value, "staff_id": scope.staff_id, "model": model, "version": version}
    return PromotionStep.objects.create(case=case, **named, **told)


def _may(scope: Scope, step: Step) -> None:
    if not scope.may(RIGHTS[step]):
        raise Refusal(f"your post does not take the step {step}", next_step="Ask for the right post")


def _shown(scope: Scope, model: str) -> Shelved:
    found = queries.shelved(scope, model)
    if found is None:
        raise Refusal(f"there is no model {model!r} on the shelf", expected="a model the desk shows")
    return found


def _reason(text: str) -> str:
    words = typed(text)
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise Refusal("the reason is missing", expected=f"{SHORTEST_REASON} to {LONGEST_REASON} characters",
                      next_step="Say why")  # fmt: skip
    return words


def _one_at_a_time(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"promotion {name}"])
