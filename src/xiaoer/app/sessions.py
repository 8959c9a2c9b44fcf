"""Sessions whose rows are of no use to somebody who can only read or write the table.

The table holds the hash of the browser's key, never the key, and what a session remembers is signed together
with its key: a row read is not a way in, and a row copied under another key remembers nothing.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Stored
from django.contrib.sessions.base_session import AbstractBaseSession

from xiaoer.kit.dates import SystemClock


class SessionStore(Stored):
    """Django's sessions in PostgreSQL, under the hash of their key."""

    @property
    def key_salt(self) -> str:
        """What the signature covers besides the contents."""
        return f"xiaoer.sessions:{self.session_key}"

    def load(self) -> dict[str, Any]:
        """What the session remembers; nothing when it is over, or signed for another key."""
        mine = self.model.objects.filter(session_key=_hash(self.session_key or ""))
        found = mine.filter(expire_date__gt=SystemClock().now()).first()
        if found is None:
            self._session_key = None
            return {}
        return dict(self.decode(found.session_data))

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of this key."""
        return super().exists(_hash(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session, without a key this one."""
        if key := session_key or self.session_key:
            super().delete(_hash(key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row to be written."""
        made = super().create_model_instance(data)
        made.session_key = _hash(made.session_key)
        return made


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]  # as long as the column
