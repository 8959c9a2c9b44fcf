"""What is measured, against a floor in the same run: `python -m bench [--sizes 10000,100000] [--peers] [--quick]`.

Each size runs in a process of its own (bench/size.py); rows go to bench/results/latest.json with their commit, and
docs/bench.md is written from them. `--quick` measures 100,000 firms (or `--sizes`), keeps nothing, and ends with 1
where a ratio slid against the recorded one. A million firms on the desk are measured apart, because simulating,
taking in and deciding for them takes hours: `python -m bench.publishing` and `python -m bench.load`; taking in a
hundred million transactions alone: `python -m bench.intake`. A bank's own files: `python -m bench.size --mapping
mappings/bank.toml --folder DIR --date D`.
"""

import argparse
import json
import subprocess
import sys

from bench import page
from bench.comparing import slides
from bench.results import Row, Run, keep, read
from bench.watching import CHECKOUT

SIZES = "10000,100000"
QUICK = "100000"


def main() -> int:
    """Measure, then keep and write, or compare."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sizes", default="", help=f"firms, parted by commas (default {SIZES})")
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--quick", action="store_true", help="compare with what is recorded, keep nothing")
    asked.add_argument("--peers", action="store_true", help="also what people would use instead")
    asked.add_argument("--page", action="store_true", help="only write the page from what is recorded")
    given, run = asked.parse_args(), Run.now("duckdb")
    if given.page:
        print(page.write(CHECKOUT / "docs"))
        return 0
    sizes = [int(word) for word in (given.sizes or (QUICK if given.quick else SIZES)).split(",")]
    rows = [
        row for size in sizes for row in measured("bench.size", "--firms", size, "--months", given.months)
    ]
    if given.quick:
        return told(slides(rows, read()))
    if given.peers:
        rows += measured("bench.peers")
    keep(run, rows)
    print(page.write(CHECKOUT / "docs"))
    return 0


def measured(module: str, *words: object) -> list[Row]:
    """The rows another process found; it shows them as it goes."""
    command = [sys.executable, "-m", module, *map(str, words)]
    last = ""
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            if last:
                print(last, flush=True)
            last = line.rstrip()
    if process.returncode:
        raise SystemExit(f"{module} ended with {process.returncode}")
    return [Row(**row) for row in json.loads(last)]


def told(slid: list[str]) -> int:
    """Say what slid; 1 when anything did."""
    print("\n".join(slid) or "no ratio slid against what is recorded")
    return 1 if slid else 0


if __name__ == "__main__":
    sys.exit(main())
