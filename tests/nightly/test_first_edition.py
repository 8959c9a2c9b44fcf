"""The first edition of all goes straight into its tables; walls and indexes stand afterwards as before, or were never gone."""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from django.db import connections

from tests.world import BUSINESS_DATE, RUN_ID, publish_world, tables
from xiaoer.kit.published import pointer
from xiaoer.nightly import seam, writing
from xiaoer.nightly.on_show import OnShow
from xiaoer.nightly.publish import publish

STANDING = (
    "SELECT relname, relrowsecurity, relforcerowsecurity, coalesce((SELECT string_agg(indexdef, ';' ORDER BY indexdef)"
    " FROM pg_indexes WHERE tablename = relname), '') FROM pg_class WHERE relname = ANY(%s) ORDER BY relname"
)


def asked(question: str, *values: object) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall() if cursor.description else []


def standing() -> list[tuple[Any, ...]]:
    """Walls and indexes of every published table."""
    return asked(STANDING, [seam.model_of(name)._meta.db_table for name in seam.NAMES])


@pytest.fixture
def empty_desk(own_world: None) -> None:
    """As before the first night."""
    for name in seam.NAMES:
        asked(f"TRUNCATE {seam.model_of(name)._meta.db_table}")
    asked("UPDATE nightly_pointer SET edition = 0, run_id = '', business_date = NULL")


@pytest.mark.usefixtures("empty_desk")
def test_a_first_edition_leaves_walls_and_indexes_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    before, straight = standing(), []
    fill = writing.Straight.write
    monkeypatch.setattr(writing.Straight, "write", lambda way, told: (straight.append(way), fill(way, told)))
    publish_world()
    assert straight, "nothing went straight in"
    assert all(walled for name, _, walled, _ in before if name == "customers_firm")
    assert standing() == before
    shown = {name: seam.rows_of(name, "owner").count() for name in seam.NAMES}
    assert shown == {name: table.num_rows for name, table in tables().items()}


@pytest.mark.usefixtures("empty_desk")
def test_a_first_edition_that_fails_was_never_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    before, twice = standing(), tables()
    twice["firms"] = pa.concat_tables([twice["firms"], twice["firms"].slice(0, 1)])
    with pytest.raises(ValueError, match=r"customers.Firm: the key .* is there twice"):
        publish(twice, BUSINESS_DATE, RUN_ID)
    assert (standing(), pointer("owner").edition) == (before, 0)
    assert seam.rows_of("firms", "owner").count() == 0
    publish_world()
    assert pointer("owner").edition == 1


def test_keys_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a hash that hardly tells anything, every row still finds its own."""
    keys = [f"C{number}" for number in range(60)]
    shown = pl.DataFrame({"id": range(60), "customer_id": keys, "held": [key.lower() for key in keys]})
    asked_for = pl.DataFrame({"customer_id": [*reversed(keys), "C60"], "payload": "x"})
    plain = OnShow(shown, ("customer_id",)).beside(asked_for)
    assert plain["id"].to_list() == [*reversed(range(60)), None]
    few = np.vectorize(lambda key: len(key) % 2, otypes=[np.uint64])
    monkeypatch.setattr(OnShow, "_hashes", lambda _, rows: few(rows["customer_id"].to_numpy()))
    assert OnShow(shown, ("customer_id",)).beside(asked_for).equals(plain)
