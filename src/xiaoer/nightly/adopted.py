"""Figures that two persons changed on the desk, as the night reads them: adopted by the business date."""

import json

from xiaoer.contact_policy.terms import Policy
from xiaoer.kit.adopted.terms import Change, Held, Step, in_force, values
from xiaoer.nightly.gathering import recorded
from xiaoer.nightly.run import Night
from xiaoer.offers.terms import Terms
from xiaoer.trials.families import Families

POLICY, HOLD_OUTS = "contact_policy", "hold_outs"


def figures(night: Night, subject: str) -> dict[str, Held]:
    """A subject's adopted figures on the business date."""
    rows = night.engine.collect(recorded(night, "desk_figures")).to_pylist()
    taken = [row for row in rows if row["subject"] == subject and row["step"] == Step.APPROVED]
    changes = [Change(json.loads(row["body"]), row["from_date"], row["step_id"]) for row in taken]
    return in_force(changes, night.business_date)


def policy(night: Night) -> Policy:
    """The contact policy of the night."""
    return Policy.in_force(night.business_date).with_figures(values(figures(night, POLICY)))


def families(night: Night) -> Families:
    """The families of decisions with their hold-outs."""
    return Families.in_force(night.business_date, figures(night, HOLD_OUTS))


def terms(night: Night) -> Terms:
    """What proposing goes by."""
    held = values(figures(night, POLICY))
    return Terms.in_force(night.business_date).with_figures(held, families(night))
