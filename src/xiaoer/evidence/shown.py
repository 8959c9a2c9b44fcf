"""Photos as a page shows them: when and where with who says so, and what to doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xiaoer.evidence.models import Photo
from xiaoer.evidence.rules import doubts
from xiaoer.evidence.terms import Kind, Limits, Taken, Told
from xiaoer.kit.dates import CHINA
from xiaoer.kit.screens import formats
from xiaoer.kit.text import reason

HASH_SHOWN = 12


@dataclass(frozen=True)
class Shown:
    """One photo; `pictured` where a browser shows it by itself."""

    row: Photo
    who: str

    @property
    def address(self) -> str:
        return reverse("photo", args=[self.row.pk])

    @property
    def erased(self) -> bool:
        return self.row.erased_at is not None

    @property
    def pictured(self) -> bool:
        return not self.erased and self.row.kind != Kind.HEIC

    @property
    def when(self) -> str:
        if self.row.taken_at is None:
            return ""
        local = self.row.taken_at.astimezone(CHINA)
        shape = "%Y-%m-%d" if self.row.taken_told == Told.PERSON else "%Y-%m-%d %H:%M"
        return _by(f"{local:{shape}}", self.row.taken_told)

    @property
    def where(self) -> str:
        row = self.row
        if row.longitude is None or row.latitude is None:
            return _by(row.place, row.place_told) if row.place else ""
        return " ".join(
            p for p in (_by(f"{row.longitude:.5f}, {row.latitude:.5f}", row.place_told), row.place) if p
        )

    @property
    def odd(self) -> list[Any]:
        row = self.row
        taken = Taken(row.taken_at, Told(row.taken_told), place_told=Told(row.place_told))
        return [] if self.erased else doubts(taken, row.day, Limits.in_force(row.day))

    @property
    def hash(self) -> str:
        return self.row.sha256[:HASH_SHOWN]


def shown(rows: Sequence[Photo], people: Mapping[str, str]) -> list[Shown]:
    """Photos with the names of whoever filed them."""
    return [Shown(row, people.get(row.staff_id, row.staff_id)) for row in rows]


def _by(said: str, who: str) -> str:
    if not who:
        return said
    told = formats.told(reason(f"photo_told_{who}"), get_language() or "zh-hans")
    return _("%(said)s (%(who)s)") % {"said": said, "who": told}
