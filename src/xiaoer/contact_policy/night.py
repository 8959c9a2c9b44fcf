"""The red line for whole lists: the first rule against each planned contact, the same as rules.py finds.

Planned contacts have a day and no hour, so quiet hours and the check at the moment are the desk's.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_

import narwhals as nw

from xiaoer.contact_policy.rules import COMPLAINED, NOT_REFUSED, REFUSED
from xiaoer.contact_policy.terms import ANY, MARKETING, Cap, Channel, Policy, Purpose, Rule
from xiaoer.kit.dates import day_number
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, total

CONSENTS = {
    MARKETING: "consent_marketing",
    **{name: f"consent_{name}" for name in ("call", "message", "email")},
}
NOTHING = nw.lit(None, dtype=nw.String)


def circles(ties: Frame, roles: Frame, policy: Policy) -> Frame:
    """customer_id and each circle it belongs to: its group (the head's number), and each person that binds it.

    ties: from_id (the head), to_id, of groups alone; roles: customer_id, person_id, role.
    """
    heads = nw.concat(
        [
            ties.select(customer_id=nw.col("to_id"), circle=nw.col("from_id")),
            ties.select(customer_id=nw.col("from_id"), circle=nw.col("from_id")),
        ]
    )
    bound = roles.filter(nw.col("role").is_in(sorted(policy.circles_by)))
    persons = bound.select("customer_id", circle=nw.concat_str([nw.lit("person:"), nw.col("person_id")]))
    named = heads.select("customer_id", circle=nw.concat_str([nw.lit("group:"), nw.col("circle")]))
    return nw.concat([named, persons]).unique()


def neighbours(circles: Frame) -> Frame:
    """customer_id and `other_id`: every other firm of a circle it belongs to, once."""
    others = circles.select("circle", other_id=nw.col("customer_id"))
    pairs = circles.join(others, on="circle", how="inner").filter(nw.col("customer_id") != nw.col("other_id"))
    return pairs.select("customer_id", "other_id").unique()


def group_touches(neighbours: Frame, touches: Frame) -> Frame:
    """Contacts with the other firms of each firm's circles; columns of `touches`, customer_id the firm asked about."""
    columns = touches.collect_schema().names()
    met = touches.rename({"customer_id": "other_id"})
    return neighbours.join(met, on="other_id", how="inner").select(columns)


def blocked(
    planned: Frame,
    customers: Frame,
    stops: Frame,
    touches: Frame,
    group: Frame,
    *,
    policy: Policy,
    on: date,
) -> Frame:
    """`planned` (customer_id, channel, purpose, any others) with `blocked_by`: the first rule against it.

    customers: customer_id, kind, consent_marketing, consent_call, consent_message, consent_email (flags, null
    unknown). stops: customer_id, channel ("" all), reason, day, until_date. touches: customer_id, channel,
    purpose, outcome, day; outbound only; group: the same, from `group_touches`. A planned contact with a customer not
    listed is blocked by doubt.
    """
    today = day_number(on)
    known = customers.select("customer_id", "kind", *CONSENTS.values(), _known=nw.lit(1))
    made = touches.with_columns(_day=day_no("day")).filter(nw.col("_day") <= today)
    joined = (
        planned.join(known, on="customer_id", how="left")
        .join(_stopped(stops, today), on="customer_id", how="left")
        .join(_counted(made, policy, today), on="customer_id", how="left")
        .join(_group_counted(made, group, policy, today), on="customer_id", how="left")
        .join(_paused(made, policy), on="customer_id", how="left")
    )
    kept = [nw.col(name) for name in planned.collect_schema().names()]
    return joined.select(*kept, blocked_by=_first_rule(policy, today))


def _first_rule(policy: Policy, today: int) -> nw.Expr:
    purpose, channel = nw.col("purpose"), nw.col("channel")
    surely = {
        Rule.DOUBT: nw.col("_known").is_null()
        | ~nw.col("kind").fill_null("").is_in(sorted(policy.consent))
        | ~channel.is_in([each.value for each in Channel])
        | ~purpose.is_in([each.value for each in Purpose]),
        Rule.CONSENT: (purpose != Purpose.COLLECTION.value) & _unconsented(policy),
        Rule.SUPPRESSION: _stop_holds(Rule.SUPPRESSION),
        Rule.WORKOUT: _stop_holds(Rule.WORKOUT) & ~purpose.is_in(sorted(policy.in_workout)),
        Rule.COMPLAINT: (_stop_holds(Rule.COMPLAINT) | _some("_n_complaints"))
        & ~purpose.is_in(sorted(policy.in_complaint)),
        Rule.REFUSALS: purpose.is_in(sorted(policy.marketing)) & (nw.col("_free_from").fill_null(0) > today),
        Rule.CAP: _capped(policy.caps, "_n_"),
        Rule.GROUP_CAP: _capped(policy.group_caps, "_g_"),
    }
    chosen = NOTHING
    for rule, against in reversed(surely.items()):
        chosen = nw.when(against).then(nw.lit(rule.value)).otherwise(chosen)
    return chosen


def _unconsented(policy: Policy) -> nw.Expr:
    """Marketing and the channel, each refused, or not given where silence will not do."""
    marketing = nw.col("purpose").is_in(sorted(policy.marketing)) & _lacks(MARKETING, policy)
    channels = [(nw.col("channel") == name.value) & _lacks(name.value, policy) for name in Channel]
    return reduce(or_, channels, marketing)


def _lacks(use: str, policy: Policy) -> nw.Expr:
    silent = [kind for kind, needed in policy.consent.items() if needed.get(use) == NOT_REFUSED]
    silence_will_do = nw.col("kind").fill_null("").is_in(silent)
    if use not in CONSENTS:  # nobody is asked about visits: there is no such column
        return ~silence_will_do
    given = nw.col(CONSENTS[use])
    return nw.when(given.is_null()).then(~silence_will_do).otherwise(~given)


def _stopped(stops: Frame, today: int) -> Frame:
    """Per customer, stops that hold by rule and channel: counts in columns named _stop_<rule>_<channel>."""
    holding = stops.with_columns(_from=day_no("day"), _until=day_no("until_date")).filter(
        (nw.col("_from") <= today) & (nw.col("_until").is_null() | (nw.col("_until") >= today))
    )
    named = {Rule.WORKOUT: nw.col("reason") == "workout", Rule.COMPLAINT: nw.col("reason") == "complaint"}
    named[Rule.SUPPRESSION] = ~(named[Rule.WORKOUT] | named[Rule.COMPLAINT])
    return holding.group_by("customer_id").agg(
        *(
            count(test & ((nw.col("channel") == "") | (nw.col("channel") == channel.value))).alias(
                f"_stop_{rule}_{channel}"
            )
            for rule, test in named.items()
            for channel in Channel
        )
    )


def _stop_holds(rule: Rule) -> nw.Expr:
    on_channel = [
        (nw.col("channel") == channel.value) & (nw.col(f"_stop_{rule}_{channel}").fill_null(0) > 0)
        for channel in Channel
    ]
    return reduce(or_, on_channel)


def _counted(touches: Frame, policy: Policy, today: int) -> Frame:
    """Per customer, contacts inside each cap's days, and complaints inside their quiet days."""
    counts = _counts(policy.caps, "_n_", today)
    quiet = (nw.col("_day") > today - policy.complaint_quiet_days) & (nw.col("outcome") == COMPLAINED)
    return (
        touches.with_columns(nw.col("purpose").fill_null(""), nw.col("outcome").fill_null(""))
        .group_by("customer_id")
        .agg(*counts, count(quiet).alias("_n_complaints"))
    )


def _group_counted(made: Frame, group: Frame, policy: Policy, today: int) -> Frame:
    """Per customer, its own contacts and those of its circles inside each group cap's days."""
    columns = ("customer_id", "channel", "purpose", "_day")
    others = group.with_columns(_day=day_no("day")).filter(nw.col("_day") <= today)
    together = nw.concat([made.select(columns), others.select(columns)])
    return (
        together.with_columns(nw.col("purpose").fill_null(""))
        .group_by("customer_id")
        .agg(*_counts(policy.group_caps, "_g_", today))
    )


def _counts(caps: Mapping[str, Cap], prefix: str, today: int) -> list[nw.Expr]:
    """For each cap, the contacts inside its days that it counts."""
    collection = nw.col("purpose") == Purpose.COLLECTION.value
    counts: list[nw.Expr] = []
    for name, cap in caps.items():
        inside = nw.col("_day") > today - cap.days
        if name == Purpose.COLLECTION:
            alike = inside & collection
        else:
            alike = inside & ~collection
            alike = alike if name == ANY else alike & (nw.col("channel") == name)
        counts.append(count(alike).alias(f"{prefix}{name}"))
    return counts


def _some(name: str, least: int = 1) -> nw.Expr:
    return nw.col(name).fill_null(0) >= least


def _capped(caps: Mapping[str, Cap], prefix: str) -> nw.Expr:
    collecting = nw.col("purpose") == Purpose.COLLECTION.value
    reached: Iterable[nw.Expr] = (
        (collecting if name == Purpose.COLLECTION else ~collecting)
        & _some(f"{prefix}{name}", cap.count)
        & (nw.lit(value=True) if name in (ANY, Purpose.COLLECTION) else nw.col("channel") == name)
        for name, cap in caps.items()
    )
    return reduce(or_, reached, nw.lit(value=False))


def _paused(touches: Frame, policy: Policy) -> Frame:
    """Per customer, the first day after the longest pause its refusals have earned: _free_from."""
    daily = (
        touches.filter(nw.col("outcome") == REFUSED)
        .group_by("customer_id", "_day")
        .agg(nw.len().alias("_refusals"))
    )
    earlier = daily.select("customer_id", _earlier=nw.col("_day"), _n=nw.col("_refusals"))
    pauses = [pause for pause in policy.pauses if pause.pause_days]
    if not pauses:  # nothing to add up, nothing to be the longest of
        return daily.select("customer_id").unique().with_columns(_free_from=nw.lit(0))
    pairs = daily.select("customer_id", "_day").join(earlier, on="customer_id", how="inner")
    sums = pairs.group_by("customer_id", "_day").agg(
        *(
            total(
                "_n",
                (nw.col("_earlier") <= nw.col("_day")) & (nw.col("_earlier") > nw.col("_day") - pause.days),
            ).alias(f"_in_{number}")
            for number, pause in enumerate(pauses)
        )
    )
    ends = [
        nw.when(nw.col(f"_in_{number}") >= pause.refusals)
        .then(nw.col("_day") + pause.pause_days)
        .otherwise(nw.lit(0))
        for number, pause in enumerate(pauses)
    ]
    return (
        sums.with_columns(_end=nw.max_horizontal(*ends))
        .group_by("customer_id")
        .agg(nw.col("_end").max().alias("_free_from"))
    )
