"""The bank's tables by what they are about, so that a long list of missing ones can be read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SUBJECTS = (
    (
        _("Customers and their ties"),
        ("customers", "people", "person_roles", "relationships", "public_records", "counterparties"),
    ),
    (_("Invoices, taxes and statements"), ("invoices", "tax_records", "financial_statements")),
    (
        _("Accounts and products"),
        ("accounts", "balances", "transactions", "holdings", "products", "channel_uses"),
    ),
    (
        _("Loans and repayment"),
        (
            "applications",
            "credit_lines",
            "loan_contracts",
            "drawdown_notes",
            "schedules",
            "repayments",
            "other_bank_debts",
        ),
    ),
    (_("Security and papers"), ("guarantees", "collateral", "valuations", "documents")),
    (_("Contacts and service"), ("contacts", "campaign_lists", "service_requests", "surveys")),
    (_("Posts and portfolios"), ("branches", "staff", "posts", "assignments")),
    (_("Prices and ledgers"), ("rate_curves", "cost_curves", "loss_curves", "ledger_totals")),
)
OTHER = _("Other tables")


def places() -> dict[str, int]:
    """The subject of each table as its place in SUBJECTS."""
    return {table: place for place, (_title, tables) in enumerate(SUBJECTS) for table in tables}


def title(place: int) -> str:
    return str(SUBJECTS[place][0] if place < len(SUBJECTS) else OTHER)
