"""Who answers for a firm: nobody who left or is not known, no branch that does not exist."""

from datetime import date

import narwhals as nw
import polars as pl
import pytest

from xiaoer.branches.night import portfolio
from xiaoer.branches.rules import followed
from xiaoer.features.night import together
from xiaoer.kit.dates import day_number

DAY = date(2026, 10, 31)


def lazy(rows: dict[str, list[object]], **kinds: pl.DataType) -> nw.LazyFrame:
    return nw.from_native(pl.DataFrame(rows, schema_overrides=kinds).lazy())


def placed(
    firms: dict[str, str | None],
    answering: dict[str, tuple[str, str | None]],
    handed_over: list[tuple[str, str, str, date]] | None = None,
    named_on: date | None = None,
) -> dict[str, tuple[str, str]]:
    """`firms`: number → branch; `answering`: number → (staff, branch of the assignment)."""
    text = {name: pl.String() for name in ("customer_id", "branch_id", "staff_id", "role")}
    days = {name: pl.Date() for name in ("from_date", "to_date")}
    customers = lazy({"customer_id": [*firms], "branch_id": [*firms.values()]}, **text)
    assignments = lazy(
        {
            "customer_id": [*answering],
            "staff_id": [staff for staff, _ in answering.values()],
            "branch_id": [branch for _, branch in answering.values()],
            "role": ["responsible"] * len(answering),
            "from_date": [named_on] * len(answering),
            "to_date": [None] * len(answering),
        },
        **text,
        **days,
    )
    steps = sorted((firm, giver, *taken) for (firm, giver), taken in followed(handed_over or []).items())
    told = {name: pl.String() for name in ("customer_id", "from_id", "to_id")} | {"handed_date": pl.Date()}
    columns = zip(told, zip(*steps, strict=True) if steps else ([], [], [], []), strict=True)
    handed = lazy({name: [*values] for name, values in columns}, **told)
    staff = lazy({"staff_id": ["S1", "S2"], "branch_id": ["B1", "B2"]})
    branches = lazy({"branch_id": ["HQ", "B1", "B2"]})
    found = portfolio(
        customers, assignments, staff, branches, handed=handed, head_office="HQ", today=day_number(DAY)
    )
    rows = found.collect("polars").to_native().to_dicts()
    return {row["customer_id"]: (row["branch_id"], row["manager_id"]) for row in rows}


def test_an_assignment_places_the_firm() -> None:
    assert placed({"C1": "B1"}, {"C1": ("S2", "B2")}) == {"C1": ("B2", "S2")}


def test_who_left_or_is_unknown_answers_for_nobody() -> None:
    assert placed({"C1": "B1"}, {"C1": ("S99", "B1")}) == {"C1": ("B1", "pool:B1")}


def test_a_branch_nobody_knows_gives_way() -> None:
    assert placed({"C1": "B9"}, {"C1": ("S1", "B9")}) == {"C1": ("B1", "S1")}
    assert placed({"C1": "B9"}, {}) == {"C1": ("HQ", "pool:HQ")}
    assert placed({"C1": None}, {}) == {"C1": ("HQ", "pool:HQ")}


def test_closed_firms_are_known_as_closed() -> None:
    firms = lazy(
        {
            "customer_id": ["A", "B", "C", "D"],
            "kind": [None] * 4,
            "industry_code": [None] * 4,
            "region": [None] * 4,
            "opened_date": [None] * 4,
            "staff_count": [None] * 4,
            "status": ["active", "closed", None, None],
            "closed_date": [None, None, DAY, None],
        },
        closed_date=pl.Date(),
    )
    rows = together(firms, [], day_number(DAY)).collect("polars").to_native()
    assert dict(rows.select("customer_id", "closed").iter_rows()) == {
        "A": False,
        "B": True,
        "C": True,
        "D": False,
    }


FIRMS, TO_S2 = {"C1": "B1"}, ("C1", "S1", "S2", date(2026, 9, 1))


def test_a_firm_handed_over_stays_where_it_went_until_the_file_names_somebody_new() -> None:
    assert placed(FIRMS, {"C1": ("S1", "B1")}, [TO_S2]) == {"C1": ("B1", "S2")}
    assert placed(FIRMS, {"C1": ("S2", "B1")}, [TO_S2]) == {"C1": ("B1", "S2")}
    there_and_back = [TO_S2, ("C1", "S2", "S1", DAY)]
    assert placed(FIRMS, {"C1": ("S1", "B1")}, there_and_back) == {"C1": ("B1", "S1")}


@pytest.mark.parametrize(
    ("named_on", "answers"),
    [(date(2026, 8, 31), "S2"), (date(2026, 9, 1), "S2"), (date(2026, 9, 2), "S1"), (None, "S2")],
)
def test_an_assignment_of_the_file_dated_after_the_handover_is_newer(
    named_on: date | None, answers: str
) -> None:
    assert placed(FIRMS, {"C1": ("S1", "B1")}, [TO_S2], named_on) == {"C1": ("B1", answers)}


@pytest.mark.parametrize("own", ["B1", None, "B9"])
@pytest.mark.parametrize("taker", ["pool:B2", "S99"], ids=["pooled", "left since"])
def test_a_firm_handed_over_stays_in_the_branch_of_its_assignment(own: str | None, taker: str) -> None:
    gone = ("C1", "S2", taker, DAY)
    assert placed({"C1": own}, {"C1": ("S2", "B2")}, [gone]) == {"C1": ("B2", "pool:B2")}


def test_the_branch_may_be_known_from_whoever_had_the_firm_alone() -> None:
    assert placed({"C1": None}, {"C1": ("S2", None)}, [("C1", "S2", "pool:B2", DAY)]) == {
        "C1": ("B2", "pool:B2")
    }


def test_a_firm_goes_on_with_its_taker_though_the_giver_left() -> None:
    assert placed({"C1": None}, {"C1": ("S99", None)}, [("C1", "S99", "S2", DAY)]) == {"C1": ("B2", "S2")}


def test_a_chain_of_handovers_ends_where_the_last_one_went_on_its_day() -> None:
    first, second, third = (date(2026, 9, day) for day in (1, 2, 3))
    assert followed([("C1", "A", "B", first), ("C2", "A", "B", second), ("C1", "B", "C", third)]) == {
        ("C1", "A"): ("C", third), ("C1", "B"): ("C", third), ("C2", "A"): ("B", second),
    }  # fmt: skip
    assert followed([("C1", "A", "B", first), ("C1", "B", "A", second), ("C1", "A", "C", third)]) == {
        ("C1", "A"): ("C", third),
        ("C1", "B"): ("C", third),
    }
