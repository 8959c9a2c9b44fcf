"""Forms and laboratory on public books, where they are at hand: XIAOER_REAL_DATA, or `shared/data` beside the checkout."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.shelf import BOOKS, DATA, LEAKED_SCORES
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.laboratory.judging import judged_file
from xiaoer.scores.laboratory.opening import opened
from xiaoer.scores.laboratory.preparing import Wanted, prepared
from xiaoer.scores.laboratory.trying import trial_of
from xiaoer.scores.measures import auc
from xiaoer.scores.splits import folds, out_of_sample
from xiaoer.scores.terms import Form

SBA = DATA / BOOKS["sba"].file
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not SBA.is_file(), reason=f"NO FORM IS TRIED ON PUBLIC BOOKS: {DATA} is not there"),
]


def some(name: str, rows: int, folder: Path) -> Path:
    """An even part of a book, in its order."""
    whole = pl.read_parquet(DATA / BOOKS[name].file)
    path = folder / f"{name}.parquet"
    whole.gather_every(max(1, whole.height // rows)).write_parquet(path)
    return path


def test_only_term_leaks_without_being_told() -> None:
    """Charge-off date and amount are outcomes written afterwards; the term is what somebody would have used."""
    trial = trial_of(prepared(opened(SBA), Wanted("MIS_Status", time="ApprovalDate")), 0)
    assert trial.leaks == ("Term",)
    assert {"ChgOffDate", "ChgOffPrinGr", "LoanNr_ChkDgt", "Name"} <= set(trial.prepared.dropped)
    assert list(trial.prepared.dates) == ["ApprovalDate", "DisbursementDate"]


def test_folds_and_time_order_differ_and_the_file_says_why(tmp_path: Path) -> None:
    path = some("sba", 7_000, tmp_path)
    report = judged_file(path, Wanted("MIS_Status", time="ApprovalDate", drop=("Term",)))
    inside, later = (max(row["value"] for row in rows) for rows in (report.rows[:3], report.rows[3:]))
    assert inside > later + 0.05
    apart: dict[str, Any] = report.rows[0]["apart"]
    assert "ApprovalFY" in apart["columns_that_tell_the_time"]
    assert apart["share_after"] != pytest.approx(apart["share_before"], abs=0.02)
    assert "lend each other" in report.notes[-1]


def test_a_model_score_left_in_a_file_is_a_leak() -> None:
    trial = trial_of(prepared(opened(DATA / BOOKS["bankchurners"].file), BOOKS["bankchurners"].wanted), 0)
    assert len(trial.leaks) == 2 and all(name.startswith(LEAKED_SCORES) for name in trial.leaks)


def test_the_glass_box_is_near_the_trees_on_card_customers() -> None:
    ready = prepared(opened(DATA / BOOKS["bankchurners"].file), BOOKS["bankchurners"].wanted)
    fields = trial_of(ready, 0).fields
    split = folds(ready.sample, 2, 0)
    hit = ready.sample.hit[split.judged]
    found = {form: auc(hit, out_of_sample(fitting(form, fields), ready.sample, split)) for form in Form}
    assert found[Form.GLASS_BOX] > found[Form.TREES] - 0.010 > 0.97
    assert found[Form.SCORECARD] > 0.94
