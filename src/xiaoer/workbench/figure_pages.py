"""Changing figures by two persons: the sheet that asks, the sheet that decides, what was changed so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from xiaoer.branches.queries import names_of_staff
from xiaoer.contact_policy.queries import Policies
from xiaoer.kit.adopted import queries as adopted
from xiaoer.kit.adopted.actions import approve, ask, give_back
from xiaoer.kit.adopted.terms import Subject, Wanted, in_force
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.screens.guards import refusals_told
from xiaoer.trials.families import BY_GROUP, HOLD_OUTS, SHARE, Families, figures
from xiaoer.workbench.desk import Desk, desk_of
from xiaoer.workbench.pages import _done, _sheet
from xiaoer.workbench.policy_trial import POLICY, Rules
from xiaoer.workbench.shown import effects, policy
from xiaoer.workbench.shown.figure_cases import Asking, Case, Field

SUBJECTS = {one.name: one for one in (POLICY, HOLD_OUTS)}
TITLES = {
    POLICY.name: gettext_lazy("Change the contact policy"),
    HOLD_OUTS.name: gettext_lazy("Change a hold-out"),
}
MOST_DIGITS = 3


def standing(subject: str, on: date) -> dict[str, int]:
    """A subject's figures as they hold on a day."""
    if subject == POLICY.name:
        return {one.code: one.now for one in Rules.in_force(on, Policies.now()).figures()}
    return figures(Families.in_force(on, adopted.held(subject, on)))


def titles(subject: str) -> Mapping[str, Any]:
    """What each figure is called."""
    if subject == POLICY.name:
        return policy.FIGURES
    named = {}
    for family, title in effects.FAMILIES.items():
        named[SHARE + family] = _("%(family)s: per cent left alone") % {"family": title}
        named[BY_GROUP + family] = _("%(family)s: 1 = whole groups, 0 = firms") % {"family": title}
    return named


def cases(desk: Desk, subject: str) -> list[Case]:
    """A subject's changes, the reader's own turn first, then the latest."""
    found = [_case(desk, steps) for steps in adopted.cases(desk.scope, subject)]
    return sorted(found, key=lambda one: (not one.is_mine_to_take, not one.waits))


@require_http_methods(["GET", "POST"])
@refusals_told
def figures_ask(request: HttpRequest, subject: str) -> HttpResponse:
    """The sheet of the first person: which figures, from which day, why."""
    desk, about = desk_of(request), _subject(subject)
    if request.method == "POST":
        now = standing(subject, desk.today)
        asked = {code: _whole(code, request.POST[code]) for code in now if request.POST.get(code, "").strip()}
        changed = {code: value for code, value in asked.items() if value != now[code]}
        wanted = Wanted(changed, _day(request.POST.get("from_date", "")), request.POST.get("reason", ""))
        ask(desk.scope, about, wanted, desk.today)
        return _done(request, _("Asked for; it waits for a second person"))
    if not desk.scope.may(about.asks):
        raise Refusal(_("your post does not open this page"))
    return _sheet(request, "workbench/figures_ask.html", _asking(desk, about, request.GET.dict()))


@require_http_methods(["GET", "POST"])
@refusals_told
def figures_case(request: HttpRequest, case: UUID) -> HttpResponse:
    """A change and its persons; the second adopts it or sends it back, each with a reason."""
    desk = desk_of(request)
    steps = adopted.case(desk.scope, case)
    if not steps or not _reads(desk, SUBJECTS[steps[0].subject]):
        raise Http404
    if request.method == "POST":
        told = _stepped(desk, SUBJECTS[steps[0].subject], case, request.POST)
        return _done(request, told)
    return _sheet(request, "workbench/figures_case.html", _case(desk, steps))


def _stepped(desk: Desk, subject: Subject, case: UUID, told: Mapping[str, str]) -> str:
    deed, reason = told.get("deed", ""), told.get("reason", "")
    if deed == "approve":
        approve(desk.scope, subject, case, reason, desk.today)
        return _("Adopted; it holds from its day on")
    if deed == "return":
        give_back(desk.scope, subject, case, reason, desk.today)
        return _("Sent back")
    raise Refusal(
        _("“%(deed)s” is not a step") % {"deed": deed},
        expected=_("approve, return"),
        next_step=_("Load the page again"),
    )


def _asking(desk: Desk, subject: Subject, asked: Mapping[str, Any]) -> Asking:
    """What the address asks for, or the figures of one family."""
    now, named = standing(subject.name, desk.today), titles(subject.name)
    family = asked.get("family", "")
    wanted = [SHARE + family, BY_GROUP + family] if family else [code for code in now if code in asked]
    fields = [
        Field(code, str(named.get(code, code)), now[code], _whole(code, asked.get(code) or str(now[code])),
              yes_or_no=code.startswith(BY_GROUP))
        for code in wanted if code in now
    ]  # fmt: skip
    return Asking(subject, str(TITLES[subject.name]), fields, desk.today + timedelta(days=1))


def _case(desk: Desk, steps: list[Any]) -> Case:
    first = steps[0]
    people = names_of_staff(desk.scope, {one.staff_id for one in steps})
    before = _before(first)
    return Case(steps, before, titles(first.subject), people, desk.scope, SUBJECTS[first.subject], desk.today)


def _before(asked: Any) -> dict[str, int]:
    """The figures as they held for that day when the change was asked for."""
    earlier = tuple(one for one in adopted.changes(asked.subject) if one.number < asked.pk)
    if asked.subject == POLICY.name:
        return {one.code: one.now for one in Rules.in_force(asked.from_date, Policies(earlier)).figures()}
    return figures(Families.in_force(asked.from_date, in_force(earlier, asked.from_date)))


def _subject(name: str) -> Subject:
    if name not in SUBJECTS:
        raise Http404
    return SUBJECTS[name]


def _reads(desk: Desk, subject: Subject) -> bool:
    return desk.scope.may(subject.asks) or desk.scope.may(subject.adopts)


def _whole(code: str, text: str) -> int:
    typed = text.strip()
    if typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS:
        return int(typed)
    raise Refusal(_("“%(typed)s” is no figure") % {"typed": typed}, code, _("a whole number"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(_("no day was picked"), expected=_("the day from which it holds")) from None
