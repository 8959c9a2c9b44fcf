"""Filters of the list of firms by where a firm stands in the grid, and where it stood the night before."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiaoer.kit.screens.tables import Choice, Filter
from xiaoer.segments.terms import BANDS, Tier
from xiaoer.workbench.shown import wordings

NEW = "new"
ORDER = tuple(Tier)  # from the best cared for to the least


def filters() -> tuple[Filter, ...]:
    """Shown only while they are on: one comes to them from the grid."""
    before = tuple(Choice(one, title, Q(tier_before=one)) for one, title in wordings.TIERS.items())
    return (
        Filter("value", _("Value band"), _bands("value_band", wordings.VALUE_BANDS), quiet=True),
        Filter("band", _("Size band"), _bands("size_band", wordings.SIZE_BANDS), quiet=True),
        Filter(
            "before",
            _("Tier before"),
            (*before, Choice(NEW, _("Newly known"), Q(tier_before=""))),
            quiet=True,
        ),
        Filter(
            "moved",
            _("Tier changed"),
            (Choice("up", _("Moved up"), moved(up=True)), Choice("down", _("Moved down"), moved(up=False))),
            quiet=True,
        ),
    )


def moved(*, up: bool) -> Q:
    """Firms whose tier is better (or worse) than the night before."""
    found = Q(pk__in=[])
    for place, better in enumerate(ORDER):
        for worse in ORDER[place + 1 :]:
            now, before = (better, worse) if up else (worse, better)
            found |= Q(tier=now.value, tier_before=before.value)
    return found


def _bands(column: str, words: Mapping[int, object]) -> tuple[Choice, ...]:
    return tuple(Choice(str(band), str(words[band]), Q(**{column: band})) for band in range(BANDS, 0, -1))
