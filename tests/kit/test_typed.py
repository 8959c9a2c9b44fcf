"""What people type stays as they typed it, less what PostgreSQL cannot keep."""

import pytest

from xiaoer.kit.typed import storable, typed


def test_every_kind_of_space_stays() -> None:
    assert typed("张　三\u00a0说\n好\t的") == "张　三\u00a0说\n好\t的"
    assert typed("　 前后 　") == "前后"


def test_what_no_text_can_hold_goes() -> None:
    assert typed("a\x00b\ud800c\x07\u200b") == "abc"


@pytest.mark.parametrize(
    ("told", "keeps"),
    [
        ("a　b", True),
        ("a\x00", False),
        ({"x": [1, None, {"y": "\udfff"}]}, False),
        ({"a\x00": 1}, False),
        ([1.5], True),
    ],
)
def test_whether_a_whole_value_can_be_kept(told: object, keeps: bool) -> None:
    assert storable(told) is keeps
