"""Frames of many days on both engines: the same rows, whatever range or part a firm lies in."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.engines.alike import tables_differ
from tests.engines.two_banks import SPARK
from tests.features.test_frames import DAYS, in_one_pass, one_day
from xiaoer.kit.settings import settings
from xiaoer.kit.tables import EngineName, open_engine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.usefixtures("spark_here")]


def test_every_day_is_the_same_on_both(tmp_path: Path) -> None:
    made: list[pl.DataFrame] = []
    for name in EngineName:
        with closing(open_engine(name, replace(settings(), home=tmp_path / name, **SPARK))) as engine:
            made.append(in_one_pass(engine, tmp_path / name, DAYS, []))
            made.append(one_day(engine, DAYS[-1]))
    assert tables_differ(made[0], made[2]) == []
    assert tables_differ(made[3], made[2].filter(as_of_date=DAYS[-1]).select(made[3].columns)) == []
