"""The calibration as a whole: which tables it is, when it was frozen, and a seal that tells when one changes."""

import hashlib
from importlib.resources import files

from xiaoer.simulator.terms import table

TABLES = ("calibration", "mechanisms", "campaigns", "products", "industries", "chains", "places", "trade")


def frozen() -> str:
    """The day since which nothing was tuned, so that policies tuned later were not part of it."""
    day: str = table("frozen")["date"]
    return day


def seal() -> str:
    """The seal of the tables on the day they were frozen."""
    kept: str = table("frozen")["seal"]
    return kept


def digest() -> str:
    """A hash over all calibration tables as they are."""
    whole = hashlib.sha256()
    for name in TABLES:
        whole.update(files(__package__).joinpath(f"{name}.toml").read_bytes())
    return whole.hexdigest()
