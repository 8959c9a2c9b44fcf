"""Applications and all that belongs to them, for whoever may see them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from xiaoer.applications.drawdowns import AMISS, CoreState, CoreTerms, Match, state_of
from xiaoer.applications.models import (
    Application,
    Appraisal,
    Brought,
    Exemption,
    Explanation,
    FoundNote,
    FourFlows,
    Paper,
    Step,
)
from xiaoer.applications.rules import checklist
from xiaoer.applications.terms import (
    ENDED,
    EXEMPTION,
    MOVES,
    OPEN,
    RIGHTS,
    Checklists,
    Deed,
    Entry,
    Granted,
    Item,
    PaperState,
    Part,
    Stage,
    Standing,
    Verb,
)
from xiaoer.applications.tracks import WHOLE, Joint, Tracks, carried
from xiaoer.kit.scope import Scope

GRANTED = "granted"
AHEAD = frozenset(Verb) - {Verb.DECLINE, Verb.SEND_BACK, Verb.WITHDRAW}


def applications(scope: Scope) -> QuerySet[Application]:
    """Every application begun here in scope."""
    return Application.objects.seen_by(scope)


def application(scope: Scope, application_id: int) -> Application | None:
    """One application, or None when somebody else answers for its firm."""
    return applications(scope).filter(pk=application_id).first()


def applications_of(scope: Scope, customer_id: str) -> QuerySet[Application]:
    """A firm's applications, the newest first."""
    return applications(scope).filter(customer_id=customer_id).order_by("-received_date", "-pk")


def brought(scope: Scope) -> QuerySet[Brought]:
    """Applications of the bank's own files."""
    return Brought.objects.seen_by(scope)


def brought_one(scope: Scope, application_id: str) -> Brought | None:
    """One of them by its number."""
    return brought(scope).filter(application_id=application_id).first()


def waiting_for(scope: Scope, on: date) -> QuerySet[Application]:
    """Applications whose next step is the reader's part; a relationship manager's own are all that go on."""
    going_on = applications(scope).filter(stage__in=list(OPEN))
    if scope.may(RIGHTS[Part.MARKETING]):
        return going_on
    return going_on.filter(_of_my_part(scope.rights, on))


def _of_my_part(rights: frozenset[str], on: date) -> Q:
    """Stages whose next step these rights carry, the joined ones of each track too."""
    found = Q(pk=None)
    for track in (*Tracks.in_force(on).tracks, WHOLE):
        stages = [m.stage for m in MOVES.values() if m.verb in AHEAD and carried(m.part, rights, track.joins)]
        found |= Q(track=track.name, stage__in=stages)
    return found


def steps(scope: Scope, application_ids: Collection[int]) -> QuerySet[Step]:
    """Steps in the order they were taken."""
    return Step.objects.seen_by(scope).filter(application__in=list(application_ids)).order_by("pk")


def papers(scope: Scope, application_ids: Collection[int]) -> QuerySet[Paper]:
    """Entries about papers, oldest first."""
    return Paper.objects.seen_by(scope).filter(application__in=list(application_ids)).order_by("pk")


def exemptions(scope: Scope, application_ids: Collection[int]) -> QuerySet[Exemption]:
    """Exceptions asked for, oldest first."""
    return Exemption.objects.seen_by(scope).filter(application__in=list(application_ids)).order_by("pk")


def exemptions_waiting(scope: Scope) -> QuerySet[Exemption]:
    """Exceptions nobody has answered, of applications still on their way, oldest first."""
    asked = Exemption.objects.seen_by(scope).filter(answer="").exclude(application__stage__in=list(ENDED))
    return asked.select_related("application").order_by("pk")


def exemption(scope: Scope, exemption_id: int) -> Exemption | None:
    """One exception."""
    return Exemption.objects.seen_by(scope).filter(pk=exemption_id).select_related("application").first()


def appraisals(scope: Scope, application_ids: Collection[int]) -> QuerySet[Appraisal]:
    """Versions of the worksheets, oldest first."""
    return Appraisal.objects.seen_by(scope).filter(application__in=list(application_ids)).order_by("version")


def deeds(scope: Scope, application_id: int) -> tuple[Deed, ...]:
    """Who had which part of an application."""
    one = {application_id}
    done = [Deed(step.staff_id, step.part) for step in steps(scope, one)]
    done += [Deed(row.staff_id, Part.INVESTIGATION) for row in appraisals(scope, one)]
    done += [Deed(row.staff_id, Part.BACK_OFFICE) for row in papers(scope, one) if row.state != "received"]
    done += [Deed(row.answered_by, EXEMPTION) for row in exemptions(scope, one) if row.answered_by]
    return tuple(dict.fromkeys(done))


def standing(scope: Scope, found: Application, on: date) -> Standing:
    """All that a step of this application depends on."""
    return Standing(
        stage=Stage(found.stage),
        amount=found.amount,
        deeds=deeds(scope, found.pk),
        items=checklists(scope, [found], on)[found.pk],
        appraised=appraisals(scope, {found.pk}).exists(),
        joins=joins(found),
    )


def joins(found: Application) -> tuple[Joint, ...]:  # unscoped: its row is in scope already
    """The parts that one person may hold together in this application."""
    return Tracks.in_force(found.received_date).named(found.track).joins


def checklists(scope: Scope, found: Collection[Application], on: date) -> Mapping[int, tuple[Item, ...]]:
    """How each item of each application's list stands on a day, by the list of the day it was received."""
    numbers = {one.pk for one in found}
    entries, granted = defaultdict(list), defaultdict(list)
    for paper in papers(scope, numbers):
        entries[paper.application_id].append(Entry(paper.kind, PaperState(paper.state), paper.expires_date))
    for one in exemptions(scope, numbers).filter(answer=GRANTED):
        granted[one.application_id].append(Granted(one.kind, one.until_date))
    return {
        one.pk: checklist(
            Checklists.in_force(one.received_date).needed(one.product, one.amount),
            entries[one.pk],
            granted[one.pk],
            on,
        )
        for one in found
    }


def brought_items(scope: Scope, found: Brought, on: date) -> tuple[Item, ...]:  # noqa: ARG001  its row is in scope already
    """The same list held against the papers the bank's files tell of."""
    lists = Checklists.in_force(found.received_date)
    product = lists.bank_products.get(found.product_id, "")
    entries = [_entry(paper) for paper in found.papers]
    return checklist(lists.needed(product, found.amount or 0), entries, (), on)


@dataclass(frozen=True, slots=True)
class Core:
    """How a drawdown stands with the core system, with its note and why they differ."""

    state: CoreState
    days: int
    found: FoundNote | None = None
    explained: Explanation | None = None


def core_states(scope: Scope, found: Collection[Application], as_of: date | None) -> dict[int, Core]:
    """Each drawn application's state on the day of the files; `days` since its drawdown."""
    drawn = [one for one in found if one.stage == Stage.DRAWN and one.drawn_date]
    numbers = [one.pk for one in drawn]
    notes = {n.application_id: n for n in FoundNote.objects.seen_by(scope).filter(application__in=numbers)}
    told = {e.application_id: e for e in Explanation.objects.seen_by(scope).filter(application__in=numbers)}
    return {one.pk: _core(one, notes.get(one.pk), told.get(one.pk), as_of) for one in drawn}


def _core(one: Application, note: FoundNote | None, told: Explanation | None, as_of: date | None) -> Core:
    drawn = one.drawn_date or one.received_date
    terms = CoreTerms.in_force(drawn)
    match = Match(one.pk, note.note_id, tuple(note.differs)) if note else None
    days = max((as_of - drawn).days, 0) if as_of else 0
    return Core(state_of(drawn, match, as_of, terms, explained=told is not None), days, note, told)


def amiss(scope: Scope, as_of: date | None, *, at_most: int) -> list[tuple[Application, Core]]:
    """Drawdowns that differ from the bank's files or are not in them, unexplained, the oldest first."""
    settled = FoundNote.objects.seen_by(scope).filter(differs=[]).values("application")
    explained = Explanation.objects.seen_by(scope).values("application")
    drawn = applications(scope).filter(stage=Stage.DRAWN).exclude(pk__in=settled).exclude(pk__in=explained)
    rows = list(drawn.order_by("drawn_date", "pk")[:at_most])
    states = core_states(scope, rows, as_of)
    return [(one, states[one.pk]) for one in rows if states[one.pk].state in AMISS]


def four_flows(scope: Scope, customer_id: str) -> FourFlows | None:
    """A firm's four indices, or None before a night has made them."""
    return FourFlows.objects.seen_by(scope).filter(customer_id=customer_id).first()


def _entry(paper: Mapping[str, str | None]) -> Entry:
    until = paper.get("expires_date")
    return Entry(
        str(paper.get("kind")),
        PaperState(paper.get("status") or "missing"),
        date.fromisoformat(until) if until else None,
    )
