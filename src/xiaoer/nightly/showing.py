"""The published rows of firms, scores, events, proposals, organisation and deliveries."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from xiaoer.kit.text import pinyin
from xiaoer.nightly import history
from xiaoer.nightly.directory import Directory
from xiaoer.nightly.run import Night
from xiaoer.nightly.standins import branch_rows, post_rows, staff_rows
from xiaoer.offers.rules import risk_shown

Row = dict[str, Any]
OWNER_ROLES = ("legal_representative", "beneficial_owner")


def firms(night: Night, called: Directory) -> list[Row]:
    """One row per firm, as lists and the head of its page show it."""
    people, phones = _owners(night), _phones(night)
    told = {row["customer_id"]: row for row in night.engine.collect(night.delivered("customers")).to_pylist()}
    counted = Counter(night.rows_of("events")["customer_id"].to_pylist())
    held, before = _holdings(night), history.tiers_before(night)
    rows = night.rows_of("firms_in_book").sort_by("customer_id").to_pylist()
    return [
        _firm(row, told[row["customer_id"]], held.get(row["customer_id"], []))
        | _called(called.firm(row["customer_id"]))
        | {
            "tier_before": before.get(row["customer_id"], ""),
            "phone": phones.get(row["customer_id"]) or "",
            "owner_name": people.get(row["customer_id"], ""),
            "events": counted[row["customer_id"]],
        }
        for row in rows
    ]


def _firm(row: Row, told: Row, held: list[str]) -> Row:
    last: date | None = row["last_contact_date"]
    due = last + timedelta(days=row["every_days"]) if last else None
    return {
        "customer_id": row["customer_id"],
        "credit_code": told["credit_code"] or "",
        "kind": told["kind"] or "enterprise",
        "industry_code": told["industry_code"] or "",
        "industry": told["industry"] or "",
        "region": told["region"] or "",
        "opened_date": told["opened_date"],
        "staff_count": told["staff_count"],
        "size_class": row["size_class"],
        "size_missing": json.dumps([name for name in row["size_missing"].split(",") if name]),
        "tier": row["tier"],
        "value_band": row["value_band"],
        "size_band": row["size_band"],
        "borrower": bool(row["loan_balance"]),
        "holdings": json.dumps(held, ensure_ascii=False),
        "products": row["products"] or 0,
        "turnover_12m": row["sales_12m"],
        "turnover_prior_12m": None if row["growth_12m"] is None else row["sales_prior_12m"],
        "balance": row["balance_90d"],
        "loan_balance": row["loan_balance"],
        "contribution_12m": row["contribution_12m"],
        "satisfaction": row["satisfaction"],
        "matures_date": row["matures_date"],
        "last_contact_date": last,
        "next_due_date": due,
        "due_channel": row["due_channel"] or "",
        "pd": row["value"],
        "score_points": row["points"],
        "score_state": row["state"] or "",
    }


def _called(name: str) -> Row:
    full, initials = pinyin(name)
    return {"name": name, "pinyin": full, "initials": initials}


def _owners(night: Night) -> dict[str, str]:
    """The firm's legal representative, or whoever owns it."""
    people = {
        row["person_id"]: row["name"] for row in night.engine.collect(night.personal("people")).to_pylist()
    }
    roles = night.engine.collect(night.delivered("person_roles")).to_pylist()
    ranked = sorted(
        (row for row in roles if row["role"] in OWNER_ROLES),
        key=lambda row: (-OWNER_ROLES.index(row["role"]), row["person_id"]),
    )
    return {row["customer_id"]: people.get(row["person_id"]) or "" for row in ranked}


def _phones(night: Night) -> dict[str, str | None]:
    return {
        row["customer_id"]: row["phone"]
        for row in night.engine.collect(night.personal("customers")).to_pylist()
    }


def _holdings(night: Night) -> dict[str, list[str]]:
    products = {
        row["product_id"]: row["name"]
        for row in night.engine.collect(night.delivered("products")).to_pylist()
    }
    found: dict[str, list[str]] = defaultdict(list)
    for row in night.rows_of("held").to_pylist():
        found[row["customer_id"]].append(products.get(row["product_id"]) or row["product_id"])
    return {firm: sorted(set(names)) for firm, names in found.items()}


def scores(night: Night) -> list[Row]:
    """Every score with the night before beside it."""
    before = history.scores_before(night)
    return [
        row | {"previous": before.get(row["customer_id"])}
        for row in night.rows_of("scores").sort_by("customer_id").to_pylist()
    ]


def events(night: Night, called: Directory) -> list[Row]:
    """Events with partners called by name."""
    return [row | {"because": _named(row["because"], called), "goal": _named(row["goal"], called)}
            for row in night.rows_of("events").to_pylist()]  # fmt: skip


def proposals(night: Night, called: Directory) -> list[Row]:
    """What is on somebody's morning, and what was stopped by a rule worth telling."""
    facts = {
        row["customer_id"]: row
        for row in night.rows_of("firms")
        .select(["customer_id", "band", "loan_balance", "days_past_due"])
        .to_pylist()
    }
    rows = [row for row in night.rows_of("decisions").to_pylist() if row["offer_id"] is not None]
    return [_proposal(row, facts[row["customer_id"]], called) for row in rows]


def _proposal(row: Row, facts: Row, called: Directory) -> Row:
    kept = ("offer_id", "customer_id", "day", "kind", "minutes", "expected_return", "cost", "arm", "run_id")
    return {name: row[name] for name in kept} | {
        "rank": row["rank"] or 0,
        "fits": bool(row["fits"]),
        "stopped": row["stopped"],
        "goal": _named(row["goal"], called),
        "because": _named(row["because"], called),
        "risk": risk_shown(facts["band"], facts["days_past_due"] or 0),
        "at_stake": facts["loan_balance"],
        "changed": row["changed"],
    }


def _named(text: str, called: Directory) -> str:
    """A reason's counterparty under its name, where it banks with us."""
    return json.dumps(_renamed(json.loads(text), called), ensure_ascii=False)


def _renamed(value: Any, called: Directory) -> Any:
    if isinstance(value, list):
        return [_renamed(entry, called) for entry in value]
    params = value["params"]
    partner = params.get("partner")
    return value | {"params": params | {"partner": called.partner(partner).name}} if partner else value


def organisation(night: Night) -> dict[str, list[Row]]:
    """Branches with their paths, staff, posts in force, and who answers for whom."""
    branches = branch_rows(night)
    parents = {row["branch_id"]: row["parent_id"] or "" for row in branches}
    return {
        "branches": [
            {"branch_id": row["branch_id"], "name": row["name"] or row["branch_id"],
             "parent_id": parents[row["branch_id"]], "path": _path(row["branch_id"], parents)}
            for row in branches
        ],
        "staff": [
            {"staff_id": row["staff_id"], "name": row["name"], "branch_id": row["branch_id"] or "",
             "capacity_minutes": row["capacity_minutes"]}
            for row in staff_rows(night)
        ],
        "posts": [
            {name: row[name] for name in ("staff_id", "post", "branch_id", "from_date", "to_date")}
            for row in post_rows(night)
        ],
        "assignments": _assignments(night),
    }  # fmt: skip


def _path(branch_id: str, parents: Mapping[str, str]) -> str:
    steps, at = [branch_id], parents.get(branch_id, "")
    while at and at not in steps:
        steps.append(at)
        at = parents.get(at, "")
    return "/".join(reversed(steps))


def _assignments(night: Night) -> list[Row]:
    rows = night.rows_of("portfolio").sort_by("customer_id").to_pylist()
    dated = {
        (row["customer_id"], row["staff_id"]): row
        for row in night.engine.collect(night.delivered("assignments")).to_pylist()
    }
    return [
        {"customer_id": row["customer_id"], "staff_id": row["manager_id"], "role": "main",
         "from_date": dated.get((row["customer_id"], row["manager_id"]), {}).get("from_date"), "to_date": None}
        for row in rows if not row["manager_id"].startswith("pool:")
    ]  # fmt: skip
