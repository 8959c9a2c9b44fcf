"""Small purchases of every day: power, telephone, fuel, post, a night at an inn."""

import numpy as np
import polars as pl

from xiaoer.simulator.counterparties import outside_count, utility
from xiaoer.simulator.draws import Floats, choose, expand, stream
from xiaoer.simulator.firms import column_of
from xiaoer.simulator.manners import Manners, trading
from xiaoer.simulator.network import FOREVER, Ties
from xiaoer.simulator.terms import Month, Plan


def small_purchases(plan: Plan, month: Month, firms: pl.DataFrame, manners: Manners, level: Floats) -> Ties:
    """One tie for one purchase each, with its exact amount; `level` per firm is this month's business."""
    rng, rule = stream(plan.seed, "small purchases", month.index), trading("small")
    kinds = rule["kind"] + rule["away"]
    owner = expand(rng.poisson(manners.small * (level > rule["alive"])))
    kind = choose(rng, [row["weight"] for row in kinds], len(owner))
    near, codes = len(rule["kind"]), column_of("code").tolist()
    industry = np.array([0] * near + [codes.index(row["industry"]) for row in rule["away"]])[kind]
    lead = rng.integers(0, outside_count(plan) // len(codes), len(owner))
    away = plan.firms + lead * len(codes) + industry
    own = utility(plan, kind.clip(max=near - 1), firms["place"].to_numpy()[owner])
    middle = np.log(np.array([row["yuan"] for row in kinds], dtype=float))[kind]
    yuan = np.exp(rng.normal(middle, np.array([row["spread"] for row in kinds])[kind]))
    no, ones = np.zeros(len(owner), dtype=bool), np.ones(len(owner), dtype=np.int64)
    return Ties(
        owner,
        np.where(kind < near, own, away),
        no,
        no,
        ones.astype(np.float64),
        yuan,
        ones * month.index,
        ones * (month.index + 1),
        ones * 0,
        no,
        ones * FOREVER,
    )
