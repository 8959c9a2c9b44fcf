"""Who is approached with what, where hours, desks, budgets and quotas do not do for everybody.

    from xiaoer.offers.allocation.rules import allocate
    from xiaoer.offers.allocation.terms import Candidates, Limit, Use

    found = allocate(Candidates(group, worth, {"hours": Use(manager, minutes)}), {"hours": Limit(minutes_of_each)})
    found.chosen, found.gap, found.prices["hours"]

In words, with an example to check by hand: docs/rules/allocation.md.
"""
