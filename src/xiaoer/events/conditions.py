"""The closed language of conditions: text into a tree, never into code. Said in docs/rules/event-rules.md.

balance_90d < 50% * balance_prior_90d and balance_prior_90d >= 20万
change(days_past_due) > 0 or not (products > 2)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from xiaoer.events.readable import readables
from xiaoer.events.tree import (
    Both,
    Compare,
    Condition,
    Known,
    Not,
    Number,
    Read,
    Sum,
    Times,
    Value,
    When,
    reads,
)
from xiaoer.kit.money import FEN_PER_YUAN
from xiaoer.kit.text import Reason, reason

LONGEST, MOST_READS, DEEPEST, MOST_PARTS = 1_000, 30, 20, 100
LARGEST = 10**15  # yuan, or whatever the number counts: beyond it fen no longer fit a column
MONEY = {
    "元": 1,
    "yuan": 1,
    "万": 10_000,
    "万元": 10_000,
    "wan": 10_000,
    "亿": 10**8,
    "亿元": 10**8,
    "yi": 10**8,
}
SAME = {"≤": "<=", "≥": ">=", "≠": "!=", "＜": "<", "＞": ">", "＝": "=", "（": "(", "）": ")", "×": "*", "==": "=",
        "且": "and", "或": "or", "非": "not", "已知": "known", "未知": "unknown"}  # fmt: skip
SIGNS = {"<", "<=", ">", ">=", "=", "!="}
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|％|万元|亿元|[元万亿天]|(?:yuan|wan|yi|days?)\b)?"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*|已知|未知|[且或非])|(?P<sign><=|>=|!=|==|[<>=≤≥≠＜＞＝（）()×*+−-]))"
)


class Unread(Exception):
    """The text is no condition: a reason to show, and the place (signs before it)."""

    def __init__(self, why: Reason, at: int) -> None:
        super().__init__(why["code"])
        self.why, self.at = why, at


@dataclass(frozen=True)
class Token:
    """A piece of the text and where it begins."""

    kind: str  # number | word | sign | end
    text: str
    at: int
    value: Number | None = None


def condition(text: str) -> Condition:
    """The tree of a condition. Raises Unread with what stands where, and what was expected."""
    if len(text) > LONGEST:
        raise Unread(reason("condition_long", at=LONGEST + 1, most=LONGEST, found=len(text)), LONGEST)
    reader = _Reader(_tokens(text))
    read = reader.either(0)
    if reader.now.kind != "end":
        raise reader.wrong("condition_end")
    if reader.read > MOST_READS:
        raise Unread(reason("condition_reads", at=len(text), most=MOST_READS), len(text))
    return read


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise Unread(reason("condition_sign", at=start + 1, found=text[start]), start)
        found.append(_token(match))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _token(match: re.Match[str]) -> Token:
    if match["number"] is not None:
        at, value = match.start("number"), _number(match["number"], match["unit"])
        if value is None:
            raise Unread(reason("condition_large", at=at + 1, found=match["number"][:12]), at)
        return Token("number", match[0].strip(), at, value)
    kind = "word" if match["word"] else "sign"
    plain = SAME.get(match[kind], match[kind])
    return Token(kind, plain.replace("−", "-"), match.start(kind))


def _number(digits: str, unit: str | None) -> Number | None:
    """None for what is too large to be meant."""
    whole = float(digits) * MONEY.get(unit or "", 1)
    if whole > LARGEST:
        return None
    if unit in MONEY:
        return Number(round(whole * FEN_PER_YUAN), money=True)
    return Number(whole / 100 if unit in ("%", "％") else whole)


class _Reader:
    """Goes over the tokens once; a method for each line of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.read, self.inside = tokens, 0, 0, 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def wrong(self, code: str) -> Unread:
        found = self.now.text or "…"
        return Unread(reason(code, at=self.now.at + 1, found=found), self.now.at)

    def took(self, *texts: str) -> bool:
        """Step over the token when it is one of these."""
        if self.now.kind != "number" and self.now.text.lower() in texts:
            self.place += 1
            return True
        return False

    def either(self, depth: int) -> Condition:
        """All { "or" all }."""
        return self._row("or", self._all, depth)

    def _all(self, depth: int) -> Condition:
        """One { "and" one }."""
        return self._row("and", self._one, depth)

    def _row(self, word: str, part: Callable[[int], Condition], depth: int) -> Condition:
        parts = [part(depth)]
        while self.took(word):
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else Both("and" if word == "and" else "or", tuple(parts))

    def _one(self, depth: int) -> Condition:
        """Of "not" one | "(" either ")" | comparison; a bracket may also open a value."""
        if depth > DEEPEST:
            raise self.wrong("condition_deep")
        if self.took("not"):
            return Not(self._one(depth + 1))
        if self.now.text == "(" and not self._opens_value():
            self.place += 1
            inner = self.either(depth + 1)
            self._close()
            return inner
        return self._comparison()

    def _opens_value(self) -> bool:
        """Whether the bracket here holds a value: then no comparison stands inside it."""
        depth = 0
        for token in self.tokens[self.place :]:
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
            if not depth:
                return True
            if token.text in SIGNS or token.text in ("and", "or", "not", "known", "unknown"):
                return False
        return False

    def _comparison(self) -> Condition:
        """Value sign value | column "known" | column "unknown"."""
        left = self._value()
        word = self.now.text.lower()
        if isinstance(left, Read) and self.took("known", "unknown"):
            return Known(left, known=word == "known")
        sign, at = self.now.text, self.now.at
        if sign not in SIGNS:
            raise self.wrong("condition_compare")
        self.place += 1
        right = self._value()
        if not [*reads(left), *reads(right)]:
            raise Unread(reason("condition_constant", at=at + 1), at)
        _same_sort(left, right, at)
        return Compare(left, sign, right)

    def _value(self) -> Value:
        """Product { "+" product | "-" product }."""
        left = self._product()
        while (sign := self.now).kind == "sign" and sign.text in ("+", "-"):
            self.place += 1
            right = self._product()
            _same_sort(left, right, sign.at)
            left = Sum(left, sign.text, right)
        return left

    def _product(self) -> Value:
        """Atom { "*" atom }: money times money is nothing."""
        left = self._atom()
        while self.now.text == "*":
            at = self.now.at
            self.place += 1
            right = self._atom()
            if left.money and right.money:
                raise Unread(reason("condition_money_twice", at=at + 1), at)
            left = Times(left, right)
        return left

    def _atom(self) -> Value:
        """Number | "-" atom | column | "change" "(" column ")" | "before" "(" column ")" | "(" value ")"."""
        token = self.now
        self.inside += 1
        if self.inside > MOST_PARTS:
            raise self.wrong("condition_deep")
        if token.value is not None:
            self.place += 1
            return token.value
        if self.took("-"):
            inner = self._atom()
            return (
                Number(-inner.value, inner.money) if isinstance(inner, Number) else Times(Number(-1.0), inner)
            )
        if self.took("("):
            inner = self._value()
            self._close()
            return inner
        if token.kind != "word" or token.text.lower() in ("and", "or", "not", "known", "unknown"):
            raise self.wrong("condition_value")
        return self._column()

    def _column(self) -> Read:
        word = self.now.text
        following = self.tokens[self.place + 1].text
        if word in ("change", "before") and following == "(":
            self.place += 2
            named = self._named("change" if word == "change" else "before")
            self._close()
            return named
        return self._named("now")

    def _named(self, when: When) -> Read:
        token, known = self.now, readables()
        if token.text not in known:
            near = get_close_matches(token.text, known, n=1, cutoff=0.5)
            code = "condition_unknown_near" if near else "condition_unknown"
            raise Unread(
                reason(code, at=token.at + 1, found=token.text or "…", near=near[0] if near else ""), token.at
            )
        self.place += 1
        self.read += 1
        return Read(token.text, known[token.text].money, when)

    def _close(self) -> None:
        if not self.took(")"):
            raise self.wrong("condition_bracket")


def _same_sort(left: Value, right: Value, at: int) -> None:
    """Money against money; nought needs no unit."""
    plain = next((one for one in (left, right) if not one.money), None)
    if left.money != right.money and plain != Number(0.0):
        raise Unread(reason("condition_money", at=at + 1), at)
