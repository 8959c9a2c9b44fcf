"""Products, who holds them, and the true chance that a firm takes one, asked or unasked."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.accounts import Accounts
from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, stream, texts
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.lending import PRODUCTS, Loans
from xiaoer.simulator.terms import Plan, figure, table

UNASKED = 0.015  # of the asked chance, per month
LAUNCHED = date(2021, 1, 1)
CONSUMER_ONLY = ("S02", "S03")


def catalogue() -> list[dict[str, object]]:
    """The products as the TOML lists them."""
    rows: list[dict[str, object]] = table("products")["product"]
    return rows


def product_ids() -> list[str]:
    """Product codes in order."""
    return [str(row["id"]) for row in catalogue()]


def product_file() -> pl.DataFrame:
    """The catalogue as a source file."""
    return pl.DataFrame([_product(row) for row in catalogue()], infer_schema_length=None)


def _product(row: dict[str, object]) -> dict[str, object]:
    return {
        "product_id": row["id"],
        "name": row["name"],
        "name_en": row["name_en"],
        "category": row["category"],
        "provider": row.get("provider", "own"),
        "partner": row.get("partner"),
        "launched_date": LAUNCHED,
        "monthly_fee": _fen(row["fee"]),
        "minimum_balance": _fen(row.get("minimum")),
        "free_transactions": row.get("free"),
        "monthly_cost": _fen(row["cost"]),
        "margin": row.get("margin"),
        "base_rate": row["base"],
    }


def _fen(yuan: object) -> int | None:
    return None if yuan is None else int(str(yuan)) * 100


@dataclass
class Shelf:
    """Firms × products: since when held (NaT for not), and the true chance to take each when asked."""

    since: Days
    asked: Floats

    @property
    def held(self) -> Flags:
        return ~np.isnat(self.since)

    def take(self, firm: Ints, product: Ints, day: Days) -> None:
        """Firms that hold nothing of the product yet now do."""
        fresh = np.isnat(self.since[firm, product])
        self.since[firm[fresh], product[fresh]] = day[fresh]


def fill_shelf(plan: Plan, firms: pl.DataFrame, accounts: Accounts) -> Shelf:
    """What firms hold when the window opens; loans come later from the contracts."""
    rng = stream(plan.seed, "shelf")
    rows, count = catalogue(), len(firms)
    lift = np.exp(0.35 * firms["need"].to_numpy() + 0.15 * (np.log(firms["sales"].to_numpy()) - 12.3))[
        :, None
    ]
    start = np.array([row["start"] for row in rows], dtype=float) * _fits(firms) * lift
    held = rng.random((count, len(rows))) < start.clip(0, 1)
    opened, end = firms["opened_date"].to_numpy(), np.datetime64(plan.end)
    age = (end - opened).astype(int)[:, None] * rng.random(held.shape) ** 1.5 * 0.6
    since = np.where(held, opened[:, None] + age.astype("timedelta64[D]"), NO_DAY)
    since[:, 0] = opened
    saving = accounts.frame.filter(kind="time_deposit")
    since[saving["i"].to_numpy(), 1] = saving["opened_date"].to_numpy()
    return Shelf(since, _asked(rng, firms))


def _fits(firms: pl.DataFrame) -> Floats:
    """Codes and terminals are for firms selling to private persons."""
    consumer = column_of("consumer").astype(float)[firms["industry"].to_numpy()] > 0.05
    only = np.array([code in CONSUMER_ONLY for code in product_ids()])
    return np.where(only[None, :], np.where(consumer[:, None], 6.0, 0.05), 1.0)


def _asked(rng: np.random.Generator, firms: pl.DataFrame) -> Floats:
    base = np.array([row["base"] for row in catalogue()], dtype=float).clip(1e-6, 0.9)
    taste = rng.normal(0, 0.6, (len(firms), len(base)))
    traits = 0.55 * firms["need"].to_numpy() + 0.25 * firms["satisfaction"].to_numpy()
    logit = (
        np.log(base / (1 - base))
        + np.log(figure("response_share") / 0.07)
        + 0.1
        + traits[:, None]
        + taste
        + np.log(_fits(firms)) * 0.3
    )
    return 1 / (1 + np.exp(-logit))


def unasked(rng: np.random.Generator, shelf: Shelf, present: Flags) -> tuple[Ints, Ints]:
    """Firms that take a product of their own accord in a month; loans are not taken this way."""
    loans = np.array([code.startswith("L") for code in product_ids()])
    chance = shelf.asked * UNASKED * ~shelf.held * ~loans[None, :] * present[:, None]
    firm, product = np.nonzero(rng.random(chance.shape) < chance)
    return firm, product


def add_loans(shelf: Shelf, loans: Loans, first: date, last: date) -> None:
    """Contracts drawn in a span become holdings."""
    drawn = loans.contracts.filter(pl.col("drawn").is_between(first, last))
    at = np.array([product_ids().index(code) for code in PRODUCTS])
    shelf.take(drawn["i"].to_numpy(), at[drawn["product"].to_numpy()], drawn["drawn"].to_numpy())


def owing_on(notes: pl.DataFrame, count: int) -> Flags:
    """Firms × products: whether something is owed on a loan product, from the notes of a day."""
    at = np.array([product_ids().index(code) for code in PRODUCTS])
    live = notes.filter(pl.col("balance") > 0)
    owing = np.zeros((count, len(product_ids())), dtype=bool)
    owing[live["i"].to_numpy(), at[live["product"].to_numpy()]] = True
    return owing


def holding_file(
    plan: Plan, shelf: Shelf, firms: pl.DataFrame, uses: Ints, keepers: Array, day: date, *, owing: Flags
) -> pl.DataFrame:
    """Holdings on a day; `uses` counts each firm's payments of twelve months, `owing` is firms × products.

    A loan product counts as held while something is owed on it.
    """
    rng = stream(plan.seed, "holdings", day.toordinal())
    on = np.datetime64(day)
    firm, product = np.nonzero(shelf.held & (shelf.since <= on))
    closed = firms["closed_date"].to_numpy()[firm]
    loan = np.array([code.startswith("L") for code in product_ids()])[product]
    left = (closed <= on) | (loan & ~owing[firm, product])
    rate = rng.gamma(1.2, 0.25, len(firm)) * (rng.random(len(firm)) > 0.22)
    used = np.where(product == 0, uses[firm], np.round(uses[firm] * rate)).astype(np.int64)
    idle = np.where(used > 0, rng.integers(0, 45, len(firm)), 400)
    last_used = np.maximum(
        np.minimum(on, np.where(left, closed, on)) - idle.astype("timedelta64[D]"), shelf.since[firm, product]
    )
    fee = np.array([float(str(row["fee"])) for row in catalogue()])[product]
    return pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(firm),
            "product_id": pl.Series(product_ids()).gather(product),
            "status": np.where(left, "closed", "open"),
            "opened_date": shelf.since[firm, product],
            "closed_date": np.where(left, closed, NO_DAY),
            "last_used_date": last_used,
            "uses_12m": used,
            "fees_12m": (fee * 1200).astype(np.int64),
            "sold_by": texts(keepers[firm]),
        }
    )
