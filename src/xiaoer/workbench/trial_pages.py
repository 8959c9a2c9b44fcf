"""Trials: two strategies on a group of firms, simulated from the models' numbers, compared, adopted."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xiaoer.kit.refusal import Refusal
from xiaoer.trials.actions import adopt, begin, run
from xiaoer.workbench import trialling
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import _or_404, needs, refusals_told


@require_http_methods(["GET", "POST"])
@needs("trials.run")
@refusals_told
def trials(request: HttpRequest) -> HttpResponse:
    """All trials, and the form that begins one."""
    desk = desk_of(request)
    if request.method == "POST":
        wanted = trialling.draft(desk, request.POST.dict())
        made = begin(desk.scope, wanted, trialling.group(desk, wanted), desk.today)
        request.session["told"] = _("The arms are dealt; nothing is concluded before the last outcome")
        return redirect("trial", made.trial)
    return show(request, "models", "workbench/trials.html", page=trialling.page(desk))


@require_http_methods(["GET", "POST"])
@needs("trials.run")
@refusals_told
def trial(request: HttpRequest, key: UUID) -> HttpResponse:
    """One trial: its arms, the difference with its interval, the next step."""
    desk = desk_of(request)
    if request.method == "POST":
        request.session["told"] = _stepped(desk, key, request.POST.get("deed", ""))
        return redirect("trial", key)
    return show(request, "models", "workbench/trial.html", page=_or_404(trialling.one(desk, key)))


def _stepped(desk: Desk, key: UUID, deed: str) -> str:
    if deed == "run":
        return _("%(n)s outcomes came in") % {"n": run(desk.scope, key, desk.today)}
    if deed == "adopt":
        adopt(desk.scope, key, desk.today)
        return _("Adopted; the firms' records say so")
    raise Refusal(
        _("“%(deed)s” is not a step") % {"deed": deed},
        expected=_("run, adopt"),
        next_step=_("Load the page again"),
    )
