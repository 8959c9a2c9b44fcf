"""The shelf of models: one line a model, a page for each, and the two persons who put a version to use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from xiaoer.branches.queries import names_of_staff
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.scores import queries as scores
from xiaoer.scores.actions import approve_promotion, ask_promotion, return_promotion
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _done, _excel, _or_404, _sheet, needs, refusals_told
from xiaoer.workbench.shown import model_words as words
from xiaoer.workbench.shown import shelf as shown
from xiaoer.workbench.shown.model_sheet import TABS, ModelSheet
from xiaoer.workbench.shown.promotions import Case


@require_GET
@needs("models.read")
@refusals_told
def models(request: HttpRequest) -> HttpResponse:
    """The shelf; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    rows = scores.shelf(desk.scope).defer("page")
    people = names_of_staff(desk.scope, _people(rows))
    listing = Listing(shown.shelf(desk.today, people), rows, asked(request.GET), views(desk, "models"))
    if request.GET.get("excel"):
        if not desk.exports:
            raise Refusal(_("your post takes no rows away"), "export")
        return _excel(request, desk, listing)
    cases = _cases(desk, scores.waiting(desk.scope))
    told = shown.told(rows.count(), rows.filter(state="live").count(), rows.exclude(challenger="").count(),
                      rows.filter(drift_level__in=("watch", "act")).count())  # fmt: skip
    return show(
        request,
        "models",
        "workbench/models.html",
        listing=listing,
        cases=cases,
        told_of=told,
        runs_trials=desk.scope.may("trials.run"),
    )


@require_GET
@needs("models.read")
def model(request: HttpRequest, name: str) -> HttpResponse:
    """One model: its card, its judgement, what it reads, the watch over it, its history."""
    desk, tab = desk_of(request), request.GET.get("tab", "")
    row = _or_404(scores.shelved(desk.scope, name))
    cases = _cases(desk, scores.promotions(desk.scope, name))
    people = names_of_staff(desk.scope, {one["by"] for one in row.page["turns"]} | _approvers(row))
    sheet = ModelSheet(row, cases, people, desk.scope, desk.today, tab if tab in TABS else TABS[0])
    return show(request, "models", "workbench/model.html", page=sheet)


@require_http_methods(["GET", "POST"])
@needs("models.ask")
@refusals_told
def model_ask(request: HttpRequest, name: str) -> HttpResponse:
    """The sheet of the first person: the version, and why."""
    desk = desk_of(request)
    if request.method == "POST":
        ask_promotion(
            desk.scope, name, request.POST.get("version", ""), request.POST.get("reason", ""), desk.today
        )
        return _done(request, _("Asked for; it waits for a second person"))
    row = _or_404(scores.shelved(desk.scope, name))
    if not row.challenger:
        raise Http404
    return _sheet(request, "workbench/model_ask.html", ModelSheet(row, (), {}, desk.scope, desk.today))


@require_http_methods(["GET", "POST"])
@needs("models.read")
@refusals_told
def promotion(request: HttpRequest, case: UUID) -> HttpResponse:
    """A promotion and its persons; the second approves it or sends it back."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(
            request, _stepped(desk, case, request.POST.get("deed", ""), request.POST.get("reason", ""))
        )
    found = _cases(desk, [scores.promotion(desk.scope, case)])
    return _sheet(request, "workbench/promotion.html", found[0] if found else None)


def _stepped(desk: Desk, case: UUID, deed: str, reason: str) -> str:
    if deed == "approve":
        approve_promotion(desk.scope, case, desk.today)
        return _("Approved; it is used from the next night on")
    if deed == "return":
        return_promotion(desk.scope, case, reason, desk.today)
        return _("Sent back")
    raise Refusal(
        _("“%(deed)s” is not a step") % {"deed": deed},
        expected=_("approve, return"),
        next_step=_("Load the page again"),
    )


def _cases(desk: Desk, found: Iterable[list[Any]]) -> list[Case]:
    """Promotions with the names of their models and people; the reader's own turn first."""
    kept = [steps for steps in found if steps]
    people = names_of_staff(desk.scope, {one.staff_id for steps in kept for one in steps})
    titles = {one.model: words.name(one) for one in scores.shelf(desk.scope).defer("page")}
    cases = [Case(steps, people, desk.scope, titles.get(steps[0].model, steps[0].model)) for steps in kept]
    return sorted(cases, key=lambda one: (not one.is_mine_to_take, not one.waits))


def _people(rows: Any) -> set[str]:
    return {name for pair in rows.values_list("asked_by", "approved_by") for name in pair if name}


def _approvers(row: Any) -> set[str]:
    return {one["approved_by"] for one in row.page["turns"]}
