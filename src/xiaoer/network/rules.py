"""Who stands for whom among firms: rings of mutual guarantees, circles tied together, chains behind one another.

Ring: firms that, directly or round about, stand for one another (a strongly connected part of the graph of
guarantees, R. Tarjan, Depth-first search and linear graph algorithms, 1972). Circle: firms tied by guarantees in
whichever direction. Chain: how many guarantors stand behind one another behind a firm; a ring counts as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Edge = tuple[str, str]  # guarantor, debtor


@dataclass(frozen=True)
class Place:
    """Where a firm stands; ring and circle are called by their smallest number, "" and 0 for no ring."""

    ring: str
    ring_size: int
    circle: str
    circle_size: int
    chain: int


def places(edges: Iterable[Edge]) -> dict[str, Place]:
    """The place of every firm that guarantees another or is guaranteed; who guarantees itself is no ring."""
    ties = sorted({(one, other) for one, other in edges if one != other})
    debtors: dict[str, list[str]] = defaultdict(list)
    for guarantor, debtor in ties:
        debtors[guarantor].append(debtor)
    firms = sorted({firm for tie in ties for firm in tie})
    parts = list(strongly_connected(firms, debtors))
    part_of = {firm: number for number, part in enumerate(parts) for firm in part}
    circles, chains = _circles(firms, ties), _chains(parts, part_of, ties)
    sizes: dict[str, int] = defaultdict(int)
    for head in circles.values():
        sizes[head] += 1
    return {
        firm: Place(*_ring(parts[part_of[firm]]), circles[firm], sizes[circles[firm]], chains[part_of[firm]])
        for firm in firms
    }


def strongly_connected(firms: Sequence[str], onward: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Parts whose firms all reach one another, each before the parts it is reached from; without recursion."""
    found: dict[str, int] = {}
    low: dict[str, int] = {}
    held: list[str] = []
    inside: set[str] = set()
    for start in firms:
        walk = [] if start in found else [(start, iter(onward.get(start, ())))]
        while walk:
            firm, rest = walk[-1]
            if firm not in found:
                found[firm] = low[firm] = len(found)
                held.append(firm)
                inside.add(firm)
            following = next((one for one in rest if one not in found or one in inside), None)
            if following is None:
                walk.pop()
                yield from _closed(firm, found, low, held, inside)
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[firm])
            elif following in found:
                low[firm] = min(low[firm], found[following])
            else:
                walk.append((following, iter(onward.get(following, ()))))


def _closed(
    firm: str, found: Mapping[str, int], low: Mapping[str, int], held: list[str], inside: set[str]
) -> Iterator[list[str]]:
    """The part that ends with a firm, when it is the first of it that was found."""
    if low[firm] == found[firm]:
        part = [held.pop()]
        while part[-1] != firm:
            part.append(held.pop())
        inside.difference_update(part)
        yield part


def _ring(part: Sequence[str]) -> tuple[str, int]:
    return (min(part), len(part)) if len(part) > 1 else ("", 0)


def _circles(firms: Iterable[str], ties: Iterable[Edge]) -> dict[str, str]:
    """Each firm's circle by its smallest number."""
    head = {firm: firm for firm in firms}

    def top(firm: str) -> str:
        while head[firm] != firm:
            head[firm] = head[head[firm]]
            firm = head[firm]
        return firm

    for one, other in ties:
        first, second = sorted((top(one), top(other)))
        head[second] = first
    return {firm: top(firm) for firm in head}


def _chains(
    parts: Sequence[Sequence[str]], part_of: Mapping[str, int], ties: Iterable[Edge]
) -> dict[int, int]:
    """By part, how many parts stand behind one another behind it."""
    behind: dict[int, set[int]] = defaultdict(set)
    for guarantor, debtor in ties:
        if part_of[guarantor] != part_of[debtor]:
            behind[part_of[debtor]].add(part_of[guarantor])
    chains: dict[int, int] = {}
    for number in reversed(range(len(parts))):  # guarantors come after whom they stand for
        chains[number] = 1 + max((chains[one] for one in behind[number]), default=-1)
    return chains
