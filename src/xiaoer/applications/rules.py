"""What an application may do next, and why not. docs/rules/applications.md says the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from xiaoer.applications.terms import (
    DECLINE_REASONS,
    EXEMPTION,
    LARGEST_AMOUNT,
    LONGEST_TERM,
    LONGEST_WORDS,
    MOVES,
    PRODUCTS,
    RIGHTS,
    SOURCES,
    Actor,
    Clocks,
    Deed,
    Entry,
    Given,
    Granted,
    Item,
    Move,
    PaperState,
    Part,
    Request,
    Stage,
    Standing,
    Verb,
)
from xiaoer.applications.tracks import Joint, carried, together
from xiaoer.kit.dates import working_minutes
from xiaoer.kit.text import Reason, reason

SITE_PHOTO = "site_photo"
MAY_ANSWER = (Part.REVIEW, Part.APPROVAL)
IN_WORDS = frozenset({Verb.SEND_BACK, Verb.WITHDRAW, Verb.RECOMMEND})
WORKED = frozenset({Verb.SURVEYED, Verb.SUBMIT})
LEAST_MINUTES, MOST_MINUTES = 1, 2_400
HIGHEST_RATE = (
    0.24  # above it a court lends no hand (the four times LPR rule is lower); a typing error anyway
)


def apart(part: str, other: str, joins: tuple[Joint, ...] = ()) -> bool:
    """Whether two parts of one application are for two people, on a track that joins some."""
    if part == other or together(part, other, joins):
        return False
    answers = {part, other} - {EXEMPTION}
    return not (EXEMPTION in {part, other} and answers <= set(MAY_ANSWER))


def separated(deeds: Iterable[Deed], staff_id: str, part: str, joins: tuple[Joint, ...] = ()) -> list[Reason]:
    """Why this person may not take this part: what they did in the application before."""
    held = {deed.part for deed in deeds if deed.staff_id == staff_id and apart(deed.part, part, joins)}
    return [
        reason("application_parts_apart", tone="bad", done_words=_worded(one), wanted_words=_worded(part))
        for one in sorted(held)
    ]


def forbids(standing: Standing, verb: Verb, actor: Actor, given: Given) -> list[Reason]:
    """Every rule that says no to a step; empty when it may be taken."""
    move = MOVES.get((standing.stage, verb))
    if move is None:
        return [reason("application_no_such_step", tone="bad", stage_words=f"application_stage_{standing.stage}",
                       verb_words=f"application_verb_{verb}")]  # fmt: skip
    return [
        *_right(actor, move.part, standing.joins),
        *separated(standing.deeds, actor.staff_id, move.part, standing.joins),
        *_told(verb, given),
        *_ready(standing, move, actor, given),
    ]


def possible(standing: Standing, actor: Actor) -> list[tuple[Move, list[Reason]]]:
    """Steps of this stage that the actor's posts carry, each with what stands in the way of the person."""
    moves = [move for (stage, _), move in MOVES.items() if stage is standing.stage]
    return [
        (
            move,
            separated(standing.deeds, actor.staff_id, move.part, standing.joins)
            + _in_the_way(standing, move),
        )
        for move in moves
        if not _right(actor, move.part, standing.joins)
    ]


def refuses_request(asked: Request, actor: Actor) -> list[Reason]:
    """Every rule that says no to a new application."""
    wrong = _right(actor, Part.MARKETING)
    if asked.product not in PRODUCTS:
        wrong.append(reason("application_product_unknown", tone="bad", product=asked.product))
    if asked.source not in SOURCES:
        wrong.append(reason("application_source_unknown", tone="bad", source=asked.source))
    if not 0 < asked.amount <= LARGEST_AMOUNT:
        wrong.append(
            reason(
                "application_amount_odd", tone="bad", asked_amount=asked.amount, most_amount=LARGEST_AMOUNT
            )
        )
    if not 1 <= asked.term_months <= LONGEST_TERM:
        wrong.append(reason("application_term_odd", tone="bad", months=asked.term_months, most=LONGEST_TERM))
    return wrong + _worded_well(asked.purpose, "application_needs_purpose")


def refuses_answer(deeds: Sequence[Deed], asked_by: str, actor: Actor, words: str) -> list[Reason]:
    """Why this person may not answer an exception."""
    wrong: list[Reason] = []
    if not any(RIGHTS[part] in actor.rights for part in MAY_ANSWER):
        wrong.append(reason("application_answer_not_your_post", tone="bad"))
    if asked_by == actor.staff_id:
        wrong.append(reason("application_own_exception", tone="bad"))
    return [
        *wrong,
        *separated(deeds, actor.staff_id, EXEMPTION),
        *_worded_well(words, "application_needs_words"),
    ]


def checklist(
    needed: Iterable[str], entries: Sequence[Entry], granted: Sequence[Granted], on: date
) -> tuple[Item, ...]:
    """How each item stands on a day: the latest entry counts; `entries` come oldest first."""
    latest = {entry.kind: entry for entry in entries}
    exempt = {one.kind for one in granted if one.until_date is None or one.until_date >= on}
    return tuple(_item(kind, latest.get(kind), kind in exempt, on) for kind in needed)


def waited(since: datetime, until: datetime, clocks: Clocks) -> int:
    """Office minutes between two instants."""
    return working_minutes(since, until, opens=clocks.opens, closes=clocks.closes)


def late(stage: Stage, minutes: int, clocks: Clocks) -> bool:
    """Whether a stage took longer than planned; a stage without a plan is never late."""
    planned = clocks.planned_minutes.get(stage)
    return planned is not None and minutes > planned


def _item(kind: str, latest: Entry | None, exempt: bool, on: date) -> Item:
    state = latest.state if latest else PaperState.MISSING
    until = latest.expires_date if latest else None
    if state is PaperState.VERIFIED and until is not None and until < on:
        state = PaperState.EXPIRED
    if state is not PaperState.VERIFIED and exempt:
        state = PaperState.EXEMPT
    return Item(kind, state, until)


def _right(actor: Actor, part: Part, joins: tuple[Joint, ...] = ()) -> list[Reason]:
    if carried(part, actor.rights, joins):
        return []
    return [reason("application_not_your_post", tone="bad", part_words=_worded(part))]


def _told(verb: Verb, given: Given) -> list[Reason]:
    """What a step must come with."""
    wrong = _worded_well(given.words, "application_needs_words") if verb in IN_WORDS else []
    if len(given.words) > LONGEST_WORDS:
        wrong.append(reason("application_words_long", tone="bad", most=LONGEST_WORDS))
    if verb in WORKED and not LEAST_MINUTES <= (given.minutes or 0) <= MOST_MINUTES:
        wrong.append(reason("application_needs_minutes", tone="bad", most=MOST_MINUTES))
    if verb is Verb.DECLINE and given.reason not in DECLINE_REASONS:
        wrong.append(reason("application_needs_decline_reason", tone="bad"))
    if verb in {Verb.SIGN, Verb.DRAW} and not given.reference.strip():
        wrong.append(reason("application_needs_reference", tone="bad"))
    return wrong


def _ready(standing: Standing, move: Move, actor: Actor, given: Given) -> list[Reason]:
    wrong = _in_the_way(standing, move)
    return wrong + _terms(standing, actor, given) if move.verb is Verb.APPROVE else wrong


def _in_the_way(standing: Standing, move: Move) -> list[Reason]:
    """What the application lacks for a step, whoever takes it."""
    if move.verb is Verb.SUBMIT and not standing.appraised:
        return [reason("application_needs_appraisal", tone="bad")]
    if move.verb is Verb.RECOMMEND and _unseen(standing):
        return [reason("application_needs_seen_photo", tone="bad")]
    missing = [f"application_paper_{item.kind}" for item in standing.items if item.open]
    if move.verb is Verb.DRAW and missing:
        return [reason("application_checklist_open", tone="bad", n=len(missing), missing_words=missing)]
    return []


def _terms(standing: Standing, actor: Actor, given: Given) -> list[Reason]:
    amount, rate = given.amount or 0, given.rate or 0.0
    wrong: list[Reason] = []
    if not 0 < amount <= standing.amount:
        wrong.append(reason("application_more_than_asked", tone="bad", asked_amount=standing.amount))
    if amount > actor.authority:
        wrong.append(reason("application_beyond_authority", tone="bad", most_amount=actor.authority))
    if not 0 < rate <= HIGHEST_RATE:
        wrong.append(reason("application_rate_odd", tone="bad", most_rate=HIGHEST_RATE))
    if not 1 <= (given.term_months or 0) <= LONGEST_TERM:
        wrong.append(
            reason("application_term_odd", tone="bad", months=given.term_months or 0, most=LONGEST_TERM)
        )
    return wrong


def _unseen(standing: Standing) -> bool:
    """One person asked and surveyed, and nobody else has looked at the photo of the place."""
    had = {part: {d.staff_id for d in standing.deeds if d.part == part} for part in Part}
    verified = any(i.kind == SITE_PHOTO and i.state is PaperState.VERIFIED for i in standing.items)
    return bool(had[Part.MARKETING] & had[Part.INVESTIGATION]) and not verified


def _worded_well(words: str, code: str) -> list[Reason]:
    return [] if 1 <= len(words.strip()) <= LONGEST_WORDS else [reason(code, tone="bad", most=LONGEST_WORDS)]


def _worded(part: str) -> str:
    return f"application_part_{part}"
