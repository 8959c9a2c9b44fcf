"""Words of the shelf: families, metrics, forms, and figures the way each metric is read."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xiaoer.kit.text import Reason, Tone, reason
from xiaoer.workbench.shown.drawings import tongue

FOLDS = re.compile(r"(?:(\d+) × )?(\d+)-fold, stratified(, by firm)?, out of fold")
FAMILIES = {
    "risk": pgettext_lazy("family", "Risk"),
    "payment": pgettext_lazy("family", "Payment"),
    "activity": pgettext_lazy("family", "Activity"),
    "attrition": pgettext_lazy("family", "Attrition"),
    "response": pgettext_lazy("family", "Response"),
    "uplift": pgettext_lazy("family", "Uplift"),
    "value": pgettext_lazy("family", "Value"),
    "preference": pgettext_lazy("family", "Preference"),
    "price": pgettext_lazy("family", "Price"),
    "need": pgettext_lazy("family", "Need"),
    "satisfaction": pgettext_lazy("family", "Satisfaction"),
    "turnover": pgettext_lazy("family", "Turnover"),
    "limit": pgettext_lazy("family", "Limit"),
}
METRICS = {
    "auc": "AUC",
    "qini": "Qini",
    "rank": gettext_lazy("rank correlation"),
    "nearer": gettext_lazy("nearer than one figure"),
}
FORMS = {
    "scorecard": gettext_lazy("scorecard"),
    "glass_box": gettext_lazy("glass box"),
    "trees": gettext_lazy("boosted trees"),
}
STEPS = {
    "asked": gettext_lazy("Asked for"),
    "approved": gettext_lazy("Approved"),
    "returned": gettext_lazy("Sent back"),
}
TURNS = {"promoted": gettext_lazy("Put to use"), "reverted": gettext_lazy("Taken back")}
REFRESHED = {
    "monthly": gettext_lazy("monthly"),
    "quarterly": gettext_lazy("quarterly"),
    "yearly": gettext_lazy("yearly"),
}
LONG, SHORT = {"qini": 1}, 3
TONES: dict[str, Tone] = {
    "live": "good",
    "challenger": "warn",
    "small_sample": "warn",
    "refused": "plain",
    "not_trained": "plain",
    "calm": "good",
    "watch": "warn",
    "act": "bad",
    "none": "plain",
}


def family(code: str) -> str:
    return str(FAMILIES.get(code, code))


def name(shelved: Any) -> str:
    """A model's name in the reader's language."""
    if tongue().startswith("zh"):
        return str(shelved.name_zh)
    return str(shelved.name_en[:1].upper() + shelved.name_en[1:])


def worded(both: dict[str, str] | None) -> str:
    """Words that a file gives in both languages."""
    return (both or {}).get("zh" if tongue().startswith("zh") else "en", "")


def state(code: str) -> Reason:
    return reason(f"model_{code}", TONES.get(code, "plain"))


def drift(level: str) -> Reason:
    return reason(f"drift_{level or 'none'}", TONES[level or "none"])


def figure(metric: str, value: float | None) -> str:
    """A measure with as many digits as it deserves."""
    return "—" if value is None else f"{value:.{LONG.get(metric, SHORT)}f}".replace("-", "−")


def between(metric: str, low: float | None, high: float | None) -> str:
    """An interval of 95 %."""
    if low is None or high is None:
        return ""
    return f"{figure(metric, low)}–{figure(metric, high)}"


def measured(metric: str, value: float | None, low: float | None, high: float | None) -> str:
    """A measure with its interval, as a table's cell holds it."""
    return "—" if value is None else f"{figure(metric, value)} ({between(metric, low, high)})"


def days_old(days: int | None) -> str:
    return "—" if days is None else _("%(n)s days") % {"n": f"{days:,}"}


def folds(split: str) -> str:
    """How a model was judged on parts held out in turn; "" for one judged otherwise."""
    found = FOLDS.fullmatch(split)
    if found is None:
        return ""
    words = (
        _("%(n)s parts of firms, each judged by what the others taught")
        if found[3]
        else _("%(n)s parts, each judged by what the others taught")
    )
    told = words % {"n": found[2]}
    again = _("dealt %(n)s times")
    return f"{told} · {again % {'n': found[1]}}" if found[1] else told
