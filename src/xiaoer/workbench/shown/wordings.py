"""Words for the desk's codes. One word per concept, everywhere."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from xiaoer.contacts.terms import outcomes
from xiaoer.events.left import why_left as reasons

TIERS = {
    "premier": _("Premier"),
    "excellent": _("Excellent"),
    "potential": _("Potential"),
    "general": _("General"),
}
SIZES = {
    "large": _("Large"),
    "medium": _("Medium"),
    "small": _("Small"),
    "micro": _("Micro"),
    "undetermined": _("Size undetermined"),
    "not_classified": _("Not classified by size"),
}
VALUE_BANDS = {4: _("Value 4"), 3: _("Value 3"), 2: _("Value 2"), 1: _("Value 1")}
SIZE_BANDS = {4: _("Large"), 3: _("Medium"), 2: _("Small"), 1: _("Micro")}
SIZE_MISSING = {
    "staff": _("staff"),
    "staff_count": _("staff"),
    "industry": _("industry"),
    "industry_code": _("industry"),
    "revenue": _("revenue"),
    "turnover": _("revenue"),
    "assets": _("assets"),
    "total_assets": _("assets"),
}
STAGES = {"active": _("Active"), "cooling": _("Cooling"), "dormant": _("Dormant"), "lapsed": _("Lapsed")}
LINES = {
    "corporate": _("corporate banking"), "company": _("corporate banking"), "retail": _("personal banking"),
    "personal": _("personal banking"), "private": _("private banking"), "rural": _("rural banking"),
}  # fmt: skip
STAGE_TONES = {"cooling": "warn", "dormant": "warn", "lapsed": "bad"}
KINDS = {"enterprise": _("Enterprise"), "sole_trader": _("Sole trader"), "owner": _("Business owner")}
CHANNELS = {
    "visit": pgettext_lazy("channel", "Visit"),
    "call": pgettext_lazy("channel", "Call"),
    "message": pgettext_lazy("channel", "Message"),
    "counter": pgettext_lazy("channel", "Counter"),
    "check": pgettext_lazy("channel", "Check"),
}
RISKS = {"low": _("low risk"), "medium": _("medium risk"), "high": _("high risk")}
SEVERITIES = {"act": _("Act"), "watch": _("Watch"), "note": _("Note")}
SEVERITY_TONES = {"act": "bad", "watch": "warn", "note": "plain"}
DELIVERED_OUTCOMES = {  # what other systems of the bank call the end of a contact
    "reached": _("Reached"),
    "promised": _("Promised"),
    "complained": _("Complained"),
}
SCORE_STATES = {
    "small_sample": _(
        "The risk score rests on a small sample: known defaults are too few. "
        "Use it for orientation, not for decisions."
    ),
    "refused": _(
        "The risk score was no better than a simple rival where both were judged. "
        "Use it for orientation, not for decisions."
    ),
    "rule": _("Risk is told by a simple rule here: no model has beaten it on later data yet."),
}
QUARANTINED = {
    "empty_required": _("required, but empty"),
    "not_a_date": _("not a date"),
    "not_a_number": _("not a number"),
    "not_whole_cents": _("finer than one fen"),
    "not_a_flag": _("neither yes nor no"),
    "unknown_code": _("a code nobody knows"),
    "out_of_range": _("out of range"),
    "in_the_future": _("a day in the future"),
    "exact_duplicate": _("the same row twice"),
    "duplicate_key": _("the same key twice"),
    "ragged_row": _("too many or too few columns"),
    "bad_characters": _("unreadable characters"),
    "formula_cell": _("a formula instead of a value"),
}
HOLDINGS = {
    "settlement": _("Settlement account"),
    "deposit": _("Deposit"),
    "payroll": _("Payroll"),
    "acquiring": _("Merchant acquiring"),
    "online_bank": _("Online banking"),
    "cash_loan": _("Working-capital loan"),
    "loan": _("Loan"),
}
RULES = {
    "turnover_falls": _("Turnover falls"),
    "silence": _("Silence"),
    "main_buyer_lost": _("Main buyer lost"),
    "season_ahead": _("Season ahead"),
    "main_buyer_new": _("New main buyer"),
    "turnover_grows": _("Turnover grows"),
    "red_papers": _("Red invoices"),
    "balance_falls": _("Deposits fall"),
    "loan_matures": _("Loan matures"),
    "overdue": _("Overdue"),
    "missing_facts": _("Facts missing"),
    "need_ahead": _("Money needed ahead"),
    "opening": _("Opening: to be shown"),
    "activation": _("Opened, hardly used"),
    "cooling": _("Cooling"),
    "dormant": _("Dormant"),
    "lapsed": _("Lapsed"),
    "leaving": _("Settlement leaves"),
    "owner_changed": _("New owner"),
    "legal_person_changed": _("New legal representative"),
    "address_changed": _("Moved"),
    "staff_changed": _("Staff changed"),
    "record_month": _("Best month in years"),
    "new_line": _("New line of goods"),
    "payment_out": _("Large payment out"),
    "payment_in": _("Large payment in"),
    "bad_record": _("Public record"),
    "good_record": _("Good news"),
    "login_before_maturity": _("Online before maturity"),
    "likely": _("Likely to take a product"),
    "related": _("A related firm said yes"),
}


def why_left(code: str) -> str:
    """Why a firm left, in the words of the list."""
    tongue = "zh" if (get_language() or "zh").lower().startswith("zh") else "en"
    known = reasons().get(code)
    return known[tongue] if known else code


def outcome(code: str) -> str:
    """The words of contacts' own code list."""
    known = outcomes().get(code)
    return known.title(get_language() or "zh") if known else word(DELIVERED_OUTCOMES, code)


def holding(held: Any) -> str:
    """A product held: its delivered name, or the word for its code."""
    if isinstance(held, dict):
        return str(held.get("name") or held.get("product_id") or "")
    return word(HOLDINGS, str(held))


def word(words: dict[str, Any], code: str) -> str:
    """The word for a code; a code nobody has worded yet is shown readable rather than not at all."""
    return str(words.get(code, code.replace("_", " ")))
