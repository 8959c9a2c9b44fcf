"""Whoever sits at a screen is refused in their own language: what a room's actions refuse with goes through gettext."""

import ast
from pathlib import Path

import pytest

import xiaoer

HOUSE = Path(xiaoer.__file__).parent
SPOKEN = ("actions.py", "handling.py", "checking.py", "adopting.py")
TO_PROGRAMS = {"events/actions.py", "evidence/actions.py"}  # what a bank's systems post
SAID = ("what", "where", "expected", "next_step")


def at_a_screen() -> list[Path]:
    rooms = [path for path in HOUSE.rglob("*.py") if path.name in SPOKEN or "workbench" in path.parts]
    return sorted(path for path in rooms if str(path.relative_to(HOUSE)) not in TO_PROGRAMS)


def sentences(tree: ast.AST) -> list[tuple[int, str]]:
    """(line, text) of what refusals say in plain English; where it was, and lists of codes, need no words."""
    found = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refusal":
            told = dict(zip(SAID, call.args, strict=False)) | {one.arg: one.value for one in call.keywords}
            said = [value for name, value in told.items() if name != "where" and is_plain(value)]
            found += [(call.lineno, ast.unparse(value)) for value in said]
    return found


def is_plain(value: ast.expr) -> bool:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    texts = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(" " in text.strip() for text in texts)


@pytest.mark.parametrize("path", at_a_screen(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_refusals_speak_the_readers_language(path: Path) -> None:
    assert not sentences(ast.parse(path.read_text("utf-8")))


def test_the_rule_sees_plain_english() -> None:
    told = 'Refusal("the reason is missing", f"{x} y", next_step=_("Say why"), expected=", ".join(codes))'
    assert sentences(ast.parse(told)) == [(1, "'the reason is missing'")]
    assert sentences(ast.parse('Refusal(_("a b"), expected=f"at most {most} days")'))
