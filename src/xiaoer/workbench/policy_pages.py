"""Trying a change of the contact policy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.contact_policy.queries import Policies
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.workbench import figure_pages, policy_trial
from xiaoer.workbench.desk import desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.shown import policy


@require_GET
@needs("policy.try")
@refusals_told
def policy_page(request: HttpRequest) -> HttpResponse:
    """The figures in force, others beside them, and whom last night's list would have lost or won by them."""
    desk, refused = desk_of(request), ""
    now = policy_trial.Rules.in_force(desk.today, Policies.now())
    try:
        then = now.changed(request.GET)
    except Refusal as refusal:
        then, refused = now, str(refusal)
    pairs = zip(now.figures(), then.figures(), strict=True)
    fields = tuple(policy.Field(a.code, str(policy.FIGURES[a.code]), a.now, b.now, a.least) for a, b in pairs)
    page = policy.Page(fields, policy_trial.tried(desk, then), desk.today, refused,
                       desk.scope.may("policy.ask"), tuple(figure_pages.cases(desk, "contact_policy")))  # fmt: skip
    return show(request, "policy", "workbench/policy.html", page=page)
