"""Applications as lists: those begun here, and those the bank's files bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaoer.applications.shown.words import word
from xiaoer.applications.terms import OPEN, PRODUCTS, STAGES
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View

Named = Callable[[Any], str]
Found = Callable[[Any], Any]


def here(name_of: Named, missing: Found, wait: Found, core: Found) -> Table:
    """Applications begun at this desk; `missing`, `wait` (hours in the stage), `core` are worked out per row."""
    text = gettext_lazy
    return Table(
        name="applications",
        title=_("Applications"),
        columns=_columns(name_of, missing, wait, core),
        row_key="pk",
        default_order="-received",
        opens=lambda row: reverse("application", args=[row.pk]),
        filters=(_stages(), _products()),
        views=(
            View("open", text("On their way"), {"stage": ".".join(OPEN)}),
            View("all", text("All")),
            View("drawn", text("Drawn"), {"stage": "drawn"}),
        ),
        empty_title=_("No application yet"),
        empty_why=_("A relationship manager begins one on the page of a firm."),
    )


def _columns(name_of: Named, missing: Found, wait: Found, core: Found) -> tuple[Column, ...]:
    text = gettext_lazy
    return (
        Column("firm", text("Firm"), name_of, "name", place="title", fixed=True),
        Column("number", text("Number"), lambda row: f"A{row.pk:06d}", order=("pk",)),
        Column("product", text("Product"), lambda row: word("product", row.product), order=("product",)),
        Column("amount", text("Amount asked"), "amount", "wan", ("amount",), "amount", place="aside"),
        Column(
            "stage",
            text("Stage"),
            lambda row: capfirst(word("stage", row.stage)),
            order=("stage",),
            place="second",
        ),
        Column("received", text("Received on"), "received_date", "day", ("received_date",), place="second"),
        Column("wait", text("Hours in the stage"), wait, "count", ("stage_since_at",)),
        Column("missing", text("Papers missing"), missing, place="line"),
        Column("approved", text("Approved"), "approved_amount", "wan", ("approved_amount",), chosen=False),
        Column("rate", text("Rate"), "approved_rate", "percent", ("approved_rate",), chosen=False),
        Column("drawn", text("Drawn on"), "drawn_date", "day", ("drawn_date",), chosen=False),
        Column("core", text("In the core system"), core, place="line"),
    )


def brought(name_of: Named, missing: Found) -> Table:
    """Applications of the bank's own files, of the last year or still under way."""
    text = gettext_lazy
    return Table(
        name="brought",
        title=_("Applications of the bank's files"),
        columns=(
            Column("firm", text("Firm"), name_of, "name", place="title", fixed=True),
            Column("number", text("Number"), "application_id", order=("application_id",)),
            Column("product", text("Product"), "product_name", order=("product_name",)),
            Column("amount", text("Amount asked"), "amount", "wan", ("amount",), "amount", place="aside"),
            Column(
                "stage",
                text("Stage"),
                lambda row: capfirst(word("stage", row.stage)),
                order=("stage",),
                place="second",
            ),
            Column(
                "received", text("Received on"), "received_date", "day", ("received_date",), place="second"
            ),
            Column("survey", text("Survey, minutes"), "survey_minutes", "count", ("survey_minutes",)),
            Column("form", text("Form, minutes"), "form_minutes", "count", ("form_minutes",)),
            Column("missing", text("Papers missing"), missing, place="line"),
            Column("decided", text("Decided on"), "decided_date", "day", ("decided_date",), chosen=False),
            Column("drawn", text("Drawn on"), "drawn_date", "day", ("drawn_date",), chosen=False),
        ),
        row_key="application_id",
        default_order="-received",
        opens=lambda row: reverse("application-brought", args=[row.application_id]),
        filters=(_stages(),),
        views=(
            View("open", text("On their way"), {"stage": ".".join(OPEN)}),
            View("all", text("All")),
        ),
        empty_title=_("The bank's files bring no applications"),
        empty_why=_("The file of applications fills this list; the page on data says what is missing."),
    )


def _stages() -> Filter:
    choices = tuple(Choice(stage, capfirst(word("stage", stage)), Q(stage=stage)) for stage in STAGES)
    return Filter("stage", gettext_lazy("Stage"), choices)


def _products() -> Filter:
    choices = tuple(Choice(one, word("product", one), Q(product=one)) for one in PRODUCTS)
    return Filter("product", gettext_lazy("Product"), choices)
