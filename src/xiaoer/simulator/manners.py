"""How each firm trades: its share of passing trade, how even its orders are, its prices, its slips."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Floats, Ints, stream
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.terms import Plan, figure, table


@dataclass(frozen=True)
class Manners:
    """One value per firm."""

    sales: Floats  # yuan invoiced in an ordinary month
    purchases: Floats  # yuan bought with an invoice, small purchases apart
    orders: Floats  # sales orders in an ordinary month
    buying: Floats  # purchase orders in one
    passing: Floats  # of the sales orders
    passing_buying: Floats  # of the purchase orders
    spread: Floats  # log-sd of sales orders within a tie
    buying_spread: Floats
    round: Floats  # share of round prices
    free_days: Floats  # 1 works on free days like everybody
    slips: Floats  # multiplier of invoices taken back
    small: Floats  # small purchases in an ordinary month


def trading(section: str) -> dict[str, Any]:
    """One section of trade.toml."""
    found: dict[str, Any] = table("trade")[section]
    return found


def manners_of(plan: Plan, firms: pl.DataFrame) -> Manners:
    """Every firm's manners; the same whenever asked."""
    rng = stream(plan.seed, "manners")
    count, quality = len(firms), firms["quality"].to_numpy()
    business = 1 - column_of("consumer").astype(float)[firms["industry"].to_numpy()]
    orders, back, small = trading("orders"), trading("back"), trading("small")
    written = firms["often"].to_numpy() / papers_per_order()
    passing = _passing(rng, firms)
    return Manners(
        sales=firms["sales"].to_numpy() * business,
        purchases=_bought(rng, firms),
        orders=written * np.sqrt(business),
        buying=written * orders["suppliers"],
        passing=passing,
        passing_buying=_passing_buying(passing),
        spread=_log_normal(rng, orders["spread"], count),
        buying_spread=_log_normal(rng, orders["purchase_spread"], count),
        round=rng.beta(*orders["round"], count),
        free_days=rng.gamma(trading("week")["own"], 1 / trading("week")["own"], count),
        slips=np.exp(rng.normal(0, back["own"], count) + back["weak"] * quality - back["own"] ** 2 / 2),
        small=_log_normal(rng, [np.log(small["rate"]), small["spread"]], count)
        * (firms["sales"].to_numpy() / 3.75e5) ** small["by_sales"],
    )


def papers_per_order() -> float:
    """Invoices, red ones counted, that come of an order on average."""
    orders = trading("orders")
    further = sum((at + 1) * part for at, part in enumerate(orders["pieces"]))
    return float((1 + orders["split"] * further) * (1 + 1.3 * figure("red_share")))


def by_code(shares: dict[str, float], code: str, otherwise: float | None = None) -> float:
    """The entry of the longest beginning of an industry code; `otherwise` where there is none."""
    fitting = [key for key in shares if code.startswith(key)]
    if not fitting and otherwise is not None:
        return otherwise
    return float(shares[max(fitting, key=len)])


def _log_normal(rng: np.random.Generator, log: list[float], count: int) -> Floats:
    """`log` holds mean and spread of the logarithm."""
    middle, spread = log
    return np.exp(rng.normal(middle, spread, count))


def _passing(rng: np.random.Generator, firms: pl.DataFrame) -> Floats:
    """Projects and shops live on passing trade, makers for one core enterprise hardly."""
    rule = trading("passing")
    mean = np.array([by_code(rule["share"], code) for code in column_of("code")])[_industry(firms)]
    return rng.beta(mean * rule["narrow"], (1 - mean) * rule["narrow"])


def _passing_buying(passing: Floats) -> Floats:
    rule = trading("passing")
    least, slope = rule["buying"]
    shares: Floats = (least + slope * passing).clip(0, rule["most_buying"])
    return shares


def _bought(rng: np.random.Generator, firms: pl.DataFrame) -> Floats:
    inputs = trading("inputs")
    part = rng.beta(*inputs["share"], len(firms))
    costs = firms["sales"].to_numpy() * (1 - firms["margin"].to_numpy())
    return costs * part * np.exp(inputs["weak"] * firms["quality"].to_numpy())


def _industry(firms: pl.DataFrame) -> Ints:
    return firms["industry"].to_numpy()
