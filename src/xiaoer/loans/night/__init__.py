"""All notes at once: money against dues, arrears and their history, classes, reports."""

from xiaoer.loans.night.allocation import first_told, stretches
from xiaoer.loans.night.arrears import Bands, at_least, bands, late_on, spells
from xiaoer.loans.night.borrowing import borrowing
from xiaoer.loans.night.classes import classified
from xiaoer.loans.night.facts import Known, elsewhere_on, facts_on, gathered, served, watched, watches

__all__ = [
    "Bands",
    "Known",
    "at_least",
    "bands",
    "borrowing",
    "classified",
    "elsewhere_on",
    "facts_on",
    "first_told",
    "gathered",
    "late_on",
    "served",
    "spells",
    "stretches",
    "watched",
    "watches",
]
