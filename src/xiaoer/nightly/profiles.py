"""What a firm's page draws: months, main buyers and suppliers, firms to compare with."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.features.night import similar
from xiaoer.kit.dates import from_day_number
from xiaoer.kit.text import reason
from xiaoer.network.night import main_partners, partner_months
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.run import Night
from xiaoer.nightly.standing import CONSENTS, OPEN
from xiaoer.nightly.standins import staff_rows

MONTHS, SPARK, MOST_PARTNERS, MOST_CONTACTS = 36, 12, 8, 12
Rows = Iterable[dict[str, Any]]
By = dict[Any, Any]


def profiles(night: Night, called: Directory) -> list[dict[str, Any]]:
    """One row per firm, JSON columns as text; amounts in fen."""
    last = night.business_date.year * 12 + night.business_date.month - 1
    months = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - MONTHS + 1, last + 1)]
    trade = _series(night.rows_of("months"), ("sales", "purchases"), last)
    flows = _series(night.rows_of("flow_months"), ("inflow", "outflow"), last)
    partners, alike = _partners(night, called, last), _similar(night, called)
    met, standing = _contacts(night), _standing(night)
    return [
        {
            "customer_id": firm,
            "months": json.dumps(months),
            **{name: _json(trade[firm].get(name)) for name in ("sales", "purchases")},
            **{name: _json(flows[firm].get(name)) for name in ("inflow", "outflow")},
            "buyers": _json(partners.get((firm, "sale"))),
            "suppliers": _json(partners.get((firm, "purchase"))),
            "similar": _json(alike.get(firm, [])),
            "contacts": _json(met.get(firm, [])[:MOST_CONTACTS]),
            "standing": _json(standing.get(firm)),
        }
        for firm in sorted(night.rows_of("features")["customer_id"].to_pylist())
    ]


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _series(rows: pa.Table, columns: tuple[str, ...], last: int) -> By:
    """Per firm and column the last 36 months, oldest first, zeros where nothing was."""
    found: By = defaultdict(dict)
    for row in rows.to_pylist():
        at = row["month"] - last + MONTHS - 1
        if 0 <= at < MONTHS:
            for name in columns:
                found[row["customer_id"]].setdefault(name, [0] * MONTHS)[at] = row[name]
    return found


def _partners(night: Night, called: Directory, last: int) -> By:
    main = night.keep("main_partners", main_partners(night.made("partners"), MOST_PARTNERS))
    sparks: By = defaultdict(lambda: [0] * SPARK)
    for row in night.engine.collect(partner_months(night.made("trade"), main, last - SPARK + 1)).to_pylist():
        sparks[_tie(row)][row["month"] - last + SPARK - 1] = row["amount"]
    found: By = defaultdict(list)
    for row in (
        night.engine.collect(main)
        .sort_by([(n, "ascending") for n in ("customer_id", "direction", "rank")])
        .to_pylist()
    ):
        found[row["customer_id"], row["direction"]].append(_partner(row, called, sparks[_tie(row)]))
    return found


def _tie(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["customer_id"], row["direction"], row["counterparty_id"]


def _partner(row: dict[str, Any], called: Directory, spark: list[int]) -> dict[str, Any]:
    """A counterparty that banks with us carries its customer number, so that one can go there."""
    number = row["counterparty_id"]
    known = called.partner(number)
    gap = (row["last_day"] - row["first_day"]) / (row["days"] - 1) if row["days"] > 1 else None
    return {
        "id": number,
        "name": known.name,
        "customer_id": known.customer_id,
        "amount": row["amount_12m"],
        "share": round(row["share"], 4),
        "last_date": from_day_number(row["last_day"]).isoformat(),
        "gap_days": None if gap is None else max(1, round(gap)),
        "spark": spark,
    }


def _similar(night: Night, called: Directory) -> By:
    firms = night.made("features")
    known = firms.select("customer_id", "industry_code", "sales_12m", "growth_12m")
    facts = {row["customer_id"]: row for row in night.engine.collect(known).to_pylist()}
    pairs = night.engine.collect(similar(firms)).sort_by(
        [("customer_id", "ascending"), ("place", "ascending")]
    )
    found: By = defaultdict(list)
    for row in pairs.to_pylist():
        other = facts[row["neighbour_id"]]
        found[row["customer_id"]].append(
            {
                "customer_id": row["neighbour_id"],
                "name": called.firm(row["neighbour_id"]),
                "why": reason("similar_in_industry" if other["industry_code"] else "similar_in_size"),
                "turnover_12m": other["sales_12m"],
                "growth": None if other["growth_12m"] is None else round(other["growth_12m"], 4),
            }
        )
    return found


def _contacts(night: Night) -> By:
    """What the bank's files tell of contacts, newest first; the desk shows its own records itself."""
    names = {row["staff_id"]: row["name"] for row in staff_rows(night)}
    rows = night.rows_of("contacts")
    order = [
        ("customer_id", "ascending"),
        ("day", "descending"),
        ("channel", "ascending"),
        ("outcome", "ascending"),
    ]
    found: By = defaultdict(list)
    for row in rows.filter(pc.equal(rows["by"], "bank")).sort_by(order).to_pylist():
        told = {"date": row["contact_date"].isoformat()} | {
            name: row[name] for name in ("channel", "outcome", "purpose")
        }
        found[row["customer_id"]].append(told | {"staff": names.get(row["staff_id"], "")})
    return found


def _standing(night: Night) -> By:
    """What the desk must know to ask the contact policy: consents, and since when a complaint is open."""
    complained: By = {}
    for row in night.engine.collect(night.delivered("service_requests")).to_pylist():
        day = row["requested_date"]
        if row["kind"] == "complaint" and row["status"] == OPEN and day and day <= night.business_date:
            complained[row["customer_id"]] = min(
                day.isoformat(), complained.get(row["customer_id"], day.isoformat())
            )
    return {
        row["customer_id"]: {
            "consents": {use: row[f"consent_{use}"] for use in CONSENTS},
            "complaint_date": complained.get(row["customer_id"]),
        }
        for row in night.engine.collect(night.delivered("customers")).to_pylist()
    }
