"""Every form of a model on public books, on the same folds as LightGBM as it comes: `python -m bench.shelf`.

Beside them stand the figures others reached (their folds are not known). The data lie in XIAOER_REAL_DATA, else in
shared/data beside the checkout. `--sets sba,polish` tries some; `--book` repeats folds on the contest's 123 firms.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lightgbm as lgb
import numpy as np

from bench.watching import CHECKOUT, commit
from xiaoer.scores.forms.boosting import Rows, boosted, raw
from xiaoer.scores.forms.fitting import fitting
from xiaoer.scores.forms.reading import Reading, read_from
from xiaoer.scores.laboratory.opening import opened
from xiaoer.scores.laboratory.preparing import Wanted, prepared
from xiaoer.scores.measures import auc, interval
from xiaoer.scores.rules import Floats
from xiaoer.scores.samples import Field, Sample
from xiaoer.scores.splits import Fit, Split, dealt, folds, last_part, out_of_sample
from xiaoer.scores.terms import Form

DATA = Path(os.environ.get("XIAOER_REAL_DATA") or CHECKOUT.parent / "shared" / "data")
RESULTS = CHECKOUT / "bench" / "results" / "shelf.json"
SEED, REPEATS = 0, 10
CLOSE = 0.010


@dataclass(frozen=True)
class Book:
    """A labelled file, the columns that were not known in time, and the best figure others reached."""

    file: str
    wanted: Wanted
    reference: float


BOOKS = {
    "sba": Book(
        "sba/sba_first22k.parquet",
        Wanted("MIS_Status", time="ApprovalDate", drop=("Term", "ChgOffDate", "ChgOffPrinGr")),
        0.795,
    ),
    "bank_marketing": Book(
        "bank_marketing/bank-additional-full.parquet", Wanted("y", in_order=True, drop=("duration",)), 0.801
    ),
    "bankchurners": Book("bankchurners/BankChurners.parquet", Wanted("Attrition_Flag"), 0.994),
    "polish": Book("polish/year5.parquet", Wanted("class"), 0.962),
}
LEAKED_SCORES = "Naive_Bayes_Classifier"


@dataclass(frozen=True)
class AsItComes:
    """LightGBM's own defaults, 300 trees: the rival on the same folds."""

    reading: Reading
    trees: lgb.Booster

    def log_odds(self, columns: Mapping[str, Floats]) -> Floats:
        return raw(self.trees, self.reading.matrix(columns))


def as_it_comes(fields: Sequence[Field]) -> Fit:
    def fit(sample: Sample) -> AsItComes:
        reading = read_from(fields, sample)
        rows = Rows(reading.matrix(sample.columns), sample.hit)
        return AsItComes(reading, boosted(reading, rows, 300, {"seed": SEED}))

    return fit


def told(name: str, fits: Mapping[str, Fit], sample: Sample, split: Split) -> Iterator[dict[str, Any]]:
    """A row for each fit, by one split."""
    seen = sample.rows(split.judged)
    for model, fit in fits.items():
        begun = time.process_time()
        odds = out_of_sample(fit, sample, split)
        low, high = interval(seen.hit, odds, seen.owners, SEED)
        yield shown(
            {
                "set": name, "split": split.told, "model": model, "n": len(seen.hit), "positives": seen.positives,
                "auc": round(auc(seen.hit, odds), 4), "low": round(low, 4), "high": round(high, 4),
                "cpu_seconds": round(time.process_time() - begun, 1),
            }
        )  # fmt: skip


def shown(row: dict[str, Any]) -> dict[str, Any]:
    print(
        f"{row['set']:<15} {row['model']:<20} {row['auc']:.4f} ({row['low']:.4f} – {row['high']:.4f})"
        f" {row['cpu_seconds']:>7.1f} s cpu   {row['split']}",
        flush=True,
    )
    return row


def fits_of(fields: Sequence[Field]) -> dict[str, Fit]:
    forms: dict[str, Fit] = {str(form): fitting(form, fields, SEED) for form in Form}
    return forms | {"lightgbm as it comes": as_it_comes(fields)}


def tried(name: str) -> list[dict[str, Any]]:
    """A book by folds, and in time order where it has one."""
    book = BOOKS[name]
    rows = opened(DATA / book.file)
    ready = prepared(rows.drop([one for one in rows.columns if one.startswith(LEAKED_SCORES)]), book.wanted)
    splits = [folds(ready.sample, 5, SEED)]
    if ready.sample.when is not None:
        splits.append(last_part(ready.sample))
    fits = fits_of(ready.fields)
    return [row for split in splits for row in told(name, fits, ready.sample, split)]


def contest() -> list[dict[str, Any]]:
    """The contest's firms with a known default, by what the night knows of their invoices; the rating unread."""
    sample, fields = contest_sample()
    rows = []
    for model, fit in fits_of(fields).items():
        begun, odds, each = time.process_time(), np.zeros(len(sample.hit)), []
        for repeat in range(REPEATS):
            split = Split("", dealt(sample, 5, SEED + repeat))
            found = np.zeros(len(odds))
            found[split.judged] = out_of_sample(fit, sample, split)
            each.append(auc(sample.hit, found))
            odds += found
        low, high = interval(sample.hit, odds, sample.owners, SEED)
        rows.append(
            shown(
                {
                    "set": "cumcm", "split": f"{REPEATS} × 5-fold, mean ± {np.std(each):.3f}", "model": model,
                    "n": len(sample.hit), "positives": sample.positives, "auc": round(float(np.mean(each)), 4),
                    "low": round(low, 4), "high": round(high, 4), "cpu_seconds": round(time.process_time() - begun, 1),
                }
            )
        )  # fmt: skip
    return rows


def contest_sample() -> tuple[Sample, list[Field]]:
    """A night up to its features on the contest's book, and the risk model's sample of it."""
    from datetime import date

    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.modelling import sample
    from xiaoer.nightly.plan import PLAN
    from xiaoer.nightly.run import Night, run_number
    from xiaoer.scores.terms import specification
    from xiaoer.sources.intake import load_bank, receive

    day, spec = date(2020, 2, 21), specification("risk")
    with TemporaryDirectory() as folder:
        home = Path(folder)
        lake, engine = Lake(home / "lake"), DuckEngine(home / "scratch")
        load_bank(
            receive(CHECKOUT / "mappings/cumcm2020c.toml", DATA / "cumcm2020c", home / "inbox"),
            lake,
            engine,
            day,
        )
        night = Night(day, run_number(day, lake), lake, engine, home / "nights", home / "models")
        for step in PLAN:
            step.work(night)
            if step.name == "features":
                break
        return sample(night, spec), [Field(entry.name) for entry in spec.inputs]


def kept_promises(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What does not hold: a glass box within 0.010 of the best boosted model, the best at or above the rival."""
    broken = []
    for name in {row["set"] for row in rows} & set(BOOKS):
        first = next(row["split"] for row in rows if row["set"] == name)
        figures = {row["model"]: row["auc"] for row in rows if (row["set"], row["split"]) == (name, first)}
        rival = figures["lightgbm as it comes"]
        boosted_best = max(figures["trees"], rival)
        if figures["glass_box"] < boosted_best - CLOSE:
            broken.append(f"{name}: glass box {figures['glass_box']}, best boosted {boosted_best}")
        best = max(figures[form] for form in Form)
        beside = f"same folds {rival}, others' folds {BOOKS[name].reference}"
        print(f"{name}: best form {best:.4f}; LightGBM as it comes on the {beside}")
        if best < rival:
            broken.append(f"{name}: best form {best} below LightGBM as it comes {rival}")
    return broken


def main() -> int:
    """Try, keep in bench/results/shelf.json, and end with 1 where a promise does not hold."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sets", default=",".join(BOOKS), help="parted by commas")
    asked.add_argument("--book", action="store_true", help="also the contest's firms, repeated folds")
    asked.add_argument("--keep", action="store_true", help=f"write {RESULTS.name}")
    given = asked.parse_args()
    if not DATA.is_dir():
        print(f"NOTHING IS TRIED: {DATA} is not there")
        return 0
    rows = [row for name in given.sets.split(",") if name for row in tried(name)]
    rows += contest() if given.book else []
    if given.keep:
        text = json.dumps({"commit": commit(), "rows": rows}, indent=1, ensure_ascii=False)
        RESULTS.write_text(text + "\n", encoding="utf-8")
    broken = kept_promises(rows)
    print("\n".join(broken) or "every promise holds")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
