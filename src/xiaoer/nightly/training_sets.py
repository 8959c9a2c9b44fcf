"""Training sets: frames of past days beside what became of each row, split into earlier and later days."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.tables import Frame
from xiaoer.nightly.frames import FIRMS, NOTES
from xiaoer.nightly.run import Night
from xiaoer.scores.labels import KEY, LABELS, Later
from xiaoer.scores.out_of_time import Days, out_of_time
from xiaoer.scores.populations import Known, rows
from xiaoer.scores.specifications import Model
from xiaoer.scores.watching import SECTOR
from xiaoer.sources.contracts import contract
from xiaoer.value.terms import Margins

ORDER = [(name, "ascending") for name in ("on_day", "customer_id", "item")]


@dataclass(frozen=True)
class TrainingSet:
    """Rows with a known outcome, by day, firm and item: KEY, from_day, label, inputs, for lists `treated`.

    `split` says which days are trained on and which judged on.
    """

    model: Model
    rows: pa.Table
    split: Days

    def part(self, days: Sequence[int]) -> pa.Table:
        """The rows of some frames."""
        return self.rows.filter(pc.is_in(self.rows["on_day"], pa.array(days, pa.int64())))

    @property
    def train(self) -> pa.Table:
        return self.part(self.split.train)

    @property
    def judge(self) -> pa.Table:
        return self.part(self.split.judge)


def training_set(model: Model, nights: Sequence[Night], tonight: Night) -> TrainingSet:
    """The training set of a model, from frames, with outcomes as `tonight` knows them.

    Raises Refusal when the frames do not span the label's reach, or when no outcome is known.
    """
    reached = [one for one in nights if one.on.today + model.reach_days <= tonight.on.today]
    if not reached:
        raise _too_short(model, 0)
    known = side_by_side(reached)
    table = tonight.engine.collect(labelled(model, known, later_of(model, tonight))).sort_by(ORDER)
    if not table.num_rows:
        raise Refusal("no outcome is known", f"model {model.name}", model.words.population["en"])
    # Only days that have rows: campaigns are months apart, and a day between them is nothing to judge by.
    days = pc.unique(table["on_day"]).to_pylist()
    found = out_of_time(days, model.reach_days, tonight.on.today)
    if found is None:
        raise _too_short(model, len(days))
    return TrainingSet(model, table, found)


def _too_short(model: Model, days: int) -> Refusal:
    return Refusal(
        f"no two of the {days} days with known outcomes lie {model.reach_days} days apart",
        f"model {model.name}",
        f"at least {2 * model.reach_days // 30} months of files",
        "Wait until more months are delivered, or shorten the horizon in its file",
    )


def later_of(model: Model, tonight: Night) -> Later:
    """The bank's tables as known tonight, with the model's own figures and the bank's margins."""

    def snapshots(name: str) -> Frame:
        return tonight.lake.snapshots(contract(name).schema, tonight.business_date, tonight.engine)

    margins = asdict(Margins.in_force(tonight.business_date))
    return Later(
        tonight.delivered, snapshots, model.when.horizon_days, tonight.on.today, margins | model.options
    )


def side_by_side(nights: Iterable[Night]) -> Known:
    """Frames of several days as one, told apart by `on_day`."""
    held = list(nights)
    return Known(_dated(held, FIRMS), _dated(held, NOTES))


def _dated(nights: Sequence[Night], name: str) -> Frame:
    return nw.concat(
        [one.made(name).with_columns(on_day=nw.lit(one.on.today).cast(nw.Int64)) for one in nights],
        how="vertical",
    )


def labelled(model: Model, known: Known, later: Later) -> Frame:
    """Rows of the population whose outcome is known, with what the model reads of each."""
    asked = rows(model.population, known, later)
    label = LABELS[model.label](asked, later).filter(~nw.col("label").is_null())
    return read_by(model, asked.join(label, on=list(KEY), how="inner"), known)


def read_by(model: Model, asked: Frame, known: Known) -> Frame:
    """Rows with the model's inputs beside them: of the firm, of the note, of the occasion.

    The firm's sector comes with every row: a model that does not read it is watched sector by sector all the same.
    """
    wanted = {*model.inputs.names, model.rival.input, SECTOR}
    own = [name for name in asked.columns if name not in (*KEY, "product_id")]
    of_firm = [name for name in known.firms.columns if name in wanted and name not in own]
    helping = ["call_hour"] if "asked_hour_off" in wanted and "call_hour" not in of_firm else []
    firms = known.firms.select("customer_id", "on_day", *of_firm, *helping)
    frame = asked.select(*KEY, *own).join(firms, on=["customer_id", "on_day"], how="left")
    of_note = [name for name in known.notes.columns if name in wanted and name not in own]
    if of_note:
        notes = known.notes.select("on_day", *of_note, item=nw.col("note_id"))
        frame = frame.join(notes, on=["on_day", "item"], how="left")
    if "asked_hour_off" in wanted:
        frame = frame.with_columns(asked_hour_off=(nw.col("asked_hour") - nw.col("call_hour")).abs())
    kept = [name for name in (*KEY, "from_day", "label", "treated", "treated_share") if name in frame.columns]
    return frame.select(*kept, *sorted(wanted))
