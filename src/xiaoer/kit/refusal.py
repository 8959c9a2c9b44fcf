"""What a person can act on, told in one sentence: what, where, what was expected, what to do next."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext


@dataclass
class Refusal(Exception):
    """The work was declined and nothing was half-done; the reader can put it right."""

    what: str
    where: str = ""
    expected: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = [head, self.expected and _expected(self.expected), self.next_step]
        return " ".join(_closed(part) for part in parts if part)


def _expected(what: str) -> str:
    """In the reader's language on a screen; before Django stands there is no screen."""
    told = gettext("Expected: %(what)s") if settings.configured else "Expected: %(what)s"
    return told % {"what": what}


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "。")) else sentence + "."
