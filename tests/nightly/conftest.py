"""A small bank's night with models in use that chance taught, made once for all who look at it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.scores.taught import page
from xiaoer.kit.settings import settings
from xiaoer.nightly.run import Night
from xiaoer.scores.life import Life
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import the_shelf
from xiaoer.scores.terms import Form

CHECKOUT = Path(__file__).resolve().parents[2]
DAY = date(2026, 10, 31)
AT = datetime(2026, 10, 30, 9, tzinfo=UTC)
IN_USE: Mapping[str, Form | None] = {
    "distress": Form.SCORECARD,
    "leaving": Form.GLASS_BOX,
    "note_default": Form.TREES,
    "takes_card": Form.GLASS_BOX,
    "asking_card": None,  # trees for a difference
    "contribution": None,  # trees for an amount
    "hour": Form.SCORECARD,
    "next_product": Form.GLASS_BOX,
    "loss_given_default": None,
}


@pytest.fixture(scope="session", name="night")
def shelf_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A bank's night with the shelf applied: models in use that chance taught."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.plan import ORDER, PLAN
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan
    from xiaoer.sources.intake import load_bank, receive

    folder = tmp_path_factory.mktemp("shelf")
    home = replace(settings(), home=folder)
    engine, lake = DuckEngine(folder / "scratch"), Lake(home.lake)
    simulate(Plan(250, 8, 3, DAY), folder / "bank", lambda _: None)
    received = receive(CHECKOUT / "mappings" / "simulator.toml", folder / "bank", home.inbox)
    load_bank(received, lake, engine, DAY)
    night = Night(DAY, "run", lake, engine, folder / "nights" / "day" / "run", folder / "models")
    for name in IN_USE:
        put_to_use(night, name, "v1")
    for step in PLAN[: ORDER.index("publish")]:
        step.work(night)
    return night


def put_to_use(
    night: Night, name: str, version: str, *, seed: int = 1, trained_on: str = "2026-09-30"
) -> None:
    """A version taught by chance, promoted by two."""
    registry, model = Registry(night.models), the_shelf()[name]
    registry.keep_page(name, version, page(model, IN_USE[name], version, seed, trained_on))
    Life(registry, name).promote("Li", "Wang", AT, version)
