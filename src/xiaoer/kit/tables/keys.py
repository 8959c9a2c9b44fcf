"""Which loads may hold a key: sorted hashes beside the lake, so that a new file need not be held against all before it.

A hit only says where to look; who asks compares the keys themselves. What is missing is made anew from the parts.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

from xiaoer.kit.tables.manifest import Part

FAN = 6  # as many runs of about one size are merged: each key is written again log(keys) to this base times
SLOT = np.uint64(0xFFFF)  # the low bits of a word name the load, the others are the hash
HASH = ~SLOT
FILTERED = 1 << 20  # longer runs have a filter in front: most keys are new, and one look tells
SLICE = 1 << 20
SEED = 2
NOTHING = np.zeros(0, dtype=np.uint64)


def hashed(rows: pl.DataFrame) -> np.ndarray:
    """64 bits for each row's key."""
    return rows.hash_rows(seed=SEED).to_numpy()


def in_order(hashes: np.ndarray) -> np.ndarray:
    """The hashes as runs keep them: sorted, without the bits that name a load."""
    return np.sort(hashes & HASH)


@cache
def _stamp() -> str:
    """Another release of the hash function gives other hashes: its runs lie in another folder."""
    sample = pl.DataFrame({"text": ["a", None], "number": [1, 2]})
    return hashlib.sha256(hashed(sample).tobytes()).hexdigest()[:8]


@dataclass(frozen=True)
class Run:
    """One file: how many loads, which, how long the filter, the filter, then the sorted words."""

    path: Path
    loads: frozenset[int]
    filter: np.ndarray
    words: np.ndarray

    @classmethod
    def open(cls, path: Path) -> "Run | None":
        """None when the file is no whole run."""
        whole = np.memmap(path, np.uint64, "r") if path.stat().st_size >= 8 * 3 else NOTHING
        if len(whole) < 3 or len(whole) != 3 + int(whole[:3].sum()):
            return None
        ends = np.cumsum(whole[:3]).astype(np.int64) + 3
        loads = frozenset(whole[3 : ends[0]].tolist())
        return cls(path, loads, whole[ends[0] : ends[1]], whole[ends[1] : ends[2]])

    @property
    def tier(self) -> int:
        return int(np.log(max(len(self.words), 1)) / np.log(FAN))

    def slots(self, hashes: np.ndarray) -> set[int]:
        """Slots of the loads that hold one of these (sorted, low bits off) hashes."""
        if len(self.words) < len(hashes):
            mine = self.words & HASH
            at = np.searchsorted(hashes, mine)
            hit = hashes[np.minimum(at, len(hashes) - 1)] == mine
            return set((self.words[hit] & SLOT).tolist())
        return self._looked_up(hashes[_let_through(self.filter, hashes)])

    def _looked_up(self, hashes: np.ndarray) -> set[int]:
        found: set[int] = set()
        at = np.searchsorted(self.words, hashes)
        while len(at):
            inside = at < len(self.words)
            at, hashes = at[inside], hashes[inside]
            words = self.words[at]
            hit = (words & HASH) == hashes
            found |= set(np.unique(words[hit] & SLOT).tolist())
            at, hashes = at[hit] + 1, hashes[hit]
        return found


class KeyIndex:
    """The keys of one table by one set of columns, in runs that are merged as they grow."""

    def __init__(self, folder: Path, key: tuple[str, ...], group: str = "") -> None:
        words = "\n".join((*key, group)).encode()
        self.folder, self.key = folder / f"{hashlib.sha256(words).hexdigest()[:16]}-{_stamp()}", key
        self._open: dict[Path, Run] = {}

    def may_hold(self, wanted: np.ndarray, parts: Iterable[Part], root: Path) -> list[Part]:
        """Those of the parts, in their order, that may hold one of the keys (`in_order`); never one too few.

        Parts that are not yet among the runs are read and added. Only for the one writer.
        """
        asked = list(parts)
        self._add_missing(asked, root)
        if not len(wanted):
            return []
        found = {slot for run in self._runs() for slot in run.slots(wanted)}
        return [part for part in asked if _slot(part) in found] if found else []

    def add(self, part: Part, hashes: np.ndarray) -> None:
        """The keys of one more part (`in_order`); runs of about its size are merged with it."""
        self._write([hashes | np.uint64(_slot(part))], frozenset({_name(part)}))
        while same := self._crowded():
            loads = frozenset[int]().union(*(run.loads for run in same))
            self._write([run.words for run in same], loads)
            for run in same:
                run.path.unlink()

    def _add_missing(self, parts: list[Part], root: Path) -> None:
        there = {load for run in self._runs() for load in run.loads}
        for part in parts:
            if _name(part) not in there:
                self.add(part, in_order(_hashes_of(root / part.path, self.key)))

    def _crowded(self) -> list[Run]:
        runs = self._runs()
        tiers = [run.tier for run in runs]
        full = [tier for tier in tiers if tiers.count(tier) >= FAN]
        return [run for run in runs if run.tier == min(full)] if full else []

    def _runs(self) -> list[Run]:
        """The runs as they lie there; what a killed writer left twice or in half is swept away."""
        there = sorted(self.folder.glob("*.run")) if self.folder.exists() else []
        self._open = {path: run for path in there if (run := self._open.get(path) or Run.open(path))}
        runs = sorted(self._open.values(), key=lambda run: len(run.loads), reverse=True)
        kept: dict[Path, Run] = {}
        seen: set[int] = set()
        for run in runs:
            if not run.loads <= seen:
                kept[run.path] = run
                seen |= run.loads
        for path in there:
            if path not in kept:
                path.unlink()
        self._open = kept
        return list(kept.values())

    def _write(self, sorted_words: list[np.ndarray], loads: frozenset[int]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        names = sorted(loads)
        size = sum(map(len, sorted_words))
        sieve = np.zeros(1 << (size // 4).bit_length() if size > FILTERED else 0, dtype=np.uint64)
        path = self.folder / f"{hashlib.sha256(repr(names).encode()).hexdigest()[:16]}.run"
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            np.array([len(names), len(sieve), size, *names], dtype=np.uint64).tofile(file)
            place = file.tell()
            sieve.tofile(file)
            for piece in _merged(sorted_words, size):
                piece.tofile(file)
                _mark(sieve, piece)
            file.seek(place)
            sieve.tofile(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def _slot(part: Part) -> int:
    return part.load_no & int(SLOT)


def _name(part: Part) -> int:
    """A part by number and content, so that a lake set back to an older state finds no wrong keys."""
    digest = hashlib.sha256(f"{part.load_no} {part.path} {part.fingerprint}".encode()).digest()
    return int.from_bytes(digest[:8], "little")


def _hashes_of(path: Path, key: tuple[str, ...]) -> np.ndarray:
    batches = pq.ParquetFile(path).iter_batches(SLICE, columns=list(key))
    made = [hashed(pl.DataFrame(pl.from_arrow(batch)).select(key)) for batch in batches]
    return np.concatenate(made) if made else NOTHING


def _merged(runs: list[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """The words of all runs in order, a slice of the hashes after the other: memory stays bounded."""
    steps = max(1, size // SLICE)
    cuts = np.array([(step << 64) // steps for step in range(1, steps)], dtype=np.uint64)
    ends = [[0, *np.searchsorted(run, cuts).tolist(), len(run)] for run in runs]
    for step in range(steps):
        pieces = [run[at[step] : at[step + 1]] for run, at in zip(runs, ends, strict=True)]
        yield np.sort(np.concatenate(pieces), kind="stable")  # runs in order: a merge, no sorting


def _mark(sieve: np.ndarray, words: np.ndarray) -> None:
    if len(sieve) and len(words):
        at = _place(sieve, words)
        first = np.flatnonzero(np.diff(at, prepend=-1))
        sieve[at[first]] |= np.bitwise_or.reduceat(_bits(words), first)


def _let_through(sieve: np.ndarray, hashes: np.ndarray) -> NDArray[np.bool_]:
    """Which hashes may be in the run; all where it has no filter."""
    if not len(sieve):
        return np.ones(len(hashes), dtype=bool)
    bits = _bits(hashes)
    through: NDArray[np.bool_] = (sieve[_place(sieve, hashes)] & bits) == bits
    return through


def _place(sieve: np.ndarray, words: np.ndarray) -> np.ndarray:
    return (words >> np.uint64(65 - len(sieve).bit_length())).astype(np.int64)


def _bits(words: np.ndarray) -> np.ndarray:
    """Three bits of 64, by parts of the hash that neither the place nor the load's number uses."""
    one, six = np.uint64(1), np.uint64(63)
    shifts = (np.uint64(16), np.uint64(22), np.uint64(28))
    bits: np.ndarray = np.bitwise_or.reduce([one << ((words >> shift) & six) for shift in shifts])
    return bits
