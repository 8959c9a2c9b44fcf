"""Recording that somebody looked at a note after it was drawn."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.typed import typed
from xiaoer.loans import queries
from xiaoer.loans.models import Check

WRITING = "contacts.write"
FOUND = ("in_order", "trouble")
SHORTEST, LONGEST, LONGEST_PLACE = 4, 1000, 120


@transaction.atomic
def record_check(
    scope: Scope, note_id: str, found: str, words: str, today: date, *, place: str = ""
) -> Check:
    """Write down what was found. Raises Refusal for a note out of scope, an unknown finding, or without words."""
    if not scope.may(WRITING):
        raise Refusal(_("your post records no checks"), next_step=_("Ask the branch head for the right post"))
    note = queries.note(scope, note_id)
    if note is None:
        raise Refusal(
            _("there is no note %(note_id)s among yours") % {"note_id": note_id},
            expected=_("a note of a firm you see"),
        )
    if found not in FOUND:
        raise Refusal(_("“%(found)s” is not a finding") % {"found": found}, note_id, ", ".join(FOUND))
    said, where = typed(words), typed(place)
    if not SHORTEST <= len(said) <= LONGEST or len(where) > LONGEST_PLACE:
        raise Refusal(
            _("what was seen has no words, or too many"),
            note_id,
            _("%(least)s to %(most)s characters") % {"least": SHORTEST, "most": LONGEST},
        )
    return Check.objects.create(
        note_id=note_id, customer_id=note.customer_id, branch_id=note.branch_id, manager_id=note.manager_id,
        found=found, place=where, words=said, staff_id=scope.staff_id, day=today,
    )  # fmt: skip
