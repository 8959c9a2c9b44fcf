"""Every text on a screen exists in Chinese; English is the text itself."""

import re

import pytest

from tools import translations

PLACES = re.compile(r"%\((\w+)\)s")


def test_every_text_is_translated() -> None:
    assert translations.missing() == []


def test_a_translation_fills_the_same_places() -> None:
    for message in translations.catalogue("zh_Hans"):
        ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in filter(None, strings):
            assert set(PLACES.findall(text)) <= {name for one in ids for name in PLACES.findall(one)}, text


@pytest.mark.parametrize(
    ("body", "trimmed", "expected"),
    [
        ("\n  {{ n }} rows\n  here ", True, "%(n)s rows here"),
        ("{{ a }}% of {{ b }}", False, "%(a)s%% of %(b)s"),
    ],
)
def test_the_text_django_looks_up(body: str, trimmed: bool, expected: str) -> None:
    assert translations.block_text(body, trimmed=trimmed) == expected
