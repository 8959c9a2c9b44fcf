"""The request, and every step after it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.applications.actions.acting import actor_of, belonging, found_or_refused, refuse
from xiaoer.applications.models import Application, Step
from xiaoer.applications.queries import standing
from xiaoer.applications.rules import forbids, refuses_request, waited
from xiaoer.applications.terms import MOVES, ApplicationMoved, Clocks, Given, Request, Stage, Verb
from xiaoer.customers.queries import firm
from xiaoer.kit.facts.outbox import publish
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed


@transaction.atomic
def begin(scope: Scope, asked: Request, day: date, now: datetime) -> Application:
    """Write a request; PostgreSQL adds its first step. Raises Refusal for a firm out of scope or odd terms."""
    found = firm(scope, asked.customer_id)
    if found is None:
        raise Refusal(
            _("there is no firm %(customer_id)s, or somebody else answers for it")
            % {"customer_id": asked.customer_id},
            next_step=_("Open the firm from the list of firms"),
        )
    refuse(refuses_request(asked, actor_of(scope, day)))
    made = Application.objects.create(
        customer_id=found.customer_id,
        branch_id=found.branch_id,
        manager_id=found.manager_id,
        staff_id=scope.staff_id,
        product=asked.product,
        amount=asked.amount,
        term_months=asked.term_months,
        purpose=typed(asked.purpose),
        source=asked.source,
        received_date=day,
        stage_since_at=now,
    )
    made.refresh_from_db()  # the database has chosen its track
    _tell(scope, made, Verb.REQUEST, day)
    return made


@transaction.atomic
def move(
    scope: Scope, application_id: int, verb: Verb, given: Given, day: date, *, now: datetime
) -> Application:
    """Take a step. Raises Refusal with every rule that says no, or when somebody else moved it meanwhile."""
    found = found_or_refused(scope, application_id)
    refuse(forbids(standing(scope, found, day), verb, actor_of(scope, day), given))
    step = MOVES[Stage(found.stage), verb]
    Step.objects.create(
        **belonging(found, scope),
        part=step.part,
        verb=verb,
        from_stage=step.stage,
        to_stage=step.to,
        at=now,
        day=day,
        waited_minutes=waited(found.stage_since_at, now, Clocks.in_force(day)),
        minutes=given.minutes,
        words=typed(given.words),
        reason=given.reason if verb is Verb.DECLINE else "",
        amount=given.amount if verb is Verb.APPROVE else None,
        rate=given.rate if verb is Verb.APPROVE else None,
        term_months=given.term_months if verb is Verb.APPROVE else None,
        reference=typed(given.reference),
    )
    found.refresh_from_db()
    _tell(scope, found, verb, day)
    return found


def _tell(scope: Scope, found: Application, verb: Verb, day: date) -> None:
    publish(
        ApplicationMoved(
            staff_id=scope.staff_id,
            customer_id=found.customer_id,
            branch_id=found.branch_id,
            manager_id=found.manager_id,
            application_id=found.pk,
            verb=verb,
            stage=found.stage,
            day=day,
        )
    )
