"""What firms say: surveys, requests and complaints, in their own words."""

from datetime import date

import numpy as np
import polars as pl

from xiaoer.simulator.draws import Array, Days, Floats, Ints, choose, flips, stream, texts
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.terms import Month, Plan, figure
from xiaoer.simulator.world import World

KINDS = np.array(["request", "question", "complaint", "fault"], dtype=object)
COMPLAINT, HARASSMENT = 2, 6
TOPICS = np.array(["fees", "speed", "attitude", "system", "loan", "account", "harassment"], dtype=object)
COMPLAINTS = {
    "fees": "账户管理费收得莫名其妙，没人解释。",
    "speed": "贷款资料交了两周还没消息。",
    "attitude": "柜台人员态度不好。",
    "system": "网银经常登录不上，月底付款很急。",
    "loan": "续贷要先还本，资金周转不过来。",
    "account": "账户变更跑了三趟。",
    "harassment": "一周打了好几个推销电话，请不要再打。",
}
ASKS = {
    "fees": "咨询手续费标准。",
    "speed": "请加快办理进度。",
    "attitude": "希望更换联系人。",
    "system": "网银密钥到期，需更换。",
    "loan": "咨询续贷条件。",
    "account": "办理账户信息变更。",
    "harassment": "请减少营销短信。",
}
GOOD = ["服务热情，办事快。", "客户经理很专业。", "线上办理方便。", "一直合作，很放心。"]
POOR = ["手续太多，等得太久。", "利率比别家高。", "电话打得太勤。", "换了好几个客户经理。", "网点排队久。"]
PLAIN = ["还可以。", "一般。", "希望能再优惠些。"]


def surveys_of(plan: Plan, month: Month, contacts: pl.DataFrame) -> pl.DataFrame:
    """Surveys after some contacts; a score from the mood of the moment, a comment now and then."""
    rng = stream(plan.seed, "surveys", month.index)
    asked = contacts.filter((pl.col("outcome") != "not_reached") & pl.Series(flips(rng, 0.3, len(contacts))))
    count = len(asked)
    answers = flips(rng, figure("survey_response"), count)
    day = np.minimum(
        asked["contact_date"].to_numpy() + rng.integers(0, 5, count).astype("timedelta64[D]"),
        np.datetime64(month.last),
    )
    score = np.round(7.6 + 1.3 * asked["mood"].to_numpy() + rng.normal(0, 1.1, count)).clip(0, 10)
    speaks = answers & flips(rng, 0.4, count)
    return pl.DataFrame(
        {
            "survey_id": texts([f"V{text[1:]}" for text in asked["contact_id"].to_list()]),
            "customer_id": asked["customer_id"],
            "question": ["overall"] * count,
            "asked_date": asked["contact_date"],
            "answered_date": np.where(answers, day, NO_DAY),
            "stage": ["contact"] * count,
            "channel": texts(np.where(asked["channel"].to_numpy() == "call", "call", "link")),
            "contact_id": asked["contact_id"],
            "staff_id": asked["staff_id"],
            "product_id": asked["product_id"],
            "score": pl.Series(np.where(answers, score, np.nan)).fill_nan(None),
            "comment": texts(np.where(speaks, _comments(rng, score), None)),
        }
    )


def _comments(rng: np.random.Generator, score: Floats) -> Array:
    lists = [
        np.array(words, dtype=object)[rng.integers(0, len(words), len(score))]
        for words in (GOOD, POOR, PLAIN)
    ]
    return np.where(score >= 8, lists[0], np.where(score <= 5, lists[1], lists[2]))


def requests_until(world: World, day: date, clerk: str) -> pl.DataFrame:
    """Every request and complaint of the window up to a day, with its state on that day."""
    firm, on, kind, topic = _told(world)
    known = on <= np.datetime64(day)
    frame = _requests(world, firm, on, kind, topic, clerk)
    closed = pl.when(pl.col("closed_date") <= day).then("closed_date")
    return frame.filter(pl.Series(known)).with_columns(
        closed_date=closed,
        status=pl.when(pl.col("closed_date") <= day).then(pl.lit("closed")).otherwise(pl.lit("open")),
        confirmed=pl.col("confirmed") & (pl.col("closed_date") <= day),
    )


def _told(world: World) -> tuple[Ints, Days, Ints, Ints]:
    """Who, when, which kind, about what: plain requests beside the complaints of the weeks, in order."""
    rng = stream(world.plan.seed, "requests")
    firms, months = world.firms, world.months
    begins = np.maximum(firms["opened_date"].to_numpy(), np.datetime64(months[0].first))
    spans = (np.datetime64(world.plan.end) - begins).astype(int).clip(0)
    many = rng.poisson(figure("requests_monthly") * spans / 30.4)
    firm = np.repeat(np.arange(len(firms)), many)
    first, span = begins[firm], spans[firm]
    day = first + (rng.random(len(firm)) * span).astype("timedelta64[D]")
    here = ~(day > firms["closed_date"].to_numpy()[firm])
    kind = choose(rng, [5, 3, 0, 1], len(firm))
    topic = choose(rng, [2, 3, 1, 3, 3, 3, 1], len(firm))
    angry = world.complaints
    if angry:
        about = np.searchsorted(np.cumsum([2, 4, 2, 3, 3, 2]) / 16, angry["topic"])
        about = np.where(angry["asked_too_often"], HARASSMENT, about)
        firm = np.concatenate([firm[here], angry["firm"]])
        day = np.concatenate([day[here], angry["day"]])
        kind = np.concatenate([kind[here], np.full(len(about), COMPLAINT)])
        topic = np.concatenate([topic[here], about])
    order = np.lexsort((topic, kind, firm, day))
    return firm[order], day[order], kind[order], topic[order]


def _requests(world: World, firm: Ints, day: Days, kind: Ints, topic: Ints, clerk: str) -> pl.DataFrame:
    rng = stream(world.plan.seed, "requests closed")
    count = len(firm)
    words = [
        (COMPLAINTS if at == COMPLAINT else ASKS)[str(word)]
        for at, word in zip(kind.tolist(), TOPICS[topic].tolist(), strict=True)
    ]
    channel = np.array(["call", "branch", "app"], dtype=object)[choose(rng, [5, 3, 4], count)]
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(8)
    return pl.DataFrame(
        {
            "customer_id": world.firms["customer_id"].gather(firm),
            "kind": texts(KINDS[kind]),
            "requested_date": day,
            "channel": texts(channel),
            "topic": texts(TOPICS[topic]),
            "staff_id": [clerk] * count,
            "text": words,
            "deadline_date": day + np.timedelta64(5, "D"),
            "closed_date": day + rng.geometric(0.25, count).astype("timedelta64[D]"),
            "confirmed": flips(rng, 0.8, count),
        }
    ).with_columns(request_id=pl.concat_str(pl.lit(world.plan.mark("W")), number))
