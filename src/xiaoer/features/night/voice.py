"""What firms told the bank: requests, complaints, surveys."""

import narwhals as nw

from xiaoer.features.night.lending import MONTH_DAYS, YEAR
from xiaoer.kit.tables import Frame
from xiaoer.kit.tables.expressions import count, day_no, whole


def requests(service_requests: Frame, today: int) -> Frame:
    """Per firm that asked or complained: requests_12m, complaints_12m, complaints_before, last_complaint_months."""
    day, complaint = day_no("requested_date"), nw.col("kind") == "complaint"
    rows = service_requests.with_columns(day=day).filter(nw.col("day") <= today)
    year = nw.col("day") > today - YEAR
    last = nw.when(complaint).then(nw.col("day")).max()
    return rows.group_by("customer_id").agg(
        count(year & ~complaint).alias("requests_12m"),
        count(year & complaint).alias("complaints_12m"),
        count(complaint).alias("complaints_before"),
        ((today - last) / MONTH_DAYS).alias("last_complaint_months"),
    )


def answers(surveys: Frame, today: int) -> Frame:
    """Per firm surveyed in two years: surveys_asked, surveys_answered, survey_score, survey_lowest (0 to 10)."""
    rows = surveys.with_columns(day=day_no("asked_date")).filter(
        nw.col("day") > today - 2 * YEAR, nw.col("day") <= today
    )
    score = nw.col("score")
    return rows.group_by("customer_id").agg(
        whole(nw.len()).alias("surveys_asked"),
        count(~score.is_null()).alias("surveys_answered"),
        score.mean().alias("survey_score"),
        score.min().alias("survey_lowest"),
    )
