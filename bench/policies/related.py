"""What related firms add: `python -m bench.policies.related [--firms N] [--seeds N] [--first SEED]`.

The product's year with and without looking at what firms tied to each answered: of one owner (register of persons),
guarantors of one circle, and partners in trade, on the same luck. The difference of profit is kept with its paired
interval in bench/results/related.json, and so is what was learnt of each edge: log-odds that a yes there adds.
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import repeat
from multiprocessing import get_context

import numpy as np

from bench.policies.product.accepting import Edges
from bench.policies.product.policy import Product
from bench.policies.report import paired
from bench.policies.running import Year, history, lived
from bench.watching import CHECKOUT, commit
from xiaoer.simulator.fates import CIRCLE, in_circle
from xiaoer.simulator.network import Ties
from xiaoer.simulator.people.living import LivingBank
from xiaoer.simulator.world import open_bank

RESULTS = CHECKOUT / "bench" / "results" / "related.json"
DAY = date(2026, 10, 31)


def main() -> None:
    """Live the years in pairs, keep the difference."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--first", type=int, default=301)
    asked.add_argument("--jobs", type=int, default=1, help="banks lived side by side")
    given = asked.parse_args()
    for name in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ.setdefault(name, "1")
    seeds = range(given.first, given.first + given.seeds)
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        banks = list(pool.map(pair, repeat(given.firms), seeds))
    keep([year for years, _ in banks for year in years], [learnt for _, learnt in banks], given.firms)


def pair(firms: int, seed: int) -> tuple[list[Year], dict[str, float]]:
    """One bank's year without and with relations, and the log-odds learnt of each edge at its end."""
    before, memory = history(firms, seed, DAY)
    ends, edges = before.setting.weeks, edges_of(before, open_bank(before.setting.plan)[1])
    with_relations = Product(ends, memory, edges)
    years = [
        lived("product", Product(ends, memory), before),
        lived("related", with_relations, before),
    ]
    assert with_relations.accepting is not None
    assert with_relations.accepting.card is not None
    weights = with_relations.accepting.card.weights[-len(edges) :]
    return years, dict(zip(edges, weights.round(3).tolist(), strict=True))


def edges_of(before: LivingBank, ties: Ties) -> Edges:
    """Pairs of firms, both ways: of one owner, of one circle of guarantees, in trade with one another."""
    count = len(before.setting.firms)
    circle = np.where(
        in_circle(before.setting.plan, count), np.arange(count) // CIRCLE, -1 - np.arange(count)
    )
    inside = ties.internal & (ties.owner != ties.other)
    trade = np.column_stack([ties.owner[inside], ties.other[inside]])
    return {
        "owner": _within(np.asarray(before.setting.folk.hands)),
        "guarantee": _within(circle),
        "trade": (np.concatenate(trade.T), np.concatenate(trade[:, ::-1].T)),
    }


def _within(group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of different firms of one group."""
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    pairs = [(a, b) for part in parts if len(part) > 1 for a in part for b in part if a != b]
    table = np.array(pairs, dtype=int).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def keep(years: list[Year], learnt: list[dict[str, float]], firms: int) -> None:
    """Write and print the paired difference in yuan a year, and the mean of what was learnt."""
    told = {name: round(float(np.mean([one[name] for one in learnt])), 3) for name in learnt[0]}
    page = {"commit": commit(), "firms": firms, **paired(years)[0], "learnt": told}
    page |= {"learnt_by_bank": learnt, "years": [vars(year) for year in years]}
    RESULTS.write_text(json.dumps(page, indent=1) + "\n", "utf-8")
    print({name: value for name, value in page.items() if name not in ("years", "learnt_by_bank")})


if __name__ == "__main__":
    main()
