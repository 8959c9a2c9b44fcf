"""Rooms look down only, also where import-linter cannot see: templates, URLs, model names in strings."""

import ast
import re
from collections.abc import Iterator

from tools.lints.checkout import Checkout, Finding, calls, last_name, room_of, text_of

TEMPLATE = re.compile(r"""{%\s*(extends|include)\s+["']([\w-]+)/""")
URL = re.compile(r"""{%\s*url\s+["']([\w:-]+)["']""")
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
NAMED_URLS = {"reverse", "reverse_lazy", "redirect"}
LINK = "take the address from the page's context, which a room above fills"
DOWN = "rooms look down only; publish a fact below, or let a room above put the two together"


def check(checkout: Checkout) -> Iterator[Finding]:
    """Templates, {% url %}, string foreign keys, get_model and reverse accessors that look upward."""
    upward = _upward(checkout.rooms)
    accessors, addresses = dict(_reverse_accessors(checkout)), dict(_addresses(checkout))
    for path in checkout.paths("src/xiaoer", ".html", ".txt"):
        yield from _templates(path, checkout.texts[path], upward, addresses)
    for path, tree in checkout.python():
        own = room_of(path)
        for call, name in calls(tree):
            seen = _named_room(call, name, addresses)
            if seen in checkout.rooms and (own, seen) in upward:
                yield Finding(path, call.lineno, f"{own} names {seen} in {name}(): {DOWN}")
        for node in ast.walk(tree):
            owner = accessors.get(node.attr, "") if isinstance(node, ast.Attribute) else ""
            if (own, owner) in upward:
                yield Finding(path, node.lineno, f"{own} reaches {owner} by .{node.attr}: {DOWN}")


def _templates(
    path: str, text: str, upward: set[tuple[str, str]], addresses: dict[str, str]
) -> Iterator[Finding]:
    own = room_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        for verb, other in TEMPLATE.findall(line):
            if (own, other) in upward:
                yield Finding(path, number, f"{own} {verb}s a template of {other}: {DOWN}")
            elif verb == "extends" and other not in {own, "kit", "screens"}:
                yield Finding(path, number, f"{own} extends a page of {other}: extend one of kit/screens")
        for named in URL.findall(line):
            other = _room_of_address(named, addresses)
            if (own, other) in upward:
                yield Finding(path, number, f"{own} links to {other} by name ({named}): {LINK}")


def _upward(rooms: dict[str, int]) -> set[tuple[str, str]]:
    """Pairs (from, to) a room may not look along: anything above it, or beside it."""
    return {(low, high) for low in rooms for high in rooms if low != high and rooms[high] <= rooms[low]}


def _addresses(checkout: Checkout) -> Iterator[tuple[str, str]]:
    """Names of addresses with the room that gives them."""
    for path, tree in checkout.python():
        if path.endswith("/urls.py"):
            for call, name in calls(tree):
                named = [text_of(keyword.value) for keyword in call.keywords if keyword.arg == "name"]
                if name in {"path", "re_path"} and named and named[0]:
                    yield named[0], room_of(path)


def _room_of_address(named: str, addresses: dict[str, str]) -> str:
    return named.partition(":")[0] if ":" in named else addresses.get(named, "")


def _named_room(call: ast.Call, name: str, addresses: dict[str, str]) -> str:
    words = [text for node in call.args[:1] if (text := text_of(node))]
    words += [text for keyword in call.keywords if keyword.arg == "to" and (text := text_of(keyword.value))]
    word = words[0] if words else ""
    if name in RELATIONS or name == "get_model":
        return word.split(".")[0]
    return _room_of_address(word, addresses) if name in NAMED_URLS else ""


def _reverse_accessors(checkout: Checkout) -> Iterator[tuple[str, str]]:
    """Accessors Django hangs on a model of another room, with the room that hung them there."""
    for path, tree in checkout.python():
        if not path.endswith("/models.py"):
            continue
        for model in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for call, name in calls(model):
                if name in RELATIONS and not _hidden(call):
                    yield _related_name(call) or f"{model.name.lower()}_set", room_of(path)


def _related_name(call: ast.Call) -> str | None:
    return next((text_of(keyword.value) for keyword in call.keywords if keyword.arg == "related_name"), None)


def _hidden(call: ast.Call) -> bool:
    own_or_unseen = (_related_name(call) or "").endswith("+")
    return own_or_unseen or (bool(call.args) and last_name(call.args[0]) == "self")
