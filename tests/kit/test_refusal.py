"""A refusal is one sentence after another, all in one language."""

import pytest
from django.utils import translation

from xiaoer.kit.refusal import Refusal


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Refusal("no such day", "due", "a day ahead", "Choose one"), "due: no such day. Expected: a day ahead. Choose one."),
        (Refusal("no such day"), "no such day."),
        (Refusal("缺少原因", "", "4 至 500 个字", "请写明原因"), "缺少原因。要求：4 至 500 个字。请写明原因。"),
        (Refusal("缺少原因", "closed", "handled, known"), "closed: 缺少原因。要求：handled, known。"),
    ],
)  # fmt: skip
def test_one_language(refusal: Refusal, said: str) -> None:
    with translation.override("zh-hans"):
        assert str(refusal) == said
