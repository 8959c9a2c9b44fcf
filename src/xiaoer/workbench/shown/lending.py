"""Words of loans and their classes, as the desk says them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLASSES = {
    "normal": pgettext_lazy("loan class", "Normal"),
    "special_mention": pgettext_lazy("loan class", "Special mention"),
    "substandard": pgettext_lazy("loan class", "Substandard"),
    "doubtful": pgettext_lazy("loan class", "Doubtful"),
    "loss": pgettext_lazy("loan class", "Loss"),
}
TONES = {"normal": "plain", "special_mention": "warn", "substandard": "bad", "doubtful": "bad", "loss": "bad"}
RULES = {
    "overdue": _("past due"),
    "overdue_90": _("over 90 days past due"),
    "overdue_270": _("over 270 days past due"),
    "overdue_360": _("over 360 days past due"),
    "bankrupt": _("in bankruptcy"),
    "loss_expected_50": _("half or more expected to be lost"),
    "loss_expected_90": _("nine tenths or more expected to be lost"),
    "evasion": _("evades its debt"),
    "diverted": _("money used for something else"),
    "old_for_new": _("old debt paid with new"),
    "restructured_again": _("restructured again under observation"),
    "under_observation": _("restructured, under observation"),
    "not_yet_cured": _("long arrears, not yet cured"),
    "cured": _("long arrears, cured"),
    "debtor_non_performing": _("over 10% of the debtor's claims non-performing"),
    "debtor_overdue": _("over 20% of its debts over 90 days past due"),
    "non_performing_elsewhere": _("non-performing at another bank"),
}
BUCKETS = {
    0: _("Nothing past due"),
    1: _("1–30 days"),
    31: _("31–60 days"),
    61: _("61–90 days"),
    91: _("91–180 days"),
    181: _("181–270 days"),
    271: _("271–360 days"),
    361: _("361 days and more"),
}
METHODS = {
    "equal_instalment": _("equal instalments"),
    "equal_principal": _("equal principal"),
    "interest_then_principal": _("interest, then principal"),
    "bullet": _("all at the end"),
    "revolving": _("revolving"),
}
ASSET_CLASSES = {"retail": _("Retail"), "non_retail": _("Non-retail")}
STEPS = {"made": _("Made"), "reviewed": _("Reviewed"), "approved": _("Approved"), "returned": _("Sent back")}
SECTORS = {
    "A": _("Farming, forestry, fishing"),
    "B": _("Mining"),
    "C": _("Manufacturing"),
    "D": _("Power, heat, gas, water"),
    "E": _("Construction"),
    "F": _("Wholesale and retail"),
    "G": _("Transport, storage, post"),
    "H": _("Lodging and catering"),
    "I": _("Information, software"),
    "J": _("Finance"),
    "K": _("Property"),
    "L": _("Leasing, business services"),
    "M": _("Research, technical services"),
    "N": _("Water, environment, public facilities"),
    "O": _("Household services, repair"),
    "P": _("Education"),
    "Q": _("Health, social work"),
    "R": _("Culture, sport, entertainment"),
    "S": _("Public administration"),
    "T": _("International organisations"),
}


def class_word(code: str) -> str:
    """A class in words; a dash where the bank names none."""
    return str(CLASSES.get(code, code or "—"))


def rule_word(code: str) -> str:
    """A rule in words, empty for none."""
    return str(RULES.get(code, code))


def class_chip(code: str) -> dict[str, Any]:
    """A class as a chip's words and tone."""
    return {"words": class_word(code), "tone": TONES.get(code, "plain")}
