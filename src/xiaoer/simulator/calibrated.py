"""The calibration as a whole: which tables it is, when it was frozen, and a seal that tells when one changes."""

import hashlib
from importlib.resources import files

from xiaoer.simulator.terms import table

TABLES = ("calibration", "mechanisms", "campaigns", "products", "industries", "chains", "places", "trade")


def frozen() -> str:
    """The day since which nothing was tuned, so that policies tuned later were not part of it."""
    day: str = table("frozen")["date"]
    return day


def digest() -> str:
    """A hash over all calibration tables; `frozen.toml` holds the one of its date."""
    seal = hashlib.sha256()
    for name in TABLES:
        seal.update(files(__package__).joinpath(f"{name}.toml").read_bytes())
    return seal.hexdigest()
