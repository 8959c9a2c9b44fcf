"""One way of timing, and one of watching what a family of processes holds in memory."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

CHECKOUT = Path(__file__).resolve().parents[1]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and what came of it."""
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of processor this process used, all threads together, and what came of it; a busy machine adds none."""
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def commit() -> str:
    """The commit a measurement belongs to."""
    words = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False).stdout.strip()


class Watch(threading.Thread):
    """The most memory (resident, MB) that a process and its children held at one moment, while it is entered."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.peak, self.over = process, 0.0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.5):
            self.look()

    def look(self) -> None:
        self.peak = max(self.peak, sum(map(resident, family(self.process))))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.look()
        self.over.set()
        self.join()


def family(process: int) -> list[int]:
    """A process and all that came of it."""
    found = [process]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(word) for word in _read(children).split()]
    return found


def resident(process: int) -> float:
    """MB held now; none when it has ended."""
    lines = _read(Path(f"/proc/{process}/status")).splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def processor(process: int) -> float:
    """Seconds of processor a process has used, which waiting for a busy machine does not lengthen."""
    told = _read(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK") if told else 0.0


def used() -> float:
    """Seconds of processor that this process, its children and its database have used, ended ones too."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(map(processor, family(os.getpid()))) + ended.ru_utime + ended.ru_stime + database()


def database() -> float:
    """Seconds of processor of the PostgreSQL under XIAOER_HOME, its ended servers too; none where none runs."""
    told = _read(Path(os.environ.get("XIAOER_HOME", "/")) / "postgres" / "data" / "postmaster.pid").split()
    return sum(map(processor, family(int(told[0])))) + ended_below(int(told[0])) if told else 0.0


def ended_below(process: int) -> float:
    """Seconds of processor of the children a process has seen end."""
    told = _read(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()
    return (int(told[13]) + int(told[14])) / os.sysconf("SC_CLK_TCK") if told else 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it ended between two looks
