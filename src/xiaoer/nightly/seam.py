"""The published tables by name: what the night hands over and which model receives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import pyarrow as pa
from django.apps import apps
from django.db import models

from xiaoer.kit.published import Versioned

# Branch masters come last: they and the pointer change in one transaction.
MODELS = {
    "deliveries": "sources.Delivery",
    "disabled": "sources.Disabled",
    "firms": "customers.Firm",
    "profiles": "features.Profile",
    "scores": "scores.Score",
    "cards": "scores.Card",
    "shelf_scores": "scores.ShelfScore",
    "models_today": "scores.ModelToday",
    "events": "events.Event",
    "proposals": "offers.Proposal",
    "shadow_prices": "offers.ShadowPrice",
    "planned_days": "offers.PlannedDay",
    "measured": "trials.Measured",
    "products": "products.Product",
    "openings": "products.Opening",
    "brought": "applications.Brought",
    "four_flows": "applications.FourFlows",
    "notes": "loans.Note",
    "class_moves": "loans.ClassMove",
    "migrations": "loans.Migration",
    "vintages": "loans.Vintage",
    "shares": "loans.Share",
    "arrears": "loans.Arrears",
    "guarantees": "network.Guarantee",
    "sureties": "network.Surety",
    "plans": "loans.PlanCheck",
    "checks": "loans.CheckDue",
    "renewals": "renewals.Renewal",
    "promises": "renewals.Promise",
    "requests": "satisfaction.Request",
}
MASTERS = {
    "branches": "branches.Branch",
    "staff": "branches.Staff",
    "posts": "branches.Post",
    "assignments": "branches.Assignment",
}
# Written on the desk about a firm: they follow it when its portfolio changes hands.
FOLLOWING = (
    "contacts.Contact",
    "contacts.Task",
    "contact_policy.Suppression",
    "satisfaction.Survey",
    "satisfaction.Request",
    "satisfaction.RequestStep",
    "products.Lesson",
    "customers.Answer",
    "loans.ClassStep",
    "loans.Check",
    "renewals.Evidence",
    "applications.Application",
    "applications.Step",
    "applications.Paper",
    "applications.Exemption",
    "applications.Appraisal",
    "applications.FoundNote",
    "applications.Explanation",
    "evidence.Photo",
    "segments.Goal",
    "events.EventStep",
    "events.Departure",
    "trials.TrialFirm",
    "trials.TrialOutcome",
    "branches.Handover",
)
NAMES = (*MODELS, *MASTERS)
CARRIED_ANYWAY = {"branch_id", "manager_id"}  # scope columns may come with a table that does not keep them
PIECE = 25_000  # rows written at a time
EDITION_COLUMNS = {"id", "since", "until", "payload"}


@dataclass(frozen=True)
class Rows:
    """A table too large to hold at once: its columns, and what makes its rows piece by piece when asked."""

    column_names: list[str]
    pieces: Callable[[], Iterable[pa.Table]]


Handed: TypeAlias = pa.Table | Rows


def rows(handed: Handed) -> Rows:
    """A table as pieces; without columns there is none."""
    if isinstance(handed, Rows):
        return handed
    pieces = (handed.slice(start, PIECE) for start in range(0, handed.num_rows, PIECE))
    return Rows(handed.column_names, lambda: pieces)


def model_of(name: str) -> type[Versioned]:
    """The model behind a published table."""
    return cast("type[Versioned]", apps.get_model((MODELS | MASTERS)[name]))


def rows_of(name: str, using: str) -> models.QuerySet[Any]:
    """Every stored row of a published table, of all editions."""
    return model_of(name).objects.using(using)


def columns_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields the night fills."""
    return [field for field in model._meta.concrete_fields if field.column not in EDITION_COLUMNS]


def check(name: str, table: Handed) -> None:
    """Raise ValueError when a table's columns are not the model's; a zero-column table means no rows."""
    if not table.column_names:
        return
    fields = columns_of(model_of(name))
    known = {str(field.column) for field in fields}
    unknown = set(table.column_names) - known - CARRIED_ANYWAY
    must = {str(field.column) for field in fields if not field.null and not field.has_default()}
    if unknown or must - set(table.column_names):
        missing = sorted(must - set(table.column_names))
        message = f"published table {name!r}: unknown columns {sorted(unknown)}, missing columns {missing}"
        raise ValueError(message)
