"""Two persons put a model to use: one alone is refused in the action, the interface, and in SQL itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from tests.world import BUSINESS_DATE
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.scores import queries
from xiaoer.scores.actions import approve_promotion, ask_promotion, return_promotion
from xiaoer.scores.keeping import keep
from xiaoer.scores.life import Life
from xiaoer.scores.models import PromotionStep, Shelved
from xiaoer.scores.registry import Registry
from xiaoer.scores.shelved import Proved
from xiaoer.scores.specifications import the_shelf

pytestmark = pytest.mark.usefixtures("in_english")

Scopes = Callable[[str], Scope]
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
COLUMNS = {"model": "leaving", "version": "v2", "day": BUSINESS_DATE}


@pytest.fixture
def shelf(own_world: str) -> str:
    """One model in use with a challenger."""
    Shelved.objects.using("owner").create(
        model="leaving", family="attrition", name_zh="流失", name_en="leaving", state="live", version="v1", challenger="v2",
        page={},
    )  # fmt: skip
    return own_world


def step(scope: Scope, case: Any, name: str, **changes: Any) -> PromotionStep:
    """A row as a script would write it."""
    return PromotionStep.objects.create(
        **{"case": case, "step": name, "staff_id": scope.staff_id} | COLUMNS | changes
    )


def test_one_asks_another_approves(shelf: str, scope_of: Scopes) -> None:
    analyst, officer = scope_of("A1"), scope_of("R1")
    with acting_as(analyst):
        case = ask_promotion(analyst, "leaving", "v2", "better for three months", BUSINESS_DATE).case
        with pytest.raises(Refusal, match="yourself"):
            approve_promotion(analyst, case, BUSINESS_DATE)
        with pytest.raises(Refusal, match="waiting"):
            ask_promotion(analyst, "leaving", "v2", "once more", BUSINESS_DATE)
    with acting_as(officer):
        approve_promotion(officer, case, BUSINESS_DATE)
        with pytest.raises(Refusal, match="approved already"):
            return_promotion(officer, case, "too late", BUSINESS_DATE)
        assert [one.step for one in queries.promotion(officer, case)] == ["asked", "approved"]


def test_who_may_do_what(shelf: str, scope_of: Scopes) -> None:
    manager, product = scope_of("M1"), scope_of("P1")
    with acting_as(manager), pytest.raises(Refusal, match="post"):
        ask_promotion(manager, "leaving", "v2", "please", BUSINESS_DATE)
    with acting_as(product):
        with pytest.raises(Refusal, match="not the challenger"):
            ask_promotion(product, "leaving", "v1", "the old one", BUSINESS_DATE)
        with pytest.raises(Refusal, match="reason"):
            ask_promotion(product, "leaving", "v2", " ", BUSINESS_DATE)
        with pytest.raises(Refusal, match="post"):
            approve_promotion(product, uuid4(), BUSINESS_DATE)
        assert queries.shelf(product).count() == 1
    with acting_as(manager):
        assert queries.shelf(manager).count() == 0


def test_one_person_alone_in_sql(shelf: str, scope_of: Scopes) -> None:
    """Neither two steps of one's own, nor one in another's name, nor a change of what was written."""
    analyst = scope_of("A1")
    with acting_as(analyst):
        case = uuid4()
        step(analyst, case, "asked")
        for wrong in ({"step": "approved"}, {"step": "approved", "staff_id": "R1"}):
            with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
                step(analyst, case, wrong.pop("step"), **wrong)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE scores_promotionstep SET staff_id = 'R1'")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE scores_shelved SET version = 'v2'")


def test_one_person_alone_over_the_interface(shelf: str, client_of: Callable[..., Client]) -> None:
    analyst, officer = client_of("A1"), client_of("R1")
    asked = analyst.post(
        "/api/models/leaving/promotions",
        {"version": "v2", "reason": "three months better"},
        "application/json",
    )
    assert asked.status_code == 201
    address = f"/api/models/promotions/{asked.json()['case']}/approve"
    assert analyst.post(address).status_code == 422
    assert officer.post(address).status_code == 201
    assert client_of("M1").get("/api/models/leaving").status_code == 404


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry(tmp_path)
    said = pa.table({"customer_id": ["C1"], "item": [""], "on_day": [1], "label": [0.0], "said": [0.1]})
    for version in ("v1", "v2"):
        row = {"model": "leaving", "version": version, "state": "live", "refused_because": None,
               "trained_on": "2026-10-31", "value": 0.8, "metric": "AUC"}  # fmt: skip
        keep(
            made,
            the_shelf()["leaving"],
            Proved(version, {"form": "scorecard"}, row, said),
        )
    return made


def test_the_night_takes_what_two_decided_once(shelf: str, scope_of: Scopes, registry: Registry) -> None:
    from xiaoer.nightly.shelving import take_promotions

    analyst, officer = scope_of("A1"), scope_of("R1")
    with acting_as(analyst):
        case = ask_promotion(analyst, "leaving", "v2", "three months better", BUSINESS_DATE).case
    assert take_promotions(registry.folder, BUSINESS_DATE) == 0, "one person is not enough"
    with acting_as(officer):
        step(officer, uuid4(), "approved")  # of a promotion nobody asked for
        approve_promotion(officer, case, BUSINESS_DATE)
    assert [take_promotions(registry.folder, BUSINESS_DATE) for _ in range(2)] == [1, 0]
    turns = Life(registry, "leaving").turns()
    assert [(turn.version, turn.by, turn.approved_by) for turn in turns] == [("v2", "A1", "R1")]
    Life(registry, "leaving").promote("P1", "G1", AT, "v1")
    Life(registry, "leaving").revert("G1", AT)
    assert take_promotions(registry.folder, BUSINESS_DATE) == 0, "what was taken back stays so"


def test_a_version_that_may_not_be_used_is_left(shelf: str, scope_of: Scopes, tmp_path: Path) -> None:
    from xiaoer.nightly.shelving import take_promotions

    analyst, officer = scope_of("A1"), scope_of("R1")
    with acting_as(analyst):
        case = ask_promotion(analyst, "leaving", "v2", "three months better", BUSINESS_DATE).case
    with acting_as(officer):
        approve_promotion(officer, case, BUSINESS_DATE)
    assert take_promotions(tmp_path, BUSINESS_DATE) == 0


def test_the_desk_shows_the_folder(own_world: str, scope_of: Scopes, registry: Registry) -> None:
    from xiaoer.nightly.shelving import tell_desk

    Life(registry, "leaving").promote("A1", "R1", AT, "v1")
    assert tell_desk(registry.folder) == len(the_shelf()) + 1
    scope = scope_of("A1")
    with acting_as(scope):
        row = queries.shelved(scope, "leaving")
        assert row is not None
        assert (row.state, row.version, row.challenger, row.approved_by) == ("live", "v1", "v2", "R1")
        assert {one["place"] for one in row.page["versions"]} == {"live", "waits"}
        assert queries.shelved(scope, "distress").state == "not_trained"  # type: ignore[union-attr]
