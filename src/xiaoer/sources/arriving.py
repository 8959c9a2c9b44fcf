"""A file on its way in: which days it speaks for, what it stands for, by what it is known again."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import Lake
from xiaoer.sources.contracts import contract
from xiaoer.sources.terms import Contract, Source


@dataclass(frozen=True)
class Delivery:
    """One file on its way in: what it is and which days it speaks for."""

    path: Path
    source: Source
    fingerprint: str
    business_date: date
    delivered_on: date
    replaces: int | None = None

    @property
    def contract(self) -> Contract:
        return contract(self.source.table)

    @property
    def key(self) -> tuple[str, ...]:
        """By which columns its rows are told apart; none where there is no telling."""
        return self.contract.key if self.source.key is None else self.source.key

    @property
    def tells_apart(self) -> bool:
        """Whether a row's key says which row it is."""
        return bool(self.key) and self.source.duplicate_keys != "keep"

    @property
    def exact_repeats_go(self) -> bool:
        return self.source.exact_duplicates == "quarantine"


def delivery(
    path: Path,
    source: Source,
    arrived: date,
    mapping_digest: str,
    lake: Lake,
    *,
    fingerprint: str | None = None,
) -> Delivery:
    """The days a file speaks for: from its name, fixed by the mapping, or the day it arrived.

    A file delivered again with other content is known from its second arrival on, never earlier. A snapshot's
    stands for the first; an increment's rows are added, and the last word on each key counts, unless the
    mapping says that it replaces. Whoever knows the `fingerprint` already gives it. Raises Refusal where there is
    no key to tell old rows from new.
    """
    named = _date_in_name(path, source)
    business_date = named or source.business_date or arrived
    snapshot = contract(source.table).day is None
    seal = mapping_digest + (business_date.isoformat() if snapshot else "")
    fingerprint = fingerprint or _fingerprint(path, seal)
    earlier = lake.manifest.standing_for(source.feed, path.name, business_date if snapshot else None)
    if earlier is None or lake.manifest.has(source.feed, fingerprint):
        return Delivery(path, source, fingerprint, business_date, named or business_date)
    replaces = earlier if snapshot or _replaces(source, path) else None
    return Delivery(path, source, fingerprint, business_date, max(business_date, arrived), replaces)


def _replaces(source: Source, path: Path) -> bool:
    if source.redelivery:
        return source.redelivery == "replaces"
    if source.duplicate_keys == "keep" or not (
        contract(source.table).key if source.key is None else source.key
    ):
        raise Refusal(
            "a file of this name was delivered before with other content, and its rows have no key",
            path.name,
            'redelivery = "replaces" or "adds" in the mapping',
            "Say which, or deliver new rows under a new name",
        )
    return False


def _date_in_name(path: Path, source: Source) -> date | None:
    if not source.dated:
        return None
    found = re.search(source.dated, path.name)
    if not found:
        raise Refusal(
            f"no date in the file name by {source.dated!r}", path.name, "a name such as invoices_20261031.csv"
        )
    day = found["date"]
    try:
        return date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}")
    except ValueError:
        raise Refusal(f"{day} in the file name is not a day", path.name, "YYYYMMDD") from None


def _fingerprint(path: Path, mapping_digest: str) -> str:
    digest = hashlib.sha256(mapping_digest.encode())
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()
