"""One application as its page and its file show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaoer.applications.models import Application, Appraisal, Exemption, Paper, Step
from xiaoer.applications.queries import Core
from xiaoer.applications.reader import Reader, tongue
from xiaoer.applications.rules import late, possible, separated, waited
from xiaoer.applications.shown.after import CoreTold, Looked
from xiaoer.applications.shown.words import hours, listed, word
from xiaoer.applications.terms import (
    ENDED,
    OPEN,
    Actor,
    Clocks,
    Item,
    Move,
    PaperState,
    Part,
    Stage,
    Standing,
    Verb,
)
from xiaoer.applications.tracks import carried
from xiaoer.evidence.models import Photo
from xiaoer.evidence.shown import Shown, shown
from xiaoer.kit.dates import CHINA
from xiaoer.kit.screens import formats

TONES = {
    PaperState.VERIFIED: "good", PaperState.EXEMPT: "warn", PaperState.EXPIRED: "bad", PaperState.REJECTED: "bad",
    PaperState.MISSING: "bad", PaperState.RECEIVED: "warn",
}  # fmt: skip


@dataclass(frozen=True)
class Station:
    """A stage on the line: `is_past`, `is_here` or ahead; waited and planned hours in words."""

    title: str
    is_past: bool
    is_here: bool
    waited: str
    is_late: bool
    planned: str


@dataclass(frozen=True)
class Line:
    """An item of the checklist with who received and verified it, and where a tap leads."""

    item: Item
    title: str
    said: str
    tone: str
    received: Paper | None
    verified: Paper | None
    address: str
    photos: Sequence[Shown] = ()


@dataclass(frozen=True)
class Way:
    """A step the reader's post carries; `lacking` is why not now."""

    verb: Verb
    title: str
    address: str
    lacking: tuple[Any, ...]

    @property
    def ahead(self) -> bool:
        return self.verb not in {Verb.SEND_BACK, Verb.DECLINE, Verb.WITHDRAW}


@dataclass(frozen=True)
class ApplicationPage:
    """All that is known of an application, for a reader."""

    application: Application
    firm: Any
    reader: Reader
    actor: Actor
    standing: Standing
    steps: Sequence[Step]
    papers: Sequence[Paper]
    exemptions: Sequence[Exemption]
    appraisals: Sequence[Appraisal]
    photos: Mapping[str, Sequence[Photo]]
    core: Core | None
    checks: Sequence[Looked]
    people: Mapping[str, str]
    branch: str

    @property
    def number(self) -> str:
        return f"A{self.application.pk:06d}"

    @property
    def stage(self) -> str:
        return word("stage", self.application.stage)

    @property
    def ended(self) -> bool:
        return self.application.stage in ENDED

    @property
    def product(self) -> str:
        return word("product", self.application.product)

    @property
    def source(self) -> str:
        return word("source", self.application.source)

    @property
    def why_declined(self) -> str:
        return word("why", self.application.decline_reason)

    @property
    def lede(self) -> str:
        asked = self.application
        told = [
            _("%(amount)s for %(n)s months")
            % {"amount": formats.money(asked.amount, tongue()), "n": asked.term_months},
            _("asked on %(day)s") % {"day": formats.day(asked.received_date, tongue(), self.reader.today)},
            asked.purpose,
            self.branch,
        ]
        return " · ".join(part for part in told if part)

    # Where it stands

    @cached_property
    def stations(self) -> list[Station]:
        clocks, here = Clocks.in_force(self.reader.today), self.application.stage
        place = OPEN.index(Stage(here)) if here in OPEN else len(OPEN)
        return [self._station(at, stage, place, clocks) for at, stage in enumerate(OPEN)]

    def _station(self, at: int, stage: Stage, place: int, clocks: Clocks) -> Station:
        spent = sum(step.waited_minutes for step in self.steps if step.from_stage == stage)
        if at == place:
            spent += waited(self.application.stage_since_at, self.reader.now, clocks)
        passed = any(step.from_stage == stage for step in self.steps)
        return Station(
            title=word("stage", stage),
            is_past=passed and at != place,
            is_here=at == place,
            waited=hours(spent) if passed or at == place else "",
            is_late=late(stage, spent, clocks),
            planned=hours(clocks.planned_minutes.get(stage)),
        )

    @cached_property
    def ways(self) -> list[Way]:
        return [self._way(move, why) for move, why in possible(self.standing, self.actor)]

    def _way(self, move: Move, why: list[Any]) -> Way:
        address = reverse("application-step", args=[self.application.pk, move.verb])
        return Way(move.verb, word("verb", move.verb), address, tuple(why))

    @property
    def next_way(self) -> Way | None:
        return next((way for way in self.ways if way.ahead and not way.lacking), None)

    @property
    def side_ways(self) -> list[Way]:
        return [way for way in self.ways if not way.ahead and not way.lacking]

    @property
    def in_the_way(self) -> list[Any]:
        """Why the reader's own next step is not open."""
        return [reason for way in self.ways if way.ahead for reason in way.lacking]

    @property
    def appraises(self) -> bool:
        joins, part = self.standing.joins, Part.INVESTIGATION
        may = carried(part, self.actor.rights, joins)
        return may and not self.ended and not separated(self.standing.deeds, self.actor.staff_id, part, joins)

    @property
    def track(self) -> str:
        """How few people a track that joins parts takes; "" for the whole one."""
        joined = self.standing.joins
        return _("%(n)s people are enough") % {"n": len(Part) - len(joined)} if joined else ""

    # Checklist

    @cached_property
    def lines(self) -> list[Line]:
        return [self._line(item) for item in self.standing.items]

    @property
    def open_count(self) -> int:
        return sum(item.open for item in self.standing.items)

    def _line(self, item: Item) -> Line:
        entries = [paper for paper in self.papers if paper.kind == item.kind]
        received = next((one for one in reversed(entries) if one.state == "received"), None)
        last = entries[-1] if entries and entries[-1].state != "received" else None
        until = ""
        if item.expires_date and item.state in {PaperState.VERIFIED, PaperState.EXPIRED}:
            until = _("until %(day)s") % {"day": formats.day(item.expires_date, tongue(), self.reader.today)}
        return Line(
            item,
            word("paper", item.kind),
            " ".join(part for part in (word("state", item.state), until) if part),
            TONES[item.state],
            received,
            last,
            reverse("application-paper", args=[self.application.pk, item.kind]),
            self.photos_of(received) if received else (),
        )

    def photos_of(self, paper: Paper) -> list[Shown]:
        """The photos filed with an entry of the checklist."""
        return shown(self.photos.get(str(paper.pk), ()), self.people)

    # Trail

    @cached_property
    def trail(self) -> list[dict[str, Any]]:
        return [self._told(step) for step in self.steps]

    def _told(self, step: Step) -> dict[str, Any]:
        terms = []
        if step.amount is not None:
            terms = [formats.money(step.amount, tongue()), formats.percent(step.rate, 2)]
            terms.append(_("%(n)s months") % {"n": step.term_months})
        return {
            "step": step,
            "verb": word("verb", step.verb),
            "part": word("part", step.part),
            "stage": word("stage", step.to_stage),
            "who": self.name(step.staff_id),
            "time": f"{step.at.astimezone(CHINA):%H:%M}",
            "terms": " · ".join(terms),
            "why": word("why", step.reason),
            "work": _("%(n)s min of work") % {"n": step.minutes} if step.minutes is not None else "",
            "waited": hours(step.waited_minutes) if step.waited_minutes else "",
        }

    @cached_property
    def parts(self) -> list[tuple[str, str]]:
        """Part and names of whoever had it."""
        held: dict[str, list[str]] = {}
        for deed in self.standing.deeds:
            held.setdefault(word("part", deed.part), []).append(self.name(deed.staff_id))
        apart = "、" if formats.chinese(tongue()) else ", "
        return [(part, apart.join(dict.fromkeys(names))) for part, names in held.items()]

    def name(self, staff_id: str) -> str:
        return self.people.get(staff_id, staff_id)

    @cached_property
    def exceptions(self) -> list[dict[str, Any]]:
        return [
            {
                "exemption": one,
                "paper": word("paper", one.kind),
                "asked_by": self.name(one.staff_id),
                "answered_by": self.name(one.answered_by) if one.answered_by else "",
                "answer": word("answer", one.answer),
                "address": reverse("application-exception", args=[one.pk]),
                "may_answer": not one.answer
                and (self.reader.has(Part.REVIEW) or self.reader.has(Part.APPROVAL)),
            }
            for one in self.exemptions
        ]

    @property
    def core_told(self) -> CoreTold | None:
        """How the drawdown stands with the core system; None before it."""
        return CoreTold(self.core, self.application, self.name) if self.core else None

    @property
    def appraisal(self) -> Appraisal | None:
        return self.appraisals[-1] if self.appraisals else None


def missing_words(items: Sequence[Item]) -> str:
    """The open items in one sentence."""
    return listed("paper", (item.kind for item in items if item.open))
