"""Work for a cluster, in a process of its own: `python -m tests.engines.on_cluster FOLDER` prints what came of it.

Writes days, asks for those up to one of them, and runs a slow model over the rest; `FOLDER/at-work` has a file for
each worker's Python that has begun.
"""

import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import narwhals as nw
import pyarrow as pa

from xiaoer.kit.settings import settings
from xiaoer.kit.tables import Engine, EngineName, open_engine

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
DAYS = [FIRST + timedelta(n) for n in range(60)]


def main(folder: Path) -> None:
    engine = open_engine(EngineName.SPARK, settings())
    print(json.dumps(worked(engine, folder), default=str))  # noqa: T201  this is the answer
    engine.close()


def worked(engine: Engine, folder: Path) -> dict[str, object]:
    """The first and last day found, how many, and the sum of the model's answers."""
    path = folder / "days.parquet"
    engine.write(engine.table(pa.table({"day": pa.array(DAYS, pa.date32()), "n": range(len(DAYS))})), path)
    known = engine.scan([path]).filter(nw.col("day") <= nw.lit(LAST), nw.col("day") >= nw.lit(FIRST))
    days = sorted(engine.collect(known)["day"].to_pylist())
    copies = [folder / f"copy-{number}.parquet" for number in range(8)]
    for copy in copies:
        engine.write(known, copy)
    answers = engine.map_batches(engine.scan(copies), slowly(folder / "at-work"), folder / "answers.parquet")
    total = sum(engine.collect(answers)["twice"].to_pylist())
    return {"first": days[0], "last": days[-1], "days": len(days), "sum": total}


def slowly(mark: Path) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """A model that doubles, takes its time, and leaves a mark that it began."""

    def answered(batch: pa.RecordBatch) -> pa.RecordBatch:
        import os
        import time

        import pyarrow as pa
        import pyarrow.compute as pc

        if batch.num_rows:
            mark.mkdir(exist_ok=True)
            (mark / str(os.getpid())).touch()
            time.sleep(1.5)
        return pa.RecordBatch.from_pydict({"twice": pc.multiply(batch["n"], 2)})

    return answered


if __name__ == "__main__":
    main(Path(sys.argv[1]))
