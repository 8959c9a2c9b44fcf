"""Checklists of products just opened, ticked off on the firm's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xiaoer.products.actions import finish
from xiaoer.workbench.desk import desk_of
from xiaoer.workbench.pages import _done, needs, refusals_told


@require_POST
@needs("contacts.write")
@refusals_told
def lesson(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Tick a step off, or say that it is not needed."""
    desk, form = desk_of(request), request.POST
    step = form.get("step", "")
    ended = finish(
        desk.scope, customer_id, form.get("product", ""), step, form.get("end", ""), today=desk.today
    )
    return _done(request, _("Ticked off") if ended.end == "done" else _("Noted: not needed"))
