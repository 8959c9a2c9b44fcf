"""What the desk wrote, as the night takes it into the lake: no words a person typed, nothing of tomorrow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
from django.db.models import Case, CharField, DateField, F, IntegerField, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from xiaoer.branches.models import Absence, Handover
from xiaoer.contact_policy.models import Suppression
from xiaoer.contacts.models import Contact, Task
from xiaoer.customers.models import Answer
from xiaoer.events.models import Event, EventStep, RuleStep
from xiaoer.kit.adopted.models import FigureStep
from xiaoer.loans.models import Check
from xiaoer.products.models import Lesson
from xiaoer.satisfaction.models import Request, RequestStep, Survey

TEXT, DAY, WHOLE = pa.string(), pa.date32(), pa.int64()
INSTANT = pa.timestamp("us", tz="UTC")

CHECKS = pa.schema({"note_id": TEXT, "customer_id": TEXT, "day": DAY, "found": TEXT, "staff_id": TEXT})
WHOSE = {"branch_id": TEXT, "manager_id": TEXT}
CONTACTS = pa.schema({
    "contact_id": WHOLE, "offer_id": TEXT, "customer_id": TEXT, "channel": TEXT, "outcome": TEXT,
    "staff_id": TEXT, "at": INSTANT, "day": DAY, "expected_return": WHOLE, "minutes": WHOLE, **WHOSE,
})  # fmt: skip
TASKS = pa.schema({
    "task_id": WHOLE, "customer_id": TEXT, "offer_id": TEXT, "kind": TEXT, "minutes": WHOLE, "status": TEXT,
    "day": DAY, "due_date": DAY, "done_date": DAY, "origin_contact_id": WHOLE, "staff_id": TEXT, **WHOSE,
})  # fmt: skip
SUPPRESSIONS = pa.schema({
    "suppression_id": WHOLE, "customer_id": TEXT, "channel": TEXT, "reason": TEXT, "since_at": INSTANT,
    "day": DAY, "until_date": DAY, "source": TEXT, "staff_id": TEXT, **WHOSE,
})  # fmt: skip
EVENTS = pa.schema({
    "event_id": TEXT, "customer_id": TEXT, "rule": TEXT, "day": DAY, "due_date": DAY, "severity": TEXT,
    "because": TEXT, "goal": TEXT, "amount": WHOLE,
})  # fmt: skip
ANSWERS = pa.schema({
    "answer_id": WHOLE, "customer_id": TEXT, "fact": TEXT, "number": WHOLE, "text": TEXT, "day": DAY,
})  # fmt: skip
SURVEYS = pa.schema({
    "customer_id": TEXT, "staff_id": TEXT, "channel": TEXT, "asked_date": DAY, "score": WHOLE, "day": DAY,
})  # fmt: skip
LESSONS = pa.schema({
    "customer_id": TEXT, "product_id": TEXT, "opened_date": DAY, "step": TEXT, "end": TEXT, "day": DAY,
})  # fmt: skip
RULES = pa.schema({
    "step_id": WHOLE, "rule": TEXT, "version": WHOLE, "step": TEXT, "body": TEXT, "until_date": DAY, "day": DAY,
})  # fmt: skip
FIGURES = pa.schema({
    "step_id": WHOLE, "subject": TEXT, "step": TEXT, "body": TEXT, "from_date": DAY, "day": DAY,
})  # fmt: skip
HANDLED = pa.schema({
    "step_id": WHOLE, "event_id": TEXT, "customer_id": TEXT, "rule": TEXT, "step": TEXT, "until_date": DAY, "day": DAY,
})  # fmt: skip
REQUESTS = pa.schema({
    "request_id": TEXT, "customer_id": TEXT, "kind": TEXT, "topic": TEXT, "channel": TEXT, "day": DAY, "due_date": DAY,
    "owner_id": TEXT,
})  # fmt: skip
REQUEST_STEPS = pa.schema({
    "step_id": WHOLE, "request_id": TEXT, "customer_id": TEXT, "step": TEXT, "day": DAY,
})  # fmt: skip
ABSENCES = pa.schema({
    "absence_id": WHOLE, "staff_id": TEXT, "deputy_id": TEXT, "from_date": DAY, "to_date": DAY, "back_date": DAY,
    "day": DAY,
})  # fmt: skip
HANDOVERS = pa.schema({
    "handover_id": WHOLE, "customer_id": TEXT, "from_id": TEXT, "to_id": TEXT, "day": DAY,
})  # fmt: skip


def collect(business_date: date, *, using: str = "owner") -> dict[str, pa.Table]:
    """desk_contacts, desk_tasks, desk_checks, desk_suppressions: every row written up to and on `business_date`.

    And desk_events: what records told by day, as it was told then; desk_lessons: what was shown of new products;
    desk_answers: facts found out; desk_surveys: what firms said; desk_handled: what was done with events; desk_rules,
    desk_figures: what was done with the bank's rules, and with figures of its parameters; desk_absences and
    desk_handovers: who is away, and which firms went to another manager and were not taken back;
    desk_requests, desk_request_steps: what firms came with at the desk, and what was done about it.

    A task closed after that day is still open as of it. Rows come in the order they were written, so the same
    day gives the same tables.
    """
    return {
        "desk_contacts": _table(CONTACTS, _written(Contact, business_date, using), contact_id="pk"),
        "desk_tasks": _table(
            TASKS, _as_of(_written(Task, business_date, using), business_date),
            task_id="pk", origin_contact_id="origin", status="status_then", done_date="done_then",
        ),
        "desk_checks": _table(CHECKS, _written(Check, business_date, using)),
        "desk_suppressions": _table(
            SUPPRESSIONS, _written(Suppression, business_date, using), suppression_id="pk"
        ),
        "desk_events": _table(
            EVENTS, _by_day(business_date, using), day="event_date", because="because_text", goal="goal_text"
        ),
        "desk_answers": _table(ANSWERS, _written(Answer, business_date, using), answer_id="pk"),
        "desk_lessons": _table(LESSONS, _written(Lesson, business_date, using)),
        "desk_surveys": _table(
            SURVEYS, _scored_by(_written(Survey, business_date, using), business_date), staff_id="judged_id",
            asked_date="day", score="score_then",
        ),
        "desk_rules": _table(RULES, _rules(business_date, using), step_id="pk", body="body_text"),
        "desk_handled": _table(HANDLED, _written(EventStep, business_date, using), step_id="pk"),
        "desk_figures": _table(FIGURES, _figures(business_date, using), step_id="pk", body="figures_text"),
        **_requested(business_date, using),
        "desk_absences": _table(ABSENCES, _absences(business_date, using), absence_id="pk", back_date="back_then"),
        "desk_handovers": _table(
            HANDOVERS, _written(Handover, business_date, using).filter(undone_at__isnull=True), handover_id="pk"
        ),
    }  # fmt: skip


def _requested(business_date: date, using: str) -> dict[str, pa.Table]:
    steps = _written(RequestStep, business_date, using)
    return {
        "desk_requests": _table(REQUESTS, _raised(business_date, using), day="requested_date"),
        "desk_request_steps": _table(REQUEST_STEPS, steps, step_id="pk"),
    }


def _written(model: Any, business_date: date, using: str) -> QuerySet[Any]:
    return model.objects.using(using).filter(day__lte=business_date).order_by("pk")


def _by_day(business_date: date, using: str) -> QuerySet[Any]:
    rows = Event.objects.using(using).filter(noticed_at__isnull=False, event_date__lte=business_date)
    texts = {f"{name}_text": Cast(name, TextField()) for name in ("because", "goal")}
    return rows.annotate(**texts).order_by("pk")


def _raised(business_date: date, using: str) -> QuerySet[Any]:
    rows = Request.objects.using(using).filter(raised_at__isnull=False, requested_date__lte=business_date)
    return rows.order_by("pk")


def _rules(business_date: date, using: str) -> QuerySet[Any]:
    return _written(RuleStep, business_date, using).annotate(body_text=Cast("body", TextField()))


def _figures(business_date: date, using: str) -> QuerySet[Any]:
    return _written(FigureStep, business_date, using).annotate(figures_text=Cast("figures", TextField()))


def _scored_by(surveys: QuerySet[Any], business_date: date) -> QuerySet[Any]:
    """An answer given after the day is not there yet."""
    later = When(answered_date__gt=business_date, then=None)
    return surveys.annotate(score_then=Case(later, default=F("score"), output_field=IntegerField()))


def _absences(business_date: date, using: str) -> QuerySet[Any]:
    later = When(back_date__gt=business_date, then=None)
    then = Case(later, default=F("back_date"), output_field=DateField())
    return _written(Absence, business_date, using).annotate(back_then=then)


def _as_of(tasks: QuerySet[Any], business_date: date) -> QuerySet[Any]:
    later = When(done_date__gt=business_date, then=Value("open"))
    return tasks.annotate(
        status_then=Case(later, default=F("status"), output_field=CharField()),
        done_then=Case(
            When(done_date__gt=business_date, then=None), default=F("done_date"), output_field=DateField()
        ),
    )


def _table(schema: pa.Schema, rows: QuerySet[Any], **renamed: str) -> pa.Table:
    """Column by column in the schema's order; an empty result keeps its types."""
    sources = [renamed.get(name, name) for name in schema.names]
    values: Iterable[tuple[Any, ...]] = rows.values_list(*sources)
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in values], schema=schema)
