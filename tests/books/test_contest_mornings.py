"""What a morning of the real book flagged came true more often than what a lot would have named."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bench.book import BOOK, MAPPING, all_sales
from bench.following import compared, falls

MORNING = date(2019, 5, 31)
DAY = date(2020, 2, 21)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("book"),
    pytest.mark.skipif(
        not BOOK.is_dir(), reason=f"THE MORNINGS OF THE BOOK ARE NOT TRIED: {BOOK} is not there"
    ),
]


def test_falls_that_were_flagged_go_on(tmp_path: Path) -> None:
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.plan import PLAN
    from xiaoer.nightly.run import Night, run_number
    from xiaoer.sources.intake import load_bank, receive

    lake, engine = Lake(tmp_path / "lake"), DuckEngine(tmp_path / "scratch")
    load_bank(receive(MAPPING, BOOK, tmp_path / "inbox"), lake, engine, DAY)
    night = Night(MORNING, run_number(MORNING, lake), lake, engine, tmp_path / "night", tmp_path / "models")
    for step in PLAN:
        if step.name in {"shape", "features", "events"}:
            step.work(night)
    seen = pl.DataFrame(night.rows_of("noticed")).filter(pl.col("rule") == "turnover_falls")
    told = compared(falls(all_sales(lake, engine), MORNING, set(seen["customer_id"])))
    assert told["flagged"] >= 10  # type: ignore[operator]
    assert told["over_random"] > 0.1  # type: ignore[operator]
