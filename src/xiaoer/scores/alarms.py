"""What the watch over a model found, and what it calls for: alarms with their reasons, and proposals to train anew."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from scipy.stats import norm

from xiaoer.kit.text import Reason, Tone, reason
from xiaoer.scores.climate import Climate
from xiaoer.scores.rules import Floats
from xiaoer.scores.stability import Moved
from xiaoer.scores.terms import Level, Watch

MOST_INPUTS = 10
LOUDNESS = (Level.CALM, Level.WATCH, Level.ACT)


@dataclass(frozen=True)
class Told:
    """What came beside what was expected of rows whose outcome is known by now; `spread` is one standard deviation."""

    rows: int
    expected: float
    came: float
    spread: float

    @property
    def distance(self) -> float:
        return abs(self.came - self.expected) / self.expected if self.expected else 0.0


@dataclass(frozen=True)
class Findings:
    """One night's findings about a version: rows and firms scored, what moved, what came of earlier rows.

    `climate` is of the sectors it speaks of.
    """

    rows: int
    firms: int
    usual_rows: int
    score: Moved
    sectors: Sequence[tuple[str, Moved]]
    inputs: Sequence[Moved]
    told: Told | None = None
    climate: Sequence[Climate] = ()

    @property
    def volume(self) -> float:
        """How far tonight's rows are from those of a day it was judged on, as a fraction of these."""
        return abs(self.rows - self.usual_rows) / self.usual_rows if self.usual_rows else 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows, "firms": self.firms, "usual_rows": self.usual_rows, "score": _moved(self.score),
            "sectors": [{"sector": sector} | _moved(one) for sector, one in self.sectors],
            "inputs": [_moved(one) for one in self.inputs[:MOST_INPUTS]],
            "told": asdict(self.told) if self.told else None,
            "climate": [_moved(one) | {"distance": round(one.distance, 4)} for one in self.climate],
        }  # fmt: skip


@dataclass(frozen=True)
class Alarm:
    """Something about a model in use that a person should look at; `key` tells one alarm from another."""

    key: str
    level: Level
    because: Reason


def told(chances: Floats, came: Floats, firms: int) -> Told:
    """What came of rows beside their chances. A firm's rows share its fate: they count as one row of each firm."""
    together = len(chances) / firms if firms else 1.0
    spread = float(np.sqrt((chances * (1 - chances)).sum() * together))
    return Told(len(chances), float(chances.sum()), float(came.sum()), spread)


def alarms(found: Findings, rules: Watch) -> list[Alarm]:
    """What the findings call for, the loudest first; of few firms nothing is said."""
    if found.firms < rules.fewest_firms:
        return []
    every = [*_of_scores(found, rules), *_of_inputs(found.inputs, rules), *_of_outcomes(found.told, rules),
             *_of_volume(found, rules), *_of_climate(found.climate, rules)]  # fmt: skip
    return sorted(every, key=lambda one: (-LOUDNESS.index(one.level), one.key))


def loudest(levels: Iterable[str]) -> Level:
    """The loudest of several levels; calm where there are none."""
    return max((Level(one) for one in levels), key=LOUDNESS.index, default=Level.CALM)


def proposal(
    raised: Iterable[Alarm], trained_on: date, today: date, refreshed: str, rules: Watch
) -> Reason | None:
    """Why a new training is proposed, or None: something calls for action, or the version is old for its kind."""
    if loudest(one.level for one in raised) is Level.ACT:
        return reason("retrain_drift", "bad")
    age, most = (today - trained_on).days, rules.days.get(refreshed)
    if most is not None and age > most:
        return reason("retrain_age", "warn", days=age, most=most)
    return None


def _of_scores(found: Findings, rules: Watch) -> Iterator[Alarm]:
    level = _level(found.score, rules)
    if level is not Level.CALM:
        yield Alarm("score", level, reason("watch_score", _tone(level), psi=f"{found.score.psi:.2f}"))
    for sector, one in found.sectors:
        level = _level(one, rules)
        if level is not Level.CALM:
            figures = {"sector_words": f"sector_{sector}", "psi": f"{one.psi:.2f}"}
            told_of = reason("watch_sector", _tone(level), **figures, feature_words=one.name)
            yield Alarm(f"sector:{sector}", level, told_of)


def _of_inputs(inputs: Sequence[Moved], rules: Watch) -> Iterator[Alarm]:
    """Inputs that moved are looked at, together; only what the model says of them, or what came, calls for action."""
    far = [one for one in inputs if _level(one, rules) is Level.ACT]
    if far:
        figures = {"n": len(far), "of": len(inputs), "psi": f"{far[0].psi:.2f}"}
        yield Alarm(
            "inputs", Level.WATCH, reason("watch_inputs", "warn", feature_words=far[0].name, **figures)
        )


def _of_outcomes(found: Told | None, rules: Watch) -> Iterator[Alarm]:
    if found is None or found.expected < rules.fewest_outcomes:
        return
    level = rules.level(found.distance, rules.calibration)
    surprising = abs(found.came - found.expected) > norm.ppf(1 - rules.false_alarm / 2) * found.spread
    if surprising and level is not Level.CALM:
        figures = {"came": round(found.came), "expected": round(found.expected), "n": found.rows}
        yield Alarm("calibration", level, reason("watch_calibration", _tone(level), **figures))


def _of_volume(found: Findings, rules: Watch) -> Iterator[Alarm]:
    level = rules.level(found.volume, rules.volume)
    if level is not Level.CALM:
        rows = {"rows": found.rows, "usual": found.usual_rows}
        yield Alarm("volume", level, reason("watch_volume", _tone(level), **rows))


def _of_climate(found: Sequence[Climate], rules: Watch) -> Iterator[Alarm]:
    """Sectors whose firms fared otherwise than last year and than other firms: what was learnt of them may not hold."""
    for one in found:
        level = rules.level(one.distance, rules.climate)
        if level is not Level.CALM:
            figures = {
                name: f"{value:+.0%}"
                for name, value in (("change", one.change), ("low", one.low), ("high", one.high))
            }
            told_of = reason(
                "watch_climate", _tone(level), sector_words=f"sector_{one.sector}", firms=one.firms, **figures
            )
            yield Alarm(f"climate:{one.sector}", level, told_of)


def _level(one: Moved, rules: Watch) -> Level:
    loud = [
        level for level, threshold in zip(LOUDNESS[1:], rules.psi, strict=True) if one.at_least(threshold)
    ]
    return loud[-1] if loud else Level.CALM


def _tone(level: Level) -> Tone:
    return "bad" if level is Level.ACT else "warn"


def _moved(one: Moved | Climate) -> dict[str, Any]:
    figures: Mapping[str, Any] = asdict(one)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
