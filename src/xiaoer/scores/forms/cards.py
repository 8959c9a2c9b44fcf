"""A form put to use: whole points that add up to the shown score, kept as JSON and as LightGBM's text."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from xiaoer.scores.forms.amounts import unlogged
from xiaoer.scores.forms.reading import Order, Reading
from xiaoer.scores.forms.tables import Additive, Axis, Part, described, merged
from xiaoer.scores.forms.trees import Trees
from xiaoer.scores.measures import Line
from xiaoer.scores.rules import Floats, Ints, Scored, factor, probability
from xiaoer.scores.samples import Field
from xiaoer.scores.terms import Form, Scale

POINTS_OF_LOGS, POINTS_OF_EFFECTS = 1_000, 10_000


@dataclass(frozen=True)
class PointsCard:
    """Tables of whole points: score = `start` + the points of every part. `fields` are what the parts read."""

    form: Form
    points: Scale
    start: int
    parts: tuple[Part, ...]
    fields: tuple[Field, ...]

    def score(self, columns: Mapping[str, Floats]) -> Scored:
        """Points, the points of each part (rows × parts), and the probability that follows from them."""
        fields = {field.name: field for field in self.fields}
        parts = np.zeros((_rows(columns), len(self.parts)), dtype=np.int64)
        for place, part in enumerate(self.parts):
            parts[:, place] = part.worth_of(columns, fields)
        points = self.start + parts.sum(axis=1)
        return Scored(points, parts, probability(self.points, points))

    def parted(self, names: Collection[str]) -> tuple["PointsCard", "PointsCard"]:
        """The parts that read only some columns, with the start; and the others, from nought."""
        alone = [all(axis.name in names for axis in part.axes) for part in self.parts]
        mine, others = (
            tuple(part for part, own in zip(self.parts, alone, strict=True) if own == way)
            for way in (True, False)
        )
        return replace(self, parts=mine), replace(self, start=0, parts=others)

    @property
    def names(self) -> tuple[str, ...]:
        """What each part of a score is called."""
        return tuple(part.name for part in self.parts)

    def table(self) -> Iterator[dict[str, Any]]:
        """The card as people read it: one row a bin."""
        for part in self.parts:
            labels = [list(described(axis)) for axis in part.axes]
            for place, points in zip(np.ndindex(*map(len, labels)), part.worth, strict=True):
                told = " , ".join(label[at] for label, at in zip(labels, place, strict=True))
                yield {"input": part.name, "bin": told, "points": int(points)}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "PointsCard":
        parts = tuple(
            Part(tuple(_axis(axis) for axis in part["axes"]), tuple(part["worth"])) for part in row["parts"]
        )
        return cls(Form(row["form"]), Scale(**row["points"]), row["start"], parts, _fields(row["fields"]))


@dataclass(frozen=True)
class TreesCard:
    """Boosted trees with the line that puts their log-odds right; only the total is points."""

    points: Scale
    line: Line
    trees: Trees
    form: Form = Form.TREES

    def score(self, columns: Mapping[str, Floats]) -> Scored:
        """Points and probability; the parts are asked for with `reasons`, for rows that are shown."""
        points = self._points(self.trees.log_odds(columns))
        return Scored(points, np.zeros((len(points), 0), dtype=np.int64), probability(self.points, points))

    def reasons(self, columns: Mapping[str, Floats]) -> Ints:
        """Rows × fields of whole points which, with the start, add up to the score."""
        shares = self.trees.shares(columns)
        scale = self.points.sign * factor(self.points) * self.line.slope
        return adding_up(scale * shares[:, :-1], self._points(shares.sum(axis=1)) - self.start)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.trees.fields)

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.trees.fields

    @property
    def start(self) -> int:
        """Points before any field is known: the trees' mean over the rows they were fitted to."""
        return int(self._points(np.array([self.trees.mean]))[0])

    def _points(self, odds: Floats) -> Ints:
        return whole_points(self.points, self.line.moved(odds))

    def as_json(self) -> dict[str, Any]:
        asked = {"form": self.form, "points": asdict(self.points), "line": asdict(self.line)}
        return asked | _as_json(self.trees)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "TreesCard":
        return cls(Scale(**row["points"]), Line(**row["line"]), trees_from(row))


@dataclass(frozen=True)
class AmountsCard:
    """Trees whose answer is an amount (`logged`) or a difference of chances.

    Points are thousandths of the logarithm (a point is a thousandth more), of a difference ten-thousandths.
    """

    trees: Trees
    logged: bool
    form: Form = Form.TREES

    def score(self, columns: Mapping[str, Floats]) -> Scored:
        """Points and what they amount to; the parts are asked for with `reasons`."""
        points = self._points(self.trees.log_odds(columns))
        return Scored(points, np.zeros((len(points), 0), dtype=np.int64), self._amount(points))

    def reasons(self, columns: Mapping[str, Floats]) -> Ints:
        """Rows × fields of whole points which, with the start, add up to the score."""
        shares = self.trees.shares(columns)
        return adding_up(self._unit * shares[:, :-1], self._points(shares.sum(axis=1)) - self.start)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.trees.fields)

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.trees.fields

    @property
    def start(self) -> int:
        """Points before any field is known."""
        return int(self._points(np.array([self.trees.mean]))[0])

    @property
    def _unit(self) -> int:
        return POINTS_OF_LOGS if self.logged else POINTS_OF_EFFECTS

    def _points(self, answers: Floats) -> Ints:
        points: Ints = np.rint(self._unit * answers).astype(np.int64)
        return points

    def _amount(self, points: Ints) -> Floats:
        answers = points / self._unit
        return unlogged(answers) if self.logged else answers

    def as_json(self) -> dict[str, Any]:
        return {"form": self.form, "logged": self.logged} | _as_json(self.trees)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "AmountsCard":
        return cls(trees_from(row), row["logged"])


Card = PointsCard | TreesCard | AmountsCard


def card_of(form: Form, fitted: Additive | Trees, line: Line, scale: Scale) -> PointsCard | TreesCard:
    """The form with its log-odds put right by a line and told in points."""
    if isinstance(fitted, Trees):
        return TreesCard(scale, line, fitted)
    right = fitted.stretched(line.slope, line.intercept)
    parts = tuple(_rounded(part, scale) for part in right.parts)
    kept = tuple(part for part in parts if any(part.worth))
    read = {axis.name for part in kept for axis in part.axes}
    fields = tuple(_known_words(field, kept) for field in right.fields if field.name in read)
    return PointsCard(form, scale, int(whole_points(scale, np.array([right.start]))[0]), kept, fields)


def card_from(row: Mapping[str, Any]) -> Card:
    """A card from its JSON."""
    if "logged" in row:
        return AmountsCard.from_json(row)
    return TreesCard.from_json(row) if row["form"] == Form.TREES else PointsCard.from_json(row)


def adding_up(exact: Floats, totals: Ints) -> Ints:
    """Rows × parts in whole points that add up to the totals: what rounding leaves over goes to those rounded furthest.

    One point a part (largest remainder).
    """
    whole = np.floor(exact)
    left = totals - whole.sum(axis=1).astype(np.int64)
    order = np.argsort(np.argsort(-(exact - whole), axis=1, kind="stable"), axis=1, kind="stable")
    each, over = np.divmod(left, exact.shape[1])
    parts: Ints = whole.astype(np.int64) + each[:, None] + (order < over[:, None])
    return parts


def whole_points(scale: Scale, odds: Floats) -> Ints:
    """Log-odds of the outcome as whole points."""
    exact = scale.base + scale.sign * factor(scale) * (odds + np.log(scale.odds))
    points: Ints = np.rint(exact).astype(np.int64)
    return points


def version_of(card: PointsCard | TreesCard, asked: Mapping[str, Any]) -> str:
    """Twelve digits that change with anything of the card or of what was asked for."""
    text = json.dumps([asked, card.as_json()], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _as_json(trees: Trees) -> dict[str, Any]:
    orders = {name: asdict(order) for name, order in trees.reading.orders.items()}
    fields = [asdict(field) for field in trees.fields]
    return {"sha256": trees.sha256, "fields": fields, "orders": orders, "texts": trees.texts}


def trees_from(row: Mapping[str, Any]) -> Trees:
    """The trees of a card's JSON."""
    orders = {name: Order(tuple(order["of_words"]), order["others"]) for name, order in row["orders"].items()}
    return Trees(tuple(row["texts"]), row["sha256"], Reading(_fields(row["fields"]), orders))


def _rounded(part: Part, scale: Scale) -> Part:
    points = np.rint(scale.sign * factor(scale) * np.asarray(part.worth)).astype(np.int64).tolist()
    if len(part.axes) > 1:
        return replace(part, worth=tuple(points))
    axis, worth = merged(part.axes[0], points)
    return Part((axis,), worth)


def _known_words(field: Field, parts: Sequence[Part]) -> Field:
    """A field with the words its bins name; any other word is one never seen."""
    words = {
        word
        for part in parts
        for axis in part.axes
        if axis.name == field.name
        for group in axis.groups
        for word in group
    }
    return replace(field, levels=tuple(sorted(words)))


def _axis(row: Mapping[str, Any]) -> Axis:
    groups = tuple(tuple(words) for words in row["groups"])
    return Axis(row["name"], tuple(row["cuts"]), tuple(row["special"]), groups, row["others"])


def _fields(rows: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    return tuple(
        Field(row["name"], row["kind"], tuple(row["levels"]), tuple(row["special"]), row["monotone"])
        for row in rows
    )


def _rows(columns: Mapping[str, Floats]) -> int:
    return len(next(iter(columns.values())))
