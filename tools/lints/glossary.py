"""One word per concept: rooms and the enums of terms.py stand in GLOSSARY.md."""

import ast
import re
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, last_name, room_of, text_of

ENUMS = {"Enum", "StrEnum", "IntEnum", "TextChoices"}
CODE = re.compile(r"`([^`]+)`")


def check(checkout: Checkout) -> Iterator[Finding]:
    """Rooms and enum values that the glossary does not explain in Chinese and English."""
    explained = set(CODE.findall(checkout.texts.get("GLOSSARY.md", "")))
    for room in sorted({room_of(path) for path, _ in checkout.python()} - explained - {""}):
        yield Finding("GLOSSARY.md", 1, f"the room `{room}` is not explained")
    for path, tree in checkout.python():
        if not path.endswith("/terms.py"):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and any(last_name(parent) in ENUMS for parent in node.bases):
                for value in sorted(_values(node) - explained):
                    yield Finding(path, node.lineno, f"{node.name} `{value}` is not in GLOSSARY.md")


def _values(enum: ast.ClassDef) -> set[str]:
    assigned = (step.value for step in enum.body if isinstance(step, ast.Assign))
    first = (node.elts[0] if isinstance(node, ast.Tuple) and node.elts else node for node in assigned)
    return {text for node in first if (text := text_of(node))}
