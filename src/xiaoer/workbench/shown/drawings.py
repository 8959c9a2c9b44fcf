"""Charts of the desk, from profiles, scores and plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xiaoer.features.models import Profile
from xiaoer.kit.screens import formats
from xiaoer.kit.screens.charts import Chart, Series
from xiaoer.scores.models import Score

YEAR = 12
FEN_PER_WAN = 1_000_000
FEN_PER_THOUSAND = 100_000
Amounts = Sequence[int | None] | None


def tongue() -> str:
    return get_language() or "zh-hans"


def unit() -> str:
    """The unit of money columns and charts: 万元, or thousands of yuan."""
    return "万元" if formats.chinese(tongue()) else "¥k"


def trade(profile: Profile | None) -> Chart | None:
    """Invoiced sales and purchases of the last 12 months against the same months a year before."""
    if profile is None or (not _any(profile.sales) and not _any(profile.purchases)):
        return None
    sales = Series(gettext_lazy("Invoiced sales"), _last(known(profile, profile.sales)), "bar")
    buys = Series(gettext_lazy("Purchases"), _last(known(profile, profile.purchases)), "line")
    usual = Series(gettext_lazy("Same month last year"), _before(known(profile, profile.sales)), "usual")
    series = [one for one in (sales, buys, usual) if any(value is not None for value in one.values)]
    return _monthly(
        profile, _("Invoiced sales and purchases (%(unit)s a month)"), series, _notes(sales, usual)
    )


def cash(profile: Profile | None) -> Chart | None:
    """Money in and out of accounts here over the last 12 months."""
    if profile is None or not _any(profile.inflow):
        return None
    inflow = Series(gettext_lazy("Money in"), _last(known(profile, profile.inflow)), "bar")
    outflow = Series(gettext_lazy("Money out"), _last(known(profile, profile.outflow)), "line")
    usual = Series(gettext_lazy("In, same month last year"), _before(known(profile, profile.inflow)), "usual")
    series = [one for one in (inflow, outflow, usual) if any(value is not None for value in one.values)]
    return _monthly(profile, _("Account flows (%(unit)s a month)"), series, _notes(inflow, usual))


def waterfall(score: Score | None) -> Chart | None:
    """How the points lead from the starting score to the firm's own."""
    steps = [one for one in (score.all_points if score else []) if one.get("points")]
    if score is None or score.points is None or not steps:
        return None
    shown = sorted(steps, key=lambda one: -abs(one["points"]))[:7]
    rest = sum(one["points"] for one in steps) - sum(one["points"] for one in shown)
    start = score.points - sum(one["points"] for one in steps)
    words = [formats.told(one, tongue()) for one in shown] + ([_("The rest")] if rest else [])
    values = [one["points"] for one in shown] + ([rest] if rest else [])
    labels = (_("Everybody starts at"), *words, _("This firm"))
    return Chart(
        kind="points",
        title=_("From the start to this firm's score"),
        labels=labels,
        series=(Series(gettext_lazy("Points"), (start, *values, score.points)),),
        digits=0,
        whole=(0, len(labels) - 1),
        height="tall",
        head=gettext_lazy("Reason"),
    )


def week_load(days: Sequence[tuple[date, int]], capacity: int) -> Chart:
    """Hours planned per day of the week against the hours there are; a tap opens the day."""
    language = tongue()
    return Chart(
        kind="load",
        title=_("Load of the week"),
        labels=tuple(
            formats.weekday(day, language)[-1:]
            if formats.chinese(language)
            else formats.weekday(day, language)
            for day, _m in days
        ),
        long=tuple(f"{formats.weekday(day, language)} {formats.day(day, language)}" for day, _m in days),
        series=(
            Series(gettext_lazy("Hours planned"), tuple(round(minutes / 60, 1) for _d, minutes in days)),
        ),
        after="h",
        limit=round(capacity / 60, 1) or None,
        drill=tuple(f"/calendar/?day={day.isoformat()}" for day, _m in days),
        height="small",
        head=gettext_lazy("Day"),
    )


def _monthly(profile: Profile, title: str, series: list[Series], notes: tuple[str, ...]) -> Chart:
    language, months = tongue(), profile.months[-YEAR:]
    return Chart(
        kind="months",
        title=title % {"unit": unit()},
        labels=tuple(formats.month(month.isoformat(), language) for month in months),
        long=tuple(formats.long_month(month.isoformat(), language) for month in months),
        series=tuple(series),
        notes=notes,
        after=f" {unit()}" if formats.chinese(language) else "k",
        before="" if formats.chinese(language) else "¥",
        digits=1 if formats.chinese(language) else 0,
        head=gettext_lazy("Month"),
    )


def _notes(now: Series, usual: Series) -> tuple[str, ...]:
    told = []
    for value, before in zip(now.values, usual.values, strict=False):
        told.append(
            _("%(change)s on the same month last year") % {"change": formats.change(value / before - 1)}
            if value is not None and before
            else ""
        )
    return tuple(told)


def _any(amounts: Amounts) -> bool:
    return any(amounts or ())


def known(profile: Profile, amounts: Amounts) -> list[int | None]:
    """Amounts with nothing instead of zero before the first month anything is known of the firm."""
    flows = [
        values for values in (profile.sales, profile.purchases, profile.inflow, profile.outflow) if values
    ]
    first = min((place for values in flows for place, value in enumerate(values) if value), default=0)
    return [None if place < first else value for place, value in enumerate(amounts or ())]


def _last(amounts: Amounts) -> tuple[float | None, ...]:
    return tuple(_scaled(value) for value in (amounts or ())[-YEAR:])


def _before(amounts: Amounts) -> tuple[float | None, ...]:
    known = list(amounts or ())
    year_before = known[-2 * YEAR : -YEAR]
    return tuple(
        _scaled(value) for value in [None] * (min(YEAR, len(known)) - len(year_before)) + year_before
    )


def _scaled(fen: Any) -> float | None:
    if fen is None:
        return None
    return round(fen / FEN_PER_WAN, 1) if formats.chinese(tongue()) else round(fen / FEN_PER_THOUSAND)
