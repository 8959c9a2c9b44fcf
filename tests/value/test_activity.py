"""Who still buys and how often it will: against what was published, what was held back, and what the model itself draws."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import hyp2f1
from scipy.stats import spearmanr

from bench.buying import SHOPS, drawn
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import DuckEngine
from xiaoer.value.night import activity, purchases, sale_days
from xiaoer.value.rules import Purchases, fit, log_likelihood, still_buying, to_come
from xiaoer.value.terms import Habit

CHECKOUT = Path(__file__).resolve().parents[2]
CDNOW = (
    Path(os.environ.get("XIAOER_REAL_DATA") or CHECKOUT.parent / "shared" / "data")
    / "cdnow"
    / "cdnow.parquet"
)
PUBLISHED = Habit(
    r=0.243, alpha=4.414, a=0.793, b=2.426, firms=2_357
)  # of a tenth of CDNOW's customers, in weeks
CUT, AHEAD = date(1997, 9, 30), 273
WEEK = 7
NAMES = ("r", "alpha", "a", "b")

real = pytest.mark.skipif(not CDNOW.exists(), reason=f"CDNOW'S PURCHASES ARE NOT TRIED: {CDNOW} is not there")


def one(again: float, to_last: float, to_today: float) -> Purchases:
    return Purchases(np.array([again]), np.array([to_last]), np.array([to_today]))


def test_the_published_customer() -> None:
    """Two repeat purchases, the last in week 30.43 of 38.86: 1.226 more in 39 weeks (Fader, Hardie & Lee 2005)."""
    customer = one(2, 30.43, 38.86)
    assert to_come(PUBLISHED, customer, 39)[0] == pytest.approx(1.226, abs=5e-4)
    odds = 0.793 / (2.426 + 1) * ((4.414 + 38.86) / (4.414 + 30.43)) ** 2.243
    assert still_buying(PUBLISHED, customer)[0] == pytest.approx(1 / (1 + odds), rel=1e-12)


def test_who_bought_once_cannot_have_stopped() -> None:
    assert still_buying(PUBLISHED, one(0, 0, 500))[0] == 1.0


@pytest.mark.parametrize(("again", "to_last", "to_today"), [(0, 0, 30), (1, 3, 40), (7, 33, 39)])
def test_the_series_is_the_published_one(again: float, to_last: float, to_today: float) -> None:
    """Equation 10 as it stands, where its factors are still numbers."""
    r, alpha, a, b, ahead = 0.243, 4.414, 0.793, 2.426, 26.0
    seen = one(again, to_last, to_today)
    series = hyp2f1(r + again, b + again, a + b + again - 1, ahead / (alpha + to_today + ahead))
    past = ((alpha + to_today) / (alpha + to_today + ahead)) ** (r + again)
    plain = (a + b + again - 1) / (a - 1) * (1 - past * series) * still_buying(PUBLISHED, seen)[0]
    assert to_come(PUBLISHED, seen, ahead)[0] == pytest.approx(plain, rel=1e-9)


def test_a_firm_that_buys_every_day_has_a_number_too() -> None:
    expected = to_come(SHOPS, one(700, 719, 720), 90)[0]
    assert 75 < expected < 90 * 700 / 720
    near = [to_come(Habit(0.6, 20.0, a, 6.0, 0), one(5, 80, 90), 90)[0] for a in (1 - 1e-4, 1.0, 1 + 1e-4)]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-6), "no gap where a is one"


def test_the_slope_is_the_likelihood_s() -> None:
    seen, at = drawn(SHOPS, 500, 1, seed=3).seen, np.array([0.5, 25.0, 0.9, 4.0])
    _, slope = log_likelihood(at, seen)
    for place in range(4):
        step = np.where(np.arange(4) == place, at * 1e-6, 0)
        higher, lower = log_likelihood(at + step, seen)[0], log_likelihood(at - step, seen)[0]
        assert slope[place] == pytest.approx((higher - lower) / (2 * step[place]), rel=1e-4)


def test_what_was_drawn_is_found_and_foretold() -> None:
    """Parameters within their sampling error; the half year after, as a whole and by tenths of what was expected."""
    firms = drawn(SHOPS, 40_000, 180, seed=7)
    habit = fit(firms.seen)
    for name, spread in zip(NAMES, (0.05, 0.05, 0.15, 0.15), strict=True):
        assert getattr(habit, name) == pytest.approx(getattr(SHOPS, name), rel=spread), name
    expected, alive = to_come(habit, firms.seen, 180), still_buying(habit, firms.seen)
    assert expected.mean() == pytest.approx(firms.followed.mean(), rel=0.03)
    assert alive.mean() == pytest.approx(firms.alive.mean(), rel=0.02)
    tenths = np.array_split(np.argsort(expected), 10)[3:]
    for tenth in tenths:
        assert expected[tenth].mean() == pytest.approx(firms.followed[tenth].mean(), rel=0.12)


def test_a_book_in_which_nobody_stops_is_told_by_its_rate() -> None:
    draw = np.random.default_rng(1)
    days, rates = draw.uniform(100, 400, 3_000), draw.gamma(2, 0.05, 3_000)
    again = draw.poisson(rates * days).astype(float)
    seen = Purchases(
        again, np.where(again > 0, days * draw.random(3_000) ** (1 / np.maximum(again, 1)), 0), days
    )
    habit = fit(seen)
    assert still_buying(habit, seen).min() > 0.99
    assert to_come(habit, seen, 100).mean() == pytest.approx((again / days).mean() * 100, rel=0.01)


def test_too_few_are_refused() -> None:
    with pytest.raises(Refusal, match="3 firms that bought more than once"):
        fit(Purchases(np.array([0.0, 1, 2, 3]), np.array([0.0, 4, 5, 6]), np.full(4, 9.0)))


def cohort() -> pl.DataFrame:
    """CDNOW's customers as they were known on the cut, and how often each came in the nine months after."""
    days = pl.read_parquet(CDNOW).select("customer_id", day=pl.col("date").dt.date()).unique()
    first, last = pl.col("day").min(), pl.col("day").max()
    seen = days.filter(pl.col("day") <= CUT).group_by("customer_id").agg(
        again=pl.len() - 1, to_last=(last - first).dt.total_days(), to_today=(CUT - first).dt.total_days()
    )  # fmt: skip
    came = days.filter(pl.col("day") > CUT).group_by("customer_id").agg(came=pl.len())
    return (
        seen.join(came, on="customer_id", how="left")
        .with_columns(pl.col("came").fill_null(0))
        .sort("customer_id")
    )


def as_purchases(rows: pl.DataFrame, unit: float = 1.0) -> Purchases:
    again, *days = (rows[name].cast(pl.Float64).to_numpy() for name in ("again", "to_last", "to_today"))
    return Purchases(again, days[0] / unit, days[1] / unit)


@real
def test_real_customers_are_foretold_as_well_as_by_the_known_library() -> None:
    """Fitted to nine months of 1997 and held against the nine after: what lifetimes reached on the same rows."""
    rows = cohort()
    seen, came = as_purchases(rows), rows["came"].to_numpy()
    expected, plain = to_come(fit(seen), seen, AHEAD), seen.again / np.maximum(seen.to_today, 1) * AHEAD

    def errors(foretold: np.ndarray) -> tuple[float, float]:
        return float(np.sqrt(np.mean((foretold - came) ** 2))), float(np.abs(foretold - came).mean())

    assert errors(expected) == pytest.approx((1.733, 0.819), abs=5e-4)
    assert spearmanr(expected, came)[0] == pytest.approx(0.442, abs=5e-4)
    assert errors(plain)[0] > 1.2 * errors(expected)[0]


@real
def test_the_published_parameters_lie_among_those_of_tenths() -> None:
    """The authors drew a tenth of these customers; which ones is not told here, so each tenth gives its own."""
    rows = cohort()
    tenths = [rows.filter(pl.col("customer_id") % 10 == place) for place in range(10)]
    habits = [fit(as_purchases(tenth, WEEK)) for tenth in tenths]
    for name in NAMES:
        found = [getattr(habit, name) for habit in habits]
        assert min(found) < getattr(PUBLISHED, name) < max(found), name


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    with closing(DuckEngine(tmp_path / "scratch")) as running:
        yield running


def test_a_firm_s_rhythm_says_enough(engine: DuckEngine, tmp_path: Path) -> None:
    """Eleven days with sales among 31, the last 9 days ago; a firm that never sold is left out."""
    features = pl.DataFrame({
        "customer_id": ["A", "B", "C"],
        "sale_days": [11, None, 1],
        "sale_day_share": [11 / 31, None, 1.0],
        "days_since_sale": [9, None, 400],
    })  # fmt: skip
    rows = sale_days(engine.table(features.to_arrow()))
    held = pl.DataFrame(engine.collect(rows)).sort("customer_id")
    assert held.rows() == [("A", 10, 30, 39), ("C", 0, 0, 400)]
    told = engine.map_batches(rows, activity(SHOPS, 90), tmp_path / "activity.parquet")
    found = pl.DataFrame(engine.collect(told)).sort("customer_id")
    assert found["still_selling"].to_list() == pytest.approx(still_buying(SHOPS, purchases(held.to_arrow())))
    assert found["sale_days_to_come"].to_list() == pytest.approx(
        to_come(SHOPS, purchases(held.to_arrow()), 90)
    )
