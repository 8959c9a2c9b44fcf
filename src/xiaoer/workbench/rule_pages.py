"""Rules of attention: the list, a rule's page, the editor with its dry run, and the steps two persons take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaoer.events import adopting, rulebook
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.held import as_rows
from xiaoer.kit.screens.listing import Listing, asked
from xiaoer.workbench import ruling
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.frame import part, show
from xiaoer.workbench.gathering import views
from xiaoer.workbench.pages import _done, _excel, _or_404, _sheet, needs, refusals_told
from xiaoer.workbench.shown import rule_words
from xiaoer.workbench.shown import rules as shown
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.rule_editor import typed

SHEETS = ("propose", "decide", "mute", "unmute", "end")


@require_GET
@needs("rules.read")
@refusals_told
def rules(request: HttpRequest) -> HttpResponse:
    """The product's rules and the bank's own; with ?excel=1 the same as a workbook."""
    desk = desk_of(request)
    found = ruling.lines(desk)
    listing = Listing(
        shown.rules(rule_words.owners(), found), as_rows(found), asked(request.GET), views(desk, "rules")
    )
    if request.GET.get("excel"):
        if not desk.exports:
            raise Refusal(_("your post takes no rows away"), "export")
        return _excel(request, desk, listing)
    told = shown.told(found, ruling.mine_to_take(desk))
    return show(
        request,
        "rules",
        "workbench/rules.html",
        listing=listing,
        told_of=told,
        writes=desk.scope.may("rules.write"),
        save_view_address=reverse("save-view", args=["rules"]),
    )


@require_GET
@needs("rules.read")
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: what it says, its nights, its last dry run, its history."""
    page = _or_404(ruling.sheet(desk_of(request), code, request.GET.get("tab", "")))
    return show(request, "rules", "workbench/rule.html", page=page)


@require_http_methods(["GET", "POST"])
@needs("rules.write")
@refusals_told
def write(request: HttpRequest, code: str = "") -> HttpResponse:
    """The editor; a text with faults comes back with all that was typed."""
    desk = desk_of(request)
    if request.method == "GET":
        return _editor(request, _or_404(ruling.editor(desk, code, request.GET.get("like", ""))))
    text = typed(request.POST)
    if adopting.check(text, desk.today):
        return _editor(request, ruling.checked(desk, text, code, asked=True), status=422)
    step = adopting.write(desk.scope, text, desk.today, code)
    request.session["told"] = _("Kept as a draft; nothing has changed for anybody")
    return redirect("rule", step.rule)


@require_POST
@needs("rules.write")
@refusals_told
def check(request: HttpRequest) -> HttpResponse:
    """What is typed, read back, and what is wrong with it by field; nothing is kept."""
    desk = desk_of(request)
    editor = ruling.checked(desk, typed(request.POST), _code(request.POST))
    return part(request, "workbench/parts/rule_read_back.html", editor=editor, live=True)


@require_POST
@needs("rules.write")
@refusals_told
def try_out(request: HttpRequest) -> HttpResponse:
    """Ask whom what is typed would have named; the answer comes by itself."""
    desk, text, code = desk_of(request), typed(request.POST), _code(request.POST)
    if adopting.check(text, desk.today):
        editor = ruling.checked(desk, text, code, asked=True)
        if not request.headers.get("HX-Request"):
            return _editor(request, editor, status=422)
        return part(request, "workbench/parts/rule_not_tried.html", editor=editor)
    return _run(request, desk, adopting.try_out(desk.scope, text, desk.today, code))


@require_POST
@needs("rules.read")
@refusals_told
def try_kept(request: HttpRequest, code: str) -> HttpResponse:
    """The same for the newest text as it is kept."""
    desk = desk_of(request)
    text = _or_404(_or_404(rulebook.life_of(desk.scope, code)).newest)
    return _run(request, desk, adopting.try_out(desk.scope, text, desk.today, code))


@require_GET
@needs("rules.read")
@refusals_told
def dry_run(request: HttpRequest, number: int) -> HttpResponse:
    """A dry run: as a piece for a page that waits for it, else as a page of its own."""
    desk = desk_of(request)
    return _run(request, desk, _or_404(rulebook.dry_run(desk.scope, number)))


@require_http_methods(["GET", "POST"])
@needs("rules.read")
@refusals_told
def step(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """The sheet of one step in a rule's life, and the step itself."""
    desk = desk_of(request)
    if request.method == "POST":
        return _done(request, _stepped(desk, code, request.POST.get("deed", deed), request.POST))
    if deed not in SHEETS:
        raise Http404
    page = _or_404(ruling.sheet(desk, code))
    page_with_deed = {"page": page, "deed": deed, "address": page.address(deed)}
    return _sheet(request, "workbench/rule_step.html", page_with_deed)


def _stepped(desk: Desk, code: str, deed: str, posted: QueryDict) -> str:
    """Take a step; says what follows, and from which night on."""
    scope, today, reason = desk.scope, desk.today, posted.get("reason", "")
    night = {"day": formats.day(adopting.next_night(today), tongue(), today)}
    deeds: dict[str, tuple[Callable[[], Any], str]] = {
        "propose": (lambda: adopting.propose(scope, code, today), _("Asked for; it waits for a second person")),
        "adopt": (lambda: adopting.adopt(scope, code, today), _("Adopted; it holds from the night of %(day)s on")),
        "return": (lambda: adopting.give_back(scope, code, reason, today), _("Sent back")),
        "mute": (lambda: adopting.mute(scope, code, _day(posted), reason, today),
                 _("Muted from the night of %(day)s on")),
        "unmute": (lambda: adopting.unmute(scope, code, today), _("It speaks again from the night of %(day)s on")),
        "end": (lambda: adopting.end(scope, code, reason, today),
                _("Ended; from the night of %(day)s on it names nobody")),
    }  # fmt: skip
    if deed not in deeds:
        raise Refusal(
            _("“%(deed)s” is not a step") % {"deed": deed},
            expected=", ".join(deeds),
            next_step=_("Load the page again"),
        )
    take, told = deeds[deed]
    take()
    return told % night


def _run(request: HttpRequest, desk: Desk, run: Any) -> HttpResponse:
    page = ruling.run_page(desk, run)
    if request.headers.get("HX-Request"):
        return part(request, "workbench/parts/dry_run.html", run=page)
    if request.method == "POST":
        return redirect(page.address)
    return show(request, "rules", "workbench/dry_run.html", run=page)


def _editor(request: HttpRequest, editor: Any, status: int = 200) -> HttpResponse:
    titles, themes = rule_words.FIELDS, rule_words.facts()
    made = show(request, "rules", "workbench/rule_editor.html", editor=editor, titles=titles, themes=themes)
    made.status_code = status
    return made


def _code(posted: QueryDict) -> str:
    return str(posted.get("rule", ""))


def _day(posted: QueryDict) -> date:
    try:
        return date.fromisoformat(posted.get("until", ""))
    except ValueError:
        raise Refusal(
            _("the last day is missing or no date"), "mute", _("a day"), _("Choose a day")
        ) from None
