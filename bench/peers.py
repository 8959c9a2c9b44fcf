"""What people would use instead, beside the product on the same rows: `python -m bench.peers [--firms 10000]`.

featuretools computes windowed sums at 24 month-ends with cut-off times; pandas scores a frame with the card in use. They
live in an environment of their own (bench/peers-requirements.txt), made once below the user's cache and read through
Parquet, so that their pins and ours never meet. Values must be equal, or the run ends with a sentence. lifetimes has no
counterpart here: the product tells activity by a firm's own rhythm and has no lifetime value yet.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from bench.banks import DAY, night_of, settled
from bench.results import Row
from bench.watching import CHECKOUT, timed

MONTH_ENDS = 24
ENVIRONMENT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xiaoer-bench" / "peers"
WANTED = CHECKOUT / "bench" / "peers-requirements.txt"
SCRIPTS = CHECKOUT / "bench" / "beside"
SUMS = ("inflow_12m", "outflow_12m", "inflow_90d", "outflow_90d", "transactions_12m")
EQUAL = 1e-9


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--firms", type=int, default=10_000)
    asked.add_argument("--months", type=int, default=36)
    asked.add_argument("--home", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as scratch:
        home = given.home or Path(scratch)
        settled(home)
        from xiaoer.app.setup import ready

        ready()
        night = night_of(home, given.firms, given.months)
        rows = [windowed(night, given.firms, Path(scratch)), scored(night, given.firms, Path(scratch))]
    for row in rows:
        print(row.line(), flush=True)
    print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))


def windowed(night: Any, size: int, scratch: Path) -> Row:
    """The product's own windowed sums of payments at each month-end, beside featuretools."""
    from xiaoer.features.night import (
        account_flows,
        account_sums,
        balance_lines,
        payment_lines,
        payment_stretches,
    )
    from xiaoer.features.rules import windows
    from xiaoer.kit.tables.expressions import with_day_numbers

    days = month_ends(DAY, MONTH_ENDS)
    transactions = night.delivered("transactions")
    payments = with_day_numbers(payment_lines(transactions))
    balances = with_day_numbers(balance_lines(night.delivered("balances")))
    target = scratch / "ours"

    def ours() -> None:
        for day in days:
            as_of, on = payments.filter(nw.col("day") <= _number(day)), windows(day)
            stretches = payment_stretches(as_of, on)
            frame = account_flows(account_sums(balances, stretches, on)).select("customer_id", *SUMS)
            night.engine.write(frame, target / f"{day}.parquet")

    seconds, _ = timed(ours)
    rows = scratch / "transactions.parquet"
    kept = ("customer_id", "booked_date", "direction", "amount", "reversed")
    pl.DataFrame(night.engine.collect(transactions.select(*kept))).write_parquet(rows)
    theirs = scratch / "theirs.parquet"
    floor = float(beside("featuretools_sums.py", rows, theirs, *days))
    _same(target, theirs, days)
    return Row(
        size,
        "windows-24",
        seconds,
        floor,
        0,
        size * len(days),
        floor="featuretools.calculate_feature_matrix with cut-off times, same sums",
    )


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def month_ends(last: date, count: int) -> list[date]:
    """So many, the oldest first."""
    found = [last]
    while len(found) < count:
        found.append(found[-1].replace(day=1) - timedelta(1))
    return found[::-1]


def _same(ours: Path, theirs: Path, days: list[date]) -> None:
    """Every value of every firm at every month-end; a firm without a payment in a window is one the product leaves out."""
    other = pl.read_parquet(theirs).with_columns(pl.col("customer_id").cast(pl.String))
    for day in days:
        mine = pl.read_parquet(ours / f"{day}.parquet")
        both = mine.join(other.filter(pl.col("day") == day), on="customer_id", suffix="_theirs")
        for name in SUMS:
            apart = both.filter(
                pl.col(name).fill_null(0) != pl.col(f"{name}_theirs").fill_null(0).cast(pl.Int64)
            )
            if apart.height or not both.height:
                raise SystemExit(f"{name} at {day} differs for {apart.height} of {both.height} firms")


def scored(night: Any, size: int, scratch: Path) -> Row:
    """Points and probabilities of every firm from the night's features, beside pandas doing the same."""
    from xiaoer.scores.night import floats
    from xiaoer.scores.registry import Registry
    from xiaoer.scores.rules import score
    from xiaoer.scores.terms import specification

    spec = specification("risk")
    card = Registry(night.models).in_use(spec.name, night.business_date.isoformat())
    if card is None:
        raise SystemExit("no card: too few known outcomes to compare scoring")
    features = night.rows_of("features")

    def ours() -> Any:
        return score(card, {one.name: floats(features[one.name].combine_chunks()) for one in card.inputs})

    seconds, found = timed(ours)
    told = scratch / "card.json"
    told.write_text(
        json.dumps(
            {
                "inputs": [asdict(one) for one in card.inputs],
                "points": asdict(card.points),
                "intercept": card.intercept,
            }
        )
    )
    theirs = scratch / "scored.parquet"
    floor = float(beside("pandas_score.py", night.path("features"), told, theirs))
    other = pl.read_parquet(theirs)["probability"].to_numpy()
    if np.abs(other - found.probability).max() > EQUAL:
        raise SystemExit("pandas and the product score differently")
    return Row(
        size, "scoring-numbers", seconds, floor, 0, len(other), floor="pandas, one column after another"
    )


def beside(script: str, *words: object) -> str:
    """What a script of the other environment prints last: its seconds."""
    command = [str(environment()), str(SCRIPTS / script), *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]


def environment() -> Path:
    """The other environment's interpreter; made where it is missing or asks for something else now."""
    python, mark = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "made-for.txt"
    if not (mark.exists() and mark.read_text() == WANTED.read_text()):
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", WANTED], check=True)
        mark.write_text(WANTED.read_text())
    return python


if __name__ == "__main__":
    main()
