"""What a person can act on, told in one sentence: what, where, what was expected, what to do next."""

import re
from dataclasses import dataclass

CHINESE = re.compile("[一-鿿]")


@dataclass
class Refusal(Exception):
    """The work was declined and nothing was half-done; the reader can put it right."""

    what: str
    where: str = ""
    expected: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = [head, self.expected and self._wanted(), self.next_step]
        return " ".join(_closed(part) for part in parts if part).replace("。 ", "。")

    def _wanted(self) -> str:
        """In the language of the rest: commands speak English, screens their reader's."""
        return f"要求：{self.expected}" if CHINESE.search(self.what) else f"Expected: {self.expected}"


def _closed(sentence: str) -> str:
    if sentence.endswith((".", "!", "?", "。", "！", "？")):
        return sentence
    return sentence + ("。" if CHINESE.search(sentence) else ".")
