"""Policies of contact beside one another: `python -m bench.policies [--firms N] [--seeds N] [--first SEED] [--jobs N]`.

Each seed is a bank with eighteen months of history; every policy then has the same year before it: the same
firms, the same luck, the same hours, caps, consents and prices. Fresh seeds are fresh banks: --first 1001.
"""

import argparse
import os
from datetime import date

DAY = date(2026, 10, 31)


def main() -> None:
    """Run, print and keep the years."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=2_000)
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--first", type=int, default=301, help="the first seed")
    asked.add_argument("--jobs", type=int, default=1, help="banks lived side by side")
    given = asked.parse_args()
    for name in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ.setdefault(name, "1")  # small batches: threads would wait for one another
    from bench.policies import report
    from bench.policies.running import Year, compare

    def told(year: Year) -> None:
        print(
            f"{year.seed:>6} {year.policy:<11} profit {year.profit / 1e4:9.1f} x 10,000 yuan  churn {year.churn:6.2%}"
            f"  complaints {year.complaints:>5}  contacts {year.contacts:>6}  slowest step {year.slowest_step:5.2f} s"
        )

    seeds = list(range(given.first, given.first + given.seeds))
    page = report.keep(compare(given.firms, seeds, DAY, told, given.jobs), given.firms, DAY.isoformat())
    report.into_docs(page)
    behind = [row for row in page["paired"] if row["policy"] == "oracle" and row["seeds_ahead"] < given.seeds]
    for row in page["paired"]:
        print(
            f"{row['policy']:<11} against {row['against']:<11} {row['profit']:>12,} yuan  ({row['low']} to {row['high']})  ahead on {row['seeds_ahead']} of {given.seeds}"
        )
    if behind:
        raise SystemExit(
            "The oracle was beaten on some seed: a policy found what it does not weigh, or the loop is broken."
        )


if __name__ == "__main__":
    main()
