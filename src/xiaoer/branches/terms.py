"""Posts and what comes with them, read from `posts.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from xiaoer.kit.text import Reason

POSTS = Path(__file__).with_name("posts.toml")


class Sees(StrEnum):
    """Whose firms a post sees; explained at the head of `posts.toml`."""

    PORTFOLIO = "portfolio"
    POOL = "pool"
    BRANCH = "branch"
    NOTHING = "nothing"


@dataclass(frozen=True)
class PostKind:
    """A kind of post: its name in both languages, whom it sees, what it may do."""

    code: str
    zh: str
    en: str
    sees: Sees
    rights: frozenset[str]

    def title(self, language: str) -> str:
        """The name in "zh…" or "en…"."""
        return self.zh if language.lower().startswith("zh") else self.en


@dataclass(frozen=True)
class Held:
    """A post somebody holds today, at a branch."""

    kind: PostKind
    branch_id: str


@cache
def post_kinds() -> Mapping[str, PostKind]:
    """Every kind of post by code."""
    with POSTS.open("rb") as file:
        return {
            code: PostKind(code, one["zh"], one["en"], Sees(one["sees"]), frozenset(one["rights"]))
            for code, one in tomllib.load(file).items()
        }


MANAGER, HEAD = "relationship_manager", "branch_head"
STAND_IN = frozenset({MANAGER, HEAD})  # posts whose holders may stand in for a manager


@dataclass(frozen=True)
class Leave:
    """Somebody will be away between two days, both included, and who stands in."""

    staff_id: str
    deputy_id: str
    from_date: date
    to_date: date


@dataclass(frozen=True)
class Gift:
    """A firm that is to go to another manager: why (reasons), minutes of the week, and fen it is expected to bring."""

    customer_id: str
    branch_id: str
    from_id: str
    to_id: str
    name: str = ""
    because: Sequence[Reason] = ()
    minutes: int = 0
    worth: int = 0
