"""Size class and tier for all firms at once; one by one the same as rules.py, which a test holds."""

from collections.abc import Iterable
from datetime import date

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import whole
from xiaoer.segments.rules import INDUSTRY, PERSON, SIZE_BANDS, USUAL
from xiaoer.segments.terms import BANDS, CLASSED, Grid, Metric, SizeClass, SizeLine, SizeTable, contact_plan

COLUMNS = {Metric.STAFF: "staff_count", Metric.REVENUE: "annual_revenue", Metric.ASSETS: "total_assets"}
OUTSIDE = "outside"
APART = ","
AS_LARGE = 10**15  # persons or fen: beyond every bound of the table


def size_classes(customers: Frame, table: SizeTable) -> Frame:
    """One row per customer: customer_id, size_class, size_line, size_missing (names parted by commas).

    Needs customer_id, kind, industry_code, staff_count (persons), annual_revenue and total_assets (fen).
    """
    coded = customers.select(
        "customer_id", "kind", *COLUMNS.values(), _read=_tidy("industry_code")
    ).with_columns(
        _letter=nw.when(nw.col("_read").str.slice(0, 1).is_in(sorted(table.sections)))
        .then(nw.col("_read").str.slice(0, 1))
        .otherwise(nw.lit("")),
    )
    digits = nw.when(nw.col("_letter") == "").then(nw.col("_read")).otherwise(nw.col("_read").str.slice(1))
    lined = coded.with_columns(_digits=digits).with_columns(_line=_line(table))
    missed = lined.with_columns(_missing=_missing(table))
    return missed.select(
        "customer_id",
        size_class=_class(table),
        size_line=nw.when(_placed() & (nw.col("kind").fill_null("") != PERSON))
        .then(nw.col("_line"))
        .otherwise(nw.lit("")),
        size_missing=nw.when(nw.col("kind").fill_null("") == PERSON)
        .then(nw.lit(""))
        .otherwise(nw.col("_missing")),
    )


def places(firms: Frame, grid: Grid) -> Frame:
    """One row per customer: customer_id, value_band, size_band, tier.

    Needs customer_id, size_class, contribution_12m and turnover_12m (fen, null where not delivered).
    """
    contribution, turnover = nw.col("contribution_12m"), nw.col("turnover_12m")
    value = nw.when(~contribution.is_null()).then(_band(contribution, grid.contribution))
    size = _first_of(
        ((nw.col("size_class") == name, nw.lit(number)) for name, number in SIZE_BANDS.items()),
        nw.when(~turnover.is_null()).then(_band(turnover, grid.size_by_turnover)).otherwise(nw.lit(1)),
    )
    banded = firms.select(
        "customer_id",
        value_band=whole(
            value.otherwise(
                nw.when(~turnover.is_null()).then(_band(turnover, grid.turnover)).otherwise(nw.lit(1))
            )
        ),
        size_band=whole(size),
    )
    cells = (
        (
            (nw.col("value_band") == row) & (nw.col("size_band") == column),
            nw.lit(grid.tier(row, column).value),
        )
        for row in range(1, BANDS + 1)
        for column in range(1, BANDS + 1)
    )
    return banded.with_columns(tier=_first_of(cells, nw.lit(None, dtype=nw.String)))


def tier_range(customers: Frame, worth: Frame, table: SizeTable, grid: Grid) -> Frame:
    """Between which tiers what is missing decides: customer_id, tier_low, tier_high, of firms of undetermined size.

    As if all that is missing were large, and as if it were nought; without an industry any size is possible. `worth`:
    customer_id, contribution_12m, turnover_12m (fen).
    """
    open_ = size_classes(customers, table).filter(nw.col("size_class") == SizeClass.UNDETERMINED.value)
    theirs = customers.join(open_.select("customer_id"), on="customer_id", how="semi")
    low, high = (_placed_as_if(theirs, worth, table, grid, largest=largest) for largest in (False, True))
    return low.join(high, on="customer_id", how="inner")


def _placed_as_if(customers: Frame, worth: Frame, table: SizeTable, grid: Grid, *, largest: bool) -> Frame:
    filled = [nw.col(name).fill_null(AS_LARGE if largest else 0) for name in COLUMNS.values()]
    sizes = size_classes(customers.with_columns(filled), table)
    still = nw.col("size_class") == SizeClass.UNDETERMINED.value
    extreme = SizeClass.LARGE.value if largest else SizeClass.MICRO.value
    known = sizes.with_columns(
        size_class=nw.when(still).then(nw.lit(extreme)).otherwise(nw.col("size_class"))
    )
    placed = places(known.join(worth, on="customer_id", how="left"), grid)
    return placed.select("customer_id", nw.col("tier").alias("tier_high" if largest else "tier_low"))


def rhythms(placed: Frame, on: date) -> Frame:
    """The tier's rhythm beside each customer: every_days and due_channel."""
    plan = contact_plan(on)
    days = ((nw.col("tier") == tier.value, nw.lit(rhythm.every_days)) for tier, rhythm in plan.items())
    channels = ((nw.col("tier") == tier.value, nw.lit(rhythm.channel)) for tier, rhythm in plan.items())
    return placed.with_columns(
        every_days=whole(_first_of(days, nw.lit(None, dtype=nw.Int64))),
        due_channel=_first_of(channels, nw.lit(None, dtype=nw.String)),
    )


def _tidy(column: str) -> nw.Expr:
    return nw.col(column).fill_null("").str.strip_chars().str.to_uppercase()


def _line(table: SizeTable) -> nw.Expr:
    """The line's name; OUTSIDE for an industry the table leaves out; null for none, or one too coarse."""
    letter, digits = nw.col("_letter"), nw.col("_digits")
    division, group, length = digits.str.slice(0, 2), digits.str.slice(0, 3), digits.str.len_chars()
    known = sorted(code for codes in table.sections.values() for code in codes)
    homes = [f"{section}{code}" for section, codes in table.sections.items() for code in codes]
    at_home = (letter == "") | nw.concat_str([letter, division]).is_in(homes)
    proper = (length >= 2) & (length <= 4) & digits.str.contains("^[0-9]+$") & division.is_in(known) & at_home
    of_section = _of_sections(table)
    return _first_of(
        [
            ((length == 0) & (letter != ""), _lookup(letter, of_section)),
            (~proper, nw.lit(None, dtype=nw.String)),
            *((group.is_in(sorted(line.groups)), nw.lit(line.name)) for line in table.lines if line.groups),
            ((length == 2) & division.is_in(sorted(table.carved)), nw.lit(None, dtype=nw.String)),
            *(
                (division.is_in(sorted(line.divisions)), nw.lit(line.name))
                for line in table.lines
                if line.divisions
            ),
        ],
        nw.lit(OUTSIDE),
    )


def _of_sections(table: SizeTable) -> dict[str, str]:
    """Sections that lie whole in one line, or whole outside the table."""
    whole_sections = {}
    for section, divisions in table.sections.items():
        names = {_division_line(division, table.lines) for division in divisions}
        if len(names) == 1 and not table.carved & set(divisions):
            whole_sections[section] = names.pop()
    return whole_sections


def _division_line(division: str, lines: Iterable[SizeLine]) -> str:
    return next((line.name for line in lines if division in line.divisions), OUTSIDE)


def _lookup(value: nw.Expr, names: dict[str, str]) -> nw.Expr:
    cases = ((value == key, nw.lit(name)) for key, name in names.items())
    return _first_of(cases, nw.lit(None, dtype=nw.String))


def _placed() -> nw.Expr:
    return ~nw.col("_line").is_null() & (nw.col("_line") != OUTSIDE)


def _missing(table: SizeTable) -> nw.Expr:
    """Names of what is missing, in the order of the rule, parted by commas."""
    unknown = nw.col("_line").is_null()
    parts = [nw.when(unknown).then(nw.lit(APART + INDUSTRY)).otherwise(nw.lit(""))]
    for metric, column in COLUMNS.items():
        asked = nw.col("_line").is_in([line.name for line in table.lines if metric in line.bounds])
        asked = asked | unknown if metric in USUAL else asked
        gap = asked & nw.col(column).is_null()
        parts.append(nw.when(gap).then(nw.lit(APART + metric.value)).otherwise(nw.lit("")))
    return nw.concat_str(parts).str.slice(len(APART))


def _class(table: SizeTable) -> nw.Expr:
    levels = (
        (nw.col("_line") == line.name, _first_of(_levels(line), nw.lit(SizeClass.MICRO.value)))
        for line in table.lines
    )
    return _first_of(
        [
            (nw.col("kind").fill_null("") == PERSON, nw.lit(SizeClass.NOT_CLASSIFIED.value)),
            (nw.col("_line") == OUTSIDE, nw.lit(SizeClass.NOT_CLASSIFIED.value)),
            (nw.col("_missing") != "", nw.lit(SizeClass.UNDETERMINED.value)),
            *levels,
        ],
        nw.lit(SizeClass.UNDETERMINED.value),
    )


def _levels(line: SizeLine) -> Iterable[tuple[nw.Expr, nw.Expr]]:
    for level, size in enumerate(CLASSED):
        all_reached = [nw.col(COLUMNS[metric]) >= bounds[level] for metric, bounds in line.bounds.items()]
        yield nw.all_horizontal(*all_reached, ignore_nulls=False), nw.lit(size.value)


def _band(amount: nw.Expr, bounds: tuple[int, int, int]) -> nw.Expr:
    return _first_of(
        ((amount >= bound, nw.lit(BANDS - index)) for index, bound in enumerate(bounds)), nw.lit(1)
    )


def _first_of(cases: Iterable[tuple[nw.Expr, nw.Expr]], otherwise: nw.Expr) -> nw.Expr:
    """The value of the first case that holds; written as one expression for every engine."""
    chosen = otherwise
    for condition, value in reversed(list(cases)):
        chosen = nw.when(condition).then(value).otherwise(chosen)
    return chosen
