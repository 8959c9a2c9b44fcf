"""Work done for the bank as the owner of the tables, not at the desk."""

from collections.abc import Callable, Sequence
from datetime import date

from xiaoer.applications.drawdowns import CoreNote, CoreTerms, Drawdown, matches
from xiaoer.applications.models import Application, FoundNote, Step
from xiaoer.applications.terms import Stage, Verb

OWNER = "owner"


def find_notes(notes_of: Callable[[set[str]], Sequence[CoreNote]], as_of: date, using: str = OWNER) -> int:
    """Look for the note of every drawdown that has none yet, in the files of a day; gives how many were found.

    `notes_of` gives the notes of some firms in those files.
    """
    looked_for = _drawdowns(as_of, using)
    taken = set(FoundNote.objects.using(using).values_list("note_id", flat=True))
    firms = {one.customer_id for one in looked_for.values()}
    asked = notes_of(firms) if firms else []
    found = matches(list(looked_for.values()), asked, taken, CoreTerms.in_force(as_of))
    owners = Application.objects.using(using).in_bulk([one.application_id for one in found])
    FoundNote.objects.using(using).bulk_create(
        FoundNote(
            application_id=one.application_id, customer_id=owners[one.application_id].customer_id,
            branch_id=owners[one.application_id].branch_id, manager_id=owners[one.application_id].manager_id,
            note_id=one.note_id, found_date=as_of, differs=list(one.differs),
        )
        for one in found
    )  # fmt: skip
    return len(found)


def _drawdowns(as_of: date, using: str) -> dict[int, Drawdown]:
    """Drawn by the day of the files and not found in earlier ones, with the numbers the clerk wrote."""
    found = FoundNote.objects.using(using).values("application")
    drawn = (
        Application.objects.using(using)
        .filter(stage=Stage.DRAWN, drawn_date__lte=as_of)
        .exclude(pk__in=found)
    )
    numbers: dict[tuple[int, str], str] = {}
    for step in Step.objects.using(using).filter(application__in=drawn).order_by("pk"):
        numbers[step.application_id, step.verb] = step.reference
    return {
        one.pk: Drawdown(
            one.pk, one.customer_id, one.approved_amount or 0, one.drawn_date or as_of,
            numbers.get((one.pk, Verb.SIGN), ""), numbers.get((one.pk, Verb.DRAW), ""),
        )
        for one in drawn
    }  # fmt: skip
