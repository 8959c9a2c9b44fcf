"""What comes after a drawdown: its note in the bank's files, and the checks made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.applications.drawdowns import AMISS, CoreState
from xiaoer.applications.models import Application
from xiaoer.applications.queries import Core
from xiaoer.applications.shown.words import listed, word
from xiaoer.evidence.shown import Shown

TONES = {
    CoreState.FOUND: "good",
    CoreState.DIFFERS: "bad",
    CoreState.ABSENT: "bad",
    CoreState.EXPLAINED: "warn",
}


@dataclass(frozen=True)
class CoreTold:
    """A drawdown's state in words, with its tone; `address` is where a difference is explained."""

    core: Core
    application: Application
    name: Callable[[str], str]

    @property
    def said(self) -> str:
        note = self.core.found
        if note is None and self.core.state is CoreState.WAITING:
            return word("core", CoreState.WAITING)
        if note is None:
            return _("not in the bank's files after %(n)s days") % {"n": self.core.days}
        if not note.differs:
            return _("found as note %(note)s") % {"note": note.note_id}
        return _("note %(note)s differs: %(what)s") % {
            "note": note.note_id,
            "what": listed("core_differs", note.differs),
        }

    @property
    def tone(self) -> str:
        return TONES.get(self.core.state, "")

    @property
    def found_date(self) -> date | None:
        return self.core.found.found_date if self.core.found else None

    @property
    def why(self) -> str:
        told = self.core.explained
        return f"{told.words} · {self.name(told.staff_id)}, {told.day:%Y-%m-%d}" if told else ""

    @property
    def amiss(self) -> bool:
        return self.core.state in AMISS

    @property
    def address(self) -> str:
        return reverse("application-explain", args=[self.application.pk])


@dataclass(frozen=True)
class Looked:
    """A check made of the note, with who made it and its photos."""

    check: Any
    who: str
    photos: Sequence[Shown]

    @property
    def found(self) -> str:
        return word("check_found", self.check.found)
