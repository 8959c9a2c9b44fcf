"""The sheet of the one undated card: trained by the first night on defaults without a day, judged out of fold."""

from typing import Any

from xiaoer.kit.text import wording
from xiaoer.scores.life import Life
from xiaoer.scores.registry import Registry
from xiaoer.scores.terms import specification

MODEL, FAMILY = "risk", "risk"
TOLD = (
    "version", "state", "refused_because", "value", "low", "high", "rival_value", "n", "positives", "split", "leaks",
    "ks", "calibration",
)  # fmt: skip


def undated_row(registry: Registry) -> dict[str, Any]:
    """One line of the shelf with its sheet, as `models.Shelved` keeps it."""
    used, life, spec = registry.version_in_use(MODEL), Life(registry, MODEL), specification(MODEL)
    page = registry.page(MODEL, used) if used else {"card": {}, "judgement": {}}
    judged, turns, waiting = page["judgement"], life.turns(), life.candidate()
    words = {name: wording()[f"undated_{name}"] for name in ("name", "purpose", "owner", "population")}
    versions = [_version(registry, one, used, waiting) for one in registry.versions(MODEL)]
    trained_on = page["card"].get("trained_on")
    figures = {name: judged.get(name) for name in ("value", "low", "high", "rival_value", "n", "positives")}
    asked = {"unit": "firms", "where": [], "label": spec.label, "horizon_days": None, "gap_days": 0, "refreshed": "",
             "rival": spec.rival, "rival_sign": spec.rival_sign, "inputs": len(spec.inputs), "rising": [],
             "falling": [], "fewest": 40, "forms": ["scorecard"]}  # fmt: skip
    sheet = {
        "words": words, "asked": asked, "versions": sorted(versions, key=lambda one: one["trained_on"], reverse=True),
        "turns": [vars(turn) for turn in reversed(turns)],
        "judgement": {name: judged.get(name) for name in TOLD} | {"form": "scorecard", "trained_on": trained_on},
        "curves": {}, "tables": {"weights": judged.get("points", [])}, "watch": None,
        "challenger": registry.page(MODEL, waiting)["judgement"] | {"version": waiting} if waiting else None,
    }  # fmt: skip
    state = "not_trained" if not used else judged["state"] if judged["state"] == "small_sample" else "live"
    return figures | {
        "model": MODEL, "family": FAMILY, "sort": "chance", "metric": "auc", "trained_on": trained_on,
        "name_zh": words["name"]["zh"], "name_en": words["name"]["en"], "state": state, "version": used or "",
        "challenger": waiting or "", "asked_by": turns[-1].by if turns else "",
        "approved_by": turns[-1].approved_by if turns else "", "page": sheet,
    }  # fmt: skip


def _version(registry: Registry, version: str, used: str | None, waiting: str | None) -> dict[str, Any]:
    page = registry.page(MODEL, version)
    told = {name: page["judgement"].get(name) for name in TOLD[:9]}
    place = "live" if version == used else "waits" if version == waiting else ""
    return told | {
        "version": version,
        "trained_on": page["card"]["trained_on"],
        "form": "scorecard",
        "place": place,
    }
