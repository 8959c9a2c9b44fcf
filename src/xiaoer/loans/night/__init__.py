"""All notes at once: money against dues, arrears and their history, classes, reports."""

from xiaoer.loans.night.allocation import first_told, stretches
from xiaoer.loans.night.arrears import Bands, at_least, bands, late_on, spells
from xiaoer.loans.night.borrowing import borrowing
from xiaoer.loans.night.classes import classified
from xiaoer.loans.night.facts import (
    Known,
    debtors,
    elsewhere_on,
    facts_on,
    gathered,
    noted,
    served,
    unmarked,
    watched,
    watches,
)
from xiaoer.loans.night.lives import changes, graded, lives, migration

__all__ = [
    "Bands",
    "Known",
    "at_least",
    "bands",
    "borrowing",
    "changes",
    "classified",
    "debtors",
    "elsewhere_on",
    "facts_on",
    "first_told",
    "gathered",
    "graded",
    "late_on",
    "lives",
    "migration",
    "noted",
    "served",
    "spells",
    "stretches",
    "unmarked",
    "watched",
    "watches",
]
