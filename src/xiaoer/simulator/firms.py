"""The firms: what the bank sees of them, and what only the simulation knows."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Floats, Ints, choose, codes, flips, stream
from xiaoer.simulator.names import firm_names
from xiaoer.simulator.organisation import Organisation
from xiaoer.simulator.rules import CREDIT_CODE_SIGNS, credit_code
from xiaoer.simulator.terms import Plan, figure, table

CODE_SIGNS = np.array(list(CREDIT_CODE_SIGNS), dtype=object)
OFFICES = {"enterprise": "91", "sole_trader": "92"}


def draw_firms(plan: Plan, bank: Organisation) -> pl.DataFrame:
    """One row per firm, in order of its number `i`; money in fen, latent traits beside visible facts."""
    rng = stream(plan.seed, "firms")
    industry = choose(rng, [row["weight"] for row in _industries()], plan.firms)
    managers = np.bincount(bank.manager_branch, minlength=len(bank.sub_branches))
    branch = choose(rng, managers.astype(float), plan.firms)
    frame = pl.DataFrame({"i": np.arange(plan.firms), "industry": industry, "branch": branch})
    frame = frame.with_columns(kind=_kinds(rng, industry)).with_columns(**_traits(rng, plan.firms))
    frame = frame.with_columns(**_sizes(rng, frame))
    frame = frame.with_columns(**_identity(rng, frame, bank))
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
    }


def _sizes(rng: np.random.Generator, frame: pl.DataFrame) -> dict[str, Array]:
    count, industry = len(frame), frame["industry"].to_numpy()
    small = np.where(frame["kind"].to_numpy() == "enterprise", 1.0, 0.38)
    sales = (
        column_of("sales")[industry]
        * small
        * np.exp(rng.normal(0, 0.95, count) + 0.22 * frame["quality"].to_numpy())
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
        "often": (often * (sales / 2.5e5) ** 0.25).clip(0.4, 45),
    }


def _identity(rng: np.random.Generator, frame: pl.DataFrame, bank: Organisation) -> dict[str, Array]:
    kind, branch = frame["kind"].to_numpy(), frame["branch"].to_numpy()
    city, district = (
        np.array([place[word] for place in bank.places], dtype=object)[branch]
        for word in ("city", "district")
    )
    codes_of = column_of("code")[frame["industry"].to_numpy()]
    farming = np.char.startswith(codes_of.astype(str), "A")
    return {
        "customer_id": codes("C", frame["i"].to_numpy() + 1, 7),
        "name": firm_names(rng, kind, city, district, _words(rng, frame["industry"].to_numpy()), farming),
        "credit_code": _credit_codes(
            rng, kind, np.array([str(place["code"]) for place in bank.places])[branch]
        ),
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


def _credit_codes(rng: np.random.Generator, kind: Array, region: Array) -> Array:
    """Valid codes whose organisation part starts with MAY; owners have none."""
    tails = rng.permutation(len(kind)) + rng.integers(0, 31**5 - len(kind))
    digits = (tails[:, None] // 31 ** np.arange(5)) % 31
    bodies = CODE_SIGNS[digits].sum(axis=1)
    return np.array(
        [
            credit_code(OFFICES[k], r, "MAY" + b) if k in OFFICES else None
            for k, r, b in zip(kind, region, bodies, strict=True)
        ],
        dtype=object,
    )


def _history(rng: np.random.Generator, plan: Plan, frame: pl.DataFrame) -> dict[str, Array]:
    """Founding, joining and leaving the bank; leaving is likelier for the dissatisfied."""
    count, end = len(frame), np.datetime64(plan.end)
    age = (rng.gamma(2.0, 3.2, count) * 365 + 200).astype(int)
    founded = end - age.astype("timedelta64[D]")
    window = (plan.end - _start(plan)).days
    joined_days = np.minimum(age - 30, (rng.gamma(1.6, 2.3, count) * 365 + 60).astype(int))
    opened = end - joined_days.astype("timedelta64[D]")
    odds = np.exp(-0.75 * frame["satisfaction"].to_numpy())
    chance = figure("yearly_churn") * window / 365 * odds / odds.mean()
    leaves = end - rng.integers(0, max(window, 1), count).astype("timedelta64[D]")
    stays = ~flips(rng, chance, count) | (leaves <= opened + np.timedelta64(120, "D"))
    return {
        "founded_date": founded,
        "opened_date": opened,
        "closed_date": np.where(stays, np.datetime64("NaT"), leaves).astype("datetime64[D]"),
        "has_invoices": flips(rng, figure("invoice_share"), count),
    }


def _start(plan: Plan) -> date:
    return plan.end - timedelta(days=int(plan.months * 30.44))


def yearly_sales(frame: pl.DataFrame) -> Floats:
    """Sales of an ordinary year in yuan."""
    return frame["sales"].to_numpy() * 12
