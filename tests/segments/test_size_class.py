"""Every bound of the official table from both sides, what leaves a size open, and rule against table."""

from collections.abc import Iterator
from datetime import date

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiaoer.kit.text import say
from xiaoer.segments.night import size_classes
from xiaoer.segments.rules import size_class
from xiaoer.segments.terms import FEN_PER_WAN, Measured, SizeClass, SizeTable

TABLE = SizeTable.in_force(date(2026, 11, 20))
S, R, A = "staff", "revenue", "assets"

# Written out again from the official text, so that a slip in parameters.toml does not prove itself.
OFFICIAL = {
    "A01": {R: (20000, 500, 50)},
    "B06": {S: (1000, 300, 20), R: (40000, 2000, 300)},
    "C13": {S: (1000, 300, 20), R: (40000, 2000, 300)},
    "D44": {S: (1000, 300, 20), R: (40000, 2000, 300)},
    "E47": {R: (80000, 6000, 300), A: (80000, 5000, 300)},
    "F51": {S: (200, 20, 5), R: (40000, 5000, 1000)},
    "F52": {S: (300, 50, 10), R: (20000, 500, 100)},
    "G54": {S: (1000, 300, 20), R: (30000, 3000, 200)},
    "G58": {S: (1000, 300, 20), R: (30000, 3000, 200)},
    "G591": {S: (1000, 300, 20), R: (30000, 3000, 200)},
    "G592": {S: (200, 100, 20), R: (30000, 1000, 100)},
    "G60": {S: (1000, 300, 20), R: (30000, 2000, 100)},
    "H61": {S: (300, 100, 10), R: (10000, 2000, 100)},
    "H62": {S: (300, 100, 10), R: (10000, 2000, 100)},
    "I63": {S: (2000, 100, 10), R: (100000, 1000, 100)},
    "I64": {S: (2000, 100, 10), R: (100000, 1000, 100)},
    "I65": {S: (300, 100, 10), R: (10000, 1000, 50)},
    "K7010": {R: (200000, 1000, 100), A: (10000, 5000, 2000)},
    "K702": {S: (1000, 300, 100), R: (5000, 1000, 500)},
    "L71": {S: (300, 100, 10), A: (120000, 8000, 100)},
    "L72": {S: (300, 100, 10), A: (120000, 8000, 100)},
    **{code: {S: (300, 100, 10)} for code in ("K703", "K704", "K709", "M73", "N77", "O80", "Q85", "R86")},
}
CLASSES = ("large", "medium", "small", "micro")
ENOUGH = 10**15


def boundaries() -> Iterator[tuple[str, str, int, str]]:
    """Each bound, exactly reached and one unit short (one person, one fen), all other metrics ample."""
    for code, metrics in OFFICIAL.items():
        for metric, bounds in metrics.items():
            for level, bound in enumerate(bounds):
                units = bound if metric == S else bound * FEN_PER_WAN
                yield code, metric, units, CLASSES[level]
                yield code, metric, units - 1, CLASSES[level + 1]


@pytest.mark.parametrize(("code", "metric", "value", "expected"), list(boundaries()))
def test_every_bound_from_both_sides(code: str, metric: str, value: int, expected: str) -> None:
    ample = {S: ENOUGH, R: ENOUGH, A: ENOUGH} | {metric: value}
    assert size_class(Measured("enterprise", code, **ample), TABLE).size_class == expected


def test_the_worked_example_of_the_page() -> None:
    """docs/rules/size-class.md: a wholesaler with 15 people and 60 million yuan is small, by its staff."""
    firm = Measured("enterprise", "F51", staff=15, revenue=6_000 * FEN_PER_WAN, assets=None)
    size = size_class(firm, TABLE)
    assert (size.size_class, size.line, size.missing) == (SizeClass.SMALL, "wholesale", ())
    assert say(size.because, "zh") == "小型：批发业，从业人员 15 人"
    assert say(size.because, "en") == "small: wholesale, 15 persons employed"


@pytest.mark.parametrize("code", ["J66", "J", "P83", "S92", "T97", "Q84", "Q8415", "G53", "G5310"])
def test_industries_outside_the_table_are_not_classified(code: str) -> None:
    assert size_class(Measured("enterprise", code, 5, 5, 5), TABLE).size_class == SizeClass.NOT_CLASSIFIED


def test_a_natural_person_has_no_size() -> None:
    assert size_class(Measured("owner", "F51", 1, 1, 1), TABLE).size_class == SizeClass.NOT_CLASSIFIED


@pytest.mark.parametrize(
    ("firm", "missing"),
    [
        (Measured("enterprise", None, None, None, None), ("industry", "staff", "revenue")),
        (Measured("enterprise", "", 5, 5, 5), ("industry",)),
        (Measured("enterprise", "F", 5, 5, 5), ("industry",)),  # wholesale or retail?
        (Measured("enterprise", "G59", 5, 5, 5), ("industry",)),  # storage or loading?
        (Measured("enterprise", "K70", 5, 5, 5), ("industry",)),
        (Measured("enterprise", "Q", 5, 5, 5), ("industry",)),  # health is outside, social work inside
        (Measured("enterprise", "C51", 5, 5, 5), ("industry",)),  # letter and digits disagree
        (Measured("enterprise", "99", 5, 5, 5), ("industry",)),
        (Measured("enterprise", "F51", None, 5, 5), ("staff",)),
        (Measured("enterprise", "C13", None, None, 5), ("staff", "revenue")),
        (Measured("enterprise", "E47", None, 5, None), ("assets",)),
        (Measured("enterprise", "L72", 5, None, None), ("assets",)),
    ],
)
def test_what_is_missing_is_named(firm: Measured, missing: tuple[str, ...]) -> None:
    size = size_class(firm, TABLE)
    assert (size.size_class, size.missing) == (SizeClass.UNDETERMINED, missing)
    assert "未能划型" in say(size.because, "zh")


@pytest.mark.parametrize("code", ["51", "5137", "f51", " F5137 ", "F51"])
def test_codes_are_read_with_and_without_their_letter(code: str) -> None:
    assert size_class(Measured("enterprise", code, 5, ENOUGH), TABLE).size_class == SizeClass.SMALL


CODES = st.sampled_from(
    [
        *OFFICIAL,
        "C",
        "H",
        "F",
        "G59",
        "K70",
        "Q",
        "J",
        "G53",
        "K708",
        "51",
        "7010",
        "C51",
        "Z1",
        "A1",
        "12345",
        "",
        None,
    ]
) | st.text("ABFGKQ0123456789 ", max_size=6)
VALUES = st.none() | st.sampled_from(
    sorted({b for m in OFFICIAL.values() for t in m.values() for b in t})
).flatmap(lambda bound: st.sampled_from([bound, bound - 1, bound * FEN_PER_WAN, bound * FEN_PER_WAN - 1]))
FIRMS = st.builds(
    Measured,
    kind=st.sampled_from(["enterprise", "sole_trader", "owner"]),
    industry_code=CODES,
    staff=VALUES,
    revenue=VALUES,
    assets=VALUES,
)


def as_table(firms: list[Measured]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": [f"C{number:04d}" for number in range(len(firms))],
            "kind": [firm.kind for firm in firms],
            "industry_code": [firm.industry_code for firm in firms],
            "staff_count": [firm.staff for firm in firms],
            "annual_revenue": [firm.revenue for firm in firms],
            "total_assets": [firm.assets for firm in firms],
        },
        schema_overrides={
            "industry_code": pl.String,
            "staff_count": pl.Int64,
            "annual_revenue": pl.Int64,
            "total_assets": pl.Int64,
        },
    )


def by_rule(firms: list[Measured]) -> list[tuple[str, str, str, str]]:
    sizes = [size_class(firm, TABLE) for firm in firms]
    return [
        (f"C{number:04d}", str(size.size_class), size.line, ",".join(size.missing))
        for number, size in enumerate(sizes)
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FIRMS, min_size=1, max_size=60))
def test_the_table_form_agrees_with_the_rule(firms: list[Measured]) -> None:
    frame = size_classes(nw.from_native(as_table(firms).lazy()), TABLE)
    assert frame.collect(backend="polars").to_native().sort("customer_id").rows() == by_rule(firms)


def test_the_table_form_agrees_on_the_default_engine_too() -> None:
    firms = [
        Measured(kind, code, staff, revenue, assets)
        for kind in ("enterprise", "owner")
        for code in (*OFFICIAL, "F", "Q", "G53", "J", "C51", "x", "G59", None)
        for staff, revenue, assets in ((None, 5, 5), (15, 6_000 * FEN_PER_WAN, 10**12), (5, None, None))
    ]
    relation = duckdb.connect().from_arrow(as_table(firms).to_arrow())
    frame = size_classes(nw.from_native(relation), TABLE)
    assert sorted(nw.to_native(frame).fetchall()) == by_rule(firms)
