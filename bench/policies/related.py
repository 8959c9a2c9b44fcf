"""What related firms add: `python -m bench.policies.related [--firms N] [--seeds N] [--first SEED]`.

The product's year with and without looking at what other firms of the same owner answered (register of persons), on the
same luck. The difference of profit is kept with its paired interval in bench/results/related.json.
"""

import argparse
import json
import os
from datetime import date

import numpy as np

from bench.policies.product.memory import Memory
from bench.policies.product.policy import Product
from bench.policies.report import paired
from bench.policies.running import Year, history, lived
from bench.watching import CHECKOUT, commit
from xiaoer.simulator.people.living import LivingBank

RESULTS = CHECKOUT / "bench" / "results" / "related.json"
DAY = date(2026, 10, 31)


def main() -> None:
    """Live the years in pairs, keep the difference."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--first", type=int, default=301)
    given = asked.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    seeds = range(given.first, given.first + given.seeds)
    keep([year for seed in seeds for year in pair(*history(given.firms, seed, DAY))], given.firms)


def pair(before: LivingBank, memory: Memory) -> list[Year]:
    """One bank's year without and with relations."""
    ends, owners = before.setting.weeks, np.asarray(before.setting.folk.hands)
    return [
        lived("product", Product(ends, memory), before),
        lived("related", Product(ends, memory, owners), before),
    ]


def keep(years: list[Year], firms: int) -> None:
    """Write and print the paired difference in yuan a year."""
    page = {"commit": commit(), "firms": firms, **paired(years)[0], "years": [vars(year) for year in years]}
    RESULTS.write_text(json.dumps(page, indent=1) + "\n", "utf-8")
    print({name: value for name, value in page.items() if name != "years"})


if __name__ == "__main__":
    main()
