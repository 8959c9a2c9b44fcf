"""What a tap writes: the form read, one action called, a sentence to say afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from xiaoer.applications import actions
from xiaoer.applications.actions.papers import Handed
from xiaoer.applications.models import Application, Paper
from xiaoer.applications.reader import Reader
from xiaoer.applications.shown.words import word
from xiaoer.applications.terms import Given, Request, Verb
from xiaoer.evidence.actions import Ready, file
from xiaoer.evidence.terms import Owner, Subject
from xiaoer.kit.audit import note_reading
from xiaoer.kit.money import to_fen
from xiaoer.kit.refusal import Refusal

PERCENT = 100
LONGEST_DIGITS = 12


def begin(reader: Reader, customer_id: str, form: QueryDict) -> Application:
    """Write a request; amounts are typed in 万元 (ten thousands of yuan)."""
    asked = Request(
        customer_id=customer_id,
        product=form.get("product", ""),
        amount=_wan(form.get("amount", "")) or 0,
        term_months=_whole(form.get("term_months", "")) or 0,
        purpose=form.get("purpose", ""),
        source=form.get("source", "manager"),
    )
    return actions.begin(reader.scope, asked, reader.today, reader.now)


def step(reader: Reader, application_id: int, verb: Verb, form: QueryDict) -> str:
    """Take a step; says where it led."""
    given = Given(
        words=form.get("words", ""),
        minutes=_whole(form.get("minutes", "")),
        reason=form.get("reason", ""),
        amount=_wan(form.get("amount", "")),
        rate=_rate(form.get("rate", "")),
        term_months=_whole(form.get("term_months", "")),
        reference=form.get("reference", ""),
    )
    moved = actions.move(reader.scope, application_id, verb, given, reader.today, now=reader.now)
    return _("Done: %(verb)s. It stands at %(stage)s.") % {
        "verb": word("verb", verb),
        "stage": word("stage", moved.stage),
    }


def paper(
    reader: Reader, application_id: int, kind: str, form: QueryDict, photos: Sequence[Ready] = ()
) -> str:
    """Receive, verify or send back a paper, or ask that it be let go; photos are filed with one received."""
    deed, words = form.get("deed", ""), form.get("words", "")
    told = {"paper": word("paper", kind)}
    if deed == "receive":
        handed = Handed(
            expires_date=_day(form.get("until", "")),
            place=form.get("place", ""),
            longitude=_degrees(form.get("longitude", "")),
            latitude=_degrees(form.get("latitude", "")),
        )
        made = actions.receive(reader.scope, application_id, kind, handed, reader.today, now=reader.now)
        _file(reader, made, photos)
        return _("Received: %(paper)s.") % told
    if deed in {"verify", "reject"}:
        good = deed == "verify"
        actions.verify(
            reader.scope, application_id, kind, reader.today, now=reader.now, words=words, good=good
        )
        return (_("Verified: %(paper)s.") if good else _("Sent back: %(paper)s.")) % told
    if deed == "ask":
        until = _day(form.get("until", ""))
        actions.ask(reader.scope, application_id, kind, words, reader.today, now=reader.now, until_date=until)
        return _("Exception asked for: %(paper)s.") % told
    raise Refusal(_("nothing was chosen"), next_step=_("Choose what happened to the paper"))


def _file(reader: Reader, made: Paper, photos: Sequence[Ready]) -> None:
    owner = Owner(Subject.PAPER, str(made.pk), made.customer_id, made.branch_id, made.manager_id)
    file(reader.scope, photos, owner, reader.today, reader.now)


def answer(reader: Reader, exemption_id: int, form: QueryDict) -> str:
    """Grant or refuse an exception."""
    told = form.get("answer", "")
    if told not in {"granted", "refused"}:
        raise Refusal(_("nothing was chosen"), next_step=_("Grant the exception or refuse it"))
    granted = told == "granted"
    actions.answer(
        reader.scope, exemption_id, form.get("words", ""), reader.today, now=reader.now, granted=granted
    )
    return _("Exception granted.") if granted else _("Exception refused.")


def explain(reader: Reader, application_id: int, form: QueryDict) -> str:
    """Close a difference with a reason."""
    words = form.get("words", "")
    actions.explain(reader.scope, application_id, words, reader.today, now=reader.now, as_of=reader.as_of)
    return _("The difference is explained.")


def note(request: HttpRequest, reader: Reader, what: str, found: Any, **detail: object) -> None:
    """Write down that an application, its file or its worksheet was opened."""
    note_reading(
        reader.scope,
        what,
        customer_id=found.customer_id,
        branch_id=found.branch_id,
        manager_id=found.manager_id,
        detail=detail,
        address=request.path,
    )


def note_export(request: HttpRequest, reader: Reader, rows: int) -> None:
    """Write down that rows left in a file; raises Refusal for a post that takes none away."""
    if not reader.exports:
        raise Refusal(_("your post takes no rows away in a file"), next_step=_("Ask the branch head"))
    note_reading(reader.scope, "export", detail={"rows": rows}, address=request.get_full_path())


def _wan(typed: str) -> int | None:
    """万元 as fen."""
    return to_fen(typed) * 10_000 if typed.strip() else None


def _rate(typed: str) -> float | None:
    """Percent per year as a fraction."""
    return to_fen(typed) / PERCENT / PERCENT if typed.strip() else None


def _whole(typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > LONGEST_DIGITS:
        raise Refusal(_("%(typed)s is not a whole number") % {"typed": text[:LONGEST_DIGITS]})
    return int(text)


def _degrees(typed: str) -> float | None:
    if not typed.strip():
        return None
    try:
        return float(typed)
    except ValueError as wrong:
        raise Refusal(_("a place is told in degrees"), expected="114.30") from wrong


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as wrong:
        raise Refusal(_("%(typed)s is not a day") % {"typed": typed[:20]}, expected="2026-11-30") from wrong
