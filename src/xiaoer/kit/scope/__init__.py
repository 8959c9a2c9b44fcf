"""Whose rows may be seen: a value that every query takes first, and the signed form PostgreSQL checks."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime

POOL = "pool:"
BLOCK = 64  # bytes in a block of SHA-256, as HMAC wants them


@dataclass(frozen=True)
class Scope:
    """Whom somebody answers for, and which edition of the published tables they are shown.

    A row is in scope when `everything` holds, or its branch is among `branches`, or its manager is among
    `managers` (a firm without one belongs to `pool:<branch>`). `edition` is read once per request, so that
    a page never mixes two days. `rights` come with the posts; `day` is the desk's day on which all this holds.
    """

    staff_id: str
    posts: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    everything: bool = False
    rights: frozenset[str] = frozenset()
    edition: int = 0
    day: date | None = None

    def may(self, right: str) -> bool:
        """Whether one of the posts carries this right."""
        return right in self.rights

    def holds(self, branch_id: str, manager_id: str) -> bool:
        """Whether a row with these scope columns may be seen; the same rule PostgreSQL applies."""
        return self.everything or branch_id in self.branches or manager_id in self.managers


def pool(branch_id: str) -> str:
    """The manager of a firm that has none."""
    return POOL + branch_id


def sign(scope: Scope, secret: str, expires_at: datetime) -> str:
    """The scope as a token: HMAC-SHA256 in hex, a dot, the claims as JSON."""
    claims = {
        "s": scope.staff_id,
        "e": scope.everything,
        "b": scope.branches,
        "m": scope.managers,
        "d": scope.day and scope.day.isoformat(),
        "x": int(expires_at.timestamp()),
    }
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    return f"{hmac.new(_key(secret), payload.encode(), hashlib.sha256).hexdigest()}.{payload}"


def checking_keys(secret: str) -> tuple[bytes, bytes]:
    """The inner and outer key from which PostgreSQL rebuilds HMAC with two plain SHA-256."""
    key = _key(secret).ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"xiaoer.scope:" + secret.encode()).digest()
