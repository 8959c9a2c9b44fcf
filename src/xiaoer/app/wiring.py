"""Which room hears which fact. Rooms below never learn who listens."""

from xiaoer.contact_policy.actions import stop_when_asked
from xiaoer.contacts.terms import OutcomeRecorded
from xiaoer.kit.facts.outbox import subscribe


def wire() -> None:
    """Put every listener in its place; again changes nothing."""
    subscribe(OutcomeRecorded, stop_when_asked)
