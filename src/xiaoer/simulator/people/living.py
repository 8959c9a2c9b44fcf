"""The bank as it lives: begun once, stepped week by week under anybody's actions, kept and taken up again."""

import io
import json
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np

from xiaoer.simulator.draws import Array
from xiaoer.simulator.fates import NO_DAY
from xiaoer.simulator.people import borrowing
from xiaoer.simulator.people.habits import habit
from xiaoer.simulator.people.setting import Setting
from xiaoer.simulator.people.step import step
from xiaoer.simulator.people.terms import LONG_AGO, Actions, Book, Life, Log


@dataclass
class LivingBank:
    """A bank and where everybody stands; `setting` and `life` know what no bank knows, `seen` does not."""

    setting: Setting
    life: Life

    @property
    def day(self) -> date:
        """The first day of the week that comes next."""
        day: date = self.setting.day(self.life.week).astype(object)
        return day

    @property
    def over(self) -> bool:
        return self.life.week >= self.setting.weeks

    def step(self, day: date, actions: Actions) -> dict[str, int]:
        """Let the week that begins on `day` pass; gives how many actions each rule stopped.

        Raises ValueError when it is not the next week's first day, or the window is over.
        """
        if self.over or day != self.day:
            message = f"{day} is not the first day of the next week ({'none' if self.over else self.day})"
            raise ValueError(message)
        return step(self.setting, self.life, actions)

    def live_by_habit(self, weeks: int) -> None:
        """As many weeks as the bank always did them."""
        for _ in range(weeks):
            self.step(self.day, habit(self.setting, self.life))


def begin(setting: Setting, since: Array, owed: dict[str, Array]) -> Life:
    """Everybody as the window opens: what is held, what is owed, nothing lately."""
    count = len(setting.firms)
    products = since.shape[1]
    rng = setting.draws("beginning", 0)
    hot = rng.random((count, products)) < (setting.folk.hot_start * 10).clip(0, 0.3)
    life = Life(
        week=0,
        lately=np.zeros(count),
        tired=np.zeros(count),
        since=since.copy(),
        hot=hot,
        put_off=np.full(count, LONG_AGO),
        talked=-rng.integers(1, 26, count),
        marketed=np.full((count, 2), LONG_AGO),
        refused=np.full((count, 2), LONG_AGO),
        renewal_talk=np.full(count, NO_DAY),
        renewal_less=np.zeros(count, dtype=np.int64),
        silent_until=np.full(count, LONG_AGO),
        going=np.full(count, -1),
        closing=np.full(count, -1),
        closed=np.full(count, NO_DAY),
        reason=np.full(count, -1),
        stops=setting.fates.stops.copy(),
        dies=setting.fates.dies.copy(),
        lost=np.zeros(count, dtype=bool),
        contracts=0,
        book=borrowing.empty_book(count),
        earned=np.zeros(count),
    )
    borrowing.enter(life, owed)
    return life


def keep(life: Life, path: Path) -> None:
    """Write where everybody stands to a file, so that another process can go on from there."""
    parts = {part.name: getattr(life, part.name) for part in fields(Life)}
    log, book = parts.pop("log"), parts.pop("book")
    arrays = {f"life.{name}": np.asarray(value) for name, value in parts.items()}
    arrays |= {f"book.{part.name}": getattr(book, part.name) for part in fields(Book)}
    for what in log.blocks:
        arrays |= {f"log.{what}.{name}": _plain(column) for name, column in log.joined(what).items()}
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(held.getvalue())
    draft.replace(path)


def _plain(column: Array) -> Array:
    """Words as JSON in bytes, since object arrays would need pickles."""
    if column.dtype != object:
        return column
    return np.frombuffer(json.dumps(column.tolist(), ensure_ascii=False).encode(), dtype=np.uint8)


def take_up(path: Path) -> Life:
    """Where everybody stood when `keep` wrote it; raises FileNotFoundError."""
    with np.load(path, allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    life = {name[5:]: value for name, value in arrays.items() if name.startswith("life.")}
    whole = {name: value.item() if value.ndim == 0 else value for name, value in life.items()}
    book = Book(**{name[5:]: value for name, value in arrays.items() if name.startswith("book.")})
    return Life(**whole, book=book, log=_log(arrays))


def _log(arrays: dict[str, Array]) -> Log:
    log = Log()
    for name, value in arrays.items():
        if name.startswith("log."):
            _, what, column = name.split(".")
            words = np.array(json.loads(value.tobytes()), dtype=object) if value.dtype == np.uint8 else value
            log.blocks.setdefault(what, [{}])[0][column] = words
    return log
