"""The key that signs sessions and scopes: the environment's, or one made once and kept beside the data."""

import os
import secrets
from pathlib import Path

from xiaoer.kit.settings import Settings


def secret_key(settings: Settings) -> str:
    """The environment's key, or the one in XIAOER_HOME/secret_key, made at the first call."""
    return settings.secret_key or _kept(settings.home / "secret_key")


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        _link_once(fresh, path)
    return path.read_text(encoding="ascii")


def _link_once(fresh: Path, path: Path) -> None:
    """Two processes may start at once; the first link wins and both read it."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
