"""Labels: what became of a firm, note or offer, as pure functions of later tables; unknown is null, never 0."""

from collections.abc import Mapping

from xiaoer.scores.labels import credit, dealing, flows, going
from xiaoer.scores.labels.terms import KEY, ROW, Label, Later

LABELS: Mapping[str, Label] = {
    "accepted": dealing.accepted,
    "active": dealing.active,
    "carried": flows.carried,
    "complained": dealing.complained,
    "contribution": flows.contribution,
    "cured": credit.cured,
    "defaulted": credit.defaulted,
    "distressed": credit.distressed,
    "gap_ahead": flows.gap_ahead,
    "got_through": dealing.got_through,
    "left": going.left,
    "lost": credit.lost,
    "moved_away": going.moved_away,
    "not_renewed": credit.not_renewed,
    "note_defaulted": credit.note_defaulted,
    "opened_next": dealing.opened_next,
    "paid_early": credit.paid_early,
    "refused_for_price": dealing.refused_for_price,
    "stayed": going.stayed,
    "taken": dealing.taken,
    "turnover": flows.turnover,
}

__all__ = ["KEY", "LABELS", "ROW", "Label", "Later"]
