"""What likeness makes of its figures: verdicts, sentences, the calibration, and the page where the real book is at hand."""

import gzip
import math
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bench.calibration import MEASURES, files_of, measured
from bench.likeness import judgement
from bench.likeness.judgement import Figure, Pair, figures, plots
from bench.likeness.page import unknown_names
from bench.likeness.papers import Book
from bench.likeness.ranges import ranged
from bench.likeness.survey import survey
from tests.bench.sheets import WINDOW, month, papers
from xiaoer.simulator.terms import figures as calibrated

CHECKOUT = Path(__file__).resolve().parents[2]
BOOK = Path(os.environ.get("XIAOER_REAL_DATA") or CHECKOUT.parent / "shared" / "data") / "cumcm2020c"


def test_the_verdict_follows_the_figures() -> None:
    by_ratio = Figure("x", "gaps", "x", "x", "p50", "number", below="because")
    assert [Pair(by_ratio, bank, 1.0).verdict for bank in (0.5, 0.9, 1.25, 1.3)] == [
        "below",
        "like",
        "like",
        "above",
    ]
    by_gap = Figure("x", "gaps", "x", "x", "p50", "share", near_by=0.1)
    assert [Pair(by_gap, bank, 0.3).verdict for bank in (0.1, 0.25, 0.5)] == ["below", "like", "above"]
    assert Pair(by_ratio, 0.5, 1.0).excuse == "because"
    assert Pair(by_ratio, 2.0, 1.0).excuse == ""


def test_every_sentence_can_be_told_whatever_the_figures_are() -> None:
    for bank, book in ((1.0, 1.0), (0.0, 1.0), (1.0, 0.0)):
        found = {name: Pair(one, bank, book) for name, one in figures().items()}
        told = [judgement.sentence(plot, found) for plot in plots().values()]
        assert not [text for text in told if "{" in text or not text.endswith(".")]


def test_every_name_in_the_tables_is_known() -> None:
    rows = [(firm, month(at), f"B{at % 3}", 100 + at) for firm in ("a", "b") for at in range(24)]
    labels = pl.DataFrame({"firm": ["a", "b"], "defaulted": [True, False]})
    sales = papers(*rows)
    found = survey(Book(pl.concat([sales, papers(*rows, side="purchase")]), labels, WINDOW, 0))
    for one in figures().values():
        assert math.isfinite(found.take(one.of, one.take)) or one.of == "memory_1", one.name
    drawn = [panel["of"] for plot in plots().values() for panel in plot.panels if "split" not in panel]
    assert set(drawn) <= set(found.samples) | set(found.curves)
    assert {plot.lead for plot in plots().values()} <= set(figures())
    assert unknown_names() == []


def test_every_calibrated_range_is_measured() -> None:
    assert {name for name, one in calibrated().items() if one.expect} <= set(MEASURES)


def test_a_figure_nothing_measures_is_shown_as_such() -> None:
    assert {row.value for row in ranged({})} == {None}
    assert not any(row.within for row in ranged({}))


def test_several_files_of_a_day_packed_or_not_are_read_as_one(tmp_path: Path) -> None:
    (tmp_path / "surveys_20261031.csv").write_bytes("问卷,回复日期\n1,2026-10-02\n2,\n".encode("gb18030"))
    packed = gzip.compress("问卷,回复日期,新\n3,,x\n4,\n".encode("gb18030"))
    (tmp_path / "surveys_20261031_02.csv.gz").write_bytes(packed)
    (tmp_path / "surveys_of_old.csv").write_bytes(b"1")
    rows = files_of(tmp_path)("surveys")
    assert rows["stamp"].to_list() == ["20261031"] * 4
    assert MEASURES["survey_response"](files_of(tmp_path)) == pytest.approx(0.25)


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.skipif(not BOOK.is_dir(), reason=f"LIKENESS IS NOT TRIED ON THE REAL BOOK: {BOOK} is not there")
def test_the_page_comes_of_one_run(tmp_path: Path) -> None:
    from bench.likeness.__main__ import compare, read_both
    from xiaoer.simulator.bank import simulate
    from xiaoer.simulator.terms import Plan

    simulate(Plan(200, 24, 5, date(2026, 10, 31)), tmp_path / "bank", lambda _: None)
    text = compare(tmp_path / "bank", BOOK, tmp_path / "docs").read_text("utf-8")
    assert text == compare(tmp_path / "bank", BOOK, tmp_path / "docs").read_text("utf-8")
    pictures = {path.stem for path in (tmp_path / "docs" / "pictures" / "likeness").glob("*.png")}
    assert pictures == {"calibration", *plots()}
    _, book = read_both(tmp_path / "bank", BOOK)
    assert (len(book.regular), book.left_out, book.labels["defaulted"].sum()) == (400, 11_665, 27)
    assert not any(firm in text for firm in book.papers["firm"].unique())
    assert measured(files_of(tmp_path / "bank")).keys() == MEASURES.keys()
