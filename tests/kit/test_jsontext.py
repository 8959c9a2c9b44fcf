"""JSON by columns is JSON by json.dumps, to the byte."""

import json
from datetime import date
from math import isfinite

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.kit.jsontext import day, finite, floats, fraction, quoted, rounded, whole, written

NUMBERS = st.one_of(
    st.floats(allow_subnormal=True),
    st.floats(-1, 1),
    st.integers(-100_000, 100_000).map(lambda n: n / 1_000),  # ends in 5: halfway, or just beside it
    st.integers(-100_000, 100_000).map(float),
    st.sampled_from([0.0, -0.0, 1e-4, 9.999e-5, 1e15, 1e16, 1e-5, 0.125, 1.115, 2.675, -1.005, 1e22]),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_floats_and_roundings_are_pythons_own(numbers: list[float]) -> None:
    series = pl.Series(numbers, dtype=pl.Float64)
    assert floats(series).to_list() == [json.dumps(number) for number in numbers]
    some = [number for number in numbers if abs(number) < float("inf")]
    for digits in (1, 2):
        kept = rounded(pl.Series(some, dtype=pl.Float64), digits)
        assert floats(kept).to_list() == [json.dumps(round(number, digits)) for number in some]


@given(st.lists(NUMBERS | st.just(float("nan")), min_size=1, max_size=30))
def test_what_json_does_not_know_is_null(numbers: list[float]) -> None:
    rows = pl.DataFrame({"n": pl.Series([*numbers, None], dtype=pl.Float64)})
    told = [json.loads(one) for one in rows.select(finite(pl.col("n"))).to_series()]
    assert told == [one if isfinite(one) else None for one in numbers] + [None]


ROWS = st.tuples(st.none() | st.integers(), st.none() | NUMBERS, st.none() | TEXTS, st.none() | st.dates())


@settings(deadline=None)
@given(st.lists(ROWS.filter(lambda row: row[0] is None or abs(row[0]) < 2**63), min_size=1, max_size=9))
def test_a_shape_is_written_as_json_dumps_writes_it(
    rows: list[tuple[int | None, float | None, str | None, date | None]],
) -> None:
    schema = {"n": pl.Int64, "x": pl.Float64, "t": pl.String, "d": pl.Date}
    frame = pl.DataFrame(rows, schema=schema, orient="row")

    def shape(n: object, x: object, t: object, d: object) -> object:
        return [{'名 "': n, "x": {"x": x, "none": None, "empty": {}}}, [t, d, True, 1.5, []]]

    told = written(shape(whole(pl.col("n")), fraction(pl.col("x")), quoted(pl.col("t")), day(pl.col("d"))))
    expected = [json.dumps(shape(n, x, t, d and d.isoformat()), ensure_ascii=False) for n, x, t, d in rows]
    assert frame.select(told=told)["told"].to_list() == expected
