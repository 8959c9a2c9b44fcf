"""A model's sheet: all that a committee asks of it, gathered from its specification and its folder, as JSON.

`sheet` has: words, when, population, inputs, rival, label · versions · turns · judgement of the version shown with
its curves · tables of a readable form, or what the trees used · the watch · the challenger beside the champion.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from xiaoer.scores.curves import curves
from xiaoer.scores.forms.cards import trees_from
from xiaoer.scores.forms.tables import Axis
from xiaoer.scores.forms.trees import Trees
from xiaoer.scores.keeping import newest, read_said, said_of, standing
from xiaoer.scores.life import Life
from xiaoer.scores.log import WatchLog
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import Model

JUDGED = (
    "version", "state", "refused_because", "metric", "value", "low", "high", "rival_value", "n", "positives", "split",
    "leaks", "form", "forms", "trained_on", "rows", "ks", "pr_auc", "lift", "capacity", "calibration", "months",
    "groups", "response_value", "effect",
)  # fmt: skip
TOLD_OF_A_VERSION = (
    "version", "state", "refused_because", "metric", "value", "low", "high", "rival_value", "n", "positives", "form",
    "trained_on",
)  # fmt: skip
FIGURES = ("value", "low", "high", "rival_value", "n", "positives", "trained_on")
MOST_SHAPES, MOST_BINS, MOST_INPUTS = 16, 40, 16
NIGHTS_SHOWN = 90


def row(registry: Registry, model: Model) -> dict[str, Any]:
    """One line of the shelf with its sheet, as `models.Shelved` keeps it."""
    judged, life = newest(registry, model), Life(registry, model.name)
    used, turns = registry.version_in_use(model.name), life.turns()
    shown = _judgement(registry, model, used) if used else judged
    lines = WatchLog(registry, model.name).lines()
    last = lines[-1] if lines and lines[-1]["version"] == used else None
    figures = {name: shown.get(name) for name in FIGURES}
    return figures | {
        "model": model.name, "family": model.family, "sort": str(model.sort), "metric": str(model.metric),
        "name_zh": model.words.name["zh"], "name_en": model.words.name["en"],
        "state": (standing(shown["state"]) if used else judged["state"]).replace(" ", "_"),
        "version": used or judged["version"] or "", "challenger": life.candidate() or "",
        "asked_by": turns[-1].by if turns else "", "approved_by": turns[-1].approved_by if turns else "",
        "drift": last and last["score"]["psi"], "drift_level": last["level"] if last else "",
        "watched_on": last and last["date"], "retrain": last and last["retrain"],
        "page": sheet(registry, model, shown, lines),
    }  # fmt: skip


def sheet(
    registry: Registry, model: Model, shown: Mapping[str, Any], lines: list[dict[str, Any]]
) -> dict[str, Any]:
    """Everything a model's page shows; JSON all through."""
    life, version = Life(registry, model.name), shown.get("version")
    waiting = life.candidate()
    return {
        "words": asdict(model.words),
        "asked": _asked(model),
        "versions": sorted(
            _versions(registry, model, waiting), key=lambda one: one["trained_on"] or "", reverse=True
        ),
        "turns": [asdict(turn) for turn in reversed(life.turns())],
        "judgement": {name: shown.get(name) for name in JUDGED},
        "curves": curves(model.sort, _said(registry, model.name, version)),
        "tables": _tables(registry, model.name, version),
        "watch": _watch(lines),
        "challenger": _judgement(registry, model, waiting) if waiting else None,
    }


def _asked(model: Model) -> dict[str, Any]:
    return {
        "unit": model.population.unit, "where": list(model.population.where), "label": model.label,
        "horizon_days": model.when.horizon_days, "gap_days": model.when.gap_days, "refreshed": model.when.refreshed,
        "rival": model.rival.input, "rival_sign": model.rival.sign, "inputs": len(model.inputs.names),
        "rising": list(model.inputs.rising), "falling": list(model.inputs.falling), "fewest": model.fewest,
        "forms": [str(one) for one in model.forms],
    }  # fmt: skip


def _versions(registry: Registry, model: Model, waiting: str | None) -> Iterable[dict[str, Any]]:
    used = registry.version_in_use(model.name)
    for version in registry.versions(model.name):
        told = _judgement(registry, model, version)
        place = "live" if version == used else "waits" if version == waiting else ""
        yield {name: told.get(name) for name in TOLD_OF_A_VERSION} | {"place": place}


def _judgement(registry: Registry, model: Model, version: str) -> dict[str, Any]:
    judged: dict[str, Any] = registry.page(model.name, version)["judgement"]
    return judged | {"version": version}


def _said(registry: Registry, model: str, version: str | None) -> pa.Table:
    path: Path | None = said_of(registry, model, version) if version else None
    return read_said(registry, model, str(version)) if path and path.exists() else pa.table({})


def _watch(lines: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last line whole, and the index and level of the nights before it."""
    if not lines:
        return None
    past = [{"date": one["date"], "psi": one["score"]["psi"], "rows": one["rows"], "level": one["level"]}
            for one in lines[-NIGHTS_SHOWN:]]  # fmt: skip
    return lines[-1] | {"nights": past}


def _tables(registry: Registry, model: str, version: str | None) -> dict[str, Any]:
    """Of a readable form its points by bin, the widest tables first; of trees what each input gained."""
    if not version:
        return {}
    card = registry.page(model, version)["card"]
    if "parts" not in card:
        return {"used": used_most(trees_from(card))[:MOST_INPUTS]} if card.get("texts") else {}
    parts = [part for part in card["parts"] if len(part["axes"]) == 1]
    pairs = [[axis["name"] for axis in part["axes"]] for part in card["parts"] if len(part["axes"]) > 1]
    widest = sorted(parts, key=lambda part: (-_width(part), part["axes"][0]["name"]))
    return {"start": card["start"], "points": card["points"], "inputs": len(parts), "pairs": pairs,
            "shapes": [_shape(part) for part in widest[:MOST_SHAPES]]}  # fmt: skip


def used_most(trees: Trees) -> list[list[str | float]]:
    """What the trees gained by splitting each input, as a share of all they gained; the most first."""
    each = [
        booster.feature_importance(importance_type="gain")[: len(trees.fields)] for booster in trees.boosters
    ]
    gained = np.sum(each, axis=0)
    shares = np.round(gained / (gained.sum() or 1.0), 4).tolist()
    names = (field.name for field in trees.fields)
    return [list(one) for one in sorted(zip(names, shares, strict=True), key=lambda one: (-one[1], one[0]))]


def _width(part: Mapping[str, Any]) -> int:
    return int(max(part["worth"]) - min(part["worth"]))


def _shape(part: Mapping[str, Any]) -> dict[str, Any]:
    """One input: its bins with their points; of many bins every so-manyth, ends kept."""
    row, worth = part["axes"][0], [int(one) for one in part["worth"]]
    axis = Axis(
        row["name"],
        tuple(row["cuts"]),
        tuple(row["special"]),
        tuple(map(tuple, row["groups"])),
        row["others"],
    )
    if axis.groups:
        bins = [{"words": list(words), "others": place == axis.others, "points": worth[place]}
                for place, words in enumerate(axis.groups)]  # fmt: skip
    else:
        lows, highs = [None, *axis.cuts], [*axis.cuts, None]
        bins = [
            {"low": low, "high": high, "points": at}
            for low, high, at in zip(lows, highs, worth, strict=False)
        ]
        bins = _thinned(bins)
    specials = [
        {"special": value, "points": worth[axis.sizes + 1 + at]} for at, value in enumerate(axis.special)
    ]
    return {"input": axis.name, "bins": bins, "missing": worth[axis.sizes], "special": specials}


def _thinned(bins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    step = -(-len(bins) // MOST_BINS)
    kept = [*bins[::step], *([bins[-1]] if (len(bins) - 1) % step else [])]
    return [one | {"high": later["low"]} for one, later in pairwise(kept)] + kept[-1:]
