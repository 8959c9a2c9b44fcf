"""What a colleague would say at the head of a list."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xiaoer.kit.screens import formats
from xiaoer.kit.screens.listing import Listing
from xiaoer.workbench.shown import wordings


@dataclass(frozen=True)
class Told:
    sentence: str
    lede: str = ""
    remark: str = ""


def firms(listing: Listing) -> Told:
    """How many firms are shown, and which of the chips would be worth a tap."""
    remark = _score_remark(listing)
    head = ngettext("%(n)s firm", "%(n)s firms", listing.count) % {"n": formats.count(listing.count)}
    if listing.count != listing.whole_count:
        return Told(
            head, _("of %(whole)s that you may see") % {"whole": formats.count(listing.whole_count)}, remark
        )
    counted = {
        choice.key: choice.count
        for one in listing.filters
        if one.filter.key == "state"
        for choice in one.choices
    }
    told = []
    if counted.get("events"):
        told.append(_("%(n)s with events") % {"n": formats.count(counted["events"])})
    if counted.get("falling"):
        told.append(_("%(n)s down by a fifth or more") % {"n": formats.count(counted["falling"])})
    if counted.get("silent"):
        told.append(_("%(n)s not contacted for 90 days") % {"n": formats.count(counted["silent"])})
    return Told(head, " · ".join(told), remark)


def events(listing: Listing) -> Told:
    """How many things happened, and how many want something done."""
    counted = {
        choice.key: choice.count
        for one in listing.filters
        if one.filter.key == "severity"
        for choice in one.choices
    }
    act = counted.get("act", 0)
    if act and listing.count == listing.whole_count:
        head = ngettext("%(n)s event to act on", "%(n)s events to act on", act) % {"n": formats.count(act)}
        return Told(
            head,
            ngettext("%(n)s event in all", "%(n)s events in all", listing.count)
            % {"n": formats.count(listing.count)},
        )
    return Told(ngettext("%(n)s event", "%(n)s events", listing.count) % {"n": formats.count(listing.count)})


def _score_remark(listing: Listing) -> str:
    """What must be said wherever a risk column is shown and no full model stands behind it."""
    if not any(column.key == "risk" for column in listing.columns):
        return ""
    states = {record.score_state for record in listing.page.object_list if record.pd is not None}
    return " ".join(
        str(wordings.SCORE_STATES[state]) for state in sorted(states) if state in wordings.SCORE_STATES
    )
