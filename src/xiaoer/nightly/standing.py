"""How each firm stands towards being approached, gathered from consents, stops, contacts and plans."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import Asked, Channel, Known, Policy, Stop, Touch
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.pieces import Part
from xiaoer.nightly.run import Night
from xiaoer.offers.door import Standing

CONSENTS = ("marketing", "call", "message", "email")
TOUCHED = ("channel", "purpose", "outcome")
NOT_REACHED = "not_reached"
REMEMBERED_DAYS = 400
OPEN = "open"
STRICTEST = "sole_trader"  # a firm of unknown kind is treated like a person: visits, nothing unasked


@dataclass(frozen=True)
class Standings:
    """Stops and plans, which few firms have, gathered once; consents and contacts are read a part at a time."""

    night: Night
    stops: Mapping[str, tuple[Stop, ...]]
    planned: Mapping[str, date]

    @classmethod
    def of(cls, night: Night) -> "Standings":
        """As known on the night's business date."""
        planned: dict[str, date] = {}
        for task in open_tasks(night):
            planned[task["customer_id"]] = min(
                task["due_date"], planned.get(task["customer_id"], task["due_date"])
            )
        return cls(night, _stops(night), planned)

    def of_firms(self, part: Part, firms: Collection[str]) -> dict[str, Standing]:
        """The standing of the firms asked for, all of them of one part."""
        asked = pl.col("customer_id").is_in(firms)
        touches, others = _touches(part, asked), _others(part, asked)
        read = self.night.delivered("customers").select(
            "customer_id", "kind", *map("consent_{}".format, CONSENTS)
        )
        return {
            row["customer_id"]: self._standing(
                row, touches.get(row["customer_id"], ()), others.get(row["customer_id"], ())
            )
            for row in part.rows(read).filter(asked).iter_rows(named=True)
        }

    def _standing(self, row: dict[str, Any], touches: Sequence[Touch], others: Sequence[Touch]) -> Standing:
        number = row["customer_id"]
        stops = self.stops.get(number, ())
        known = Known(row["kind"] or STRICTEST, _consents(row), stops, tuple(touches), tuple(others))
        return Standing(known, _last_reached(touches), self.planned.get(number))


def shut(night: Night, firms: Collection[str], purpose: str, day: date, policy: Policy) -> set[str]:
    """Firms that consent or a stop keeps from being approached for a purpose on a day, by visit as by call."""
    stops = _stops(night)
    asked = night.engine.table(pa.table({"customer_id": pa.array(sorted(firms), pa.string())}))
    rows = night.delivered("customers").join(asked, on="customer_id", how="semi")
    told = night.engine.collect(rows.select("customer_id", "kind", *map("consent_{}".format, CONSENTS)))
    return {
        row["customer_id"]
        for row in told.to_pylist()
        if not any(
            approach(
                Asked(way, purpose, day), _untouched(row, stops.get(row["customer_id"], ())), policy
            ).allowed
            for way in (Channel.VISIT, Channel.CALL)
        )
    }


def _untouched(row: Mapping[str, Any], stops: tuple[Stop, ...]) -> Known:
    return Known(row["kind"] or STRICTEST, _consents(row), stops, (), ())


def _consents(row: Mapping[str, Any]) -> dict[str, bool | None]:
    return {use: row[f"consent_{use}"] for use in CONSENTS}


def open_tasks(night: Night) -> list[dict[str, Any]]:
    """Promises of the desk that are still open, oldest first."""
    rows = night.engine.collect(recorded(night, "desk_tasks"))
    kept = rows.filter(pc.equal(rows["status"], OPEN))
    return kept.sort_by([("due_date", "ascending"), ("task_id", "ascending")]).to_pylist()


def _touches(part: Part, asked: pl.Expr) -> dict[str, list[Touch]]:
    night, found = part.night, defaultdict[str, list[Touch]](list)
    recent = night.made("contacts").filter(nw.col("day") > night.on.today - REMEMBERED_DAYS)
    met = part.rows(recent.select("customer_id", "contact_date", *TOUCHED)).filter(asked)
    rows = pl.concat([met, _surveyed(part, asked).select(met.columns).cast(met.schema)])  # type: ignore[arg-type]
    told = rows.sort("customer_id", "contact_date", "channel").with_columns(pl.col(TOUCHED).fill_null(""))
    for number, *touch in told.iter_rows():
        found[number].append(Touch(*touch))
    return found


def _surveyed(part: Part, asked: pl.Expr) -> pl.DataFrame:
    """Surveys the desk sent count like any other contact."""
    sent = part.rows(recorded(part.night, "desk_surveys").select("customer_id", "asked_date", "channel"))
    return sent.filter(asked).select(
        "customer_id", "channel", contact_date="asked_date", purpose=pl.lit("survey"), outcome=pl.lit("")
    )


def _others(part: Part, asked: pl.Expr) -> dict[str, list[Touch]]:
    """Contacts with the other firms of each firm's circles."""
    found = defaultdict[str, list[Touch]](list)
    rows = part.made("group_contacts").filter(asked).sort("customer_id", "contact_date", "channel", "purpose")
    for number, day, channel, purpose in rows.select(
        "customer_id", "contact_date", pl.col("channel", "purpose").fill_null("")
    ).iter_rows():
        found[number].append(Touch(day, channel, purpose))
    return found


def _stops(night: Night) -> dict[str, tuple[Stop, ...]]:
    """The desk's stops, and complaints that nobody has closed yet."""
    found: dict[str, list[Stop]] = defaultdict(list)
    for row in night.engine.collect(recorded(night, "desk_suppressions")).to_pylist():
        found[row["customer_id"]].append(
            Stop(row["reason"], row["day"], row["until_date"], row["channel"] or "")
        )
    complaints = night.made("requests").filter(nw.col("kind") == "complaint", nw.col("state") != "closed")
    ordered = complaints.select("customer_id", "requested_date").sort("customer_id", "requested_date")
    for row in night.engine.collect(ordered).to_pylist():
        found[row["customer_id"]].append(Stop("complaint", row["requested_date"]))
    return {number: tuple(stops) for number, stops in found.items()}


def _last_reached(touches: Iterable[Touch]) -> date | None:
    return max((touch.day for touch in touches if touch.outcome != NOT_REACHED), default=None)
