"""Every stage with every verb, every pair of parts, every bound; and the example of the rules page."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from xiaoer.applications.rules import (
    apart,
    checklist,
    forbids,
    late,
    possible,
    refuses_answer,
    refuses_request,
    waited,
)
from xiaoer.applications.terms import (
    ENDED,
    EXEMPTION,
    FEN_PER_WAN,
    LARGEST_AMOUNT,
    MOVES,
    PRODUCTS,
    Actor,
    Checklists,
    Clocks,
    Deed,
    Entry,
    Given,
    Granted,
    Item,
    PaperState,
    Part,
    Request,
    Stage,
    Standing,
    Verb,
    authority,
)

DAY = date(2026, 11, 19)
ALL = frozenset(f"applications.{part}" for part in Part)
EVERYBODY = Actor("Z", ALL, 10**12)
FULL = Given(
    words="because", minutes=60, reason="cash_flow", amount=1, rate=0.05, term_months=12, reference="H1"
)
FORWARD = ("take", "surveyed", "submit", "recommend", "approve", "sign", "draw")
ORDER = ("received", "survey", "form", "review", "approval", "signing", "drawdown", "drawn")


def standing(stage: Stage = Stage.DRAWDOWN, **more: Any) -> Standing:
    return Standing(**{"stage": stage, "amount": 50_000_000, "appraised": True} | more)


def codes(reasons: list[Any]) -> list[str]:
    return [one["code"] for one in reasons]


def expected_step(stage: str, verb: str) -> str | None:
    """The table of the rules page, written out once more."""
    ahead = dict(zip(zip(ORDER, FORWARD, strict=False), ORDER[1:], strict=False))
    if (stage, verb) in ahead:
        return ahead[stage, verb]
    if verb == "withdraw" and stage in ORDER[:-1]:
        return "withdrawn"
    if verb == "decline" and stage in {"review", "approval"}:
        return "declined"
    if verb == "send_back" and stage in ORDER[1:-1]:
        return ORDER[ORDER.index(stage) - 1]
    return None


@pytest.mark.parametrize(("stage", "verb"), list(product(Stage, Verb)))
def test_every_stage_with_every_verb(stage: Stage, verb: Verb) -> None:
    move, to = MOVES.get((stage, verb)), expected_step(stage, verb)
    assert (move.to if move else None) == to
    refused = forbids(standing(stage), verb, EVERYBODY, FULL)
    assert codes(refused) == ([] if to else ["application_no_such_step"])


def test_what_has_ended_goes_nowhere() -> None:
    assert not {stage for stage, _ in MOVES} & ENDED


@pytest.mark.parametrize(("mine", "wanted"), list(product(Part, Part)))
def test_every_pair_of_parts_is_for_two_people(mine: Part, wanted: Part) -> None:
    assert apart(mine, wanted) is (mine is not wanted)
    move = next(move for move in MOVES.values() if move.part is wanted and move.verb is not Verb.DRAW)
    refused = forbids(standing(move.stage, deeds=(Deed("Z", mine),)), move.verb, EVERYBODY, FULL)
    assert ("application_parts_apart" in codes(refused)) is (mine is not wanted)
    others = forbids(standing(move.stage, deeds=(Deed("Y", mine),)), move.verb, EVERYBODY, FULL)
    assert others == []


@pytest.mark.parametrize("part", Part)
def test_answering_an_exception_goes_with_the_decisions_only(part: Part) -> None:
    decides = part in {Part.REVIEW, Part.APPROVAL}
    assert apart(part, EXEMPTION) is apart(EXEMPTION, part) is not decides
    refused = refuses_answer((Deed("Z", part),), "A", EVERYBODY, "fine")
    assert (refused == []) is decides


def test_nobody_answers_their_own_exception_or_without_the_post() -> None:
    assert codes(refuses_answer((), "Z", EVERYBODY, "fine")) == ["application_own_exception"]
    clerk = Actor("Z", frozenset({"applications.back_office"}))
    assert codes(refuses_answer((), "A", clerk, "fine")) == ["application_answer_not_your_post"]
    assert codes(refuses_answer((), "A", EVERYBODY, "  ")) == ["application_needs_words"]


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.REQUEST])
def test_a_right_comes_with_the_post(verb: Verb) -> None:
    move = next(move for move in MOVES.values() if move.verb is verb)
    nobody = Actor("Z", frozenset(), 10**12)
    assert "application_not_your_post" in codes(forbids(standing(move.stage), verb, nobody, FULL))


@pytest.mark.parametrize(
    ("stage", "verb", "lacking", "code"),
    [
        ("survey", "surveyed", {"minutes": None}, "application_needs_minutes"),
        ("survey", "surveyed", {"minutes": 0}, "application_needs_minutes"),
        ("survey", "surveyed", {"minutes": 2_401}, "application_needs_minutes"),
        ("form", "submit", {"minutes": None}, "application_needs_minutes"),
        ("review", "recommend", {"words": " "}, "application_needs_words"),
        ("review", "send_back", {"words": ""}, "application_needs_words"),
        ("form", "withdraw", {"words": ""}, "application_needs_words"),
        ("review", "decline", {"reason": "dislike"}, "application_needs_decline_reason"),
        ("approval", "decline", {"reason": ""}, "application_needs_decline_reason"),
        ("approval", "approve", {"amount": None}, "application_more_than_asked"),
        ("approval", "approve", {"amount": 50_000_001}, "application_more_than_asked"),
        ("approval", "approve", {"rate": 0.0}, "application_rate_odd"),
        ("approval", "approve", {"rate": 0.241}, "application_rate_odd"),
        ("approval", "approve", {"term_months": 0}, "application_term_odd"),
        ("signing", "sign", {"reference": ""}, "application_needs_reference"),
        ("drawdown", "draw", {"reference": " "}, "application_needs_reference"),
        ("form", "submit", {"words": "x" * 501}, "application_words_long"),
    ],
)
def test_what_a_step_comes_with(stage: str, verb: str, lacking: dict[str, Any], code: str) -> None:
    assert codes(forbids(standing(Stage(stage)), Verb(verb), EVERYBODY, replace(FULL, **lacking))) == [code]


def test_no_review_without_an_appraisal() -> None:
    asked = standing(Stage.FORM, appraised=False)
    assert codes(forbids(asked, Verb.SUBMIT, EVERYBODY, FULL)) == ["application_needs_appraisal"]


def test_authority_ends_to_the_fen() -> None:
    asked = standing(Stage.APPROVAL, amount=400 * FEN_PER_WAN)
    head = replace(EVERYBODY, authority=authority(("branch_head",), DAY))
    assert head.authority == 300 * FEN_PER_WAN
    assert forbids(asked, Verb.APPROVE, head, replace(FULL, amount=head.authority)) == []
    over = forbids(asked, Verb.APPROVE, head, replace(FULL, amount=head.authority + 1))
    assert codes(over) == ["application_beyond_authority"]
    assert authority(("teller",), DAY) == 0
    assert authority(("branch_head", "management"), DAY) == 1_000 * FEN_PER_WAN


def test_an_open_item_refuses_the_drawdown_and_only_that() -> None:
    items = (Item("licence", PaperState.VERIFIED), Item("identity", PaperState.RECEIVED))
    refused = forbids(standing(items=items), Verb.DRAW, EVERYBODY, FULL)
    assert codes(refused) == ["application_checklist_open"]
    assert refused[0]["params"]["missing_words"] == ["application_paper_identity"]
    assert forbids(standing(Stage.SIGNING, items=items), Verb.SIGN, EVERYBODY, FULL) == []


def test_what_is_shown_as_possible_is_what_would_be_refused() -> None:
    items = (Item("licence"),)
    mine = standing(items=items, deeds=(Deed("Z", "approval"),))
    shown = {move.verb: codes(why) for move, why in possible(mine, EVERYBODY)}
    assert shown == {
        Verb.DRAW: ["application_parts_apart", "application_checklist_open"],
        Verb.SEND_BACK: ["application_parts_apart"],
        Verb.WITHDRAW: ["application_parts_apart"],
    }
    assert possible(mine, Actor("Z", frozenset({"applications.review"}))) == []


# ---------------------------------------------------------------- checklist


@pytest.mark.parametrize(
    ("entries", "granted", "state"),
    [
        ([], [], "missing"),
        ([Entry("licence", PaperState.RECEIVED)], [], "received"),
        ([Entry("licence", PaperState.VERIFIED, DAY)], [], "verified"),
        ([Entry("licence", PaperState.VERIFIED, DAY - timedelta(days=1))], [], "expired"),
        ([Entry("licence", PaperState.VERIFIED), Entry("licence", PaperState.RECEIVED)], [], "received"),
        ([Entry("licence", PaperState.REJECTED)], [], "rejected"),
        ([], [Granted("licence")], "exempt"),
        ([], [Granted("licence", DAY)], "exempt"),
        ([], [Granted("licence", DAY - timedelta(days=1))], "missing"),
        ([], [Granted("identity")], "missing"),
        ([Entry("licence", PaperState.VERIFIED, DAY - timedelta(days=1))], [Granted("licence")], "exempt"),
        ([Entry("licence", PaperState.VERIFIED)], [Granted("licence")], "verified"),
    ],
)
def test_how_an_item_stands(entries: list[Entry], granted: list[Granted], state: str) -> None:
    (item,) = checklist(["licence"], entries, granted, DAY)
    assert (item.state, item.open) == (state, state not in {"verified", "exempt"})


def test_the_checklists_of_the_page() -> None:
    lists = Checklists.in_force(DAY)
    counts = {one: (len(lists.needed(one, 100 * FEN_PER_WAN - 1)), len(lists.needed(one, 100 * FEN_PER_WAN)))
              for one in PRODUCTS}  # fmt: skip
    assert counts == {"credit": (7, 8), "mortgage": (9, 9), "guarantee": (9, 9), "invoice": (6, 7)}
    everything = {kind for one in PRODUCTS for kind in lists.needed(one, LARGEST_AMOUNT)}
    assert set(lists.needed("unheard of", LARGEST_AMOUNT)) == everything


# ---------------------------------------------------------------- request and clocks


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"product": "wishes"}, "application_product_unknown"),
        ({"source": "dream"}, "application_source_unknown"),
        ({"amount": 0}, "application_amount_odd"),
        ({"amount": LARGEST_AMOUNT + 1}, "application_amount_odd"),
        ({"term_months": 0}, "application_term_odd"),
        ({"term_months": 121}, "application_term_odd"),
        ({"purpose": "  "}, "application_needs_purpose"),
    ],
)
def test_odd_requests(wrong: dict[str, Any], code: str) -> None:
    fine = Request(customer_id="C", product="credit", amount=LARGEST_AMOUNT, term_months=120, purpose="stock")
    assert refuses_request(fine, EVERYBODY) == []
    assert codes(refuses_request(replace(fine, **wrong), EVERYBODY)) == [code]


def instant(day: int, hour: int, minute: int = 0) -> datetime:
    """An hour in China in November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        (instant(19, 10), instant(19, 11, 30), 90),  # the example: M1 to I1
        (instant(19, 16), instant(20, 10), 120),  # over the evening
        (instant(20, 16), instant(23, 10), 120),  # over a weekend
        (instant(21, 10), instant(22, 10), 0),  # within it
        (instant(19, 6), instant(19, 9), 0),
        (instant(19, 9), instant(19, 17), 480),
        (instant(19, 18), instant(19, 23), 0),
        (instant(19, 11), instant(19, 10), 0),  # the wrong way round
    ],
)
def test_office_minutes(since: datetime, until: datetime, minutes: int) -> None:
    assert waited(since, until, Clocks.in_force(DAY)) == minutes


def test_late_begins_after_the_plan() -> None:
    clocks = Clocks.in_force(DAY)
    assert clocks.work_minutes == {"survey": (120, 180), "form": (60, 120)}
    assert not late(Stage.SURVEY, 480, clocks)
    assert late(Stage.SURVEY, 481, clocks)
    assert not late(Stage.DRAWN, 10**6, clocks)
