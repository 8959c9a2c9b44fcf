"""`xiaoer scores` as people and programs read it: the shelf, promotion by two people, plain refusals."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from xiaoer.app.commands import scores
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import read
from xiaoer.scores import keeping
from xiaoer.scores.registry import Registry
from xiaoer.scores.sheets import row
from xiaoer.scores.shelved import Proved
from xiaoer.scores.specifications import the_shelf

NAMES = {
    "model", "population", "metric", "value", "low", "high", "rival", "rival_value", "n", "positives", "split",
    "version", "state", "refused_because", "leaks",
}  # fmt: skip
TWO = ("--by", "Chen", "--approved-by", "Zhou")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    own = read({"XIAOER_HOME": str(tmp_path)})
    monkeypatch.setattr(scores, "settings", lambda: own)
    return Registry(tmp_path / "models")


def run(*words: str) -> Result:
    return CliRunner().invoke(scores.command, list(words))


def listed() -> dict[str, dict[str, object]]:
    return {row["model"]: row for row in json.loads(run("list", "--json").stdout)}


def keep(registry: Registry, name: str, version: str, state: str = "live") -> None:
    row = {
        "model": name,
        "version": version,
        "state": state,
        "refused_because": None,
        "value": 0.8,
        "leaks": [],
        "metric": "AUC",
    }
    said = pa.table({"customer_id": ["C1"], "item": [""], "on_day": [1], "label": [0.0], "said": [0.1]})
    keeping.keep(registry, the_shelf()[name], Proved(version, {}, row | {"trained_on": "2026-10-31"}, said))


def test_every_model_is_listed_with_the_same_names(kept: Registry) -> None:
    rows = listed()
    assert len(rows) >= 24
    assert all(row.keys() >= NAMES for row in rows.values())
    assert {row["state"] for row in rows.values()} == {"not trained"}
    keep(kept, "leaving", "v1")
    assert listed()["leaving"]["state"] == "challenger"


@pytest.mark.parametrize(("judged", "told"), [("challenger", "live"), ("refused", "refused")])
def test_what_the_night_uses_is_live_only_if_it_was_judged_good_enough(
    kept: Registry, judged: str, told: str
) -> None:
    keep(kept, "leaving", "v1", judged)
    kept.use("leaving", "v1")
    assert listed()["leaving"]["state"] == told
    assert row(kept, the_shelf()["leaving"])["state"] == told


def test_all_are_promoted_that_may_be(kept: Registry) -> None:
    keep(kept, "leaving", "v1")
    keep(kept, "distress", "w1", "small_sample")
    rows = json.loads(run("promote", "--all", *TWO, "--json").stdout)
    assert [(row["model"], row["version"]) for row in rows] == [("leaving", "v1")]
    assert {name for name, row in listed().items() if row["state"] == "live"} == {"leaving"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("promote", "leaving", "--by", "Chen", "--approved-by", "Chen"), "cannot approve"),
        (("promote", "--all", "--by", "Chen", "--approved-by", "chen"), "cannot approve"),
        (("promote", "leaving", *TWO), "no version waits"),
        (("revert", "leaving", "--by", "Chen"), "no version was in use before"),
        (("train",), "one MODEL, or --all"),
        (("train", "leaving", "--all"), "one MODEL, or --all"),
        (("train", "nothing"), "no model 'nothing'"),
        (("judge", "risk"), "never trained"),
    ],
)
def test_refusals(kept: Registry, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, Refusal)
    assert said in str(result.exception)
    assert kept.version_in_use("leaving") is None


def test_reverting(kept: Registry) -> None:
    for version in ("v1", "v2"):
        keep(kept, "leaving", version)
        run("promote", "leaving", *TWO)
    assert json.loads(run("revert", "leaving", "--by", "Chen", "--json").stdout)[0]["version"] == "v1"
    assert kept.version_in_use("leaving") == "v1"
