"""A firm's way out, step by step: cooling, dormant, lapsed; and settlement that moves to another bank."""

import narwhals as nw

from xiaoer.events.night.seen import first_true, not_met_since, rows
from xiaoer.events.terms import Ladder, Rule, Rules, Stage
from xiaoer.features.terms import Windows
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import day_no, share, stacked

QUARTERS_BEFORE = 3  # in a year, besides the last one
RULE_OF = {Stage.COOLING: Rule.COOLING, Stage.DORMANT: Rule.DORMANT, Stage.LAPSED: Rule.LAPSED}


def stages(firms: Frame, before: Frame, on: Windows, ladder: Ladder, told_since: int | None) -> Frame:
    """Firms with stage (`Stage`, null where accounts are not known), stage_day (since when), alive_day.

    alive_day: the last day the firm moved money or signed in, null for never since `told_since`, the day from which
    payments are known (None: of nobody). `before`: customer_id, stage, stage_day of the night before: a firm cools
    since the first night that saw it. Whoever owes us money is alive.
    """
    alive = nw.max_horizontal("last_move_day", "last_login_day")
    opened = nw.max_horizontal(nw.coalesce(day_no("opened_date"), nw.lit(0)), nw.lit(told_since or 0))
    quiet = firms.with_columns(alive_day=alive).with_columns(
        quiet_since=nw.coalesce(nw.col("alive_day"), opened), usual_moves=_usual()
    )
    staged = quiet.with_columns(
        stage=_stage(on.today, ladder) if told_since else nw.lit(None, dtype=nw.String)
    )
    was = before.select("customer_id", stage_before="stage", day_before="stage_day")
    same = nw.when(nw.col("stage_before") == nw.col("stage")).then(nw.col("day_before"))
    days = {Stage.DORMANT: ladder.dormant_days, Stage.LAPSED: ladder.lapsed_days}
    began = [nw.when(nw.col("stage") == stage).then(nw.col("quiet_since") + days[stage]) for stage in days]
    active = nw.when(nw.col("stage") != Stage.ACTIVE).then(nw.lit(on.today))
    joined = staged.join(was, on="customer_id", how="left")
    return joined.with_columns(stage_day=nw.coalesce(*began, same, active)).drop("stage_before", "day_before")


def _usual() -> nw.Expr:
    """Payments of its own doing in a quarter, over the nine months before the last one."""
    return (nw.col("moves_12m") - nw.col("moves_90d")).cast(nw.Float64) / QUARTERS_BEFORE


def _stage(today: int, ladder: Ladder) -> nw.Expr:
    quiet = today - nw.col("quiet_since")
    owes = nw.coalesce(nw.col("loan_balance"), nw.lit(0)) > 0
    habit = nw.col("usual_moves") >= ladder.least_moves
    few = nw.col("moves_90d") <= nw.col("usual_moves") * ladder.most_of_before
    steps = [
        (~owes & (quiet >= ladder.lapsed_days), Stage.LAPSED.value),
        (~owes & (quiet >= ladder.dormant_days), Stage.DORMANT.value),
        (habit & few, Stage.COOLING.value),
    ]
    return first_true(steps, Stage.ACTIVE.value)


def ladder_steps(firms: Frame, on: Windows, ladder: Ladder) -> Frame:
    """The steps that are due for firms with their stage, until somebody was in touch or the step has passed."""
    due = [_step(_due(firms, stage, on, ladder), stage, on) for stage in ladder.steps]
    return stacked(due)


def _due(firms: Frame, stage: Stage, on: Windows, ladder: Ladder) -> Frame:
    """Firms of a stage with the last step whose day has come: its number and day."""
    number, after = nw.lit(None, dtype=nw.Int64), nw.lit(None, dtype=nw.Int64)
    for tier, days in ladder.steps[stage].items():
        for place, day in enumerate(days, 1):
            come = (nw.col("tier") == tier) & (nw.col("stage_day") + day <= on.today)
            number = nw.when(come).then(nw.lit(place)).otherwise(number)
            after = nw.when(come).then(nw.lit(day)).otherwise(after)
    mine = firms.filter(nw.col("stage") == stage).with_columns(
        step=number, step_day=nw.col("stage_day") + after
    )
    return mine.filter(nw.col("step_day") > on.today - ladder.stands_days, not_met_since(nw.col("step_day")))


def _step(due: Frame, stage: Stage, on: Windows) -> Frame:
    never = nw.when(nw.col("alive_day").is_null() & (nw.lit(stage.value) != Stage.COOLING)).then(
        nw.lit("never")
    )
    return rows(
        due,
        RULE_OF[stage],
        nw.col("potential"),
        variant=never,
        days=on.today - nw.col("quiet_since"),
        habit=nw.col("usual_moves"),
        count=nw.col("moves_90d") if stage is Stage.COOLING else nw.col("step"),
        mark_day=nw.coalesce(nw.col("alive_day"), nw.col("quiet_since")),
        began=nw.col("step_day"),
    )


def leaving(firms: Frame, rules: Rules) -> Frame:
    """Settlement on its way to another bank: fewer payments than usual, and a sign of where they go.

    Sent to its own name elsewhere, collected elsewhere while it sells as before, or its balance drained; all against
    the nine months before. At stake is what the firm brought in a year.
    """
    rule, held = Rule.LEAVING, rules.of(Rule.LEAVING)
    drained = nw.col("balance_90d") <= nw.col("balance_before") * held["most_of_balance"]
    signs = [(_sends(rules), "sent"), (_collects_elsewhere(rules), "collected"), (drained, "drained")]
    found = _against_before(firms).filter(
        nw.coalesce(nw.col("contribution_12m"), nw.lit(0)) >= rules.fen(rule, "least_contribution_wan"),
        nw.col("usual_moves") >= held["least_moves"],
        nw.col("moves_90d") <= nw.col("usual_moves") * held["most_of_moves"],
        ~nw.col("stage").is_in([Stage.DORMANT.value, Stage.LAPSED.value]),
        nw.col("known_days") >= held["least_known_days"],
    )
    signed = found.with_columns(sign=first_true(signs, None)).filter(~nw.col("sign").is_null())
    sent, collected = nw.col("sign") == "sent", nw.col("sign") == "collected"
    return rows(
        signed,
        rule,
        nw.col("contribution_12m"),
        variant=nw.col("sign"),
        count=nw.col("moves_90d"),
        habit=nw.col("usual_moves"),
        now=nw.when(sent)
        .then(nw.col("own_out_90d"))
        .otherwise(nw.when(collected).then(nw.col("sales_90d")).otherwise(nw.col("balance_90d"))),
        before=nw.col("balance_before").round().cast(nw.Int64),
        part=nw.when(sent).then(nw.col("sent")).otherwise(nw.col("through")),
        usual=nw.when(sent).then(nw.col("sent_before")).otherwise(nw.col("through_before")),
    )


def _against_before(firms: Frame) -> Frame:
    names = ("own_out", "outflow", "inflow", "sales")
    before = {name: nw.col(f"{name}_12m") - nw.col(f"{name}_90d") for name in names}
    quarters = 4 * nw.col("balance_12m") - nw.col("balance_90d")
    return firms.with_columns(
        sent=share("own_out_90d", "outflow_90d"),
        sent_before=nw.coalesce(share(before["own_out"], before["outflow"]), nw.lit(0.0)),
        through=share("inflow_90d", "sales_90d"),
        through_before=share(before["inflow"], before["sales"]),
        sales_before=before["sales"].cast(nw.Float64) / QUARTERS_BEFORE,
        balance_before=quarters.cast(nw.Float64) / QUARTERS_BEFORE,
    )


def _sends(rules: Rules) -> nw.Expr:
    held = rules.of(Rule.LEAVING)
    told: nw.Expr = (
        (nw.col("own_out_90d") >= rules.fen(Rule.LEAVING, "least_sent_wan"))
        & (nw.col("sent") >= held["least_sent_share"])
        & (nw.col("sent") >= nw.col("sent_before") * held["sent_times"])
    )
    return told


def _collects_elsewhere(rules: Rules) -> nw.Expr:
    held = rules.of(Rule.LEAVING)
    told: nw.Expr = (
        (nw.col("sales_90d") >= rules.fen(Rule.LEAVING, "least_sales_wan"))
        & (nw.col("sales_90d") >= nw.col("sales_before") * held["least_of_sales"])
        & (nw.col("through_before") >= held["least_through"])
        & (nw.col("through") <= nw.col("through_before") * held["most_of_through"])
    )
    return told
