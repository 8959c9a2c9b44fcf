"""One matter, one number: since when it lasts, what ends it, and from which day its term runs."""

from datetime import date, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from xiaoer.events.night import lasting
from xiaoer.events.night.lasting import BEFORE
from xiaoer.events.rules import event
from xiaoer.events.terms import Rules
from xiaoer.kit.dates import add_working_days, day_number

DAY = date(2026, 6, 30)
TODAY = day_number(DAY)
INTEGERS = {"mark_day", "began", "told_day", "days", "now", "before", "count", "amount", "today"}
COLUMNS = ["customer_id", "rule", "amount", "partner", "days", "now", "before", "mark_day", "variant", "product",
           "count", "began", "about", "told_day", "today"]  # fmt: skip
SEEN = {name: pl.Int64 if name in INTEGERS else pl.String for name in COLUMNS} | {"part": pl.Float64}
SAID = {
    "customer_id": pl.String,
    "rule": pl.String,
    "of": pl.String,
    "began": pl.Int64,
    "day": pl.Int64,
    "until_day": pl.Int64,
}
FALLS = {"customer_id": "X", "rule": "balance_falls", "amount": 1, "now": 1, "before": 2}


def lazy(rows: list[dict[str, Any]], schema: Any) -> Any:
    return nw.from_native(pl.DataFrame(rows, schema=schema).lazy())


def tonight(
    seen: dict[str, Any],
    before: list[dict[str, Any]],
    said: Any = (),
    met: int | None = None,
    on: date = DAY,
) -> dict[str, Any]:
    """The one row seen tonight, with its beginning and the day its term runs from."""
    began = seen.get("began") or (before[0]["began"] if before else day_number(on))
    known = [{"customer_id": "X", "last_contact_day": met}]
    rows = lasting(
        lazy([seen | {"today": day_number(on)}], SEEN),
        lazy(before, {name: SEEN[name] for name in BEFORE}),
        lazy(
            [{"customer_id": "X", "rule": seen["rule"], "of": "", "began": began, **one} for one in said],
            SAID,
        ),
        lazy(known, {"customer_id": pl.String, "last_contact_day": pl.Int64}),
    )
    (row,) = rows.collect("polars").to_native().to_dicts()
    assert "today" not in row
    return dict(row)


@pytest.mark.parametrize(
    ("seen", "before", "began"),
    [
        (FALLS, [], TODAY),  # new tonight, or it had stopped
        (FALLS, [FALLS | {"began": TODAY - 20}], TODAY - 20),
        (FALLS, [FALLS | {"customer_id": "Y", "began": TODAY - 20}], TODAY),
        (FALLS, [FALLS | {"rule": "silence", "began": TODAY - 20}], TODAY),
        (FALLS | {"partner": "P"}, [FALLS | {"partner": "Q", "began": TODAY - 20}], TODAY),
        (FALLS | {"partner": "P"}, [FALLS | {"partner": "P", "began": TODAY - 9}], TODAY - 9),
        (FALLS | {"began": TODAY - 3}, [FALLS | {"began": TODAY - 20}], TODAY - 3),  # the rule knows better
        (FALLS | {"rule": "loan_matures", "mark_day": TODAY + 30},
         [FALLS | {"rule": "loan_matures", "mark_day": TODAY + 30, "began": TODAY - 5}], TODAY - 5),
        (FALLS | {"rule": "loan_matures", "mark_day": TODAY + 45},  # the next note
         [FALLS | {"rule": "loan_matures", "mark_day": TODAY + 1, "began": TODAY - 5}], TODAY),
    ],
)  # fmt: skip
def test_a_matter_lasts_from_the_day_it_began_until_it_stops(
    seen: dict[str, Any], before: list[dict[str, Any]], began: int
) -> None:
    assert tonight(seen, [{name: one.get(name) for name in BEFORE} for one in before])["began"] == began


@pytest.mark.parametrize(
    ("told_before", "said", "met", "told"),
    [
        (None, [], None, None),  # on nobody's list yet: no term runs
        (None, [{"day": TODAY}], None, TODAY),
        (TODAY - 8, [{"day": TODAY}], None, TODAY - 8),  # the first time counts
        (TODAY - 8, [], TODAY - 9, TODAY - 8),
        (TODAY - 8, [], TODAY - 8, None),  # somebody was there: the term has been kept
        (TODAY - 8, [{"day": TODAY}], TODAY - 1, TODAY),  # and a list asks for it again
        (TODAY - 8, [{"until_day": TODAY + 4}], None, TODAY + 4),  # put off: from that day
        (TODAY - 8, [{"until_day": TODAY - 2}], None, TODAY - 2),
        (TODAY - 8, [{"until_day": TODAY - 2}], TODAY - 1, None),
        (None, [{"day": TODAY - 40}], None, None),  # of an earlier matter of the same rule
    ],
)
def test_its_term_runs_from_the_day_somebody_was_told(
    told_before: int | None, said: list[dict[str, Any]], met: int | None, told: int | None
) -> None:
    before = [{name: FALLS.get(name) for name in BEFORE} | {"began": TODAY - 20, "told_day": told_before}]
    row = tonight(FALLS, before, said, met)
    assert row["told_day"] == told
    days = Rules.in_force(DAY).of(event(row, DAY, Rules.in_force(DAY)).rule)["due_days"]
    known = DAY if told is None else DAY + timedelta(days=told - TODAY)
    assert event(row, DAY, Rules.in_force(DAY)).due_date == add_working_days(known, days)


@pytest.mark.parametrize("said", [{"until_day": TODAY + 30}, {"day": TODAY}])
def test_what_is_said_of_one_partner_says_nothing_of_another(said: dict[str, int]) -> None:
    lost = [FALLS | {"rule": "main_buyer_lost", "partner": one, "today": TODAY} for one in ("P1", "P2")]
    before = [{name: one.get(name) for name in BEFORE} | {"began": TODAY - 9} for one in lost]
    about_one = {"customer_id": "X", "rule": "main_buyer_lost", "of": "P1", "began": TODAY - 9, **said}
    rows = lasting(
        lazy(lost, SEEN), lazy(before, {name: SEEN[name] for name in BEFORE}), lazy([about_one], SAID),
        lazy([], {"customer_id": pl.String, "last_contact_day": pl.Int64}),
    ).collect("polars")  # fmt: skip
    told = dict(rows.to_native().select("partner", "told_day").rows())
    assert told == {"P1": max(said.values()), "P2": None}


def test_a_matter_that_returns_inherits_no_day_it_was_put_off_to() -> None:
    said = [{"began": TODAY - 20, "until_day": TODAY + 30}, {"began": TODAY - 20, "day": TODAY - 19}]
    assert tonight(FALLS, [], said)["told_day"] is None
    assert (
        tonight(FALLS, [{name: FALLS.get(name) for name in BEFORE} | {"began": TODAY - 2}], said)["told_day"]
        is None
    )


def test_a_matter_with_a_day_of_its_own_is_no_more_late_than_others() -> None:
    seen = FALLS | {"rule": "opening", "began": TODAY - 26}
    assert tonight(seen, [])["told_day"] is None, "begun weeks ago, told to nobody"
    assert tonight(seen, [], [{"day": TODAY}])["told_day"] == TODAY
    assert tonight(seen, [], [{"until_day": TODAY + 5}])["told_day"] == TODAY + 5


def test_the_worked_example_of_the_rule_page() -> None:
    """docs/rules/lasting-events.md, night by night; what is carried is what the night before told."""
    first, carried, told = date(2026, 11, 2), list[dict[str, Any]](), dict[date, tuple[date, date]]()
    for day in (first + timedelta(days=at) for at in range(30)):
        if date(2026, 11, 20) <= day < date(2026, 12, 1):
            carried = []
            continue
        said = [{"day": day_number(day)}] if day == date(2026, 11, 4) else []
        said += [{"until_day": day_number(date(2026, 11, 16))}] if day >= date(2026, 11, 12) else []
        met = day_number(date(2026, 11, 17)) if day >= date(2026, 11, 17) else None
        row = tonight(FALLS, carried, said, met, day)
        one = event(row, day, Rules.in_force(day))
        told[day] = (one.event_date, one.due_date)
        carried = [{name: row[name] for name in BEFORE}]
    expected = {2: (2, 9), 3: (2, 10), 4: (2, 11), 11: (2, 11), 12: (2, 23), 17: (2, 24), 19: (2, 26)}
    for day, (began, due) in expected.items():
        assert told[date(2026, 11, day)] == (date(2026, 11, began), date(2026, 11, due))
    assert told[date(2026, 12, 1)] == (date(2026, 12, 1), date(2026, 12, 8))
