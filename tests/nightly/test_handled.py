"""What was done with events, as the night goes by it: the latest step, up to its day, and never what somebody must act on."""

from datetime import date, timedelta

import polars as pl
import pyarrow as pa

from xiaoer.nightly.handled import Handled

DAY = date(2026, 11, 18)


class Desk:
    """A night that knows of the desk's steps alone."""

    business_date = DAY

    def __init__(self, rows: list[tuple[str, str, str, str, date | None]]) -> None:
        self.rows = rows


def handled(monkeypatch: object, *rows: tuple[str, str, str, str, date | None]) -> Handled:
    names = ("event_id", "customer_id", "rule", "step", "until_date")
    table = pa.Table.from_pylist(
        [{"step_id": at, "day": DAY, **dict(zip(names, row, strict=True))} for at, row in enumerate(rows)],
        pa.schema(
            [
                ("step_id", pa.int64()),
                *((name, pa.string()) for name in names[:4]),
                ("until_date", pa.date32()),
                ("day", pa.date32()),
            ]
        ),
    )

    class Engine:
        def collect(self, frame: pa.Table) -> pa.Table:
            return frame

    night = type("Night", (), {"engine": Engine(), "business_date": DAY})()
    monkeypatch.setattr("xiaoer.nightly.handled.recorded", lambda _night, _name: table)  # type: ignore[attr-defined]
    return Handled.of(night)


def test_the_latest_step_holds_and_a_day_gone_by_does_not(monkeypatch: object) -> None:
    found = handled(
        monkeypatch,
        ("e1", "C1", "silence", "closed", None), ("e2", "C1", "silence", "closed", None),
        ("e2", "C1", "silence", "reopened", None), ("e3", "C2", "silence", "postponed", DAY + timedelta(1)),
        ("e4", "C2", "silence", "postponed", DAY), ("e5", "C2", "silence", "accepted", None),
        ("", "C3", "silence", "muted", DAY), ("", "C4", "silence", "muted", DAY - timedelta(1)),
        ("", "C5", "silence", "muted", DAY), ("", "C5", "silence", "unmuted", None),
    )  # fmt: skip
    assert found.settled == {"e1", "e3"}
    assert found.muted.rows() == [("C3", "silence")]


def test_a_mute_is_of_one_firm_and_one_rule_and_hushes_nothing_that_must_be_acted_on(
    monkeypatch: object,
) -> None:
    found = handled(monkeypatch, ("", "C3", "silence", "muted", DAY))
    rows = [("1", "C3", "silence", "watch"), ("2", "C3", "silence", "act"), ("3", "C3", "season_ahead", "watch"),
            ("4", "C4", "silence", "watch")]  # fmt: skip
    batch = (
        pl.DataFrame(rows, ["event_id", "customer_id", "rule", "severity"], orient="row")
        .to_arrow()
        .to_batches()
    )
    assert [one["event_id"].to_pylist() for one in found.heard(batch)] == [["2", "3", "4"]]
    assert list(handled(monkeypatch).heard(batch)) == batch
