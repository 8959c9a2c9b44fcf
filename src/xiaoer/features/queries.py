"""What the night knows of a firm."""

from collections.abc import Collection
from typing import Any

from xiaoer.customers.models import Firm
from xiaoer.customers.queries import firms_by_number
from xiaoer.features.models import Profile
from xiaoer.kit.scope import Scope


def profile(scope: Scope, customer_id: str) -> Profile | None:
    """Months, partners and similar firms; None for a firm nobody delivered flows for.

    Firms it mentions are named from the reader's scope: `similar` becomes {customer_id, name, why,
    turnover_12m, growth} without those out of scope, and partners out of scope lose their `customer_id`
    (their name stands on the firm's own invoices and stays). Not to be saved.
    """
    found = Profile.objects.seen_by(scope).filter(customer_id=customer_id).first()
    if found is None:
        return None
    partners = [*(found.buyers or []), *(found.suppliers or [])]
    mentioned = {one["customer_id"] for one in [*partners, *found.similar] if one.get("customer_id")}
    known = firms_by_number(scope, mentioned)
    for one in partners:
        one["customer_id"] = one.get("customer_id") if one.get("customer_id") in known else None
    found.similar = [
        _alike(one, known[one["customer_id"]]) for one in found.similar if one["customer_id"] in known
    ]
    return found


def standings(scope: Scope, customer_ids: Collection[str]) -> dict[str, Profile]:
    """How some firms stand towards being approached, by their numbers: standing and contacts, nothing else."""
    rows = Profile.objects.seen_by(scope).filter(customer_id__in=customer_ids)
    return {row.customer_id: row for row in rows.only("customer_id", "standing", "contacts")}


def _alike(entry: dict[str, Any], firm: Firm) -> dict[str, Any]:
    now, before = firm.turnover_12m, firm.turnover_prior_12m
    growth = now / before - 1 if now is not None and before else None
    return {
        "customer_id": firm.customer_id,
        "name": firm.name,
        "why": entry["why"],
        "turnover_12m": now,
        "growth": growth,
    }
