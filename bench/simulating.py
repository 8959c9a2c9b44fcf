"""A large simulated bank, timed beside DuckDB writing as many rows of the same shapes from `range`.

`python -m bench.simulating [--firms 1000000] [--months 24] [--jobs 2] [--keep DIR]` prints and keeps seconds, rows,
the peak memory of all processes together, bytes on disk and the ratio in bench/results/simulating.json.
"""

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from isal import igzip

from bench.watching import CHECKOUT, Watch, commit

RESULTS = CHECKOUT / "bench" / "results" / "simulating.json"
DAY = date(2026, 10, 31)
SAMPLE = 997
SCRIPT = """
import json, sys
from datetime import date
from pathlib import Path
from xiaoer.simulator.bank import simulate
from xiaoer.simulator.terms import Plan
if __name__ == "__main__":
    firms, months, jobs = (int(word) for word in sys.argv[2:5])
    made = simulate(Plan(firms, months, 1, date(2026, 10, 31)), Path(sys.argv[1]), lambda _: None, jobs)
    print(json.dumps({"rows": dict(made.rows), "files": made.files}))
"""


def main() -> None:
    """Simulate, then let DuckDB write the same number of rows of each table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=1_000_000)
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--keep", type=Path, help="leave the bank in this folder")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-simulating-") as scratch:
        folder = given.keep or Path(scratch) / "bank"
        row = measured(folder, Path(scratch), given.firms, given.months, given.jobs)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(row, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(row, indent=1, ensure_ascii=False))


def measured(folder: Path, scratch: Path, firms: int, months: int, jobs: int) -> dict[str, Any]:
    """One run of each; the floor is written table by table and thrown away."""
    started = time.perf_counter()
    made, peak = simulated(scratch, folder, firms, months, jobs)
    seconds = time.perf_counter() - started
    floor, plain = (
        sum(floor_of(folder, table, rows, scratch, packed=packed) for table, rows in made["rows"].items())
        for packed in (True, False)
    )
    return {
        "commit": commit(),
        "firms": firms,
        "months": months,
        "jobs": jobs,
        "transactions": made["rows"]["transactions"],
        "rows": sum(made["rows"].values()),
        "files": made["files"],
        "bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "seconds": round(seconds, 1),
        "floor_seconds": round(floor, 1),
        "ratio": round(seconds / floor, 2),
        "floor_unpacked_seconds": round(plain, 1),
        "ratio_unpacked": round(seconds / plain, 2),
        "peak_mb": round(peak),
    }


def simulated(
    scratch: Path, folder: Path, firms: int, months: int, jobs: int
) -> tuple[dict[str, Any], float]:
    """Run the simulator in processes of its own, watching what they hold together."""
    script = scratch / "simulating.py"
    script.write_text(SCRIPT, "utf-8")
    words = [sys.executable, str(script), str(folder), str(firms), str(months), str(jobs)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process, Watch(process.pid) as watch:
        told, _ = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    return json.loads(told.splitlines()[-1]), watch.peak


def floor_of(folder: Path, table: str, rows: int, scratch: Path, *, packed: bool) -> float:
    """Seconds DuckDB takes to write so many rows of a table's shape, packed as the simulator packs them or plain."""
    file = next(iter(sorted(folder.glob(f"{table}_2*.csv*"))))
    sample = _head(file).with_row_index("n")
    words = ", ".join(_word(sample[name], len(sample)) for name in sample.columns if name != "n")
    target = scratch / f"floor.csv{'.gz' if packed and file.suffix == '.gz' else ''}"
    laps = -(-rows // len(sample))
    with duckdb.connect() as connection:
        connection.register("sample", sample.to_arrow())
        started = time.perf_counter()
        connection.execute(
            f"COPY (SELECT {words} FROM range({laps}) AS r CROSS JOIN sample LIMIT {rows}) TO '{target}' (HEADER)"
        )
        seconds = time.perf_counter() - started
    target.unlink()
    return seconds


def _head(file: Path) -> pl.DataFrame:
    opener = igzip.open if file.suffix == ".gz" else open
    with opener(file, "rb") as lines:
        text = b"".join(line for _, line in zip(range(SAMPLE + 1), lines, strict=False))
    return pl.read_csv(
        io.BytesIO(text.decode("gb18030", "ignore").encode()),
        infer_schema_length=0,
        truncate_ragged_lines=True,
    )


def _word(column: pl.Series, length: int) -> str:
    """The sample's own words in turn; keys, which never repeat, with the running number."""
    name = f'"{column.name}"'
    if column.n_unique() < length or length < SAMPLE // 2:
        return name
    first = str(column[0])
    return f"concat('{first[:1]}', lpad((r.range * {length} + n)::VARCHAR, {len(first) - 1}, '0')) AS {name}"


if __name__ == "__main__":
    main()
