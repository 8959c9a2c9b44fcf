"""Text as it arrives from people and programs, and what of it PostgreSQL can keep."""

import unicodedata

LINES = ("\n", "\t")
UNSTORABLE = "a text holds a NUL or half a character (a lone surrogate), which no text can hold"


def typed(text: str) -> str:
    """A person's words without control signs and halves of surrogates; every kind of space stays, 　 too."""
    return "".join(sign for sign in text if _kept(sign)).strip()


def storable(told: object) -> bool:
    """Whether PostgreSQL can keep every text in a value as JSON gives it: neither NUL nor half a surrogate."""
    if isinstance(told, str):
        return "\x00" not in told and not any("\ud800" <= sign <= "\udfff" for sign in told)
    if isinstance(told, dict):
        return all(storable(name) and storable(one) for name, one in told.items())
    return not isinstance(told, list) or all(map(storable, told))


def _kept(sign: str) -> bool:
    return sign.isprintable() or sign in LINES or unicodedata.category(sign) == "Zs"
