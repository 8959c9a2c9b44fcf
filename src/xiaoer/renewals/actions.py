"""Bringing evidence for a condition of which too little is known."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.renewals import queries
from xiaoer.renewals.models import Evidence
from xiaoer.renewals.terms import State

WRITING = "contacts.write"
SHORTEST, LONGEST = 4, 500


@transaction.atomic
def bring_evidence(scope: Scope, note_id: str, condition: str, words: str, today: date) -> Evidence:
    """Close a gap with what was seen. Raises Refusal for a condition that failed or is met, or without words."""
    if not scope.may(WRITING):
        raise Refusal(
            _("your post records nothing about firms"), next_step=_("Ask the branch head for the right post")
        )
    found = queries.renewal(scope, note_id)
    if found is None:
        raise Refusal(
            _("note %(note_id)s is not maturing among yours") % {"note_id": note_id},
            expected=_("a note on your renewal board"),
        )
    states = {one["condition"]: one["state"] for one in found.conditions}
    if states.get(condition) != State.GAP:
        raise Refusal(
            _("%(condition)s has no gap to close") % {"condition": condition},
            note_id,
            _("a condition of which too little is known"),
        )
    told = typed(words)
    if not SHORTEST <= len(told) <= LONGEST:
        raise Refusal(
            _("the evidence has no words, or too many"),
            note_id,
            _("%(least)s to %(most)s characters") % {"least": SHORTEST, "most": LONGEST},
        )
    return Evidence.objects.create(
        note_id=note_id, customer_id=found.customer_id, branch_id=found.branch_id, manager_id=found.manager_id,
        condition=condition, words=told, staff_id=scope.staff_id, day=today,
    )  # fmt: skip
