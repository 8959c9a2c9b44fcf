"""The identity crosswalk: it is read off immutable decisions, so a merge moves nothing and can be undone."""

from collections.abc import Iterable, Mapping
from datetime import date

from xiaoer.customers.terms import Decision, Key, MergeUndone, PartiesMerged
from xiaoer.kit.refusal import Refusal


def party(key: Key, decisions: Iterable[Decision], on: date) -> str:
    """The party a key stands for on a day."""
    return _root(key.born, _standing(decisions, on))


def crosswalk(decisions: Iterable[Decision], on: date) -> dict[str, str]:
    """Every dropped party with the party it is seen as; parties not named stand for themselves."""
    standing = _standing(decisions, on)
    return {dropped: _root(dropped, standing) for dropped in sorted(standing)}


def merged(merge_id: str, kept: str, dropped: str, decisions: Iterable[Decision], on: date) -> PartiesMerged:
    """The decision that two parties are one; refused when they are one already, or the number is taken."""
    known = list(decisions)
    if any(decision.merge_id == merge_id for decision in known):
        raise Refusal(f"merge {merge_id} has been decided before", expected="a number of its own")
    standing = _standing(known, on)
    if _root(kept, standing) == _root(dropped, standing):
        raise Refusal(f"{kept} and {dropped} are one party already", next_step="Nothing to do")
    return PartiesMerged(merge_id, _root(kept, standing), _root(dropped, standing), on)


def undone(merge_id: str, decisions: Iterable[Decision], on: date) -> MergeUndone:
    """The decision that a merge was wrong; refused when it does not stand."""
    if merge_id not in {decision.merge_id for decision in _merges(decisions, on)}:
        raise Refusal(f"merge {merge_id} does not stand", expected="a merge that was made and not undone")
    return MergeUndone(merge_id, on)


def _standing(decisions: Iterable[Decision], on: date) -> dict[str, str]:
    return {decision.dropped: decision.kept for decision in _merges(decisions, on)}


def _merges(decisions: Iterable[Decision], on: date) -> list[PartiesMerged]:
    known = [decision for decision in decisions if decision.day <= on]
    wrong = {decision.merge_id for decision in known if isinstance(decision, MergeUndone)}
    return [one for one in known if isinstance(one, PartiesMerged) and one.merge_id not in wrong]


def _root(named: str, standing: Mapping[str, str]) -> str:
    while named in standing:
        named = standing[named]
    return named
