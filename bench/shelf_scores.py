"""`python -m bench.shelf_scores HOME [--rows 1000000]`: every live model of the shelf beside the libraries' own predict.

HOME is where models are in use and a night has run. The night's own rows are repeated to so many; ours goes from Arrow
batches to points and values of all models; beside each stands, in the same run, LightGBM's predict of the same trees on
a matrix that lies ready, or, of bins, interpret's and optbinning's predict of models they fitted to the same columns
(in an environment of their own, bench/peers-requirements.txt). Processor seconds, so that a busy machine does not count.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.watching import CHECKOUT, commit

KEPT = CHECKOUT / "bench" / "results" / "shelf_scores.json"
BATCH = 65_536
TREES_AT_MOST, BINS_AT_MOST = 2.0, 1.0  # times the libraries' own


def spent(work: Callable[[], Any]) -> float:
    """Processor seconds of all threads."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def asked_rows(home: Path, day: date, names: set[str]) -> Iterator[tuple[Any, pa.Table]]:
    """Each pass of the night with its rows, of some models or of all (none named)."""
    from xiaoer.kit.tables import DuckEngine, Lake
    from xiaoer.nightly.run import Night
    from xiaoer.nightly.scoring import passes, used_by

    runs = [path.parent for path in (home / "nights" / day.isoformat()).glob("*/shelf_models.parquet")]
    if not runs:
        raise SystemExit(f"no night of {day} with the shelf lies in {home}")
    run = max(runs, key=lambda folder: (folder / "shelf_models.parquet").stat().st_mtime)
    night = Night(day, run.name, Lake(home / "lake"), DuckEngine(home / "scratch"), run, home / "models")
    used = [one for one in used_by(night) if not names or one.name in names]
    for one in passes(night, used):
        yield one, night.engine.collect(one.rows)


def repeated(rows: pa.Table, many: int) -> list[pa.RecordBatch]:
    """So many rows, the given ones over and over, in batches as an engine hands them."""
    whole = pa.concat_tables([rows] * -(-many // rows.num_rows)).slice(0, many)
    return whole.combine_chunks().to_batches(max_chunksize=BATCH)


def told(one: Any, used: Any, batches: list[pa.RecordBatch], many: int) -> dict[str, Any]:
    """A model's seconds, and LightGBM's own where it is trees."""
    from xiaoer.scores.applying import Batch, applying, asked_of
    from xiaoer.scores.forms.cards import PointsCard

    ours = spent(lambda: [applying([used])(batch) for batch in batches])
    row = {"model": used.name, "form": str(used.card.form), "inputs": len(used.fields), "rows": many,
           "ways": len(used.occasions), "pass": one.name, "processor": round(ours, 2)}  # fmt: skip
    if isinstance(used.card, PointsCard):
        return row
    everyone = np.ones(len(batches[0]), dtype=bool)
    read = asked_of(used, used.occasions[0], Batch(batches[0]), everyone)
    matrix, boosters = used.card.trees.reading.matrix(read), used.card.trees.boosters
    floor = spent(
        lambda: [one.predict(matrix, raw_score=True) for one in boosters for _ in range(len(batches))]
    )
    floor *= len(used.occasions) * many / (len(batches) * len(matrix))
    return row | {
        "floor": "lightgbm predict",
        "floor_processor": round(floor, 2),
        "ratio": round(ours / floor, 2),
    }


def beside_bins(python: Path, used: Any, rows: pa.Table, many: int) -> dict[str, float]:
    """Seconds of interpret and optbinning over the same columns."""
    import subprocess

    from xiaoer.scores.applying import Batch, asked_of

    first = rows.combine_chunks().to_batches()[0]
    read = asked_of(used, used.occasions[0], Batch(first), np.ones(len(first), dtype=bool))
    chance = used.card.score(read).probability
    hit = np.random.default_rng(1).random(len(chance)) < np.clip(chance * 0.3 / chance.mean(), 0, 0.95)
    with TemporaryDirectory(prefix="xiaoer-bench-") as folder:
        path = Path(folder) / "rows.parquet"
        pq.write_table(pa.table(read | {"hit": hit}), path)
        script = CHECKOUT / "bench" / "beside" / "bins_predict.py"
        done = subprocess.run(
            [python, script, path, str(many)], check=True, stdout=subprocess.PIPE, text=True
        )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measured(home: Path, day: date, names: set[str], many: int, python: Path) -> list[dict[str, Any]]:
    """A row a model, then all together."""
    from xiaoer.scores.applying import applying
    from xiaoer.scores.forms.cards import PointsCard

    rows: list[dict[str, Any]] = []
    for one, table in asked_rows(home, day, names):
        batches = repeated(table, many)
        for used in one.used:
            row = told(one, used, batches, many)
            if isinstance(used.card, PointsCard):
                theirs = {
                    name: seconds * len(used.occasions)
                    for name, seconds in beside_bins(python, used, table, many).items()
                }
                fastest = min(theirs, key=lambda name: theirs[name])
                row |= {"floor": fastest, "floor_processor": round(theirs[fastest], 2), "others": theirs,
                        "ratio": round(row["processor"] / theirs[fastest], 2)}  # fmt: skip
            print({name: value for name, value in row.items() if name != "others"}, flush=True)
            rows.append(row)
        together = spent(lambda: [applying(one.used)(batch) for batch in batches])  # noqa: B023
        floor = sum(row["floor_processor"] for row in rows if row.get("pass") == one.name)
        rows.append({"model": f"all of {one.name}", "rows": many, "processor": round(together, 2),
                     "floor_processor": round(floor, 2), "ratio": round(together / floor, 2)})  # fmt: skip
        print(rows[-1], flush=True)
    return rows


def broken(rows: list[dict[str, Any]]) -> list[str]:
    """What is slower than promised."""
    most = {True: TREES_AT_MOST, False: BINS_AT_MOST}
    return [
        f"{row['model']}: {row['ratio']} times {row['floor']}"
        for row in rows
        if "form" in row and row["ratio"] > most[row["form"] == "trees"]
    ]


def main() -> int:
    """Measure, keep, and end with 1 where something is slower than promised."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("home", type=Path)
    asked.add_argument("--date", type=date.fromisoformat, required=True)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--models", default="", help="parted by commas; all that are live")
    asked.add_argument("--python", type=Path, help="of the peers' environment; made where it is not given")
    given = asked.parse_args()
    from bench.peers import environment
    from xiaoer.app.setup import ready

    ready(migrated=False)
    names = set(filter(None, given.models.split(",")))
    rows = measured(given.home, given.date, names, given.rows, given.python or environment())
    KEPT.write_text(
        json.dumps({"commit": commit(), "rows": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    print("\n".join(broken(rows)) or "every promise holds")
    return 1 if broken(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
