"""What the night knows of a firm."""

from collections.abc import Collection
from typing import Any

from django.db.models import Subquery

from xiaoer.customers.models import Firm
from xiaoer.customers.queries import firms_by_number
from xiaoer.features.models import Profile
from xiaoer.kit.published import Pointer
from xiaoer.kit.scope import Scope
from xiaoer.kit.text import Reason, reason

PARTNER = ("name", "customer_id", "amount", "share", "last_date", "gap_days", "spark")


def profile(scope: Scope, firm: Firm) -> Profile | None:
    """Months, partners and similar firms; None for a firm nobody delivered flows for.

    Firms it mentions are named from the reader's scope: `similar` becomes {customer_id, name, why,
    turnover_12m, growth} without those out of scope, and partners ({name, customer_id, amount, share, last_date,
    gap_days, spark}) out of scope lose their `customer_id` (their name stands on the firm's own invoices and
    stays). Not to be saved.
    """
    found = Profile.objects.seen_by(scope).filter(customer_id=firm.customer_id).first()
    if found is None:
        return None
    found.buyers, found.suppliers = _named(found.buyers), _named(found.suppliers)
    partners = [*(found.buyers or ()), *(found.suppliers or ())]
    mentioned = {*firm.similar, *(one["customer_id"] for one in partners if one["customer_id"])}
    known = firms_by_number(scope, mentioned)
    for one in partners:
        one["customer_id"] = one["customer_id"] if one["customer_id"] in known else None
    why = reason("similar_in_industry" if firm.industry_code else "similar_in_size")
    found.similar = [_alike(known[number], why) for number in firm.similar if number in known]
    return found


def standings(scope: Scope, customer_ids: Collection[str]) -> dict[str, Profile]:
    """How some firms stand towards being approached, by their numbers: standing and contacts, nothing else.

    `standing` gets `as_of`, the business date the desk shows. Not to be saved.
    """
    shown = Pointer.objects.filter(edition=scope.edition).values("business_date")
    rows = Profile.objects.seen_by(scope).filter(customer_id__in=customer_ids)
    found = list(rows.only("customer_id", "standing", "contacts").annotate(as_of=Subquery(shown)))
    for row in found:
        if row.standing is not None and row.as_of:
            row.standing["as_of"] = row.as_of.isoformat()
    return {row.customer_id: row for row in found}


def _named(partners: list[list[Any]] | None) -> list[dict[str, Any]] | None:
    return None if partners is None else [dict(zip(PARTNER, one, strict=True)) for one in partners]


def _alike(firm: Firm, why: Reason) -> dict[str, Any]:
    now, before = firm.turnover_12m, firm.turnover_prior_12m
    growth = now / before - 1 if now is not None and before else None
    return {
        "customer_id": firm.customer_id,
        "name": firm.name,
        "why": why,
        "turnover_12m": now,
        "growth": growth,
    }
