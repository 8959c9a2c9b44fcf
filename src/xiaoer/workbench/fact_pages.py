"""Facts found out, answered on the firm's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xiaoer.customers.actions import answer
from xiaoer.workbench.desk import desk_of
from xiaoer.workbench.pages import _done, needs, refusals_told


@require_POST
@needs("contacts.write")
@refusals_told
def fact(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Keep a fact; the next night counts with it."""
    desk, form = desk_of(request), request.POST
    answer(desk.scope, customer_id, form.get("fact", ""), form.get("value", ""), desk.today)
    return _done(request, _("Kept; tonight's run counts with it."))
