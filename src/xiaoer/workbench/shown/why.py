"""Why this, why now, why not the others: a proposal in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xiaoer.kit.screens import formats
from xiaoer.workbench.shown import wordings
from xiaoer.workbench.shown.drawings import tongue


@dataclass(frozen=True)
class Why:
    """One proposal; None where there is none."""

    proposal: Any

    @property
    def tone(self) -> str:
        tones = {one.get("tone") for one in (self.proposal.because if self.proposal else [])}
        return "bad" if "bad" in tones else "warn" if "warn" in tones else ""

    @property
    def worth(self) -> str:
        """What it brings, risks, costs and takes, and what an hour brings elsewhere where the day is full."""
        one = self.proposal
        told = [_("expected return %(amount)s") % {"amount": formats.money(one.expected_return, tongue())}]
        if one.at_stake:
            told.append(_("at stake %(amount)s") % {"amount": formats.money(one.at_stake, tongue())})
        told.append(wordings.word(wordings.RISKS, one.risk))
        if one.cost:
            told.append(_("cost %(cost)s") % {"cost": formats.money(one.cost, tongue())})
        told.append(f"{wordings.word(wordings.CHANNELS, one.kind)} " + _("%(n)s min") % {"n": one.minutes})
        if one.hour_price:
            hour = formats.money(one.hour_price, tongue())
            told.append(_("an hour brings %(amount)s elsewhere") % {"amount": hour})
        return " · ".join(told)

    @property
    def others(self) -> list[dict[str, Any]]:
        """The firm's other occasions, each with why it is not this one."""
        return [
            one | {"channel": wordings.word(wordings.CHANNELS, one["kind"])}
            for one in (self.proposal.others if self.proposal else [])
        ]
