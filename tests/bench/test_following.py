"""What invoices did after a morning, on a book small enough to follow by hand."""

from datetime import date, timedelta

import polars as pl
import pytest

from bench.following import buyers_lost, compared, falls, silences

MORNING = date(2019, 5, 31)
WAN = 1_000_000


def sales(*papers: tuple[str, str, int, int]) -> pl.DataFrame:
    """Firm, buyer, days after the morning, ten thousand yuan."""
    return pl.DataFrame(
        [(firm, buyer, MORNING + timedelta(days=day), wan * WAN) for firm, buyer, day, wan in papers],
        {"customer_id": pl.String, "counterparty_id": pl.String, "day": pl.Date, "amount": pl.Int64},
        orient="row",
    )


def rows(frame: pl.DataFrame) -> dict[str, tuple[bool, bool, bool]]:
    return {
        row["customer_id"]: (row["flagged"], row["largest"], row["hit"])
        for row in frame.iter_rows(named=True)
    }


def test_a_fall_is_held_against_the_same_days_of_last_year() -> None:
    last_year = [
        ("falls", "b", -300, 20),
        ("holds", "b", -300, 30),
        ("gone", "b", -300, 90),
        ("small", "b", -300, 9),
    ]
    lately = [(firm, "b", -10, 1) for firm in ("falls", "holds", "small")]
    next_ = [("falls", "b", 40, 12), ("holds", "b", 40, 19), ("small", "b", 40, 1)]
    found = rows(falls(sales(*last_year, *lately, *next_), MORNING, {"falls"}))
    # 12 of 20 is 60 %; "gone" was not alive on the morning, "small" sold too little to speak of
    assert found == {"holds": (False, True, False), "falls": (True, False, True)}


def test_what_red_papers_take_back_is_not_sold() -> None:
    papers = [("f", "b", -300, 20), ("f", "b", -10, 1), ("f", "b", 10, 20), ("f", "b", 20, -10)]
    assert rows(falls(sales(*papers), MORNING, set()))["f"][2]


def test_a_silence_lasts_where_nothing_is_sold_in_thirty_days() -> None:
    papers = [("quiet", "b", -20, 5), ("back", "b", -20, 9), ("back", "b", 30, 1), ("left", "b", -190, 9)]
    late = [("late", "b", -20, 1), ("late", "b", 31, 1)]
    found = rows(silences(sales(*papers, *late), MORNING, {"quiet", "back"}))
    assert found == {"back": (True, True, False), "quiet": (True, True, True), "late": (False, False, True)}


def test_a_buyer_is_lost_where_it_buys_nothing_more() -> None:
    stays = [("f", "stays", day, 10) for day in (-200, -150, -100, -50, 20)]
    lost = [("f", "lost", day, 5) for day in (-200, -150, -100, -80)]
    once = [("f", "once", -100, 30)]
    frame = buyers_lost(sales(*stays, *lost, *once), MORNING, {("f", "lost")})
    assert frame.select("flagged", "largest", "hit").rows() == [(False, True, False), (True, False, True)]


def test_a_list_that_knows_beats_the_lot_and_one_that_does_not_does_not() -> None:
    firms = [f"F{number:03}" for number in range(200)]
    knows = pl.DataFrame(
        {
            "customer_id": firms,
            "flagged": [number < 40 for number in range(200)],
            "largest": [number >= 160 for number in range(200)],
            "weight": [0.2] * 200,
            "hit": [number < 50 and number % 5 > 0 for number in range(200)],
        }
    )
    told = compared(knows)
    assert (told["asked"], told["flagged"], told["flagged_true"], told["random"]) == (200, 40, 0.8, 0.2)
    assert told["over_random"] == pytest.approx(0.6)
    assert told["over_random_low"] > 0.4  # type: ignore[operator]
    assert told["largest_true"] == 0.0
    lot = compared(knows.with_columns(flagged=pl.int_range(pl.len()) % 5 == 1))
    assert lot["over_random_low"] < 0 < lot["over_random_high"]  # type: ignore[operator]


def test_mornings_that_flag_nobody_have_no_share() -> None:
    nobody = falls(sales(("f", "b", -300, 20), ("f", "b", -10, 1)), MORNING, set())
    told = compared(nobody)
    assert (told["flagged"], told["flagged_true"], told["over_random"]) == (0, None, None)
