"""What people would use instead, beside the product on the same rows: `python -m bench.peers [--firms 10000]`.

featuretools computes windowed sums at 24 month-ends with cut-off times; pandas scores a frame with the card in use;
lifetimes tells who still buys. They live in an environment of their own (bench/peers-requirements.txt), made once below
the user's cache and read through Parquet, so that their pins and ours never meet. Values must be equal, or the run ends
with a sentence.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.banks import DAY, SEED, night_of, settled
from bench.results import Row
from bench.watching import CHECKOUT, timed

MONTH_ENDS = 24
ENVIRONMENT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xiaoer-bench" / "peers"
WANTED = CHECKOUT / "bench" / "peers-requirements.txt"
SCRIPTS = CHECKOUT / "bench" / "beside"
SUMS = ("inflow_12m", "outflow_12m", "inflow_90d", "outflow_90d", "transactions_12m")
EQUAL = 1e-9
ROWS_AT_ONCE = 1 << 17
BUYING_FIRMS, AHEAD_DAYS, NEAR = 200_000, 180, 1e-4
PUBLISHED = (
    0.243,
    4.414,
    0.793,
    2.426,
)  # r, alpha, a, b of CDNOW's 2,357 customers, in weeks (Fader et al. 2005)


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
        rows = [work(night, given.firms, Path(scratch)) for work in (windowed, framed, scored, active)]
    for row in rows:
        print(row.line(), flush=True)
    print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))


def windowed(night: Any, size: int, scratch: Path) -> Row:
    """Windowed sums of payments at each month-end in one pass, beside featuretools; values equal to the last fen.

    Both read the same lines, known each on its own day: featuretools has one time for a row and cannot tell the
    day it happened on from the day it was delivered. Its clock starts with the rows in memory and stops before
    anything is written; ours runs from file to file. It takes the exact cut-offs: approximate ones would be
    quicker and give other values, and its further processes would have to be paid for on two cores.
    """
    from xiaoer.kit.dates import month_ends
    from xiaoer.nightly.framing import flow_sums

    days = month_ends(DAY, MONTH_ENDS)
    lines = scratch / "lines.parquet"
    kept = ("customer_id", "booked_date", "direction", "amount", "reversed")
    known = {"known_from": pl.col("booked_date"), "known_until": pl.lit(None, dtype=pl.Date)}
    rows = pl.DataFrame(night.engine.collect(night.delivered("transactions").select(*kept)))
    rows.with_columns(**known).write_parquet(lines, row_group_size=ROWS_AT_ONCE)
    beside_night = replace(night, folder=scratch / "ours")
    seconds, _ = timed(lambda: flow_sums(beside_night, night.engine.scan([lines]), days, SUMS))
    theirs = scratch / "theirs.parquet"
    floor = float(beside("featuretools_sums.py", lines, theirs, *days))
    _same(beside_night.path("flow_sums"), theirs)
    told = "featuretools.calculate_feature_matrix with cut-off times, same sums"
    return Row(size, "windows-24", seconds, floor, 0, size * len(days), floor=told)


def _same(ours: Path, theirs: Path) -> None:
    """Every value of every firm at every month-end; a firm without any payment yet has zeros there, and no row here."""
    mine = pl.read_parquet(ours)
    other = pl.read_parquet(theirs).with_columns(pl.col("customer_id").cast(pl.String))
    both = other.join(
        mine, left_on=["customer_id", "day"], right_on=["customer_id", "as_of_date"], how="left"
    )
    if both["inflow_12m_right"].count() != mine.height or not mine.height:
        raise SystemExit(f"{mine.height} rows here, of which {both['inflow_12m_right'].count()} are there")
    for name in SUMS:
        apart = both.filter(pl.col(name).fill_null(0).cast(pl.Int64) != pl.col(f"{name}_right").fill_null(0))
        if apart.height:
            raise SystemExit(
                f"{name} differs in {apart.height} of {both.height} rows, as in {apart.row(0, named=True)}"
            )


def framed(night: Any, size: int, scratch: Path) -> Row:
    """All of the accounts' features at each month-end as it knew them, beside the night's functions run day by day.

    From the lake: late rows, corrections and balances are in it, and every value must be equal.
    """
    from xiaoer.features.night import (
        account_flows,
        account_sums,
        balance_lines,
        payment_lines,
        payment_stretches,
    )
    from xiaoer.kit.dates import month_ends
    from xiaoer.kit.tables.expressions import with_day_numbers
    from xiaoer.nightly.framing import account_frames

    days = month_ends(DAY, MONTH_ENDS)
    nights = [replace(night, business_date=day, folder=scratch / day.isoformat()) for day in days]
    one_pass = replace(night, folder=scratch / "frames")

    def day_by_day() -> None:
        for one in nights:
            payments = with_day_numbers(payment_lines(one.delivered("transactions")))
            balances = with_day_numbers(balance_lines(one.delivered("balances")))
            sums = account_sums(balances, payment_stretches(payments, one.on), one.on)
            one.keep("accounts", account_flows(sums))

    seconds, _ = timed(lambda: account_frames(one_pass, days))
    floor, _ = timed(day_by_day)
    found = pl.read_parquet(one_pass.path("account_frames"))
    for one in nights:
        own = pl.read_parquet(one.path("accounts")).sort("customer_id")
        mine = found.filter(as_of_date=one.business_date).select(own.columns).sort("customer_id")
        if not mine.equals(own):
            raise SystemExit(f"the frame of {one.business_date} is not what its night would know")
    told = "the night's own functions, once for each day"
    return Row(size, "frames-24", seconds, floor, 0, found.height, floor=told)


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


def active(_night: Any, _size: int, scratch: Path) -> Row:
    """Who of 200,000 firms still buys and how often it will: BG/NBD fitted and told, beside lifetimes.

    Both must find the same optimum and say the same of every firm, and on the sample its authors published, the
    parameters they published. The firms are drawn from the model, so the half year after is known too, and the
    error there is told beside that of each firm's own rate.
    """
    from bench.buying import SHOPS, drawn
    from xiaoer.value.rules import fit, still_buying, to_come

    firms = drawn(SHOPS, BUYING_FIRMS, AHEAD_DAYS, SEED)
    seen, source, theirs = firms.seen, scratch / "firms.parquet", scratch / "activity.parquet"
    pl.DataFrame({"again": seen.again, "to_last": seen.to_last, "to_today": seen.to_today}).write_parquet(
        source
    )

    def ours() -> tuple[Any, Any, Any]:
        habit = fit(seen)
        return habit, to_come(habit, seen, AHEAD_DAYS), still_buying(habit, seen)

    seconds, (habit, expected, alive) = timed(ours)
    floor = float(beside("lifetimes_activity.py", source, theirs, AHEAD_DAYS))
    other = pl.read_parquet(theirs)
    _alike("purchases to come", expected, other["to_come"].to_numpy())
    _alike("the chance of still buying", alive, other["still_buying"].to_numpy())
    fitted = json.loads(theirs.with_suffix(".json").read_text())
    _alike("parameters", _values(habit), np.array([fitted[name] for name in ("r", "alpha", "a", "b")]))
    sample = pl.read_parquet(theirs.with_name("cdnow.parquet"))
    _alike("parameters as published", _values(fit(_purchases(sample))).round(3), np.array(PUBLISHED))
    plain = seen.again / seen.to_today * AHEAD_DAYS
    errors = f"root mean squared error in the half year after: {_error(expected, firms.followed):.2f}, by each firm's own rate {_error(plain, firms.followed):.2f}"
    told = "lifetimes.BetaGeoFitter: fit, purchases to come, chance of still buying"
    return Row(BUYING_FIRMS, "activity", seconds, floor, 0, BUYING_FIRMS, floor=told, note=errors)


def _values(habit: Any) -> Any:
    return np.array([habit.r, habit.alpha, habit.a, habit.b])


def _purchases(rows: pl.DataFrame) -> Any:
    from xiaoer.value.rules import Purchases

    return Purchases(*(rows[name].cast(pl.Float64).to_numpy() for name in ("again", "to_last", "to_today")))


def _alike(what: str, ours: Any, theirs: Any) -> None:
    """Fitted by two searches for one optimum, so that values agree to a ten-thousandth and not to the last bit."""
    apart = np.abs(ours - theirs).max()
    if not apart <= NEAR * max(1.0, np.abs(theirs).max()):
        raise SystemExit(f"{what}: ours and lifetimes' lie {apart} apart")


def _error(expected: Any, came: Any) -> float:
    return float(np.sqrt(np.mean((expected - came) ** 2)))


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
