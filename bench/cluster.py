"""One night on DuckDB and on a cluster of two workers, and once more with a worker killed: `python -m bench.cluster`.

Master and workers are started on loopback, each worker a process group of its own. Every table the nights
wrote and every row they show must be the same. Results go to bench/results/engines.json, a run for each size: per
night its steps with seconds and rows, executors lost, and how much differed (nothing, or the command fails); `load`
is the machine's over the last five minutes, since whatever else it does is in the seconds.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.watching import CHECKOUT
from tests.engines.loopback import Cluster, cluster

RESULTS = CHECKOUT / "bench" / "results" / "engines.json"
DAY = date(2026, 10, 31)
NIGHT = [str(Path(sys.executable).with_name("xiaoer")), "night"]
LOST = "Lost executor"


def main() -> int:
    """Three nights of one bank, and what differs between them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=10_000)
    asked.add_argument("--months", type=int, default=18)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kill-after", default="shape", help="the step after which a worker is killed")
    asked.add_argument("--kill-wait", type=float, default=3.0, help="seconds into the step after it")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiaoer-cluster-") as folder:
        bank = Bank(Path(folder))
        bank.take_in(given.firms, given.months, given.seed)
        nights = [bank.night("duckdb", {})]
        with cluster(Path(folder) / "cluster") as running:
            nights.append(bank.night("spark", running.settings))
        with cluster(Path(folder) / "cluster-hurt") as running:
            kill = Kill(running, given.kill_after, given.kill_wait)
            nights.append(bank.night("spark", running.settings, kill))
        differing = {one.name: bank.differing(nights[0], one) for one in nights[1:]}
        keep(given, bank, nights, differing)
    for name, told in differing.items():
        print(f"{name}: {'every table and every shown row is the same' if not told else told[:10]}")
    return int(any(differing.values()) or not nights[2].executors_lost)


@dataclass(frozen=True)
class Ran:
    """A night that ran in a home of its own."""

    name: str
    home: Path
    seconds: float
    report: dict[str, Any]
    executors_lost: int

    @property
    def tables(self) -> Path:
        return self.home / "nights" / self.report["business_date"] / self.report["run_id"]


@dataclass(frozen=True)
class Kill:
    """Which worker dies when."""

    cluster: Cluster
    after_step: str
    wait: float

    def now(self) -> None:
        """One worker of the two."""
        time.sleep(self.wait)
        self.cluster.kill()


class Bank:
    """A simulated bank, taken in once and given to each night in a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded = folder / "loaded"

    def take_in(self, firms: int, months: int, seed: int) -> None:
        from xiaoer.kit.tables import DuckEngine, Lake
        from xiaoer.simulator.bank import simulate
        from xiaoer.simulator.terms import Plan
        from xiaoer.sources.intake import load_bank, receive

        simulate(Plan(firms, months, seed, DAY), self.folder / "files", lambda _: None)
        received = receive(
            CHECKOUT / "mappings" / "simulator.toml", self.folder / "files", self.loaded / "inbox"
        )
        load_bank(received, Lake(self.loaded / "lake"), DuckEngine(self.folder / "scratch"), DAY)

    def night(self, engine: str, more: dict[str, str], kill: Kill | None = None) -> Ran:
        """A night in a process of its own, which tells of each step as it ends."""
        name = f"{engine}, a worker killed" if kill else engine
        home = self.folder / f"home-{engine}{'-hurt' if kill else ''}"
        shutil.copytree(self.loaded, home, copy_function=os.link)
        started = time.perf_counter()
        with self.process(home, more, [*NIGHT, "--date", str(DAY), "--engine", engine]) as (process, log):
            for line in process.stdout or ():
                print(f"{name:<24} {line.rstrip()}", flush=True)
                if kill and line.split()[:1] == [kill.after_step]:
                    kill.now()
        seconds = time.perf_counter() - started
        report = next((home / "nights").glob("*/*/run.json"))
        lost = log.read_text().count(LOST)
        return Ran(name, home, seconds, json.loads(report.read_text()), lost)

    @contextmanager
    def process(
        self, home: Path, more: dict[str, str], command: list[str]
    ) -> Iterator[tuple[subprocess.Popen[str], Path]]:
        """A command of ours on a home, its errors in a log; RuntimeError with them where it fails."""
        log = self.folder / f"{home.name}.log"
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command, env=environment(home) | more, stdout=subprocess.PIPE, stderr=errors, text=True
            ) as process,
        ):
            yield process, log
        if process.returncode:
            raise RuntimeError(log.read_text()[-4000:])

    def shown(self, ran: Ran) -> Any:
        """Every row the night's desk shows."""
        with self.process(ran.home, {}, [sys.executable, "-m", "tests.engines.shown"]) as (process, _):
            text = process.stdout.read() if process.stdout else ""
        return json.loads(text)

    def differing(self, one: Ran, other: Ran) -> list[str]:
        from tests.engines.alike import nights_differ, published_differ

        return [
            *nights_differ(one.tables, other.tables),
            *published_differ(self.shown(one), self.shown(other)),
        ]


def environment(home: Path) -> dict[str, str]:
    """What a process of ours finds around it."""
    ours = {
        "XIAOER_HOME": str(home),
        "XIAOER_ALLOW_ROOT": "1",
        "XIAOER_TODAY": "published",
        "PYTHONPATH": f"{CHECKOUT / 'src'}{os.pathsep}{CHECKOUT}",
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **ours}


def keep(given: argparse.Namespace, bank: Bank, nights: list[Ran], differing: dict[str, list[str]]) -> None:
    """Write the results with the commit they belong to."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    ).stdout.strip()
    rows = [
        {"night": one.name, "seconds": round(one.seconds, 1), "executors_lost": one.executors_lost,
         "differing": len(differing.get(one.name, [])), "steps": one.report["steps"]}
        for one in nights
    ]  # fmt: skip
    run = {
        "commit": commit,
        "size": given.firms,
        "months": given.months,
        "cores": os.cpu_count(),
        "workers": 2,
        "load": round(os.getloadavg()[1], 1),
        "tables": len(list(nights[0].tables.glob("*.parquet"))),
        "lake_mb": round(sum(file.stat().st_size for file in bank.loaded.glob("lake/**/*.parquet")) / 1e6, 1),
        "rows": rows,
    }
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    runs = [one for one in before if one["size"] != given.firms] + [run]
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
