"""What each family of decisions brings, against the firms it leaves alone; down to the firms of each arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xiaoer.branches import queries as branches
from xiaoer.customers.queries import firms_by_number
from xiaoer.kit.adopted import queries as adopted
from xiaoer.kit.screens.guards import needs, refusals_told
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.kit.screens.workbook import sheet_of
from xiaoer.trials import seen
from xiaoer.trials.families import BY_GROUP, HOLD_OUTS, SHARE, Families, Family
from xiaoer.workbench import doing, figure_pages, why_left
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import show
from xiaoer.workbench.pages import EXCEL, _excel
from xiaoer.workbench.shown import effect_sheets, effects, wordings

LEAVES = ("retention", "win_back")  # families about firms that go


@require_GET
@needs(seen.READS)
@refusals_told
def effects_page(request: HttpRequest) -> HttpResponse:
    """All families; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    found = desk.remembered(f"effects {desk.scope.staff_id}", lambda: seen.by_family(desk.scope, _day(desk)))
    known = _families(desk)
    lines = effects.lines(
        found,
        effects.FAMILIES,
        desk.today,
        address=lambda code: reverse("effect", args=[code]),
        firms_address=_firms_of,
        share=lambda code: None if known[code].by_bank else known[code].share,
    )
    lines = effects.telling_first(lines)
    if request.GET.get("excel"):
        return _sheet(request, desk, "effects", lines)
    without = [title for code, title in effects.FAMILIES.items() if code not in found]
    changes = [one for one in figure_pages.cases(desk, HOLD_OUTS.name) if one.waits]
    page = effects.Page(lines, [str(one) for one in without], desk.today, changes)
    return show(request, "effects", "workbench/effects.html", page=page, left=why_left.report(desk))


@require_GET
@needs(seen.READS)
@refusals_told
def effect(request: HttpRequest, family: str) -> HttpResponse:
    """One family: whole, cut by rule, tier or branch; its hold-out and who changed it."""
    desk, known = desk_of(request), _family(desk_of(request), family)
    cut = request.GET.get("by", "")
    cut = cut if cut in seen.CUTS else "item"
    parts = seen.by(desk.scope, family, cut, _day(desk))
    lines = effects.lines(
        parts, _titles(desk, family, cut, parts), desk.today,
        firms_address=lambda value: lambda arm: _firms_address(family, arm, cut, value),
    )  # fmt: skip
    if request.GET.get("excel"):
        return _sheet(request, desk, f"effects-{family}", lines)
    whole = seen.by_family(desk.scope, _day(desk)).get(family)
    line = (
        effects.lines({family: whole}, effects.FAMILIES, desk.today, firms_address=_firms_of)[0]
        if whole
        else None
    )
    page = effects.FamilyPage(
        line, known, lines, cut, seen.held_now(desk.scope, desk.today).get(family, 0), desk.today,
        desk.scope.may(HOLD_OUTS.asks) and not known.by_bank,
        _changes_of(desk, family),
    )  # fmt: skip
    left = why_left.report(desk) if family in LEAVES else None
    return show(request, "effects", "workbench/effect.html", page=page, left=left)


@require_GET
@needs(seen.READS)
@refusals_told
def effect_firms(request: HttpRequest, family: str) -> HttpResponse:
    """The firms of a family's arms; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    _family(desk, family)
    known: dict[str, Any] = {}
    rows = seen.rows(desk.scope).filter(family=family)
    table = effect_sheets.firms(
        family, lambda row: known.get(row.customer_id), _items(rows), _branches(desk, rows)
    )
    listing = Listing(table, rows, asked(request.GET))
    held = {
        one.customer_id for one in (listing.found if request.GET.get("excel") else listing.page.object_list)
    }
    known.update(firms_by_number(desk.scope, held))
    if request.GET.get("excel"):
        return _excel(request, desk, listing)
    told = {"n": listing.count, "family": effects.FAMILIES[family]}
    return show(
        request, "effects", "workbench/listing.html", listing=listing,
        sentence=_("%(family)s: %(n)s entries into an arm") % told,
        lede=_("A firm keeps the arm it was dealt, whoever met it. What came of it counts once its time is over."),
    )  # fmt: skip


def _changes_of(desk: Desk, family: str) -> list[Any]:
    """Changes of this family's hold-out."""
    mine = {SHARE + family, BY_GROUP + family}
    return [one for one in figure_pages.cases(desk, HOLD_OUTS.name) if mine & one.first.figures.keys()]


def _sheet(request: HttpRequest, desk: Desk, name: str, lines: list[effects.Line]) -> HttpResponse:
    doing.may_take(desk)
    doing.note_taken(request, desk, name, len(lines))
    made = sheet_of(_("Effects"), *effect_sheets.rows(lines), _("Data as of %(day)s") % {"day": desk.as_of})
    saved = {"Content-Disposition": f'attachment; filename="{name}-{desk.as_of or "empty"}.xlsx"'}
    return HttpResponse(made, content_type=EXCEL, headers=saved)


def _day(desk: Desk) -> Any:
    return desk.as_of or desk.today


def _families(desk: Desk) -> Mapping[str, Family]:
    return Families.in_force(desk.today, adopted.held(HOLD_OUTS.name, desk.today)).of


def _family(desk: Desk, name: str) -> Family:
    found = _families(desk).get(name)
    if found is None:
        raise Http404
    return found


def _firms_of(family: str) -> Any:
    return lambda arm: _firms_address(family, arm)


def _firms_address(family: str, arm: str, cut: str = "", value: str = "") -> str:
    asks = {"arm": arm} | ({cut: value} if cut and value else {})
    return f"{reverse('effect-firms', args=[family])}?{urlencode(asks)}"


def _titles(desk: Desk, family: str, cut: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """What the parts are called, in the order they are shown."""
    if cut == "tier":
        told = {**wordings.TIERS, "": _("Tier on entry not known")}
    elif cut == "branch_id":
        told = _branches(desk, seen.rows(desk.scope).filter(family=family))
    else:
        told = _items(seen.rows(desk.scope).filter(family=family))
    return {code: told.get(code, code) for code in (*[one for one in told if one in parts], *parts)}


def _items(rows: Any) -> dict[str, Any]:
    """Rules and products by what they are called; entries older than the catalogue bear no name yet."""
    found = rows.order_by("item", "called").values_list("item", "called").distinct()
    return {item: called or wordings.word(effects.RULES, item) for item, called in found}


def _branches(desk: Desk, rows: Any) -> dict[str, Any]:
    numbers = sorted(rows.order_by().values_list("branch_id", flat=True).distinct())
    return {number: branches.name_of_branch(desk.scope, number) or number for number in numbers}
