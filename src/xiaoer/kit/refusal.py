"""What a person can act on, told in one sentence: what, where, what was expected, what to do next."""

from dataclasses import dataclass


@dataclass
class Refusal(Exception):
    """The work was declined and nothing was half-done; the reader can put it right."""

    what: str
    where: str = ""
    expected: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = [head, self.expected and f"Expected: {self.expected}", self.next_step]
        return " ".join(_closed(part) for part in parts if part)


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "。")) else sentence + "."
