"""The short track: three people, held by rules, actions and PostgreSQL alike; what is never one person's."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product

import pytest
from django.db import DatabaseError, connections, transaction

from tests.applications.desk import (
    ASKED,
    FIRM,
    NOW,
    TODAY,
    advanced,
    begun,
    papers,
    received,
    scope,
    step,
    verified,
)
from tests.applications.test_guards import insert_step, refused, sql
from xiaoer.applications import actions, queries
from xiaoer.applications.appraisal.terms import Figure, Inputs
from xiaoer.applications.models import Application, Step, TrackLine
from xiaoer.applications.rules import apart, forbids, possible
from xiaoer.applications.terms import EXEMPTION, RIGHTS, Actor, Deed, Given, Part, Stage, Standing, Verb
from xiaoer.applications.tracks import JOINABLE, Tracks, carried
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope.acting import acting_as

SHORT = replace(ASKED, amount=20_000_000)
JOINS = tuple(sorted(JOINABLE))
OF_THREE = {
    Verb.TAKE: "M1", Verb.SURVEYED: "M1", Verb.SUBMIT: "M1", Verb.RECOMMEND: "H1", Verb.APPROVE: "H1",
    Verb.SIGN: "K1", Verb.DRAW: "K1",
}  # fmt: skip
GIVEN = {
    Verb.SURVEYED: Given(minutes=150), Verb.SUBMIT: Given(minutes=80), Verb.RECOMMEND: Given(words="earns enough"),
    Verb.APPROVE: Given(amount=20_000_000, rate=0.0435, term_months=12), Verb.SIGN: Given(reference="H9"),
    Verb.DRAW: Given(reference="J9"),
}  # fmt: skip


def through(app: Application, upto: Verb) -> Application:
    """The short track by three people, the named step included; the photo is verified before the review."""
    for verb, who in OF_THREE.items():
        if verb is Verb.SUBMIT:
            drawn_up(app, who)
        if verb is Verb.RECOMMEND:
            papers(app)
        app = step(app, verb, who, GIVEN.get(verb, Given()))
        if verb is upto:
            return app
    return app


def drawn_up(app: Application, who: str) -> None:
    me = scope(who)
    with acting_as(me):
        actions.appraise(me, app.pk, Inputs({"sales": Figure(1)}), TODAY, now=NOW)


# ---------------------------------------------------------------- rules


def test_two_joints_and_no_other_are_possible() -> None:
    for one, other in combinations([*Part, EXEMPTION], 2):
        joined = {(one, other), (other, one)} & JOINABLE
        assert apart(one, other, JOINS) is (apart(one, other) and not joined), (one, other)
    told = {"from_date": TODAY, "tracks": [
        {"name": "x", "up_to_wan": 1, "months": 1, "products": ["credit"], "joins": [["approval", "back_office"]]}
    ]}  # fmt: skip
    with pytest.raises(Refusal, match="never one person's"):
        Tracks.of(told)


def test_three_people_is_the_fewest_the_joints_leave() -> None:
    """However five parts are dealt out to two people, somebody holds two that are kept apart."""
    for dealt in product("AB", repeat=len(Part)):
        by_part = dict(zip(Part, dealt, strict=True))
        kept = [(a, b) for a, b in combinations(Part, 2) if apart(a, b, JOINS)]
        assert any(by_part[a] == by_part[b] for a, b in kept), by_part


def test_a_joint_carries_the_right_one_way_only() -> None:
    only = lambda part: frozenset({RIGHTS[part]})  # noqa: E731
    assert carried(Part.INVESTIGATION, only(Part.MARKETING), JOINS)
    assert not carried(Part.MARKETING, only(Part.INVESTIGATION), JOINS)
    assert carried(Part.REVIEW, only(Part.APPROVAL), JOINS)
    assert not carried(Part.APPROVAL, only(Part.REVIEW), JOINS)
    assert not carried(Part.INVESTIGATION, only(Part.MARKETING))


def test_a_survey_by_whoever_asked_waits_for_another_pair_of_eyes() -> None:
    deeds = (Deed("M", Part.MARKETING), Deed("M", Part.INVESTIGATION))
    standing = Standing(Stage.REVIEW, 1, deeds, appraised=True, joins=JOINS)
    head = Actor("H", frozenset({RIGHTS[Part.APPROVAL]}), 10)
    wrong = forbids(standing, Verb.RECOMMEND, head, Given(words="good"))
    assert [one["code"] for one in wrong] == ["application_needs_seen_photo"]
    other = replace(standing, deeds=(Deed("M", Part.MARKETING), Deed("I", Part.INVESTIGATION)))
    assert forbids(other, Verb.RECOMMEND, head, Given(words="good")) == []
    assert possible(replace(other, joins=()), head) == []


# ---------------------------------------------------------------- which track


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("product_", "amount", "track"),
    [
        ("credit", 30_000_000, "short"),
        ("credit", 30_000_001, "full"),
        ("invoice", 30_000_000, "short"),
        ("mortgage", 10_000_000, "full"),
        ("guarantee", 10_000_000, "full"),
    ],
)
def test_by_product_and_sum(product_: str, amount: int, track: str) -> None:
    app = begun(replace(ASKED, product=product_, amount=amount))
    assert app.track == track


@pytest.mark.django_db
def test_many_small_requests_are_one_large_one() -> None:
    first = begun(replace(SHORT, amount=20_000_000))
    second = begun(replace(SHORT, amount=10_000_000))
    third = begun(replace(SHORT, amount=100))
    assert [first.track, second.track, third.track] == ["short", "short", "full"]
    step(first, Verb.WITHDRAW)
    fourth = begun(replace(SHORT, amount=100))
    assert fourth.track == "short"  # what was withdrawn is no borrowing


@pytest.mark.django_db
def test_nobody_chooses_their_track() -> None:
    text = (
        "INSERT INTO applications_application (customer_id, branch_id, manager_id, product, amount, term_months, purpose,"
        " source, staff_id, received_date, stage, stage_since_at, decline_reason, track)"
        " VALUES (%s, 'B1', 'M1', 'credit', 90000000, 12, 'x', 'manager', 'M1', %s, 'received', now(), '', 'short')"
        " RETURNING track"
    )
    assert sql("M1", text, FIRM, TODAY) == [("full",)]
    with refused("permission denied"):
        sql("M1", "UPDATE applications_application SET track = 'short'")
    with refused("permission denied"):
        sql("M1", "UPDATE applications_trackline SET most_amount = NULL")


# ---------------------------------------------------------------- three people


@pytest.mark.django_db
def test_three_people_from_request_to_drawdown() -> None:
    app = through(begun(SHORT), Verb.DRAW)
    assert app.stage == "drawn"
    with acting_as(scope("M1")):
        done = Step.objects.filter(application=app).order_by("pk").values_list("part", "staff_id")
        hands: dict[str, set[str]] = {}
        for part, who in done:
            hands.setdefault(who, set()).add(part)
    assert hands == {
        "M1": {"marketing", "investigation"},
        "H1": {"review", "approval"},
        "K1": {"back_office"},
    }


NEVER = [
    ("M1", "recommend", Verb.SUBMIT), ("M1", "approve", Verb.RECOMMEND), ("M1", "sign", Verb.APPROVE),
    ("M1", "draw", Verb.SIGN), ("H1", "sign", Verb.APPROVE), ("H1", "draw", Verb.SIGN), ("K1", "recommend", Verb.SUBMIT),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "verb", "upto"), NEVER)
def test_what_stays_apart_on_the_short_track(who: str, verb: str, upto: Verb) -> None:
    app = through(begun(SHORT), upto)
    papers(app)  # K1 has back office
    with refused(f"{who} had the part"):
        insert_step(app, who, verb, app.stage)
    with pytest.raises(Refusal):
        step(app, Verb(verb), who, GIVEN[Verb(verb)])


@pytest.mark.django_db
def test_a_larger_sum_needs_all_five() -> None:
    app = begun()
    with pytest.raises(Refusal, match="调查"):
        step(app, Verb.TAKE, "M1", Given())
    with refused("M1 had the part marketing"):
        insert_step(app, "M1", "take", "received")
    app = advanced(app, Verb.SUBMIT)
    with pytest.raises(Refusal):
        step(app, Verb.RECOMMEND, "H1", GIVEN[Verb.RECOMMEND])


@pytest.mark.django_db
def test_no_review_before_the_back_office_saw_the_photo() -> None:
    app = through(begun(SHORT), Verb.SUBMIT)
    with pytest.raises(Refusal, match="现场照片"):
        step(app, Verb.RECOMMEND, "H1", GIVEN[Verb.RECOMMEND])
    with refused("the site photo is not verified"):
        insert_step(app, "H1", "recommend", "review")
    received(app, "site_photo")
    with refused("the site photo is not verified"):
        insert_step(app, "H1", "recommend", "review")
    verified(app, "site_photo")
    assert step(app, Verb.RECOMMEND, "H1", GIVEN[Verb.RECOMMEND]).stage == "approval"


@pytest.mark.django_db
def test_a_branch_head_is_told_what_waits_for_the_joined_part() -> None:
    app = through(begun(SHORT), Verb.SUBMIT)
    whole = advanced(begun(), Verb.SUBMIT)
    me = scope("H1")
    with acting_as(me):
        waiting = set(queries.waiting_for(me, TODAY).values_list("pk", flat=True))
    assert app.pk in waiting
    assert whole.pk not in waiting


def test_a_line_that_joins_more_joins_nothing(own_world: str) -> None:
    """Whatever stands in the table: the database knows the two joints by itself."""
    every = [[a, b] for a, b in product(Part, Part) if a != b]
    TrackLine.objects.using("owner").update(joins=every)
    app = begun(SHORT)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT holder, taken FROM applications_joinable()")
        assert {tuple(row) for row in cursor.fetchall()} == JOINABLE
        for one, other in combinations(Part, 2):
            cursor.execute("SELECT applications_joined(%s, %s, %s)", [app.pk, one, other])
            assert cursor.fetchone() == (bool({(one, other), (other, one)} & JOINABLE),), (one, other)


def test_a_later_version_ends_the_track_for_later_requests(own_world: str) -> None:
    before = begun(SHORT)
    line = TrackLine.objects.using("owner")
    line.create(name="full", product="credit", from_date=TODAY + timedelta(days=1))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT applications_track(%s, 'credit', 100, %s)", [FIRM, TODAY + timedelta(days=1)])
        assert cursor.fetchone() == ("full",)
        cursor.execute("SELECT applications_joined(%s, 'marketing', 'investigation')", [before.pk])
        assert cursor.fetchone() == (True,)
    with pytest.raises(DatabaseError, match="permission denied"):
        sql("M1", "SELECT applications_track('x', 'credit', 1, now()::date)")
