"""Finishing a step of an opening's checklist."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.products.models import Lesson
from xiaoer.products.queries import checklists
from xiaoer.products.terms import ENDS

WRITING = "contacts.write"


@transaction.atomic
def finish(scope: Scope, customer_id: str, product_id: str, step: str, end: str, *, today: date) -> Lesson:
    """Say that a step is done or not needed; said again, the first word stands.

    Raises Refusal for a post that only reads, an end that is none, and a step no open checklist of the firm has.
    """
    if not scope.may(WRITING):
        raise Refusal(
            _("your post does not keep checklists"), next_step=_("Ask the branch head for the right post")
        )
    if end not in ENDS:
        raise Refusal(_("“%(end)s” ends no step") % {"end": end}, expected=", ".join(ENDS))
    held = next((one for one in checklists(scope, customer_id) if one.opening.product_id == product_id), None)
    if held is None or step not in {one.code for one in held.steps}:
        raise Refusal(_("this checklist has no such step any more"), next_step=_("Load the page again"))
    opening = held.opening
    whose = {"branch_id": opening.branch_id, "manager_id": opening.manager_id}
    lesson, _made = Lesson.objects.get_or_create(
        customer_id=customer_id, product_id=product_id, opened_date=opening.opened_date, step=step,
        defaults={**whose, "end": end, "staff_id": scope.staff_id, "day": today},
    )  # fmt: skip
    return lesson
