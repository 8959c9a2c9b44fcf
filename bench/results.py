"""What was measured, on disk: a row per size and step, each with what it was held against."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from bench.watching import CHECKOUT, commit

LATEST = CHECKOUT / "bench" / "results" / "latest.json"


@dataclass(frozen=True)
class Run:
    """What every row of a run has in common."""

    commit: str
    engine: str

    @classmethod
    def now(cls, engine: str) -> Self:
        return cls(commit(), engine)


@dataclass(frozen=True)
class Row:
    """One step at one size: seconds beside its floor's (SQL in `floor`; seconds 0 where there is none).

    `processor`: seconds of processor, of all that took part, and `floor_processor` the floor's, where they were taken.
    `peak_mb`: memory of our processes; `rows` came out or in; `written`: of them written; `bytes` on disk; `gap`
    belongs to allocation. `processor` and `floor_processor`: seconds of processor, which waiting for a busy machine does
    not lengthen; of ours, our children and the database.
    """

    size: int
    step: str
    seconds: float
    floor_seconds: float
    peak_mb: int
    rows: int
    gap: float | None = None
    floor: str = ""
    bytes: int | None = None
    written: int | None = None
    note: str = ""
    processor: float | None = None
    floor_processor: float | None = None

    @property
    def ratio(self) -> float | None:
        """Times the floor."""
        return round(self.seconds / self.floor_seconds, 3) if self.floor_seconds else None

    def line(self) -> str:
        beside = f"floor {self.floor_seconds:8.2f} s   {self.ratio:6.2f} x" if self.ratio else " " * 28
        spent = "" if self.processor is None else f"   processor {self.processor:8.2f} s"
        if self.processor and self.floor_processor:
            spent += f", {self.processor / self.floor_processor:.2f} x its floor's"
        return (
            f"{self.size:>9,} {self.step:<22} {self.seconds:9.2f} s   {beside}   {self.peak_mb:>6,} MB"
            f"   {self.rows:>12,} rows{spent}"
        )

    def as_json(self, run: Run) -> dict[str, Any]:
        figures = asdict(self) | {
            "seconds": round(self.seconds, 3),
            "floor_seconds": round(self.floor_seconds, 3),
        }
        return figures | {"ratio": self.ratio} | asdict(run)


def keep(run: Run, rows: Iterable[Row], path: Path = LATEST) -> None:
    """Rows take the place of older ones of the same size, step and engine; the others stay with their commit."""
    fresh = [row.as_json(run) for row in rows]
    mine = {_key(row) for row in fresh}
    kept = [row for row in read(path) if _key(row) not in mine] + fresh
    kept.sort(key=lambda row: (row["engine"], row["size"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(run) | {"rows": kept}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def read(path: Path = LATEST) -> list[dict[str, Any]]:
    """What was kept; nothing before the first run."""
    return json.loads(path.read_text("utf-8"))["rows"] if path.exists() else []


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["engine"], row["size"], row["step"]
