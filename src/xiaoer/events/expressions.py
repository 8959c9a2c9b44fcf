"""A condition's tree as Narwhals expressions, and as a sentence read back to whoever wrote it."""

import operator
from collections.abc import Callable, Mapping

import narwhals as nw

from xiaoer.events.readable import readables
from xiaoer.events.tree import Both, Compare, Condition, Known, Not, Number, Read, Sum, Times, Value
from xiaoer.kit.money import short_amount

BEFORE = "before_"  # columns of the night before, beside tonight's
SIGNS = {
    "zh": {"<": "低于", "<=": "不高于", ">": "高于", ">=": "不低于", "=": "等于", "!=": "不等于"},
    "en": {
        "<": "is below",
        "<=": "is at most",
        ">": "is above",
        ">=": "is at least",
        "=": "is",
        "!=": "is not",
    },
}
WORDS = {
    "zh": {"and": "，且", "or": "，或", "not": "并非（{}）", "known": "{}已知", "unknown": "{}未知",
           "change": "{}较前一晚的变化", "before": "前一晚的{}"},
    "en": {"and": " and ", "or": " or ", "not": "not ({})", "known": "{} is known", "unknown": "{} is unknown",
           "change": "the change of {} since the night before", "before": "{} the night before"},
}  # fmt: skip


def holds(node: Condition) -> nw.Expr:
    """True, false, or null where something needed is not known: a filter keeps only the true."""
    match node:
        case Compare(left=left, sign=sign, right=right):
            return COMPARED[sign](amount(left), amount(right))
        case Known(what=what, known=known):
            missing = amount(what).is_null()
            return ~missing if known else missing
        case Not(part=part):
            return ~holds(part)
        case Both(word=word, parts=parts):
            made = holds(parts[0])
            for one in parts[1:]:
                made = made & holds(one) if word == "and" else made | holds(one)
            return made


def amount(node: Value) -> nw.Expr:
    """A value of the firm; fen, fractions, plain numbers."""
    match node:
        case Number(value=value):
            return nw.lit(value)
        case Read(name=name, when="now"):
            return nw.col(name)
        case Read(name=name, when="before"):
            return nw.col(BEFORE + name)
        case Read(name=name):
            return nw.col(name) - nw.col(BEFORE + name)
        case Sum(left=left, sign=sign, right=right):
            return amount(left) + amount(right) if sign == "+" else amount(left) - amount(right)
        case Times(left=left, right=right):
            return amount(left) * amount(right)


COMPARED: Mapping[str, Callable[[nw.Expr, nw.Expr], nw.Expr]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


def spoken(node: Condition | Value, tongue: str) -> str:  # noqa: PLR0911 one line for each kind of node
    """The tree in words, "zh" or "en"."""
    words = WORDS[tongue]
    match node:
        case Number():
            return _figure(node, tongue)
        case Read(name=name, when=when):
            title = readables()[name].title(tongue)
            return title if when == "now" else words[when].format(title)
        case Sum(left=left, sign=sign, right=right):
            return f"{spoken(left, tongue)} {sign.replace('-', '−')} {spoken(right, tongue)}"
        case Times(left=left, right=right):
            return f"{_factor(left, tongue)} × {_factor(right, tongue)}"
        case Compare(left=left, sign=sign, right=right):
            return f"{spoken(left, tongue)} {SIGNS[tongue][sign]} {_against(left, right, tongue)}"
        case Known(what=what, known=known):
            return words["known" if known else "unknown"].format(spoken(what, tongue))
        case Not(part=part):
            return words["not"].format(spoken(part, tongue))
        case Both(word=word, parts=parts):
            inner = [
                f"({spoken(one, tongue)})" if isinstance(one, Both) else spoken(one, tongue) for one in parts
            ]
            return words[word].join(inner)


def _factor(node: Value, tongue: str) -> str:
    return f"({spoken(node, tongue)})" if isinstance(node, Sum) else spoken(node, tongue)


def _against(left: Value, right: Value, tongue: str) -> str:
    """A bare number beside a share is said in percent."""
    if not isinstance(right, Number) or right.money:
        return spoken(right, tongue)
    share = isinstance(left, Read) and readables()[left.name].unit == "share"
    return _signed(f"{right.value * 100:.6g}%" if share else f"{right.value:.6g}")


def _figure(node: Number, tongue: str) -> str:
    if node.money:
        return short_amount(int(node.value), tongue)
    return _signed(f"{node.value * 100:.6g}%" if 0 < abs(node.value) < 1 else f"{node.value:.6g}")


def _signed(figure: str) -> str:
    return figure.replace("-", "−")
