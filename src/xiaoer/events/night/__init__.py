"""What happened to each firm, one row per rule that speaks; the words are put to it in `rules.py`."""

from xiaoer.events.night.facts import missing_facts
from xiaoer.events.night.firm_life import Snapshots, firm_life, goods_sold, looked_at, new_line, record_month
from xiaoer.events.night.lasting import lasting
from xiaoer.events.night.living import ladder_steps, leaving, stages
from xiaoer.events.night.needs import needs
from xiaoer.events.night.openings import activation, opening, still_to_show, to_check
from xiaoer.events.night.seen import said_once
from xiaoer.events.night.trade import noticed, sale_side, with_book

__all__ = [
    "Snapshots",
    "activation",
    "firm_life",
    "goods_sold",
    "ladder_steps",
    "lasting",
    "leaving",
    "looked_at",
    "missing_facts",
    "needs",
    "new_line",
    "noticed",
    "opening",
    "record_month",
    "said_once",
    "sale_side",
    "stages",
    "still_to_show",
    "to_check",
    "with_book",
]
