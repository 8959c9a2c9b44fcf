"""Surveys: the list with its links, the script for a call, and the one page a firm opens without signing in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.branches import queries as branches
from xiaoer.customers import queries as customers
from xiaoer.kit.dates import SystemClock
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.satisfaction import queries as surveys
from xiaoer.satisfaction.actions import GONE, opened, take, token
from xiaoer.satisfaction.models import Survey
from xiaoer.satisfaction.terms import LINK, Said, SurveyRule
from xiaoer.workbench import why_left
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _listed, _or_404
from xiaoer.workbench.shown import surveys as shown
from xiaoer.workbench.surveying import RATE_DAYS


@require_GET
@needs("firms.read")
@refusals_told
def survey_list(request: HttpRequest) -> HttpResponse:
    """What waits, what was answered; with ?excel=1 the same as a workbook, links and all, for whoever sends them."""
    desk, known = desk_of(request), dict[str, Any]()
    rates = surveys.rates(desk.scope, desk.today, days=RATE_DAYS)
    names = branches.names_of_staff(desk.scope, {one.judged_id for one in rates[1:]})
    naming = shown.Naming(
        lambda one: known[one.customer_id],
        lambda one: names.get(one.judged_id, ""),
        lambda one: _link(request, one),
    )
    table = shown.surveys(naming, desk.today, SurveyRule.in_force(desk.today).low_score)
    listing = Listing(table, surveys.surveys(desk.scope), asked(request.GET), views(desk, "surveys"))
    rows = listing.found if request.GET.get("excel") else listing.page.object_list
    known.update(customers.firms_by_number(desk.scope, {one.customer_id for one in rows}))
    told = shown.told(rates, names, RATE_DAYS)
    return _listed(request, desk, listing, told, left=why_left.report(desk))


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """What to say on the telephone, and the answer taken down; once answered, what was said."""
    desk = desk_of(request)
    found: Survey = _or_404(surveys.by_key(desk.scope, key))
    if request.method == "POST":
        if not desk.writes:
            raise Refusal(_("your post does not take answers"))
        take(desk.scope, key, _said(request.POST), SystemClock().now(), desk.today, by=desk.scope.staff_id)
        request.session["told"] = _("Taken down. Thank you.")
        return redirect("surveys")
    return show(request, "surveys", "workbench/survey.html", **_told(desk, found, request))


def _told(desk: Desk, found: Survey, request: HttpRequest) -> dict[str, Any]:
    firm = _or_404(customers.firm(desk.scope, found.customer_id))
    names = branches.names_of_staff(desk.scope, {found.judged_id, desk.scope.staff_id})
    return {
        "survey": found, "firm": firm, "judged": names.get(found.judged_id, ""),
        "me": names.get(desk.scope.staff_id, ""),
        "link": _link(request, found), "open": found.score is None and found.until_date >= desk.today,
        "said": shown.said(found), "scores": shown.SCORES,
        "topics": shown.topics(SurveyRule.in_force(desk.today).topics),
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, link: str) -> HttpResponse:
    """The page a firm opens from its link: one question, answered once, nothing about the firm on it."""
    today = request.today  # type: ignore[attr-defined]
    try:
        scope, key = opened(link, request.pointer.edition)  # type: ignore[attr-defined]
        with acting_as(scope):
            if request.method == "POST":
                take(scope, key, _said(request.POST), SystemClock().now(), today)
                return render(request, "workbench/reply.html", {"done": True})
            found = surveys.by_key(scope, key)
        if found is None or found.score is not None or found.until_date < today:
            raise Refusal(GONE)
    except Refusal:
        return render(request, "workbench/reply.html", {"closed": True}, status=410)
    topics = shown.topics(SurveyRule.in_force(today).topics)
    return render(
        request, "workbench/reply.html", {"day": found.day, "scores": shown.SCORES, "topics": topics}
    )


reply.login_required = False  # type: ignore[attr-defined]  # a firm has no account; its link is signed


def _said(form: QueryDict) -> Said:
    text = form.get("score", "")
    score = int(text) if text.isascii() and text.isdigit() else -1
    return Said(score, tuple(form.getlist("topic")), form.get("comment", ""))


def _link(request: HttpRequest, one: Survey) -> str:
    """The address to send; none for a survey asked by telephone or answered."""
    if one.channel != LINK or one.score is not None:
        return ""
    return request.build_absolute_uri(reverse("survey-reply", args=[token(one)]))
