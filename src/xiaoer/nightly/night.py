"""The night as one resumable command: take in what is new, give the run its number, go on where it stopped."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from xiaoer.kit.published import pointer
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import Settings
from xiaoer.kit.tables import DuckEngine, Engine, EngineName, Lake, open_engine
from xiaoer.nightly.gathering import gather
from xiaoer.nightly.history import run_before
from xiaoer.nightly.plan import INTAKE, ORDER, PLAN
from xiaoer.nightly.run import Night, RunTable, StepRecord, run_number, timed
from xiaoer.nightly.shelving import take_promotions
from xiaoer.scores.life import Life
from xiaoer.scores.registry import Registry
from xiaoer.scores.specifications import the_shelf
from xiaoer.scores.terms import shelf
from xiaoer.sources.intake import banks, load_bank

Told = Callable[[StepRecord], None]
SHOWING = "publish"  # always asked: another night may have been shown since; the same one changes no row


def run_night(
    settings: Settings,
    business_date: date,
    *,
    engine: EngineName = EngineName.DUCKDB,
    from_step: str | None = None,
    backwards: bool = False,
    told: Told = lambda _: None,
) -> dict[str, object]:
    """Run or resume the night of a date; the report names every step with seconds and rows.

    Raises Refusal when no customers are known on that date (without them there is nothing to decide), and
    when the desk shows a later day already, unless it may go `backwards`.
    """
    if not backwards:
        _refuse_to_go_back(business_date)
    lake = Lake(settings.lake)
    before = _take_in(business_date, settings, lake, told)
    if not lake.delivered("customers", business_date):
        raise Refusal(
            f"no customers are known on {business_date}",
            str(settings.lake),
            "at least the customers file",
            "Run xiaoer intake, or choose a later date",
        )
    with closing(open_engine(engine, settings)) as running:
        report = _run_steps(_night(settings, business_date, lake, running), from_step, told)
    return report | {"steps": [vars(record) for record in before] + list(report["steps"])}  # type: ignore[call-overload]


def opened(settings: Settings, business_date: date, engine: Engine) -> Night:
    """The night of a date as it was run, to read what it knew; raises Refusal when it has not run."""
    night = _night(settings, business_date, Lake(settings.lake), engine)
    if not night.path("features").exists():
        raise Refusal(f"the night of {business_date} has not run on today's files", "nights", "a night's features",
                      f"Run xiaoer night --date {business_date}")  # fmt: skip
    return night


def _run_steps(night: Night, from_step: str | None, told: Told) -> dict[str, object]:
    table = RunTable(night.folder, night.run_id, night.business_date, night.engine.name)
    if from_step:
        table.forget_from(from_step, ORDER)
    for step in PLAN:
        done = table.done(step.name) and step.name != SHOWING
        told(table.records[step.name] if done else table.run(step.name, night, step.work))
    return table.report()


def _night(settings: Settings, business_date: date, lake: Lake, engine: Engine) -> Night:
    nights, models = settings.home / "nights", settings.home / "models"
    beside = [*versions_in_use(Registry(models), business_date), run_before(nights, business_date) or ""]
    run_id = run_number(business_date, lake, beside)
    return Night(business_date, run_id, lake, engine, nights / business_date.isoformat() / run_id, models)


def versions_in_use(registry: Registry, business_date: date) -> list[str]:
    """Versions in use that an earlier night, or a person, put there, of the shelf and of the undated card."""
    day = business_date.isoformat()
    held = [card for name in shelf() if (card := registry.in_use(name, day)) is not None]
    shelved = {name: Life(registry, name).in_use_on(day) for name in the_shelf()}
    return [
        *(f"{card.model}:{card.version}" for card in held if card.trained_on != day),
        *(f"{name}:{version}" for name, version in shelved.items() if version),
    ]


def _refuse_to_go_back(business_date: date) -> None:
    shown = pointer("owner").business_date
    if shown and shown > business_date:
        raise Refusal(
            f"the desk shows {shown} already",
            f"night of {business_date}",
            f"{shown} or a later date",
            "To show the older day all the same, say --backwards",
        )


def _take_in(day: date, settings: Settings, lake: Lake, told: Told) -> list[StepRecord]:
    """Collecting and loading repeat without harm, so they are never skipped; files are read in this process."""
    records = []
    with closing(DuckEngine(settings.home / "scratch")) as reader:
        works = (lambda: _gather(settings, lake, day), lambda: _load(settings.inbox, lake, reader))
        for name, work in zip(INTAKE, works, strict=True):
            records.append(timed(name, work))
            told(records[-1])
    return records


def _gather(settings: Settings, lake: Lake, day: date) -> int:
    """The desk's outcomes, and the models two persons put to use."""
    return gather(lake, day) + take_promotions(settings.home / "models", day)


def _load(inbox: Path, lake: Lake, reader: DuckEngine) -> int:
    reports = [report for bank in banks(inbox) for report in load_bank(bank, lake, reader)]
    return sum(report.loaded for report in reports)
