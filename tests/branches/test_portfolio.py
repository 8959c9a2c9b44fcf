"""Who answers for a firm: nobody who left or is not known, no branch that does not exist."""

from datetime import date

import narwhals as nw
import polars as pl

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
    handed_over: list[tuple[str, str, str]] | None = None,
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
            "from_date": [None] * len(answering),
            "to_date": [None] * len(answering),
        },
        **text,
        **days,
    )
    steps = sorted((firm, giver, taker) for (firm, giver), taker in followed(handed_over or []).items())
    columns = zip(
        ("customer_id", "from_id", "to_id"), zip(*steps, strict=True) if steps else ((), (), ()), strict=True
    )
    told = {name: pl.String() for name in ("customer_id", "from_id", "to_id")}
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


def test_a_firm_handed_over_stays_where_it_went_until_the_file_names_somebody_new() -> None:
    firms, to_s2 = {"C1": "B1"}, [("C1", "S1", "S2")]
    assert placed(firms, {"C1": ("S1", "B1")}, to_s2) == {"C1": ("B1", "S2")}
    assert placed(firms, {"C1": ("S2", "B1")}, to_s2) == {"C1": ("B1", "S2")}
    there_and_back = [*to_s2, ("C1", "S2", "S1")]
    assert placed(firms, {"C1": ("S1", "B1")}, there_and_back) == {"C1": ("B1", "S1")}


def test_a_chain_of_handovers_ends_where_the_last_one_went() -> None:
    assert followed([("C1", "A", "B"), ("C2", "A", "B"), ("C1", "B", "C")]) == {
        ("C1", "A"): "C", ("C1", "B"): "C", ("C2", "A"): "B",
    }  # fmt: skip
    assert followed([("C1", "A", "B"), ("C1", "B", "A"), ("C1", "A", "C")]) == {
        ("C1", "A"): "C",
        ("C1", "B"): "C",
    }
