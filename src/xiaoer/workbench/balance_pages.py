"""Overload put right: the proposal and its sum, carrying it out, taking it back, what was handed over."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaoer.branches import queries as branches
from xiaoer.branches.actions import HANDING, take_back
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.workbench import balancing
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import part, show
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _listed, needs, refusals_told
from xiaoer.workbench.shown import balance as shown
from xiaoer.workbench.shown import handed

TOLD_OF = 2_000  # handovers counted for the sentence


@require_http_methods(["GET", "POST"])
@needs(HANDING)
@refusals_told
def balance(request: HttpRequest) -> HttpResponse:
    """A branch's proposal; sent back, what was chosen of it is carried out."""
    desk = desk_of(request)
    if request.method == "POST":
        chosen = _chosen(request.POST)
        if not chosen:
            raise Refusal(_("no firm is chosen"), next_step=_("Choose for at least one firm who takes it"))
        balancing.carry_out(desk, chosen)
        words = ngettext("%(n)s firm handed over.", "%(n)s firms handed over.", len(chosen))
        request.session["told"] = words % {"n": len(chosen)}
        return redirect(f"{reverse('balance')}?branch={request.POST.get('branch', '')}")
    within = _within(desk, request.GET.get("branch", ""))
    names = balancing.manager_names(desk)
    back = _today(desk, within.branch_id)
    name = branches.name_of_branch(desk.scope, within.branch_id) or within.branch_id
    return show(request, "capacity", "workbench/balance.html", page=shown.page(within, name, names, back))


@require_GET
@needs(HANDING)
@refusals_told
def balance_sum(request: HttpRequest) -> HttpResponse:
    """How everybody would stand with what is chosen now."""
    desk = desk_of(request)
    within = _within(desk, request.GET.get("branch", ""))
    return part(
        request,
        "workbench/parts/balance_sum.html",
        sum=shown.summed(within, _chosen(request.GET), balancing.manager_names(desk)),
    )


@require_POST
@needs(HANDING)
@refusals_told
def balance_undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a handover of today back."""
    desk = desk_of(request)
    count = take_back(desk.scope, key, desk.today)
    words = ngettext("%(n)s firm is back where it was.", "%(n)s firms are back where they were.", count)
    request.session["told"] = words % {"n": count}
    return redirect(f"{reverse('balance')}?branch={request.POST.get('branch', '')}")


@require_GET
@needs("firms.read")
@refusals_told
def handovers(request: HttpRequest) -> HttpResponse:
    """What was handed over, for whoever gave, took or leads; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    rows, names = branches.handovers(desk.scope), balancing.manager_names(desk)
    listing = Listing(handed.table(names), rows, asked(request.GET), views(desk, "handovers"))
    return _listed(request, desk, listing, handed.told(list(rows[:TOLD_OF]), desk.scope.staff_id))


def _chosen(form: Mapping[str, str]) -> dict[str, str]:
    """Firms with whom they go to; those that stay are left out."""
    return {name.removeprefix("to-"): to for name, to in form.items() if name.startswith("to-") and to}


def _within(desk: Desk, branch_id: str) -> balancing.Branch:
    """The branch asked for, or the one where most have too much, of those in sight."""
    overloaded = balancing.overloads(desk)
    most = max(overloaded, key=lambda one: (len(overloaded[one]), one), default="")
    found = branch_id or most or next(iter(desk.scope.branches), "")
    if not found or not (desk.scope.everything or found in desk.scope.branches):
        raise Http404
    return balancing.branch(desk, found)


def _today(desk: Desk, branch_id: str) -> list[dict[str, object]]:
    """Handovers of today that can still be taken back, each with its firms and who did it."""
    joined: dict[UUID, list[str]] = {}
    for one in branches.handovers(desk.scope).filter(
        day=desk.today, undone_at__isnull=True, branch_id=branch_id
    ):
        joined.setdefault(one.handover, []).append(one.name)
    return [{"key": key, "firms": firms} for key, firms in joined.items()]
