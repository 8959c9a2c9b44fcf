"""Every figure asked for anywhere is defined in both languages."""

import re
from pathlib import Path

import pytest

from xiaoer.kit.screens import figures

ROOMS = Path(figures.__file__).resolve().parents[2]
ASKED = re.compile(r"""\{% term "(\w+)" %\}""")


@pytest.mark.parametrize("code", sorted(figures.dictionary()))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_both_languages_say_all_of_it(code: str, language: str) -> None:
    found = figures.figure(code, language)
    assert all((found.name, found.definition, found.formula, found.source))


def test_templates_ask_for_known_figures() -> None:
    asked = {
        code for page in ROOMS.rglob("*.html") for code in ASKED.findall(page.read_text(encoding="utf-8"))
    }
    assert asked <= figures.dictionary().keys()


def test_an_unknown_figure_is_named() -> None:
    with pytest.raises(LookupError, match="nonsense"):
        figures.figure("nonsense", "zh")
