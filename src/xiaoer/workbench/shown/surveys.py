"""Surveys as a declared table: what waits with its link, what was answered, and how many answer at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.tables import Choice, Column, Filter, Table, View
from xiaoer.kit.text import reason, say
from xiaoer.satisfaction.queries import Rate
from xiaoer.satisfaction.terms import BEST, CALL, WORST
from xiaoer.workbench.shown.drawings import tongue
from xiaoer.workbench.shown.sentences import Told

WAYS = {"message": gettext_lazy("Link"), CALL: gettext_lazy("By telephone")}
SCORES = range(WORST, BEST + 1)
STAFF_TOLD = 6


@dataclass(frozen=True)
class Naming:
    """Looks names and links up for a row."""

    firm: Callable[[Any], Any]
    staff: Callable[[Any], str]
    link: Callable[[Any], str]
    products: Mapping[str, str]

    def product(self, one: Any) -> str:
        return self.products.get(one.product_id, one.product_id)


@dataclass(frozen=True)
class ProductRate:
    """What firms said of contacts about one product."""

    rate: Rate
    name: str
    low: int

    @property
    def address(self) -> str:
        return f"{reverse('surveys')}?product={self.rate.of}"

    @property
    def score(self) -> str:
        return "—" if self.rate.mean is None else f"{self.rate.mean:.1f}/{BEST}"

    @property
    def is_low(self) -> bool:
        return self.rate.mean is not None and self.rate.mean <= self.low

    @property
    def counted(self) -> str:
        words = ngettext("%(answered)s of %(asked)s survey answered", "%(answered)s of %(asked)s surveys answered",
                         self.rate.asked)  # fmt: skip
        return words % {"answered": self.rate.answered, "asked": self.rate.asked}


def surveys(naming: Naming, today: date, low: int) -> Table:
    """Surveys of a scope, the newest first."""
    waits = Q(score__isnull=True, until_date__gte=today)
    states = (
        Choice("waits", pgettext_lazy("survey", "Waiting"), waits),
        Choice("answered", gettext_lazy("Answered"), Q(score__isnull=False)),
        Choice("low", gettext_lazy("Low score"), Q(score__lte=low)),
        Choice("closed", gettext_lazy("No answer"), Q(score__isnull=True, until_date__lt=today)),
    )
    about = tuple(Choice(code, name, Q(product_id=code)) for code, name in naming.products.items())
    ways = tuple(Choice(code, title, Q(channel=code)) for code, title in WAYS.items())
    return Table(
        name="surveys",
        title=_("Surveys"),
        columns=_columns(naming),
        row_key="key",
        default_order="-asked",
        opens=lambda one: reverse("survey", args=[one.key]),
        filters=(
            Filter("state", gettext_lazy("State"), states, few=True),
            Filter("way", gettext_lazy("Way"), ways),
            Filter("product", gettext_lazy("Product"), about),
        ),
        views=(
            View("all", gettext_lazy("All")),
            View("send", gettext_lazy("Links to send"), {"state": "waits", "way": "message"}),
            View("call", gettext_lazy("To ask by telephone"), {"state": "waits", "way": CALL}),
            View("low", gettext_lazy("Call back"), {"state": "low"}),
        ),
        empty_title=_("No survey yet"),
        empty_why=_("Recording the outcome of a contact queues one, where the contact policy allows it."),
    )  # fmt: skip


def _columns(naming: Naming) -> tuple[Column, ...]:
    return (
        Column("firm", gettext_lazy("Firm"), lambda one: naming.firm(one).name, "name", place="title", fixed=True),
        Column("score", gettext_lazy("Score"), score, order=("score",), place="aside"),
        Column("said", gettext_lazy("What was said"), said, place="line"),
        Column("who", gettext_lazy("Contact with"), naming.staff, order=("judged_id",), place="second"),
        Column("product", gettext_lazy("Product"), naming.product, order=("product_id",), place="second"),
        Column("way", gettext_lazy("Way"), lambda one: str(WAYS.get(one.channel, one.channel)), place="second"),
        Column("asked", gettext_lazy("Sent out"), "day", "day", ("day",)),
        Column("until", gettext_lazy("Open until"), "until_date", "day", ("until_date",)),
        Column("link", gettext_lazy("Link"), naming.link, chosen=False),
    )  # fmt: skip


def score(one: Any) -> str:
    return "" if one.score is None else f"{one.score}/{BEST}"


def said(one: Any) -> str:
    """The topics named and the firm's own words."""
    topics = [say(reason(f"topic_{code}"), tongue()) for code in one.topics]
    apart = "、" if formats.chinese(tongue()) else ", "
    return " · ".join(filter(None, (apart.join(topics), one.comment)))


def told(rates: Sequence[Rate], names: Mapping[str, str], days: int) -> Told:
    """How many answer, and what they say; whoever leads others sees each."""
    whole = rates[0]
    if not whole.asked:
        return Told(_("No survey asked in %(days)s days") % {"days": days})
    sentence = ngettext(
        "%(asked)s survey in %(days)s days, %(answered)s answered (%(share)s)",
        "%(asked)s surveys in %(days)s days, %(answered)s answered (%(share)s)",
        whole.asked,
    ) % {
        "asked": whole.asked,
        "days": days,
        "answered": whole.answered,
        "share": formats.percent(whole.share),
    }
    if whole.mean is not None:
        sentence += _(", %(mean)s of 10 on average") % {"mean": f"{whole.mean:.1f}"}
    each = [_rate(one, names) for one in rates[1:]] if len(rates) > 2 else []
    return Told(sentence, " · ".join(each[:STAFF_TOLD]))


def _rate(one: Rate, names: Mapping[str, str]) -> str:
    mean = f" {one.mean:.1f}" if one.mean is not None else ""
    return f"{names.get(one.of, one.of)} {one.answered}/{one.asked}{mean}"


def topics(codes: Sequence[str]) -> list[dict[str, str]]:
    """What may be ticked beside the score."""
    return [{"code": code, "title": say(reason(f"topic_{code}"), tongue())} for code in codes]
