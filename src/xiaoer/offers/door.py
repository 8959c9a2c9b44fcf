"""The contact policy as the night asks it: rest after a contact, plans already made, then `approach()`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import Asked, Known, Policy
from xiaoer.kit.text import Reason, reason
from xiaoer.offers.terms import Effort, FirmFacts, Occasion, Terms
from xiaoer.offers.worth import Worth, weariness

ALWAYS = ("overdue", "follow_up")
INSTEAD = "visit"


@dataclass(frozen=True)
class Standing:
    """How a firm stands towards being approached: last reached, and the day already agreed, if any."""

    known: Known
    last_reached: date | None = None
    planned_for: date | None = None


def wearied(standing: Standing, day: date, worth: Worth) -> float:
    """What approaches of the past still weigh on a day; see docs/rules/worth-of-a-contact.md, 5."""
    told = [(one.day, worth.wears.get(one.channel, 0.0)) for one in standing.known.touches or ()]
    ago = np.array([(day - when).days for when, _ in told], dtype=np.float64)
    weighs = np.array([weight for _, weight in told], dtype=np.float64)
    return float(weariness(ago, weighs, worth).sum())


@dataclass(frozen=True)
class Doorkeeper:
    """Decides for every firm and occasion; what is not known of a firm blocks it."""

    policy: Policy
    terms: Terms
    day: date
    standings: Mapping[str, Standing] = field(default_factory=dict)

    def __call__(self, firm: FirmFacts, occasion: Occasion, effort: Effort) -> tuple[Effort, Reason | None]:
        """The effort, as a visit where the first way is closed and a visit is open; and what forbids it."""
        standing = self.standings.get(firm.customer_id, Standing(Known(None)))
        if occasion.rule not in ALWAYS and (stopped := self._resting(standing)):
            return effort, stopped
        refused = self._refused(standing, effort)
        if refused and effort.kind != INSTEAD:
            visit = replace(effort, kind=INSTEAD, minutes=max(effort.minutes, self.terms.least_visit_minutes))
            if not self._refused(standing, visit):
                return visit, None
        return effort, refused

    def _refused(self, standing: Standing, effort: Effort) -> Reason | None:
        answer = approach(Asked(effort.kind, effort.purpose, self.day), standing.known, self.policy)
        return answer.blocks[0].because if answer.blocks else None

    def _resting(self, standing: Standing) -> Reason | None:
        if standing.planned_for and standing.planned_for > self.day:
            return reason("planned_already", planned_date=standing.planned_for)
        if standing.last_reached is None:
            return None
        until = standing.last_reached + timedelta(days=self.terms.rest_days)
        if until <= self.day:
            return None
        return reason("contacted_recently", last_date=standing.last_reached, until_date=until)
