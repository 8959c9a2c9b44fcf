"""The measures of likeness on papers small enough to check by hand."""

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from bench.likeness import partners, rhythm, standing, turnover
from bench.likeness.papers import Book, Window, regular_firms, same_months, two_years_to, whole_months
from bench.likeness.survey import Curve, Sample, by_firm
from tests.bench.sheets import FIRST, WINDOW, days_on, month, papers, steady
from xiaoer.kit.refusal import Refusal


def test_gaps_run_from_invoice_to_invoice_within_a_firm() -> None:
    sales = papers(
        ("a", days_on(0), "B", 1),
        ("a", days_on(0), "C", 1),
        ("a", days_on(7), "B", 1),
        ("b", days_on(3), "B", 1),
    )
    assert rhythm.gaps(sales)["gap"].to_list() == [0, 7]
    assert rhythm.gaps_of_days(sales)["gap"].to_list() == [7]


def test_void_and_red_invoices_make_no_gap() -> None:
    sales = pl.concat(
        [
            papers(("a", days_on(0), "B", 1), ("a", days_on(10), "B", 1)),
            papers(("a", days_on(4), "B", 1), void=True),
            papers(("a", days_on(5), "B", -1)),
        ]
    )
    assert rhythm.gaps(sales)["gap"].to_list() == [10]


def test_weekdays_weigh_every_firm_the_same() -> None:
    monday = date(2026, 10, 12)
    often = [("a", monday, "B", 1)] * 9 + [("a", monday + timedelta(1), "B", 1)]
    shares = rhythm.weekday_shares(papers(*often, ("b", monday + timedelta(1), "B", 1)))
    assert shares == pytest.approx([0.45, 0.55, 0, 0, 0, 0, 0])


def test_days_off_are_those_of_the_state_council() -> None:
    # 10 October 2026 is a Saturday at work, 1 October a feast, 12 October a plain Monday.
    sales = papers(*(("a", date(2026, 10, day), "B", 1) for day in (1, 10, 12, 12)))
    assert rhythm.free_day_share(sales)["share"].to_list() == [0.25]


def test_festival_days_are_counted_from_the_feast_and_set_against_the_average_day() -> None:
    # Spring Festival fell on 29 January 2025 and 17 February 2026: one sale on the first, one three days after the second.
    sales = papers(("a", date(2025, 1, 29), "B", 1), ("a", date(2026, 2, 20), "B", 1))
    found = Curve(-rhythm.REACH, np.array(rhythm.about_festival(sales, WINDOW)))
    assert rhythm.spring_festivals(WINDOW) == [date(2025, 1, 29), date(2026, 2, 17)]
    assert found.take("0..0") == pytest.approx(WINDOW.days / 2 / 2)
    assert found.take("3..3") == pytest.approx(WINDOW.days / 2 / 2)
    assert found.take("1..2") == 0


def test_a_day_of_the_month_is_set_against_how_often_it_comes() -> None:
    every_day = papers(*(("a", days_on(offset), "B", 1) for offset in range(WINDOW.days)))
    assert rhythm.by_day_of_month(every_day, WINDOW) == pytest.approx([1.0] * 31)


def test_concentration_takes_red_invoices_off() -> None:
    sales = papers(
        ("a", days_on(0), "B", 700),
        ("a", days_on(1), "B", -200),
        ("a", days_on(2), "C", 300),
        ("a", days_on(3), "D", 200),
    )
    gone = papers(("a", days_on(4), "E", 5000), void=True)
    found = partners.concentration(pl.concat([sales, gone])).row(0, named=True)
    assert found["partners"] == 3
    assert found["largest"] == pytest.approx(0.5)
    assert found["hhi"] == pytest.approx(0.25 + 0.09 + 0.04)
    assert found["five"] == pytest.approx(1)


def test_five_largest_of_ten_equal_buyers_make_half() -> None:
    sales = papers(*(("a", days_on(at), f"B{at}", 10) for at in range(10)))
    assert partners.concentration(sales)["five"].to_list() == pytest.approx([0.5])


def test_a_tie_lives_from_its_first_invoice_to_its_last() -> None:
    sales = papers(
        ("a", days_on(0), "B", 100),
        ("a", days_on(300), "B", 200),
        ("a", days_on(10), "C", 100),
        ("a", days_on(11), "C", 0),
    )
    found = partners.ties(sales, WINDOW)
    assert found.select("partner", "days", "months").rows() == [("B", 300, 2), ("C", 0, 1)]
    assert found["part"].to_list() == pytest.approx([0.75, 0.25])
    told = partners.lasting(found).row(0, named=True)
    assert told["days"] == pytest.approx(225)
    assert told["once"] == pytest.approx(0.5)


def test_a_buyer_is_new_when_not_seen_for_a_year() -> None:
    sales = papers(
        ("a", month(0), "B", 1),
        ("a", month(1), "C", 1),
        ("a", month(12), "E", 8),  # the first month told: a year's look-back lies before it
        ("a", month(13), "B", 30),  # thirteen months later: new again
        ("a", month(13), "C", 60),  # twelve months later: known
        ("a", month(13), "D", 10),  # never seen
        ("a", month(14), "D", 5),
    )
    told = partners.new_part(sales, WINDOW).select("month", "part").rows()
    assert told == [(12, 1.0), (13, pytest.approx(0.4)), (14, 0.0)]


def test_kept_is_the_first_year_trade_of_those_seen_again() -> None:
    sales = papers(
        ("a", month(0), "B", 30), ("a", month(11), "C", 70), ("a", month(12), "B", 1), ("b", month(3), "B", 5)
    )
    assert partners.kept_part(sales, WINDOW).rows() == [("a", pytest.approx(0.3))]


def test_months_without_sales_are_there_with_nothing() -> None:
    sales = pl.concat(
        [
            papers(("a", month(2), "B", 100), ("a", month(4), "B", 50), ("a", month(4), "B", -20)),
            papers(("a", month(4), "B", 999), void=True),
        ]
    )
    assert turnover.monthly(sales, WINDOW).select("month", "yuan_net", "papers").rows() == [
        (2, 100.0, 1),
        (3, 0.0, 0),
        (4, 30.0, 1),
    ]


def test_season_is_freed_of_growth() -> None:
    """Level in the first year, doubled in the second, every second month of a year three times the others."""
    year = [100, 300] * 6
    whole = turnover.throughout(turnover.monthly(steady("a", year + [2 * one for one in year]), WINDOW))
    index = turnover.season(whole, 1)
    drift = 2 ** (1 / 12)  # what one month of even growth makes; the step between the years leaves it over
    assert index[1] / index[0] == pytest.approx(3 / drift)
    assert sum(index) / 12 == pytest.approx(1)


def test_season_begins_with_january() -> None:
    flat = [100] * 24
    flat[2] = flat[14] = 1200  # the window begins in November: its third month is January
    index = turnover.season(turnover.throughout(turnover.monthly(steady("a", flat), WINDOW)), FIRST.month)
    assert index[0] == pytest.approx(1200 / (2300 / 12))
    assert index[1:] == pytest.approx([100 / (2300 / 12)] * 11)


def test_memory_sees_what_alternates() -> None:
    whole = turnover.about_season(turnover.throughout(turnover.monthly(steady("a", [100, 300] * 12), WINDOW)))
    assert turnover.memory(whole, "log", 1)["memory"].to_list() == pytest.approx([-1])
    assert turnover.memory(whole, "log", 12)["memory"].to_list() == pytest.approx([1])
    assert turnover.memory(whole, "calm", 1).is_empty()  # one firm is its own season


def test_growth_is_the_log_of_the_second_year_against_the_first() -> None:
    whole = turnover.throughout(turnover.monthly(steady("a", [100] * 12 + [200] * 12), WINDOW))
    assert turnover.growth(whole)["growth"].to_list() == pytest.approx([math.log(2)])


def test_spread_about_the_season_is_the_firm_s_own() -> None:
    calm, restless = steady("a", [100] * 24), steady("b", [50, 150] * 12)
    whole = turnover.throughout(turnover.monthly(pl.concat([calm, restless]), WINDOW))
    season = [0.75, 1.25]  # both together
    expected = np.std([math.log(one / now) for one, now in zip([1, 1], season, strict=True)] * 12, ddof=1)
    assert turnover.spread_of_months(whole)["spread"][0] == pytest.approx(expected)


def test_orders_are_what_one_buyer_gets_on_one_day() -> None:
    sales = papers(("a", days_on(0), "B", 60), ("a", days_on(0), "B", 40), ("a", days_on(0), "C", 5))
    assert turnover.orders(sales).select("partner", "yuan_net", "papers").rows() == [
        ("B", 100.0, 2),
        ("C", 5.0, 1),
    ]


def test_taken_back_counts_void_and_red_once_each() -> None:
    kept = papers(("a", days_on(0), "B", 10), ("a", days_on(0), "B", 10), ("a", days_on(1), "B", -10))
    gone = papers(("a", days_on(2), "B", -7), void=True)
    assert standing.taken_back(pl.concat([kept, gone])).rows() == [("a", 0.25, 0.25)]


def test_fates_set_the_last_half_year_against_the_one_a_year_before() -> None:
    sales = papers(
        ("bad", month(5, 30), "B", 400),
        ("bad", month(6, 1), "B", 100),
        ("bad", month(17, 1), "B", 50),
        ("bad", month(19, 1), "B", 25),
        ("good", month(23, 31), "B", 9),
        ("unlent", month(7), "B", 1),
    )
    labels = pl.DataFrame({"firm": ["bad", "good", "unlent"], "defaulted": [True, False, None]})
    found = standing.fates(Book(sales, labels, WINDOW, 0))
    assert found.rows() == [("bad", True, (WINDOW.last - month(19, 1)).days, 0.25), ("good", False, 0, None)]


def test_regular_firms_sold_twelve_times_in_six_months() -> None:
    often = [(name, month(at % many), "B", 1) for name, many in (("six", 6), ("five", 5)) for at in range(12)]
    seldom = [("eleven", month(at), "B", 1) for at in range(11)]
    assert regular_firms(papers(*often, *seldom), WINDOW).to_list() == ["six"]


def test_samples_weigh_firms_the_same() -> None:
    sample = by_firm(pl.DataFrame({"firm": ["a"] * 9 + ["b"], "x": [1] * 9 + [5]}), "x")
    assert sample.take("mean") == pytest.approx(3)
    assert (sample.take("p50"), sample.take("p90")) == (1, 5)
    assert sample.take("<= 1") == pytest.approx(0.5)
    assert sample.take("> 4") == pytest.approx(0.5)
    assert math.isnan(Sample(np.array([]), np.array([])).take("p50"))


def test_windows_are_the_same_calendar_months() -> None:
    bank = whole_months(pl.Series([date(2024, 10, 31), date(2026, 10, 31)]))
    assert bank == Window(date(2024, 11, 1), date(2026, 10, 31))
    assert same_months(bank, date(2019, 10, 31)) == Window(date(2017, 11, 1), date(2019, 10, 31))
    assert same_months(two_years_to(date(2026, 12, 31)), date(2019, 10, 31)).last == date(2018, 12, 31)
    assert same_months(two_years_to(date(2024, 2, 29)), date(2019, 10, 31)).last == date(2019, 2, 28)


def test_a_bank_of_eighteen_months_is_refused() -> None:
    with pytest.raises(Refusal, match="24 whole months"):
        whole_months(pl.Series([date(2025, 5, 31), date(2026, 10, 31)]))
