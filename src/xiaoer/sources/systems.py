"""Keys of the bank's own systems: made by the owner, shown once, known afterwards by their hash alone."""

import hashlib
import secrets
from collections.abc import Sequence

from xiaoer.kit.refusal import Refusal
from xiaoer.sources.models import System

KEY_BYTES = 32  # nobody guesses 256 bits, so a fast hash will do


def make_system(name: str, kinds: Sequence[str], *, using: str = "owner") -> str:
    """Let a system post records of these kinds; gives its key. A system of this name gets a new one."""
    if not name.strip() or not name.isprintable():
        raise Refusal("a system needs a name", "systems", "such as core-banking")
    key = secrets.token_urlsafe(KEY_BYTES)
    told = {"key_hash": _hash(key), "kinds": list(kinds), "is_active": True}
    System.objects.using(using).update_or_create(name=name.strip(), defaults=told)
    return key


def close_system(name: str, *, using: str = "owner") -> None:
    """Its key opens nothing from now on; raises Refusal when there is no such system."""
    if not System.objects.using(using).filter(name=name, is_active=True).update(is_active=False):
        raise Refusal(f"no open system is called {name}", "systems", next_step="xiaoer systems list")


def system_of(key: str) -> System | None:
    """The system a key belongs to; None for a key nobody has, or no longer."""
    return System.objects.filter(key_hash=_hash(key), is_active=True).first()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
