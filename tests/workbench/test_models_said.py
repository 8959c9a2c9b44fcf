"""What models say on a firm's page: own firms only, both languages, and every push adds up."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from xiaoer.features.terms import catalogue
from xiaoer.kit.scope import Scope
from xiaoer.kit.scope.acting import acting_as
from xiaoer.kit.text import say
from xiaoer.scores import queries
from xiaoer.scores.saying import pushed
from xiaoer.scores.specifications import ASKED, the_shelf
from xiaoer.workbench.shown import models_said

OF_UNIT = {"code": "visit", "flag": "1"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_input_of_the_shelf_is_told_in_words(language: str) -> None:
    names = {name for model in the_shelf().values() for name in model.inputs.names}
    for name in sorted(names):
        unit = (catalogue() | ASKED)[name].unit
        told = pushed({"of": name, "is": OF_UNIT.get(unit, "12.5"), "points": -3})
        assert say(told.reasons[0], language) != say(
            pushed({"of": name, "is": "", "points": 1}).reasons[0], language
        )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_model_says_what_it_means_and_what_stands_in_its_place(language: str) -> None:
    for model in the_shelf().values():
        line = models_said.Line(None, None, model)
        assert say(line.meaning, language)
        with translation.override("zh-hans" if language == "zh" else "en"):
            assert models_said.wordings_of_rule(model)
        assert model.family in models_said.ORDER


def test_two_inputs_together_are_one_push() -> None:
    told = pushed({"of": "late_days × growth_90d", "is": "12 × ", "points": 7})
    assert [say(one, "en") for one in told.reasons] == [
        "days past due now: 12 days",
        say(told.reasons[1], "en"),
    ]
    assert told.reasons[1]["code"] == "push_missing" and told.points == 7


@pytest.mark.django_db
def test_a_firm_s_scores_are_seen_by_whoever_may_see_the_firm(scope_of: Callable[[str], Scope]) -> None:
    own, other = scope_of("M1"), scope_of("M2")
    with acting_as(own):
        rows = list(queries.shelf_scores(own, "C000003"))
        assert {one.model for one in rows} >= {"leaving", "takes_card", "asking_payroll", "hour"}
        for one in rows:
            assert one.start + sum(push["points"] for push in one.pushes) + one.rest == one.points
        today = queries.models_today(own)
        assert today["leaving"].state == "live" and today["asking_card"].why == "response_instead"
    with acting_as(other):
        assert list(queries.shelf_scores(other, "C000003")) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("模型怎么看", "流失评分", "10:00 最好", "个模型未在用", "结算卡营销增量：尚无可证的增量，改用“结算卡营销响应”的次序")),
        ("en", ("What the models say", "leaving", "best at 10:00", "2 models not in use", "no effect of asking is proven")),
    ],
)  # fmt: skip
def test_the_page_tells_it(client_of: Callable[[str], Client], language: str, words: tuple[str, ...]) -> None:
    client = client_of("M1")
    client.cookies["django_language"] = language
    shown = client.get("/firms/C000003/?tab=score").content.decode()
    assert [word for word in words if word not in shown] == []


def test_figures_are_told_as_people_say_them() -> None:
    with translation.override("en"):
        shelf = the_shelf()
        lines = {name: models_said.Line(None, None, shelf[name]) for name in shelf}
        assert lines["leaving"].figure(0.123) == "12.3%"
        assert lines["asking_card"].figure(0.041) == "+4.1 pp"
        assert lines["asking_card"].moved(-50) == "−0.5 pp"
        assert lines["contribution"].figure(1_234_500_00) == "¥1.2m"
        assert lines["contribution"].moved(100) == "+11%"
        assert lines["loss_given_default"].figure(0.4) == "40.0%"
