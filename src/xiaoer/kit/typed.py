"""Text as it arrives from people and programs, and what of it PostgreSQL can keep."""

import unicodedata

LINES = ("\n", "\t")
UNSTORABLE = "a text holds a NUL or half a character (a lone surrogate), which no text can hold"


def typed(text: str) -> str:
    """A person's words without control signs and halves of surrogates; every kind of space stays, 　 too."""
    return "".join(sign for sign in text if _kept(sign)).strip()


def storable(told: object) -> bool:
    """Whether PostgreSQL can keep every text in a value as JSON gives it: neither NUL nor half a surrogate."""
    left = [told]
    while left:
        one = left.pop()
        if isinstance(one, str) and not _whole(one):
            return False
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
    return True


def _whole(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _kept(sign: str) -> bool:
    return sign.isprintable() or sign in LINES or unicodedata.category(sign) == "Zs"
