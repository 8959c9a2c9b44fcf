"""Writing stops."""

from datetime import date

from django.db import transaction

from xiaoer.contact_policy.models import Suppression
from xiaoer.contacts.terms import DO_NOT_CONTACT, OutcomeRecorded


def stop_when_asked(fact: OutcomeRecorded) -> None:
    """A firm that asked not to be contacted is not, on any channel, until it says otherwise."""
    if fact.outcome == DO_NOT_CONTACT:
        _stop(fact, fact.day)


@transaction.atomic
def _stop(fact: OutcomeRecorded, day: date) -> Suppression:
    return Suppression.objects.create(
        customer_id=fact.customer_id,
        branch_id=fact.branch_id,
        manager_id=fact.manager_id,
        staff_id=fact.staff_id,
        reason="asked_not_to",
        source="contacts",
        day=day,
    )
