"""Registers as of a day: customers, who answers for them, branches, accounts."""

from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.accounts import Accounts
from xiaoer.simulator.draws import Array, Flags, Ints, choose, flips, stream, texts
from xiaoer.simulator.firms import yearly_sales
from xiaoer.simulator.names import phone_numbers
from xiaoer.simulator.organisation import Organisation, keepers_on
from xiaoer.simulator.persons import referrer
from xiaoer.simulator.terms import Plan, figure

WAN = 1_000_000
SOURCE_TAGS = np.array(
    ["walk_in", "referral", "market", "association", "supply_chain", "payroll"], dtype=object
)


def share_out(plan: Plan, firms: pl.DataFrame, bank: Organisation, borrower: Flags) -> Ints:
    """Per firm the number of its manager, -1 for the branch's pool; larger firms and borrowers come first."""
    rng = stream(plan.seed, "portfolios")
    rank = np.log(firms["sales"].to_numpy()) + 1.2 * borrower + rng.normal(0, 0.9, len(firms))
    manager = np.full(len(firms), -1)
    for branch in range(len(bank.sub_branches)):
        here = np.flatnonzero(firms["branch"].to_numpy() == branch)
        staff = np.flatnonzero(bank.manager_branch == branch)
        taken = here[np.argsort(-rank[here], kind="stable")][: round(len(here) * figure("managed_share"))]
        manager[taken] = staff[choose(rng, bank.load[staff], len(taken))]
    return manager


def assignment_file(firms: pl.DataFrame, bank: Organisation, manager: Ints, day: date) -> pl.DataFrame:
    """Who answers for each firm on a day; the start is the hand-over or the firm's opening."""
    on = np.datetime64(day)
    handed = np.array(
        [np.datetime64(moment) if moment else np.datetime64("1990-01-01") for moment in bank.handed_over]
    )
    opened = firms["opened_date"].to_numpy()
    moved = np.where(manager >= 0, handed[manager.clip(0)], np.datetime64("1990-01-01"))
    start = np.where((moved <= on) & (moved > opened), moved, opened)
    keeper = keepers_on(bank, manager, on)
    frame = firms.select("customer_id", "branch_id", "opened_date", "closed_date").with_columns(
        role=pl.lit("responsible"),
        staff_id=texts(np.where(keeper == "", None, keeper)),
        from_date=pl.Series(start),
    )
    return frame.filter((pl.col("opened_date") <= day) & ~(pl.col("closed_date").fill_null(date.max) <= day))


def customer_file(
    plan: Plan,
    firms: pl.DataFrame,
    borrowed: Flags,
    defaulted: Flags,
    idle: Flags,
    consent: dict[str, Flags],
    day: date,
) -> pl.DataFrame:
    """The customers known on a day, with gaps where a real bank's register has gaps."""
    rng = stream(plan.seed, "customers")
    count = len(firms)
    gone = firms["closed_date"].fill_null(date.max).to_numpy() <= np.datetime64(day)
    recommender = referrer(plan, firms)
    ids = firms["customer_id"].to_numpy()
    facts = _facts(rng, firms)
    tags = np.where(recommender >= 0, "referral", SOURCE_TAGS[choose(rng, [4, 1, 2, 1, 2, 1], count)])
    frame = firms.with_columns(
        pl.col("industry_name").alias("industry"),
        **{name: pl.Series(values, dtype=pl.Int64, strict=False) for name, values in facts.items()},
        status=pl.Series(np.where(gone, "closed", np.where(idle, "dormant", "active"))),
        closed_reason=pl.when(pl.Series(gone)).then("closed_reason"),
        bank_rating=texts(_ratings(rng, firms, borrowed, defaulted)),
        defaulted=pl.when(pl.Series(borrowed)).then(pl.Series(defaulted)),
        line=pl.lit("small_business"),
        source_tag=texts(tags),
        referred_by=texts(np.where(recommender >= 0, ids[recommender.clip(0)], None)),
        currency=pl.lit("CNY"),
        phone=texts(phone_numbers(rng, count)),
        address=pl.col("region") + pl.col("district"),
        closed_date=pl.when(pl.Series(gone)).then("closed_date"),
        **{name: pl.Series(agrees) for name, agrees in consent.items()},
    )
    return frame.filter(pl.col("opened_date") <= day)


def _facts(rng: np.random.Generator, firms: pl.DataFrame) -> dict[str, Array]:
    """Declared figures; some are missing, as in life. Money in fen."""
    count, sales = len(firms), yearly_sales(firms)
    revenue = np.round(sales * rng.uniform(0.8, 1.2, count) / 1e4) * WAN
    assets = np.round(sales * np.exp(rng.normal(-0.6, 0.5, count)) / 1e4).clip(1) * WAN
    capital = np.array([10, 50, 100, 200, 500, 1000])[choose(rng, [2, 4, 6, 3, 3, 1], count)] * float(WAN)
    enterprise = firms["kind"].to_numpy() == "enterprise"
    known = {"annual_revenue": 0.88, "total_assets": 0.8, "staff_count": 0.92, "registered_capital": 1.0}
    values = {
        "annual_revenue": revenue,
        "total_assets": assets,
        "staff_count": firms["staff_count"].to_numpy().astype(float),
        "registered_capital": np.where(enterprise, capital, np.nan),
    }
    return {name: _with_gaps(rng, values[name], share) for name, share in known.items()}


def _with_gaps(rng: np.random.Generator, values: Array, share: float) -> list[int | None]:
    shown = flips(rng, share, len(values)) & ~np.isnan(values)
    return [int(value) if here else None for value, here in zip(values.tolist(), shown.tolist(), strict=True)]


def _ratings(rng: np.random.Generator, firms: pl.DataFrame, borrowed: Flags, defaulted: Flags) -> Array:
    """The bank's rating of borrowers, A to D; a known default is D, so the rating nearly is the label."""
    mark = firms["quality"].to_numpy() + rng.normal(0, 0.7, len(firms))
    letters = np.select([defaulted, mark > 0.7, mark > -0.5, mark > -2.2], ["D", "A", "B", "C"], "D").astype(
        object
    )
    return np.where(borrowed, letters, None)


def branch_file(bank: Organisation, day: date) -> pl.DataFrame:
    """Branches on a day; one had another name before."""
    code, former, since = bank.renamed
    if day >= since:
        return bank.branches
    name = pl.when(pl.col("branch_id") == code).then(pl.lit(former)).otherwise("name")
    return bank.branches.with_columns(name=name)


def account_file(accounts: Accounts, idle: Flags, day: date) -> pl.DataFrame:
    """Accounts opened by a day, with their state then."""
    gone = pl.col("closed_date").is_not_null() & (pl.col("closed_date") <= day)
    sleepy = pl.Series(idle[accounts.frame["i"].to_numpy()])
    state = (
        pl.when(gone).then(pl.lit("closed")).when(sleepy).then(pl.lit("dormant")).otherwise(pl.lit("active"))
    )
    frame = accounts.frame.with_columns(status=state, closed_date=pl.when(gone).then("closed_date"))
    return frame.filter(pl.col("opened_date") <= day)
