"""Which room hears which fact. Rooms below never learn who listens."""

from xiaoer.contact_policy.actions import stop_when_asked
from xiaoer.contacts.terms import OutcomeRecorded
from xiaoer.events.rulebook import words_of
from xiaoer.kit.facts.outbox import subscribe
from xiaoer.kit.text import words_from
from xiaoer.satisfaction.handling import record_after
from xiaoer.workbench.surveying import queue_after


def wire() -> None:
    """Put every listener in its place; again changes nothing."""
    subscribe(OutcomeRecorded, stop_when_asked)
    subscribe(OutcomeRecorded, record_after)
    subscribe(OutcomeRecorded, queue_after)
    words_from(words_of)
