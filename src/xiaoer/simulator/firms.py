"""The firms: what the bank sees of them, and what only the simulation knows."""

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Floats, Ints, choose, codes, flips, stream, texts
from xiaoer.simulator.names import firm_names
from xiaoer.simulator.organisation import Organisation
from xiaoer.simulator.rules import CREDIT_CODE_SIGNS, base31, credit_codes
from xiaoer.simulator.terms import Plan, figure, table

STRIDE = 7_919  # shares no factor with 31, so that different numbers give different codes


def draw_firms(plan: Plan, bank: Organisation) -> pl.DataFrame:
    """One row per firm, in order of its number `i`; money in fen, latent traits beside visible facts."""
    rng = stream(plan.seed, "firms")
    industry = choose(rng, [row["weight"] for row in _industries()], plan.firms)
    managers = np.bincount(bank.manager_branch, minlength=len(bank.sub_branches))
    branch = choose(rng, managers.astype(float), plan.firms)
    frame = pl.DataFrame({"i": np.arange(plan.firms), "industry": industry, "branch": branch})
    frame = frame.with_columns(kind=_kinds(rng, industry)).with_columns(**_traits(rng, plan.firms))
    frame = frame.with_columns(**_sizes(rng, frame))
    frame = frame.with_columns(**_identity(plan, rng, frame, bank))
    return frame.with_columns(**_history(rng, plan, frame))


def column_of(name: str) -> Array:
    """One column of the industry table, by industry position."""
    return np.array([row[name] for row in _industries()])


def _industries() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = table("industries")["industry"]
    return rows


def _kinds(rng: np.random.Generator, industry: Ints) -> Array:
    sole = figure("sole_trader_share") * column_of("sole").astype(float)[industry]
    draw = rng.random(len(industry))
    owner = figure("owner_share")
    return np.where(
        draw < owner, "owner", np.where(draw < owner + sole.clip(0, 0.85), "sole_trader", "enterprise")
    )


def _traits(rng: np.random.Generator, count: int) -> dict[str, Array]:
    """What no file shows: quality, cash discipline, temper. Standard normal unless said otherwise."""
    quality, cash = rng.normal(size=count), rng.normal(size=count)
    settles = rng.beta(2.2, 2.2 * (1 / figure("settlement_share") - 1), count).clip(0.05, 0.98)
    return {
        "quality": quality,
        "cash_buffer": 0.5 * quality + 0.87 * cash,
        "satisfaction": rng.normal(size=count),
        "patience": rng.normal(size=count),
        "price_sensitivity": rng.beta(2, 3, count),
        "settles_here": settles,
        "need": rng.normal(size=count),
        "loyalty": rng.normal(size=count),
        "substitution": rng.beta(2, 2, count),
    }


def _sizes(rng: np.random.Generator, frame: pl.DataFrame) -> dict[str, Array]:
    count, industry = len(frame), frame["industry"].to_numpy()
    small = np.where(frame["kind"].to_numpy() == "enterprise", 1.0, 0.38)
    sales = (
        column_of("sales")[industry]
        * small
        * np.exp(rng.normal(0, figure("size_spread"), count) + 0.22 * frame["quality"].to_numpy())
    )
    staff = 1 + sales * 12 / column_of("staff")[industry] * np.exp(rng.normal(0, 0.35, count))
    margin = column_of("margin")[industry] * np.exp(
        0.16 * frame["quality"].to_numpy() + rng.normal(0, 0.2, count)
    )
    often = figure("invoices_per_month") * column_of("often")[industry] * np.exp(rng.normal(0, 0.75, count))
    return {
        "sales": sales.clip(8000, 3e7),  # yuan of an ordinary month
        "staff_count": staff.round().astype(int),
        "margin": margin.clip(0.015, 0.8),
        "often": (often * (sales / 3.75e5) ** 0.25).clip(0.4, 45),
    }


def _identity(
    plan: Plan, rng: np.random.Generator, frame: pl.DataFrame, bank: Organisation
) -> dict[str, Array | pl.Series]:
    kind, branch = frame["kind"].to_numpy(), frame["branch"].to_numpy()
    city, district = (
        np.array([place[word] for place in bank.places], dtype=object)[branch]
        for word in ("city", "district")
    )
    codes_of = column_of("code")[frame["industry"].to_numpy()]
    farming = np.char.startswith(codes_of.astype(str), "A")
    return {
        "customer_id": codes("C", plan.first + frame["i"].to_numpy() + 1, 7),
        "name": firm_names(rng, kind, city, district, _words(rng, frame["industry"].to_numpy()), farming),
        "credit_code": _credit_codes(
            plan, rng, kind, np.array([str(place["code"]) for place in bank.places])[branch]
        ),
        "place": np.array([place["known"] for place in bank.places])[branch],
        "industry_code": codes_of,
        "industry_name": column_of("name")[frame["industry"].to_numpy()],
        "region": np.array([f"{place['province']}{place['city']}市" for place in bank.places], dtype=object)[
            branch
        ],
        "district": district + "区",
        "branch_id": bank.sub_branches[branch],
    }


def _words(rng: np.random.Generator, industry: Ints) -> Array:
    words = [row["words"] for row in _industries()]
    pick = rng.random(len(industry))
    return np.array(
        [words[at][int(share * len(words[at]))] for at, share in zip(industry, pick, strict=True)],  # type: ignore[arg-type,index]
        dtype=object,
    )


def _credit_codes(plan: Plan, rng: np.random.Generator, kind: Array, region: Array) -> pl.Series:
    """Valid codes whose organisation part starts with MAY, different over all parts; owners have none."""
    numbers = (plan.first + rng.permutation(len(kind)) + plan.whole_seed) * STRIDE % 31**5
    start = np.array([[CREDIT_CODE_SIGNS.index(sign) for sign in "MAY"]]).repeat(len(kind), axis=0)
    office = np.where(kind == "sole_trader", "92", "91")
    heads = np.char.add(office, region.astype("<U6"))
    codes_ = credit_codes(heads, np.column_stack([start, base31(numbers, 5)])).astype(object)
    return texts(np.where(kind == "owner", None, codes_))  # text also where the first firm has none


def _history(rng: np.random.Generator, plan: Plan, frame: pl.DataFrame) -> dict[str, Array]:
    """Founding and joining the bank; when a firm leaves is seen only as the weeks go by."""
    count, end = len(frame), np.datetime64(plan.end)
    age = (rng.gamma(2.0, 3.2, count) * 365 + 200).astype(int)
    founded = end - age.astype("timedelta64[D]")
    joined_days = np.minimum(age - 30, (rng.gamma(1.6, 2.3, count) * 365 + 60).astype(int))
    return {
        "founded_date": founded,
        "opened_date": end - joined_days.astype("timedelta64[D]"),
        "has_invoices": flips(rng, figure("invoice_share"), count),
    }


def yearly_sales(frame: pl.DataFrame) -> Floats:
    """Sales of an ordinary year in yuan."""
    return frame["sales"].to_numpy() * 12
