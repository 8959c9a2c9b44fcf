"""Training the shelf: frames of past month ends made once, then every model trained, judged and kept, or refused."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from xiaoer.kit.dates import from_day_number
from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import Settings
from xiaoer.kit.tables import Engine, Lake
from xiaoer.nightly.frames import frames, month_ends
from xiaoer.nightly.run import Night
from xiaoer.nightly.training_sets import TrainingSet, training_set
from xiaoer.scores.keeping import keep, refuse
from xiaoer.scores.registry import Registry
from xiaoer.scores.shelved import Task
from xiaoer.scores.specifications import Model
from xiaoer.scores.weighing import prove

Told = Callable[[str], None]
MONTHS = 36  # of frames at most: what lies further back tells of another bank


def train_shelf(
    settings: Settings, models: Iterable[Model], day: date, engine: Engine, *, told: Told = lambda _: None
) -> Iterator[dict[str, Any]]:
    """Each model's judgement, as it is done; a model that cannot be trained gives a row that says why.

    Raises Refusal when no customers are known on the day.
    """
    nights = known_nights(settings, day, engine, told)
    registry = Registry(settings.home / "models")
    for model in models:
        told(model.name)
        try:
            yield keep(registry, model, prove(task(training_set(model, nights, nights[-1]), day)))
        except Refusal as why:
            yield refuse(registry, model, why, day.isoformat())


def known_nights(settings: Settings, day: date, engine: Engine, told: Told) -> Sequence[Night]:
    """The frames of the last month ends up to a day, and of the day itself."""
    lake = Lake(settings.lake)
    days = month_ends(lake, day)[-MONTHS:]
    if not days:
        raise Refusal(
            f"no customers are known on {day}", str(settings.lake), "at least the customers file",
            "Run xiaoer intake, or choose a later date",
        )  # fmt: skip
    wanted = sorted({*days, day})
    return list(
        frames(settings, wanted, engine, told=lambda at, held: told(f"{at}{'' if held else ', made'}"))
    )


def task(rows: TrainingSet, day: date) -> Task:
    """What is trained and judged, with the split in words."""
    return Task(rows.model, rows.train, rows.judge, told_split(rows), day.isoformat())


def told_split(rows: TrainingSet) -> str:
    """The days in words, as a judgement shows them."""
    first, last, start, end = map(
        from_day_number,
        (rows.split.train[0], rows.split.train[-1], rows.split.judge[0], rows.split.judge[-1]),
    )
    return (
        f"out of time: trained on {len(rows.split.train)} month ends {first} to {last}, judged on"
        f" {len(rows.split.judge)} from {start} to {end}; outcome within {rows.model.when.horizon_days} days"
    )
