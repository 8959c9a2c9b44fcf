"""Surveys: the list with its links, the script for a call, and the one page a firm opens without signing in."""

from __future__ import annotations

from datetime import date
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
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.products.queries import names as names_of_products
from xiaoer.satisfaction import queries as surveys
from xiaoer.satisfaction.actions import Gone, opened, take, token, waiting
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
    rates, products = surveys.rates(desk.scope, desk.today, days=RATE_DAYS), names_of_products(desk.scope)
    low = SurveyRule.in_force(desk.today).low_score
    names = branches.names_of_staff(desk.scope, {one.of for one in rates[1:]})
    naming = shown.Naming(
        lambda one: known[one.customer_id],
        lambda one: names.get(one.judged_id, ""),
        lambda one: _link(request, one),
        products,
    )
    table = shown.surveys(naming, desk.today, low)
    listing = Listing(table, surveys.surveys(desk.scope), asked(request.GET), views(desk, "surveys"))
    rows = listing.found if request.GET.get("excel") else listing.page.object_list
    known.update(customers.firms_by_number(desk.scope, {one.customer_id for one in rows}))
    by_product = [
        shown.ProductRate(one, products.get(one.of, one.of), low)
        for one in surveys.by_product(desk.scope, desk.today, days=RATE_DAYS)
    ]
    told = shown.told(rates, names, RATE_DAYS)
    return _listed(
        request, desk, listing, told, "workbench/surveys.html", by_product=by_product, days=RATE_DAYS,
        left=why_left.report(desk),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("firms.read")
@refusals_told
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """What to say on the telephone, and the answer taken down; once answered, what was said."""
    desk = desk_of(request)
    found: Survey = _or_404(surveys.by_key(desk.scope, key))
    if request.method == "GET":
        return show(request, "surveys", "workbench/survey.html", **_told(desk, found, request))
    if not desk.writes:
        raise Refusal(_("your post does not take answers"))
    said = _said(request.POST)
    try:
        take(desk.scope, key, said, SystemClock().now(), desk.today, by=desk.scope.staff_id)
    except Gone:
        raise
    except Refusal as refusal:
        told = _told(desk, found, request) | _again(refusal, said)
        answer = show(request, "surveys", "workbench/survey.html", **told)
        answer.status_code = 422
        return answer
    request.session["told"] = _("Taken down. Thank you.")
    return redirect("surveys")


def _told(desk: Desk, found: Survey, request: HttpRequest) -> dict[str, Any]:
    firm = _or_404(customers.firm(desk.scope, found.customer_id))
    names = branches.names_of_staff(desk.scope, {found.judged_id, desk.scope.staff_id})
    product = names_of_products(desk.scope).get(found.product_id, found.product_id)
    return {
        "survey": found, "firm": firm, "product": product, "judged": names.get(found.judged_id, ""),
        "me": names.get(desk.scope.staff_id, ""),
        "link": _link(request, found), "open": found.score is None and found.until_date >= desk.today,
        "said": shown.said(found), "scores": shown.SCORES,
        "topics": shown.topics(SurveyRule.in_force(desk.today).topics),
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, link: str) -> HttpResponse:
    """The page a firm opens from its link: who asks, one question, answered once, nothing about the firm on it."""
    today = request.today  # type: ignore[attr-defined]
    try:
        scope, key = opened(link, request.pointer.edition)  # type: ignore[attr-defined]
        with acting_as(scope):
            asked = _asked(scope, waiting(scope, key, today), today)
            if request.method == "GET":
                return render(request, "workbench/reply.html", asked)
            return _answered(request, scope, key, asked)
    except Gone:
        return render(request, "workbench/reply.html", {"closed": True}, status=410)


def _answered(request: HttpRequest, scope: Scope, key: str, asked: dict[str, Any]) -> HttpResponse:
    """Thanks; or, for an answer that cannot be, the form once more with what was ticked and written."""
    said, today = _said(request.POST), request.today  # type: ignore[attr-defined]
    try:
        take(scope, key, said, SystemClock().now(), today)
    except Gone:
        raise
    except Refusal as refusal:
        return render(request, "workbench/reply.html", asked | _again(refusal, said), status=422)
    return render(request, "workbench/reply.html", {"done": True})


def _asked(scope: Scope, found: Survey, today: date) -> dict[str, Any]:
    asks, topics = (
        branches.name_of_branch(scope, found.branch_id),
        shown.topics(SurveyRule.in_force(today).topics),
    )
    return {"day": found.day, "asks": asks, "scores": shown.SCORES, "topics": topics}


def _again(refusal: Refusal, said: Said) -> dict[str, Any]:
    return {"wrong": str(refusal), "kept": said}


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
