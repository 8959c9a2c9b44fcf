"""Products and who holds them."""

from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Days, Flags, Floats, Ints, stream, texts
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.lending import PRODUCTS, Loans
from xiaoer.simulator.terms import Plan, table

LAUNCHED = date(2021, 1, 1)
CONSUMER_ONLY = ("S02", "S03")
NEED_STAFF = ("S01", "S04")
UNUSED = 0.22  # of products held are never used


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


def is_loan() -> Flags:
    """Per product whether it is a loan."""
    return np.array([code.startswith("L") for code in product_ids()])


def loan_places() -> Ints:
    """Where the loan products stand among all, in the order of PRODUCTS."""
    return np.array([product_ids().index(code) for code in PRODUCTS])


def fill_shelf(plan: Plan, firms: pl.DataFrame, start: date) -> Days:
    """Firms × products: since when each is held as the window opens; loans come from their contracts."""
    rng = stream(plan.seed, "shelf")
    rows, count = catalogue(), len(firms)
    lift = np.exp(0.35 * firms["need"].to_numpy() + 0.15 * (np.log(firms["sales"].to_numpy()) - 12.7))[
        :, None
    ]
    share = np.array([row["start"] for row in rows], dtype=float) * fits(firms) * lift
    opened, first = firms["opened_date"].to_numpy(), np.datetime64(start)
    held = (rng.random((count, len(rows))) < share.clip(0, 1)) & (opened < first)[:, None]
    age = (first - opened).astype(int)[:, None] * rng.random(held.shape) ** 1.5 * 0.6
    since = np.where(held, opened[:, None] + age.astype("timedelta64[D]"), NO_DAY)
    since[:, 0] = opened
    return since


def fits(firms: pl.DataFrame) -> Floats:
    """Firms × products: how much oftener a product suits a firm than any firm.

    Codes and terminals are for firms selling to private persons, foreign settlement for makers and traders of
    some size, payroll and cash management for those with staff.
    """
    codes_ = product_ids()
    consumer = column_of("consumer").astype(float)[firms["industry"].to_numpy()] > 0.05
    staff = firms["staff_count"].to_numpy()
    making = np.isin(firms["industry_code"].str.slice(0, 1).to_numpy(), ["C", "F"])
    fit = np.ones((len(firms), len(codes_)))
    for code in CONSUMER_ONLY:
        fit[:, codes_.index(code)] = np.where(consumer, 6.0, 0.05)
    for code in NEED_STAFF:
        fit[:, codes_.index(code)] = np.clip(staff / 12, 0.15, 2.5)
    fit[:, codes_.index("F01")] = np.where(making, 1.6, 0.2)
    return fit


def shelf_on(since: Days, loans: Loans, day: date) -> Days:
    """Firms × products: since when each is or was held as known on a day, loans by their first contract."""
    known = np.where(since <= np.datetime64(day), since, NO_DAY)
    first = (
        loans.contracts.filter(pl.col("drawn") <= day)
        .group_by("i", "product", maintain_order=True)
        .agg(pl.col("drawn").min())
    )
    known[:, loan_places()] = NO_DAY
    known[first["i"].to_numpy(), loan_places()[first["product"].to_numpy()]] = first["drawn"].to_numpy()
    return known


def owing_on(notes: pl.DataFrame, count: int) -> Flags:
    """Firms × products: whether something is owed on a loan product, from the notes of a day."""
    at = loan_places()
    live = notes.filter(pl.col("balance") > 0)
    owing = np.zeros((count, len(product_ids())), dtype=bool)
    owing[live["i"].to_numpy(), at[live["product"].to_numpy()]] = True
    return owing


def paid_off_on(loans: Loans, count: int, day: date) -> Days:
    """Firms × products: the last day up to now on which a loan of the product was paid off, NaT for none."""
    last = (
        loans.notes.filter(pl.col("settled") <= day)
        .group_by("i", "product", maintain_order=True)
        .agg(pl.col("settled").max())
    )
    days = np.full((count, len(product_ids())), NO_DAY)
    days[last["i"].to_numpy(), loan_places()[last["product"].to_numpy()]] = last["settled"].to_numpy()
    return days


def holding_file(
    plan: Plan,
    since: Days,
    firms: pl.DataFrame,
    uses: Ints,
    keepers: Array,
    day: date,
    *,
    owing: Flags,
    paid_off: Days,
) -> pl.DataFrame:
    """Holdings on a day; `uses` counts payments of twelve months, `owing` and `paid_off` are firms × products.

    A loan product counts as held while something is owed on it.
    """
    rng = stream(plan.seed, "holdings", day.toordinal())
    on = np.datetime64(day)
    firm, product = np.nonzero(since <= on)
    loan = is_loan()[product]
    closed = firms["closed_date"].to_numpy()[firm]
    left = (closed <= on) | (loan & ~owing[firm, product])
    done = paid_off[firm, product]
    closed = np.where(loan & ~np.isnat(done), done, closed)
    used = _used(rng, product, uses[firm])
    idle = np.where(used > 0, rng.integers(0, 45, len(firm)), 400)
    last = np.minimum(on, np.where(left, closed, on)) - idle.astype("timedelta64[D]")
    fee = np.array([float(str(row["fee"])) for row in catalogue()])[product]
    return pl.DataFrame(
        {
            "customer_id": firms["customer_id"].gather(firm),
            "product_id": pl.Series(product_ids()).gather(product),
            "status": np.where(left, "closed", "open"),
            "opened_date": since[firm, product],
            "closed_date": np.where(left, closed, NO_DAY),
            "last_used_date": np.maximum(last, since[firm, product]),
            "uses_12m": used,
            "fees_12m": (fee * 1200).astype(np.int64),
            "sold_by": texts(keepers[firm]),
        }
    )


def _used(rng: np.random.Generator, product: Ints, payments: Ints) -> Ints:
    """Uses of twelve months: the account as often as it pays, other products a part of that or not at all."""
    rate = rng.gamma(1.2, 0.25, len(product)) * (rng.random(len(product)) > UNUSED)
    return np.where(product == 0, payments, np.round(payments * rate)).astype(np.int64)
