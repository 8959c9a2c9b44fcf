"""What the models in use say of a firm, in a manager's words: how likely, against the usual, which place, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import expm1
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.kit.text import Reason, reason
from xiaoer.scores.saying import Pushed, pushed
from xiaoer.scores.specifications import Model, Sort
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue

#: Families in the order a manager reads them: what may go wrong, what is needed, what may be offered, how.
ORDER = (
    "risk", "payment", "attrition", "satisfaction", "need", "limit", "turnover", "value", "activity", "uplift",
    "response", "price", "preference",
)  # fmt: skip
FIRST_PLACES = 3
FEN_PER_YUAN = 100
PER_POINT_OF_LOG, PER_POINT_OF_EFFECT = 1_000, 10_000


@dataclass(frozen=True)
class Push:
    """A line of reasons: what it is, and what it did."""

    reasons: tuple[Reason, ...]
    points: int
    shown: str


@dataclass(frozen=True)
class Line:
    """A model's word on the firm. `today` is what the model is over the whole bank."""

    score: Any
    today: Any
    model: Model

    @property
    def title(self) -> str:
        return self.model.words.name[_tongue()]

    @property
    def purpose(self) -> str:
        return self.model.words.purpose[_tongue()]

    @property
    def best(self) -> str:
        """The best of several ways: an hour, a channel; "" where there is only one."""
        unit = self.model.population.unit
        if unit == "calls":
            return _("best at %(hour)s:00") % {"hour": self.score.item}
        return wordings.word(wordings.CHANNELS, self.score.item) if unit == "approaches" else ""

    @property
    def said(self) -> str:
        """The answer: a chance, what asking adds, an amount, or the best of several ways."""
        return self.best or self.figure(self.score.value)

    def figure(self, value: float) -> str:
        """A value of this model as people say it."""
        if self.model.sort is Sort.AMOUNT:
            shares = self.model.name == "loss_given_default"
            fen = round(value) if abs(value) >= FEN_PER_YUAN else 0
            return formats.percent(value) if shares else formats.money(fen, tongue())
        return _more(value) if self.model.sort is Sort.UPLIFT else formats.percent(value)

    @property
    def usual(self) -> str:
        if self.today is None or self.today.mean is None:
            return ""
        usual = _("usual %(figure)s") % {"figure": self.figure(self.today.mean)}
        # Of the best of several ways the line names the way: how likely that is stands beside the usual.
        return f"{self.figure(self.score.value)} · {usual}" if self.best else usual

    @property
    def about(self) -> str:
        """Which note or product, where the answer is about one."""
        unit = self.model.population.unit
        if unit in ("notes", "failed"):
            return _("note %(number)s") % {"number": self.score.item}
        return str(self.score.item) if unit == "products" else ""

    @property
    def place(self) -> str:
        return _("place %(rank)s of %(among)s in the portfolio") % {
            "rank": self.score.rank,
            "among": self.score.among,
        }

    @property
    def first(self) -> bool:
        return bool(self.score.rank <= FIRST_PLACES < self.score.among)

    @property
    def meaning(self) -> Reason:
        return reason(f"shelf_{self.model.family}")

    @cached_property
    def pushes(self) -> list[Push]:
        """The largest pushes, largest first."""
        told = [pushed(one) for one in self.score.pushes]
        return [self._push(one) for one in sorted(told, key=lambda one: -abs(one.points))]

    def _push(self, one: Pushed) -> Push:
        return Push(one.reasons, one.points, self.moved(one.points))

    def moved(self, points: int) -> str:
        """Points of a push: of an amount as a change of it, of an effect as a difference."""
        if self.model.sort is Sort.AMOUNT:
            return formats.change(expm1(points / PER_POINT_OF_LOG))
        if self.model.sort is Sort.UPLIFT:
            return _more(points / PER_POINT_OF_EFFECT)
        return formats.points(points)

    @property
    def rest(self) -> str:
        return self.moved(self.score.rest)

    @property
    def adds_up(self) -> str:
        """How start, pushes and rest come to the score, for a model that counts in points."""
        if self.score.start is None or self.model.sort is not Sort.CHANCE:
            return ""
        return _("starts at %(start)s, comes to %(points)s points") % {
            "start": self.score.start,
            "points": self.score.points,
        }

    @property
    def widest(self) -> int:
        return max((abs(one.points) for one in self.pushes), default=1)

    @property
    def version(self) -> str:
        return _("version %(version)s") % {"version": self.score.version}


@dataclass(frozen=True)
class Shelf:
    """All models in use on a firm, and what stands in the place of those that are not."""

    lines: tuple[Line, ...]
    instead: tuple[str, ...]

    @property
    def first(self) -> list[Line]:
        """Where the firm stands among the first of its portfolio."""
        return [line for line in self.lines if line.first]


def shelf(scores: Sequence[Any], today: Mapping[str, Any], models: Mapping[str, Model]) -> Shelf:
    """The panel of a firm; a model whose file is gone is not shown."""
    lines = [Line(one, today.get(one.model), models[one.model]) for one in scores if one.model in models]
    lines.sort(
        key=lambda line: (ORDER.index(line.model.family), line.score.rank / line.score.among, line.model.name)
    )
    waiting = [models[name] for name, one in sorted(today.items()) if one.state != "live" and name in models]
    return Shelf(tuple(lines), tuple(_instead(model, today[model.name], models) for model in waiting))


def _instead(model: Model, today: Any, models: Mapping[str, Model]) -> str:
    """What stands in the place of a model that is not in use, in a sentence."""
    name = model.words.name[_tongue()]
    if today.why == "response_instead":
        other = models[today.rule].words.name[_tongue()]
        return _("%(model)s: the order by “%(other)s” is used, no effect of asking is proven") % {
            "model": name, "other": other,
        }  # fmt: skip
    if today.why == "asked_on_application":
        return _("%(model)s: asked when somebody applies") % {"model": name}
    rule = wordings_of_rule(model)
    return _("%(model)s: no model is in use; by rule, %(rule)s") % {"model": name, "rule": rule}


def wordings_of_rule(model: Model) -> str:
    """The trivial rival in words."""
    told = formats.told(reason("shelf_rule", feature_words=model.rival.input), tongue())
    return told if model.rival.sign > 0 else _("%(input)s, the less the likelier") % {"input": told}


def _more(share: float) -> str:
    """A difference of chances, which is no percentage of anything."""
    points = formats.percent(share).removesuffix("%")
    return _("%(points)s pp") % {"points": f"+{points}" if share > 0 else points}


def _tongue() -> str:
    return "zh" if formats.chinese(tongue()) else "en"
