"""A model as specified: one TOML file, fixed before any training. Adding a model is adding a file."""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from xiaoer.features.terms import Feature, catalogue
from xiaoer.kit.refusal import Refusal
from xiaoer.scores.labels import LABELS
from xiaoer.scores.populations import OCCASIONS, UNITS, WITHIN, Population, condition
from xiaoer.scores.terms import Form

SHELF = Path(__file__).with_name("shelf")
FEWEST = 40
NEVER = ("bank_rating",)


class Metric(StrEnum):
    """What a model is judged by; greater is better in every one."""

    AUC = "auc"
    QINI = "qini"
    RANK = "rank"
    NEARER = "nearer"


class Sort(StrEnum):
    """What a model says: a chance, an amount, or what approaching changes."""

    CHANCE = "chance"
    AMOUNT = "amount"
    UPLIFT = "uplift"


@dataclass(frozen=True)
class Words:
    """A name, what the model is for, who owns it and who is judged, in Chinese and English."""

    name: dict[str, str]
    purpose: dict[str, str]
    owner: dict[str, str]
    population: dict[str, str]


@dataclass(frozen=True)
class When:
    """How far the label looks from a row's first day, and how long after that its outcome is surely delivered."""

    horizon_days: int
    gap_days: int = 0
    refreshed: str = "quarterly"


@dataclass(frozen=True)
class Rival:
    """What anybody would say: one input, the more the likelier (+1) or the less (−1); or the bank's base rate."""

    input: str
    sign: int = 1


@dataclass(frozen=True)
class Inputs:
    """Which columns a model reads, and where the business says which way they point."""

    names: tuple[str, ...]
    rising: tuple[str, ...] = ()
    falling: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """Who, when, what, from what, judged how, against whom. `limits` are the fewest of either outcome to promote."""

    name: str
    family: str
    sort: Sort
    metric: Metric
    population: Population
    when: When
    label: str
    rival: Rival
    inputs: Inputs
    words: Words
    forms: tuple[Form, ...] = tuple(Form)
    options: dict[str, Any] = field(default_factory=dict)
    fewest: int = FEWEST

    @property
    def reach_days(self) -> int:
        """From a frame's day until the outcome of its last row is surely known."""
        occasion = WITHIN if self.population.unit in OCCASIONS else 0
        return occasion + self.when.horizon_days + self.when.gap_days


def models(folder: Path = SHELF) -> dict[str, Model]:
    """Every model of the shelf by name; raises Refusal for a file that does not say what it must, or a name twice."""
    found: dict[str, Model] = {}
    for path in sorted(folder.glob("*/*.toml")):
        model = read(path)
        if model.name in found:
            raise Refusal(
                f"two models are called {model.name}", str(path), "a name of its own", "Rename one of them"
            )
        found[model.name] = model
    return found


@cache
def the_shelf() -> dict[str, Model]:
    """The models that come with the product, read once."""
    return models()


def read(path: Path) -> Model:
    """A model from its file; raises Refusal naming the file and what is wrong with it."""
    page = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        model = _model(page, family=path.parent.name)
        _check(model)
    except (KeyError, TypeError, ValueError) as wrong:
        said = f"it does not say {wrong}" if isinstance(wrong, KeyError) else str(wrong)
        raise Refusal(
            said, str(path), "a specification", "Compare it with another file of the shelf"
        ) from wrong
    return model


def _model(page: dict[str, Any], family: str) -> Model:
    population = page["population"]
    return Model(
        name=page["name"],
        family=family,
        sort=Sort(page["sort"]),
        metric=Metric(page["metric"]),
        population=Population(
            population["unit"], tuple(population.get("where", ())), tuple(population.get("products", ()))
        ),
        when=When(**page["when"]),
        label=page["label"]["rule"],
        rival=Rival(**page["rival"]),
        inputs=_inputs(page["inputs"]),
        words=Words(page["name_in"], page["purpose"], page["owner"], population["words"]),
        forms=tuple(Form(one) for one in page.get("forms", list(Form))),
        options={name: value for name, value in page["label"].items() if name != "rule"},
        fewest=page.get("fewest", FEWEST),
    )


def _inputs(page: dict[str, Any]) -> Inputs:
    """By theme, with some left out and others added; asked_… and note_… columns are the row's own."""
    themes, left_out = page.get("themes", []), set(page.get("without", []))
    known = catalogue()
    unknown = sorted(set(themes) - {one.theme for one in known.values()})
    if unknown:
        message = f"no feature is of the theme {', '.join(unknown)}"
        raise ValueError(message)
    named = [name for name, one in known.items() if one.theme in themes and name not in left_out]
    names = dict.fromkeys([*named, *page.get("also", [])])
    return Inputs(tuple(names), tuple(page.get("rising", [])), tuple(page.get("falling", [])))


def _check(model: Model) -> None:
    for text in model.population.where:
        condition(text)
    if model.population.unit not in UNITS:
        raise ValueError(f"there is no unit {model.population.unit!r}")
    if model.label not in LABELS:
        raise ValueError(f"there is no label {model.label!r}")
    _check_inputs(model)


def _check_inputs(model: Model) -> None:
    names = set(model.inputs.names)
    pointed = set(model.inputs.rising) | set(model.inputs.falling)
    strange = sorted(name for name in names | {model.rival.input} if not _readable(name))
    never = sorted(names & set(NEVER))
    if strange or never:
        raise ValueError(f"{', '.join(strange or never)} is nothing a model may read")
    if pointed and model.sort is not Sort.CHANCE:
        raise ValueError("only models of a chance are told which way an input points")
    if pointed - names:
        raise ValueError(f"{', '.join(sorted(pointed - names))} is pointed, yet not read")


def _readable(name: str) -> bool:
    return name in catalogue() or name in ASKED


#: What a row brings of its own occasion, with unit as in the catalogue of features.
ASKED = {
    "asked_product": Feature("asked_product", "occasion", "code", recency=False),
    "asked_channel": Feature("asked_channel", "occasion", "code", recency=False),
    "asked_hour": Feature("asked_hour", "occasion", "hour", recency=False),
    "asked_hour_off": Feature("asked_hour_off", "occasion", "hour", recency=False),
    "product_share": Feature("product_share", "occasion", "share", recency=False),
}
