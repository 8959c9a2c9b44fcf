"""`xiaoer scores` as people and programs read it: the shelf, promotion by two people, plain refusals."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from xiaoer.app.commands import scores
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import read
from xiaoer.scores.keeping import Shelf
from xiaoer.scores.shelved import Proved
from xiaoer.scores.specifications import the_shelf

NAMES = {
    "model", "population", "metric", "value", "low", "high", "rival", "rival_value", "n", "positives", "split", "version",
    "state", "refused_because", "leaks",
}  # fmt: skip
TWO = ("--by", "Chen", "--approved-by", "Zhou")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    own = read({"XIAOER_HOME": str(tmp_path)})
    monkeypatch.setattr(scores, "settings", lambda: own)
    return Shelf(tmp_path / "models")


def run(*words: str) -> Result:
    return CliRunner().invoke(scores.command, list(words))


def listed() -> dict[str, dict[str, object]]:
    return {row["model"]: row for row in json.loads(run("list", "--json").stdout)}


def keep(shelf: Shelf, name: str, version: str, state: str = "live") -> None:
    row = {
        "model": name,
        "version": version,
        "state": state,
        "refused_because": None,
        "value": 0.8,
        "leaks": [],
    }
    shelf.keep(the_shelf()[name], Proved(version, {}, row, pa.table({"said": [0.1]})))


def test_every_model_is_listed_with_the_same_names(kept: Shelf) -> None:
    rows = listed()
    assert len(rows) >= 24
    assert all(row.keys() >= NAMES for row in rows.values())
    assert {row["state"] for row in rows.values()} == {"not trained"}
    keep(kept, "leaving", "v1")
    assert listed()["leaving"]["state"] == "challenger"


def test_all_are_promoted_that_may_be(kept: Shelf) -> None:
    keep(kept, "leaving", "v1")
    keep(kept, "distress", "w1", "small_sample")
    rows = {row["model"]: row for row in json.loads(run("promote", "--all", *TWO, "--json").stdout)}
    assert rows["leaving"]["version"] == "v1"
    assert rows["distress"]["version"] is None
    assert "small sample" in rows["distress"]["refused_because"]
    assert {name for name, row in listed().items() if row["state"] == "live"} == {"leaving"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("promote", "leaving", "--by", "Chen", "--approved-by", "Chen"), "two different people"),
        (("promote", "--all", "--by", "Chen", "--approved-by", "chen"), "two different people"),
        (("promote", "leaving", *TWO), "not trained"),
        (("revert", "leaving", *TWO), "no version was in use before"),
        (("promote", "risk", *TWO), "by the night that trains it"),
        (("train",), "neither a model nor --all"),
        (("train", "nothing"), "no model 'nothing'"),
        (("judge", "leaving"), "never trained"),
    ],
)
def test_refusals(kept: Shelf, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, Refusal)
    assert said in str(result.exception)
    assert kept.in_use("leaving") is None


def test_reverting(kept: Shelf) -> None:
    for version in ("v1", "v2"):
        keep(kept, "leaving", version)
        run("promote", "leaving", *TWO)
    assert json.loads(run("revert", "leaving", *TWO, "--json").stdout)[0]["version"] == "v1"
    assert kept.in_use("leaving") == "v1"
