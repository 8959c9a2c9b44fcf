"""A change of the contact policy tried on last night's candidates."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.world import BUSINESS_DATE, STAFF
from xiaoer.contact_policy.rules import approach
from xiaoer.contact_policy.terms import Asked, Known, Policy, Touch
from xiaoer.contacts.actions import About, record_outcome
from xiaoer.contacts.models import Contact
from xiaoer.customers.models import Firm
from xiaoer.features.models import Profile
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.scope.acting import acting_as
from xiaoer.offers.models import Proposal
from xiaoer.workbench.approaching import known_of
from xiaoer.workbench.desk import Desk
from xiaoer.workbench.policy_trial import Rules, Trial, tried
from xiaoer.workbench.shown import policy

TODAY = BUSINESS_DATE + timedelta(days=1)
FOLLOW_UP = {"code": "goal_follow_up", "params": {}, "tone": "plain"}


def test_only_the_figures_asked_for_change() -> None:
    now = Rules.of_the_file(TODAY)
    then = now.changed({"cap_call": "1", "rest_days": "21", "unknown": "x"})
    assert then.policy.caps["call"].count == 1
    assert then.policy.caps["call"].days == now.policy.caps["call"].days
    assert then.terms.rest_days == 21
    assert now.changed({}) == now
    assert {one.code for one in now.figures()} == set(policy.FIGURES)


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "many", "100", "１"])
def test_a_figure_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal, match="整数"):
        Rules.of_the_file(TODAY).changed({"cap_any": wrong})


def test_counts_tell_newly_stopped_and_newly_free_apart() -> None:
    trial = Trial()
    for answers in (("", ""), ("", "policy_cap"), ("contacted_recently", ""), ("policy_cap", "policy_cap")):
        trial.count("call", *answers)
    assert (trial.asked, trial.open_now, trial.open_then) == (4, 2, 2)
    assert (dict(trial.stopped_by), dict(trial.freed_of)) == ({"policy_cap": 1}, {"contacted_recently": 1})
    assert dict(trial.by_way["call"]) == {"stopped": 1, "freed": 1}


def test_a_cap_of_one_stops_exactly_those_contacted_within_its_days(
    own_world: str, scope_of: Any, client_of: Any
) -> None:
    Proposal.objects.using("owner").update(goal=FOLLOW_UP, kind="call")
    meet(scope_of("M1"))
    scope = scope_of("A1")
    desk = Desk(scope, TODAY, BUSINESS_DATE)
    with acting_as(scope):
        trial = tried(desk, Rules.of_the_file(TODAY).changed({"cap_any": "1"}))
        assert trial.asked == Proposal.objects.seen_by(scope).count()
        assert trial.stopped == len(open_and_met(scope))
        assert (trial.stopped > 0, trial.freed) == (True, 0)
        # Who never consented to calls was open to a visit; with that closed the first way's own reason is told.
        assert "policy_cap" in trial.stopped_by
        assert set(trial.stopped_by) <= {"policy_cap", "policy_consent_missing"}
        before = Proposal.objects.seen_by(scope).count()
    page = client_of("A1").get("/policy/", {"cap_any": "1"}).content.decode()
    assert f"新增暂停 {trial.stopped} 个" in page
    assert "次数已满" in page
    wrong = client_of("A1").get("/policy/", {"cap_any": "none"})
    assert "整数" in wrong.content.decode()
    with acting_as(scope):
        assert Proposal.objects.seen_by(scope).count() == before
    allowed = {s for s, _, _, post in STAFF if post in ("analyst", "product_manager")}
    for staff_id, *_ in STAFF[:4]:
        assert (client_of(staff_id).get("/policy/").status_code == 200) is (staff_id in allowed)


def meet(scope: Any) -> None:
    """One contact with every firm of a manager that has a proposal."""
    with acting_as(scope):
        for number in sorted(
            Proposal.objects.seen_by(scope).values_list("customer_id", flat=True).distinct()
        ):
            record_outcome(scope, About(number, channel="visit"), "interested", TODAY)


def open_and_met(scope: Any) -> list[str]:
    """Proposals whose firm is open to a visit or a call now, and was met within thirty days: by the stored rows."""
    firms = {one.customer_id: one for one in Firm.objects.seen_by(scope)}
    met = {
        one.customer_id
        for one in Profile.objects.seen_by(scope)
        if any(
            (TODAY - date.fromisoformat(told["date"])).days < 30 and told.get("purpose") != "collection"
            for told in one.contacts
        )
    }
    met |= set(Contact.objects.seen_by(scope).values_list("customer_id", flat=True))
    return [
        one.offer_id
        for one in Proposal.objects.seen_by(scope)
        if one.customer_id in met and _is_open(scope, firms[one.customer_id])
    ]


def _is_open(scope: Any, firm: Firm) -> bool:
    known, now = known_of(scope, firm, TODAY), Policy.in_force(TODAY)
    return any(approach(Asked(way, "request", TODAY), known, now).allowed for way in ("call", "visit"))


def test_taking_all_pauses_away_frees_and_changes_nothing_else() -> None:
    then = Rules.of_the_file(TODAY).changed({"pause_2_in_7": "0", "pause_3_in_30": "0"})
    refused = [Touch(TODAY - timedelta(days=day), "visit", "offer", "refused") for day in (1, 2, 3)]
    known = Known("enterprise", {"marketing": True}, (), tuple(refused), ())
    asked = Asked("message", "offer", TODAY)

    def rules(policy: Policy) -> set[str]:
        return {block.rule for block in approach(asked, known, policy).blocks}

    assert rules(Policy.in_force(TODAY)) - rules(then.policy) == {"refusals"}
    assert {one.code for one in then.figures()} == set(policy.FIGURES), "a pause taken away can come back"
