"""Allocation of a large bank's week under all kinds of limits at once, beside HiGHS where HiGHS can.

`python -m bench.allocation [--firms 1000000] [--each 20] [--beside 10000]`: candidates are drawn with a seed, 50,000
firms at a time. The gap kept is to the dual bound, the most any choice could bring. Beside HiGHS (scipy's): as many
firms as `--beside`, hours only; its optimum, proved to 1e-4, and its seconds of processor stand in the note.
"""

import argparse
import resource
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bench.results import Row, Run, keep
from bench.watching import spent, timed
from xiaoer.offers.allocation.rules import allocate
from xiaoer.offers.allocation.terms import NOWHERE, Allocation, Candidates, Limit, Use, at_least

FIRMS_AT_ONCE = 50_000
FIRMS_PER_MANAGER, MANAGERS_PER_BRANCH = 300, 12
MINUTES = np.array([15, 20, 30, 45, 60, 75, 90], dtype=np.int16)
WEEK = 1_800  # minutes at most; leave and other duties take up to two fifths
POOLED, DUE, PAIRED, DEAR = (
    0.25,
    0.10,
    0.10,
    0.30,
)  # shares: by the pool; due by the plan; of one group; with a budget
MISSED = 20_000  # fen for a firm that is due and not served


@dataclass(frozen=True)
class Bank:
    """Candidates in batches, and limits."""

    batches: list[Candidates]
    limits: Mapping[str, Limit]

    @property
    def rows(self) -> int:
        return sum(len(batch.group) for batch in self.batches)


def drawn(firms: int, each: int, seed: int = 1) -> Bank:
    """So many firms, with so many candidates each."""
    draw = np.random.default_rng(seed)
    managers = max(1, firms // FIRMS_PER_MANAGER)
    branches, due, first = max(1, managers // MANAGERS_PER_BRANCH), np.zeros(managers, dtype=np.int64), 0
    batches = []
    for start in range(0, firms, FIRMS_AT_ONCE):
        batch, wanted = _batch(draw, min(FIRMS_AT_ONCE, firms - start), each, (managers, branches), first)
        batches.append(batch)
        due, first = due + wanted, int(batch.group[-1]) + 1
    quota = np.full(each, int(firms * 0.012))
    quota[::3] = firms
    limits = {
        "hours": Limit(draw.integers(WEEK * 3 // 5, WEEK + 1, managers) // 5 * 5),
        "pool": Limit(np.full(branches, WEEK * 11)),
        "budget": Limit(np.full(branches, firms // branches * 2_500)),
        "quota": Limit(quota),
        "service": at_least(due // 2, MISSED),
    }
    return Bank(batches, limits)


def _batch(
    draw: np.random.Generator, firms: int, each: int, posts: tuple[int, int], first: int
) -> tuple[Candidates, np.ndarray]:
    managers, branches = posts
    rows, mine = firms * each, draw.integers(0, managers, firms).astype(np.int32)
    due, manager = draw.random(firms) < DUE, np.repeat(mine, each)
    minutes = MINUTES[draw.integers(0, len(MINUTES), rows)]
    size = np.repeat(np.exp(draw.normal(0, 1, firms)), each) * np.exp(draw.normal(0, 0.7, rows))
    pooled, dear = draw.random(rows) < POOLED, draw.random(rows) < DEAR
    uses = {
        "hours": Use(np.where(pooled, NOWHERE, manager).astype(np.int32), minutes),
        "pool": Use(np.where(pooled, manager % branches, NOWHERE).astype(np.int16), minutes),
        "budget": Use(
            np.where(dear, manager % branches, NOWHERE).astype(np.int16),
            (draw.integers(1, 50, rows) * 1_000).astype(np.int32),
        ),
        "quota": Use(np.tile(np.arange(each, dtype=np.int8), firms), np.ones(rows, dtype=np.int8)),
        "service": Use(
            np.where(np.repeat(due, each), manager, NOWHERE).astype(np.int32),
            np.full(rows, -1, dtype=np.int8),
        ),
    }
    alone = draw.random(firms) >= PAIRED
    group = np.repeat(first + np.cumsum(alone), each)
    return Candidates(
        group, (size * 20_000).astype(np.int64) - minutes.astype(np.int64) * 300, uses
    ), np.bincount(mine[due], minlength=managers)


def kept(bank: Bank, found: Allocation) -> None:
    """Count from scratch that nothing is broken; a bench of broken limits measures nothing."""
    together = [np.concatenate([batch.group for batch in bank.batches])[found.chosen]]
    if len(np.unique(together[0])) < len(found.chosen):
        raise SystemExit("a group was chosen twice")
    for name, limit in bank.limits.items():
        place = np.concatenate([batch.uses[name].place for batch in bank.batches])[found.chosen]
        amount = np.concatenate([batch.uses[name].amount for batch in bank.batches])[found.chosen]
        there = place != NOWHERE
        used = np.bincount(place[there], amount[there], len(limit.capacity))
        if limit.beyond is None and (used > limit.capacity).any():
            raise SystemExit(f"{name} was broken")


def beside_highs(firms: int, each: int) -> Row:
    """Hours only, ours and the solver's."""
    bank = drawn(firms, each)
    bank = Bank([_hours_only(batch) for batch in bank.batches], {"hours": bank.limits["hours"]})
    allocate(bank.batches, bank.limits)  # the first run loads ours
    processor, (seconds, found) = spent(lambda: timed(lambda: allocate(bank.batches, bank.limits)))
    kept(bank, found)
    import scipy.optimize  # noqa: F401  a library is loaded before its seconds are counted

    solver_processor, (solver_seconds, best) = spent(lambda: timed(lambda: _solved(bank)))
    note = f"{1 - found.worth / best:.4%} below HiGHS's optimum, {solver_processor / processor:,.0f} x quicker by processor"
    row = Row(
        firms,
        "allocate-hours",
        seconds,
        solver_seconds,
        _peak(),
        bank.rows,
        gap=found.gap,
        floor="HiGHS, gap 1e-4",
    )
    return replace(row, note=note, processor=processor, floor_processor=solver_processor)


def _hours_only(batch: Candidates) -> Candidates:
    """Everybody by the manager."""
    hours, pool = batch.uses["hours"], batch.uses["pool"]
    firms = np.maximum.reduceat(hours.place, np.flatnonzero(np.diff(batch.group, prepend=-1)))
    mine = np.repeat(
        firms, np.diff(np.flatnonzero(np.diff(batch.group, prepend=-1)), append=len(batch.group))
    )
    return replace(
        batch, uses={"hours": Use(np.where(hours.place == NOWHERE, mine, hours.place), pool.amount)}
    )


def _solved(bank: Bank) -> float:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    batch = bank.batches[0]
    rows, one = np.arange(bank.rows), np.ones(bank.rows)
    hours = batch.uses["hours"]
    limits = [
        LinearConstraint(csr_matrix((one, (batch.group - batch.group[0], rows))), -np.inf, 1),
        LinearConstraint(
            csr_matrix((hours.amount.astype(float), (hours.place, rows))),
            -np.inf,
            bank.limits["hours"].capacity,
        ),
    ]
    answer = milp(
        -batch.worth.astype(float),
        constraints=limits,
        integrality=one,
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 1e-4},
    )
    return -float(answer.fun)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure, print, keep."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--firms", type=int, default=1_000_000)
    asked.add_argument("--each", type=int, default=20)
    asked.add_argument("--beside", type=int, default=10_000)
    given, run, rows = asked.parse_args(), Run.now("duckdb"), []
    if given.beside:
        rows.append(beside_highs(given.beside, given.each))
        print(rows[-1].line(), f"gap {rows[-1].gap:.4%}", rows[-1].note, flush=True)
    if given.firms:
        bank = drawn(given.firms, given.each)
        processor, (seconds, found) = spent(lambda: timed(lambda: allocate(bank.batches, bank.limits)))
        kept(bank, found)
        note = f"{len(found.chosen):,} chosen; gap to the dual bound {found.gap:.4%}"
        rows.append(
            Row(
                given.firms,
                "allocate",
                seconds,
                0,
                _peak(),
                bank.rows,
                gap=found.gap,
                note=note,
                processor=processor,
            )
        )
        print(rows[-1].line(), note, flush=True)
    keep(run, rows)


if __name__ == "__main__":
    main()
