"""What the class rules look at, for every note on the book on every day asked about.

A frame of notes carries `on_day` (a day number): one book or several, so that month-ends are judged in one go.
"""

from dataclasses import dataclass

import narwhals as nw

from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, total, whole
from xiaoer.loans.terms import AssetClass, ClassRule, RuleBook

NOUGHT = nw.lit(0)
OVER_90 = 90
KEY = ["on_day", "note_id"]
OLD_FOR_NEW, CONTINGENT = "old_for_new", "guarantee"
BAD = ("substandard", "doubtful", "loss")
BANKRUPT = "bankruptcy"
CURE, OBSERVATION = "cure", "observation"
MEASURES = (
    "days_past_due", "old_for_new", "bankrupt", "observed", "restructured_again", "uncured", "cured",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The tables the facts come from: contracts and schedules as delivered, arrears as worked out."""

    contracts: Frame
    schedules: Frame
    arrears: Frame
    public_records: Frame


def facts_on(notes: Frame, known: Known, book: RuleBook) -> Frame:
    """The notes with their facts as whole numbers: MEASURES, `last_late_day` and the asset class filled in."""
    told = gathered(notes, known, notes.select("on_day").unique())
    ended = served(watches(told, known.schedules, book), known.schedules, book)
    return watched(told, ended, book)


def noted(notes: Frame, known: Known, debtors: Frame) -> Frame:
    """The notes some rule may look at on their day; of all others every fact is nought, and their class normal.

    Those ever past due by then, under a contract that says more than most, of a bankrupt firm or of `debtors`.
    """
    begun = known.arrears.group_by("note_id").agg(nw.col("from_day").min().alias("_begun"))
    firms = nw.concat([_bankrupt(known.public_records).select("customer_id"), debtors]).unique()
    told = (
        notes.join(begun, on="note_id", how="left")
        .join(_special(known.contracts).with_columns(_special=NOUGHT), on="contract_id", how="left")
        .join(firms.with_columns(_firm=NOUGHT), on="customer_id", how="left")
    )
    late = (nw.col("_begun") <= nw.col("on_day")).fill_null(value=False)
    seen = told.filter(late | ~nw.col("_special").is_null() | ~nw.col("_firm").is_null())
    return seen.drop("_begun", "_special", "_firm")


def unmarked(notes: Frame) -> Frame:
    """customer_id of the firms with a note that is not marked as retail: the debtor rules may concern them."""
    mark = nw.coalesce(nw.col("asset_class"), nw.lit(""))
    return notes.filter(mark != AssetClass.RETAIL.value).select("customer_id").unique()


def debtors(notes: Frame, mixed: Frame, known: Known, debts: Frame) -> Frame:
    """customer_id of the firms all of whose notes are looked at, because one may weigh on another.

    Of the firms `unmarked` names, those ever late, with a special contract, or late elsewhere.
    """
    mine = notes.join(mixed, on="customer_id", how="semi")
    heavy = [
        mine.join(known.arrears, on="note_id", how="semi"),
        mine.join(_special(known.contracts), on="contract_id", how="semi"),
        mine.join(debts.filter(_late_elsewhere() | _bad_elsewhere()), on="customer_id", how="semi"),
    ]
    return nw.concat([part.select("customer_id") for part in heavy]).unique()


def gathered(notes: Frame, known: Known, days: Frame) -> Frame:
    """What contracts, arrears and registers say of each note; the first half of `facts_on`, written in between.

    `days` is on_day of all the days asked about.
    """
    written = notes.join(_contracts(known.contracts), on="contract_id", how="left").with_columns(
        asset_class=nw.coalesce(
            nw.col("asset_class"), nw.col("contract_asset_class"), nw.lit(AssetClass.NON_RETAIL.value)
        ),
        **{name: nw.coalesce(nw.col(name), NOUGHT) for name in ("old_for_new", "restructured_again")},
    )
    for part in (_late(known.arrears, days), _records(known.arrears, days)):
        written = written.join(part, on=KEY, how="left")
    return (
        written.join(_bankrupt(known.public_records), on="customer_id", how="left")
        .with_columns(
            days_past_due=nw.coalesce(nw.col("days_past_due"), NOUGHT),
            bankrupt=_yes((nw.col("bankrupt_day") <= nw.col("on_day")).fill_null(value=False)),
        )
        .drop("contract_asset_class", "bankrupt_day")
    )


def watches(notes: Frame, schedules: Frame, book: RuleBook) -> Frame:
    """Who is watched on which day, and since when: on_day, note_id, kind (cure, observation), since_day. Few rows."""
    measured = [one for one in book.rules if one.measure == "uncured"]
    long_late = (nw.col("was_bad") == 1) & (nw.col("days_past_due") <= OVER_90)
    curing = notes.filter(long_late, nw.col("asset_class").is_in(_concerned(measured)))
    cures = curing.select(*KEY, kind=nw.lit(CURE), since_day=nw.col("last_late_day"))
    observed = _observing(notes, _dues(schedules)).with_columns(kind=nw.lit(OBSERVATION))
    return nw.concat([cures, observed.select(*KEY, "kind", "since_day")])


def served(watching: Frame, schedules: Frame, book: RuleBook) -> Frame:
    """on_day, note_id, kind, served: 1 when the days and dues the book asks for have passed since then."""
    passed = (
        _dues(schedules)
        .join(watching, on="note_id", how="inner")
        .filter(nw.col("due_day") > nw.col("since_day"), nw.col("due_day") <= nw.col("on_day"))
    )
    counted = passed.group_by(*KEY, "kind").agg(whole(nw.len()).alias("kept"))
    cure = nw.col("kind") == CURE
    periods = nw.when(cure).then(book.cure_periods).otherwise(book.observation_periods)
    days = nw.when(cure).then(book.cure_days).otherwise(book.observation_days)
    enough = nw.coalesce(nw.col("kept"), NOUGHT) >= periods
    long = nw.col("on_day") - nw.col("since_day") >= days
    both = watching.join(counted, on=[*KEY, "kind"], how="left")
    return both.select(*KEY, "kind", served=_yes(enough & long))


def watched(notes: Frame, ended: Frame, book: RuleBook) -> Frame:
    """observed, uncured and cured: who is still watched after a restructuring or after long arrears."""
    both = notes
    for kind in (CURE, OBSERVATION):
        mine = ended.filter(nw.col("kind") == kind).select(*KEY, nw.col("served").alias(f"{kind}_served"))
        both = both.join(mine, on=KEY, how="left")
    again = nw.col("restructured_day") - nw.col("former_day") < book.observation_days
    return both.with_columns(
        uncured=_yes((nw.col("cure_served") == 0).fill_null(value=False)),
        cured=_yes((nw.col("cure_served") == 1).fill_null(value=False)),
        observed=_yes((nw.col("observation_served") == 0).fill_null(value=False)),
        restructured_again=nw.when(again.fill_null(value=False))
        .then(nw.col("restructured_again"))
        .otherwise(0),
    ).drop("cure_served", "observation_served", "former_day", "was_bad", "restructured_day")


def elsewhere_on(debts: Frame, days: Frame) -> Frame:
    """on_day, customer_id, and by the latest report still authorised: debts, overdue_90, bad (fen)."""
    owed = debts.filter(nw.col("kind") != CONTINGENT).with_columns(
        _report=day_no("report_date"), _until=day_no("authorised_until")
    )
    usable = owed.join(days, how="cross").filter(
        nw.col("_report") <= nw.col("on_day"),
        nw.coalesce(nw.col("_until"), nw.col("on_day")) >= nw.col("on_day"),
    )
    latest = nw.col("_report").max().over("on_day", "customer_id")
    newest = usable.with_columns(_latest=latest).filter(nw.col("_report") == nw.col("_latest"))
    amount = nw.coalesce(nw.col("balance"), NOUGHT)
    return newest.group_by("on_day", "customer_id").agg(
        total(amount).alias("other_debts"),
        total(amount, _late_elsewhere()).alias("other_overdue_90"),
        total(amount, _bad_elsewhere()).alias("other_bad"),
    )


def _late_elsewhere() -> nw.Expr:
    return nw.coalesce(nw.col("days_past_due"), NOUGHT) > OVER_90


def _bad_elsewhere() -> nw.Expr:
    return nw.coalesce(nw.col("classification"), nw.lit("")).is_in(list(BAD))


def _special(contracts: Frame) -> Frame:
    """contract_id of contracts some rule looks at: old debt paid with new, restructured."""
    old = nw.coalesce(nw.col("renewal_kind"), nw.lit("")) == OLD_FOR_NEW
    return contracts.filter(old | ~nw.col("restructured_date").is_null()).select("contract_id")


def _contracts(contracts: Frame) -> Frame:
    """contract_id with its asset class, restructured_day, old_for_new and restructured_again."""
    day = day_no("restructured_date")
    former = contracts.select(renewed_from=nw.col("contract_id"), _former=day)
    both = contracts.join(former, on="renewed_from", how="left").with_columns(restructured_day=day)
    again = ~nw.col("restructured_day").is_null() & ~nw.col("_former").is_null()
    return both.select(
        "contract_id",
        "restructured_day",
        contract_asset_class=nw.col("asset_class"),
        old_for_new=_yes(nw.coalesce(nw.col("renewal_kind"), nw.lit("")) == OLD_FOR_NEW),
        restructured_again=_yes(again),
        former_day=nw.col("_former"),
    )


def _late(arrears: Frame, days: Frame) -> Frame:
    """on_day, note_id, days_past_due, oldest_due_day of the notes past due."""
    running = arrears.join(days, how="cross").filter(
        nw.col("from_day") <= nw.col("on_day"), nw.col("until_day") > nw.col("on_day")
    )
    late = whole(nw.col("on_day") - nw.col("due_day"))
    return running.select(*KEY, days_past_due=late, oldest_due_day=nw.col("due_day"))


def _records(arrears: Frame, days: Frame) -> Frame:
    """on_day, note_id, last_late_day, and whether a note was ever over 90 days past due by then."""
    begun = arrears.join(days, how="cross").filter(nw.col("from_day") <= nw.col("on_day"))
    last = nw.when(nw.col("until_day") <= nw.col("on_day")).then(nw.col("until_day") - 1)
    ended = begun.with_columns(_last=whole(last.otherwise(nw.col("on_day"))))
    most = nw.col("_last") - nw.col("due_day")
    return ended.group_by(KEY).agg(
        nw.col("_last").max().alias("last_late_day"), whole(_yes(most > OVER_90).max()).alias("was_bad")
    )


def _bankrupt(records: Frame) -> Frame:
    """customer_id and the first day of a bankruptcy on public record."""
    own = nw.coalesce(nw.col("role"), nw.lit("")) != "plaintiff"
    found = records.filter(nw.col("kind") == BANKRUPT, own).with_columns(_day=day_no("published_date"))
    return found.group_by("customer_id").agg(nw.col("_day").min().alias("bankrupt_day"))


def _dues(schedules: Frame) -> Frame:
    return schedules.select("note_id", due_day=day_no("due_date"))


def _observing(notes: Frame, dues: Frame) -> Frame:
    """Restructured notes with the day their observation counts from."""
    restructured = notes.filter(nw.col("restructured_day") <= nw.col("on_day"))
    ahead = restructured.select(*KEY, "restructured_day").join(dues, on="note_id", how="inner")
    firsts = ahead.filter(nw.col("due_day") > nw.col("restructured_day")).group_by(KEY)
    begun = restructured.join(
        firsts.agg(nw.col("due_day").min().alias("first_day")), on=KEY, how="left"
    ).with_columns(first_day=nw.coalesce(nw.col("first_day"), nw.col("on_day")))
    late = nw.coalesce(nw.col("last_late_day"), NOUGHT)
    since = nw.when(late > nw.col("first_day")).then(late).otherwise(nw.col("first_day"))
    return begun.select(*KEY, since_day=whole(since))


def _concerned(rules: list[ClassRule]) -> list[str]:
    """Asset classes some of these rules look at."""
    return [one.value for one in AssetClass if any(rule.concerns(one.value) for rule in rules)]


def _yes(condition: nw.Expr) -> nw.Expr:
    """1 or 0."""
    return whole(nw.when(condition).then(1).otherwise(0))
