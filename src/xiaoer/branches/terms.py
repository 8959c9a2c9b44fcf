"""Posts and what comes with them, read from `posts.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

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
