"""What the product's own hold-outs say of its year: `python -m bench.policies.holdouts [--firms N] [--seeds N] [--first SEED]`.

Firms that may be offered something, approached or left alone in the first half of 2026, and whether they took anything
new in it: what the bank itself could know, pooled over seeds as over branches. Kept in bench/results/holdouts.json.
"""

import argparse
import json
import os
from copy import deepcopy
from dataclasses import asdict
from datetime import date

import polars as pl

from bench.policies.product.policy import OFFERS, Product
from bench.policies.running import history
from bench.watching import CHECKOUT, commit
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.people.seen import seen
from xiaoer.trials import families
from xiaoer.trials.effects import Caution, Counted, effect
from xiaoer.trials.families import Families

RESULTS = CHECKOUT / "bench" / "results" / "holdouts.json"
DAY = date(2026, 10, 31)
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def main() -> None:
    """Live the years, pool the arms, keep."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--first", type=int, default=301)
    given = asked.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    seeds = range(given.first, given.first + given.seeds)
    rows = pl.concat([half_year(given.firms, seed) for seed in seeds])
    treated, held_out = (arm(rows.filter(pl.col("arm") == name)) for name in ("treated", "holdout"))
    found = effect(treated, held_out, Caution.in_force(DAY))
    page = {"commit": commit(), "firms": given.firms, "seeds": list(seeds)}
    page |= {"treated": asdict(treated), "held_out": asdict(held_out), **asdict(found)}
    RESULTS.write_text(json.dumps(page, indent=1) + "\n", "utf-8")
    print(json.dumps(page))


def half_year(firms: int, seed: int) -> pl.DataFrame:
    """A row a firm that could have been offered something: arm, and whether it took anything new."""
    before, memory = history(firms, seed, DAY)
    bank, policy = LivingBank(before.setting, deepcopy(before.life)), Product(before.setting.weeks, memory)
    while bank.day <= LAST:
        bank.step(bank.day, policy(bank))
    known, family = seen(bank), Families.in_force(FIRST).of[OFFERS]
    new = known["holdings"].filter(pl.col("opened_date").is_between(FIRST, LAST))["i"].unique()
    open_ = known["customers"].filter("consent_marketing", pl.col("opened_date") < FIRST)
    return open_.select(
        hit=pl.col("i").is_in(new.implode()),
        arm=pl.Series([families.arm(family, number, FIRST)[0] for number in open_["customer_id"]]),
    )


def arm(rows: pl.DataFrame) -> Counted:
    """Firms and hits of an arm."""
    return Counted(rows.height, int(rows["hit"].sum()))


if __name__ == "__main__":
    main()
