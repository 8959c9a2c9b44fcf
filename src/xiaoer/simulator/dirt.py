"""Dirt as real files have it: rows twice, broken, late, corrected later, never delivered; each kind is counted."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import polars as pl

from xiaoer.simulator.breaks import broken_copies
from xiaoer.simulator.draws import flips, stream
from xiaoer.simulator.files import Delivery, as_text
from xiaoer.simulator.slips import mistype
from xiaoer.simulator.terms import Month, Plan, figure
from xiaoer.sources.contracts import contract

MOST_BAD = 200  # one row in so many at most is broken: half of what the mapping tolerates
ROUND = 1_000  # fen: a provisional amount is given in tens of yuan


@dataclass(frozen=True)
class Correction:
    """Which rows of a table are told wrongly at first, how often, and with which words instead."""

    share: str
    which: pl.Expr
    first: dict[str, pl.Expr]


CORRECTED = {
    "invoices": Correction("voided_later_share", pl.col("status") == "void", {"status": pl.lit("valid")}),
    "transactions": Correction(
        "provisional_share", pl.lit(value=True), {"amount": (pl.col("amount") // ROUND + 1) * ROUND}
    ),
}
LATE = {"invoices": "late_share"}
MISSING = {"transactions": "missing_share"}
BAD = {"customers": "bad_by_hand_share", "contacts": "bad_by_hand_share"}


@dataclass
class Dirt:
    """What was done to a part's files so far: the counts, the rows that wait for the next file, those never sent."""

    counts: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, pl.DataFrame] = field(default_factory=dict)
    missing: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    branch_names: dict[str, str] = field(default_factory=dict)
    keys: dict[str, pl.DataFrame] = field(default_factory=dict)

    def deliver(self, delivery: Delivery, month: Month, name: str, frame: pl.DataFrame) -> None:
        """Write a month's rows of a table as the bank would send them."""
        plan = delivery.plan
        rows = self._sent(plan, month, name, frame)
        text, tail = self._spoilt(plan, month, name, as_text(name, mistype(plan, name, rows, self.counts)))
        delivery.write_text(name, text, month.last, tail)

    def note_names(self, delivery: Delivery, branches: pl.DataFrame) -> pl.DataFrame:
        """Count the branches that had another name in the snapshot before; gives them as they are."""
        names = dict(branches.select("branch_id", "name").iter_rows())
        renamed = sum(self.branch_names.get(branch, name) != name for branch, name in names.items())
        self.counts["branches.renamed"] += renamed if not delivery.plan.part else 0
        self.branch_names = names
        return branches

    def note_repeats(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Count the rows whose key went out before, as when a year's statements are filed again; gives them back."""
        keys = frame.select(contract(name).key)
        before = self.keys.get(name, keys.clear())
        self.counts[f"{name}.corrected"] += len(keys.join(before, on=keys.columns, how="semi"))
        self.keys[name] = pl.concat([before, keys])
        return frame

    def _sent(self, plan: Plan, month: Month, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows that come with this file: some never, some later, some wrong, and those that waited."""
        ahead = [self.waiting.pop(name)] if name in self.waiting else []
        for step in (self._lost, self._held_back, self._wrong_at_first):
            frame = step(plan, month, name, frame)
        return pl.concat([frame, *ahead])

    def _lost(self, plan: Plan, month: Month, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name not in MISSING:
            return frame
        lost = pl.Series(
            flips(stream(plan.seed, f"missing {name}", month.index), figure(MISSING[name]), len(frame))
        )
        self.missing.setdefault(name, []).append(frame.filter(lost))
        self.counts[f"{name}.missing"] += int(lost.sum())
        return frame.filter(~lost)

    def _held_back(self, plan: Plan, month: Month, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The last month keeps nothing back: no file follows it."""
        if name not in LATE or month.index == plan.months - 1:
            return frame
        late = pl.Series(flips(stream(plan.seed, "late", month.index), figure(LATE[name]), len(frame)))
        self.counts[f"{name}.late"] += int(late.sum())
        self._wait(name, frame.filter(late))
        return frame.filter(~late)

    def _wrong_at_first(self, plan: Plan, month: Month, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows as they are first told; the true ones wait and come under the same key with the next file."""
        if name not in CORRECTED or month.index == plan.months - 1:
            return frame
        how = CORRECTED[name]
        rng = stream(plan.seed, f"corrected {name}", month.index)
        wrong = frame.select(how.which & pl.Series(flips(rng, figure(how.share), len(frame)))).to_series()
        self.counts[f"{name}.corrected"] += int(wrong.sum())
        self._wait(name, frame.filter(wrong))
        first = {column: pl.when(wrong).then(word).otherwise(column) for column, word in how.first.items()}
        return frame.with_columns(**first)

    def _wait(self, name: str, rows: pl.DataFrame) -> None:
        self.waiting[name] = pl.concat([self.waiting[name], rows]) if name in self.waiting else rows

    def _spoilt(self, plan: Plan, month: Month, name: str, text: pl.DataFrame) -> tuple[pl.DataFrame, bytes]:
        """Exact duplicates and broken copies added to a file's rows; good rows all stay as they are."""
        rng = stream(plan.seed, f"dirt {name}", month.index)
        twice = np.flatnonzero(flips(rng, figure("duplicate_share"), len(text)))
        broken = np.flatnonzero(flips(rng, figure(BAD.get(name, "bad_share")), len(text)))[
            : len(text) // MOST_BAD
        ]
        self.counts[f"{name}.exact_duplicate"] += len(twice)
        copies, tail = broken_copies(name, text[broken], month.index, month.last + timedelta(40), self.counts)
        return pl.concat([text, text[twice], copies]), tail
