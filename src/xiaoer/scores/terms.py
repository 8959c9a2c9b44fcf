"""What a model is: a specification, then a scorecard trained from it, then a judgement of both."""

import tomllib
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from xiaoer.kit.parameters import in_force

SHELF = Path(__file__).with_name("shelf")


class State(StrEnum):
    """What a score may be used for; `small_sample` is shown as such on every screen and never promoted.

    A challenger would do and waits for a second person; a retired model has been.
    """

    LIVE = "live"
    CHALLENGER = "challenger"
    SMALL_SAMPLE = "small_sample"
    REFUSED = "refused"
    RETIRED = "retired"


class Form(StrEnum):
    """What a model looks like: tables of bins and points, or boosted trees."""

    SCORECARD = "scorecard"
    GLASS_BOX = "glass_box"
    TREES = "trees"


class Step(StrEnum):
    """What a person did about a promotion: two persons, one step each."""

    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"


class Level(StrEnum):
    """How loudly the watch over a model speaks: quiet, look at it, do something."""

    CALM = "calm"
    WATCH = "watch"
    ACT = "act"


@dataclass(frozen=True)
class Watch:
    """When the watch speaks: each pair is from where it watches and from where it acts.

    `psi` of scores and inputs; `calibration`: the distance of what came from what was expected, as a fraction of it;
    `volume`: of rows a day likewise; `climate`: of a sector's business from last year's, beyond the others'.
    `false_alarm`: the chance a night for a model that did not move at all.
    """

    psi: tuple[float, float]
    calibration: tuple[float, float]
    volume: tuple[float, float]
    climate: tuple[float, float]
    false_alarm: float
    fewest_firms: int
    fewest_outcomes: int
    days: dict[str, int]

    @classmethod
    def in_force(cls, on: date) -> "Watch":
        held = in_force("scores", "watch", on)
        pairs: dict[str, Any] = {
            name: tuple(held[name]) for name in ("psi", "calibration", "volume", "climate")
        }
        rest = {name: held[name] for name in ("false_alarm", "fewest_firms", "fewest_outcomes")}
        return cls(**pairs, **rest, days=dict(held["retrain_days"]))

    def level(self, distance: float, of: tuple[float, float]) -> Level:
        """What a distance calls for."""
        return Level.ACT if distance >= of[1] else Level.WATCH if distance >= of[0] else Level.CALM


@dataclass(frozen=True)
class Input:
    """A feature a model reads; `form` is linear or log (sign × ln(1 + |x|))."""

    name: str
    form: str


@dataclass(frozen=True)
class Scale:
    """How odds become points: `base` at one outcome to `odds` without, `doubling` points double the odds.

    `sign` −1: the more points, the less likely the outcome (default); 1: the more likely (a sale).
    """

    base: float
    odds: float
    doubling: float
    sign: int = -1


@dataclass(frozen=True)
class Specification:
    """Who is judged, by what, from what, and against which trivial rival; fixed before any training.

    Of more known outcomes than `most_firms` an even part is drawn.
    """

    name: str
    label: str
    population: str
    requires: str
    metric: str
    rival: str
    rival_sign: int
    never_reads: tuple[str, ...]
    most_firms: int
    folds: int
    repeats: int
    seed: int
    penalty: float
    clip: tuple[float, float]
    points: Scale
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Weighed:
    """One input of a scorecard: clipped to low..high (in its form), centred, scaled, weighed.

    `usual` is the training median in the feature's own unit; a missing value counts as it.
    """

    name: str
    form: str
    low: float
    high: float
    usual: float
    centre: float
    spread: float
    weight: float


@dataclass(frozen=True)
class Scorecard:
    """A trained model as data: log-odds of default = intercept + Σ weight × (value − centre) / spread."""

    model: str
    version: str
    state: State
    intercept: float
    points: Scale
    inputs: tuple[Weighed, ...]
    trained_on: str
    n: int
    positives: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Scorecard":
        parts = {
            "state": State(row["state"]),
            "points": Scale(**row["points"]),
            "inputs": tuple(Weighed(**entry) for entry in row["inputs"]),
        }
        return cls(**(row | parts))


def specification(name: str) -> Specification:
    """A model's specification from the shelf; raises KeyError when there is none."""
    path = SHELF / f"{name}.toml"
    if not path.exists():
        raise KeyError(name)
    page = tomllib.loads(path.read_text(encoding="utf-8"))
    parts = {
        "points": Scale(**page["points"]),
        "inputs": tuple(Input(**entry) for entry in page["inputs"]),
        "never_reads": tuple(page["never_reads"]),
        "clip": tuple(page["clip"]),
    }
    return Specification(**(page | parts))


def shelf() -> list[str]:
    """Names of all models."""
    return sorted(path.stem for path in SHELF.glob("*.toml"))
