"""Point 5: a reason is a code with parameters, never stored text: one meaning, two languages."""

import json

from tests.house.bank import SmallBank
from xiaoer.kit.text import parameters, say, wording

COLUMNS = {"events": ("because", "goal"), "decisions": ("because", "stopped", "changed", "dropped")}


def reasons(small_bank: SmallBank) -> list[dict[str, object]]:
    found = []
    for table, columns in COLUMNS.items():
        for row in small_bank.rows(table):
            for column in columns:
                told = json.loads(str(row[column])) if row[column] else []
                found += told if isinstance(told, list) else [told]
    return found


def test_every_reason_of_a_night_is_a_code_that_both_languages_can_say(small_bank: SmallBank) -> None:
    told = reasons(small_bank)
    assert len(told) > 50
    for one in told:
        assert set(one) == {"code", "params", "tone"}
        assert one["code"] in wording()
        zh, en = say(one, "zh-hans"), say(one, "en")
        assert zh
        assert en
        assert "{" not in zh + en


def test_both_languages_say_the_same_parameters() -> None:
    for code, entry in wording().items():
        assert set(entry) >= {"zh", "en"}, code
        assert parameters(entry["zh"]) == parameters(entry["en"]), code


def test_parameters_are_figures_days_names_and_codes_not_sentences(small_bank: SmallBank) -> None:
    sentences = [
        (one["code"], value)
        for one in reasons(small_bank)
        for value in dict(one["params"]).values()  # type: ignore[call-overload]
        if isinstance(value, str) and (len(value) > 60 or any(mark in value for mark in "。；！？"))
    ]
    assert sentences == []
