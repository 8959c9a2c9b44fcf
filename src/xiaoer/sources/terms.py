"""The words of delivery: what a contract promises, what a mapping translates, what became of a file."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from xiaoer.kit.tables.schema import Kind, TableSchema


class Form(Enum):
    """What a cell must look like beyond its kind; one that does not is loaded all the same, and counted."""

    CREDIT_CODE = "credit_code"
    TELEPHONE = "telephone"


class Why(Enum):
    """Why a row went to quarantine."""

    EMPTY = "empty_required"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE_CENTS = "not_whole_cents"
    NOT_A_FLAG = "not_a_flag"
    UNKNOWN_CODE = "unknown_code"
    OUT_OF_RANGE = "out_of_range"
    IN_THE_FUTURE = "in_the_future"
    EXACT_DUPLICATE = "exact_duplicate"
    DUPLICATE_KEY = "duplicate_key"
    RAGGED = "ragged_row"
    BAD_CHARACTERS = "bad_characters"
    FORMULA = "formula_cell"


@dataclass(frozen=True)
class Column:
    """One column of a contract, with both languages and its unit."""

    name: str
    kind: Kind
    zh: str
    en: str
    required: bool = False
    personal: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    refers: str | None = None
    form: Form | None = None
    unit: str = ""
    example: str = ""


@dataclass(frozen=True)
class Contract:
    """What a table of the bank must look like once it is ours."""

    name: str
    grain: str
    key: tuple[str, ...]
    day: str | None
    title: dict[str, str]
    about: dict[str, str]
    enables: dict[str, str]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> TableSchema:
        kinds = {column.name: column.kind for column in self.columns}
        personal = frozenset(column.name for column in self.columns if column.personal)
        return TableSchema(self.name, kinds, self.key, self.day, personal)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Numbers:
    """How numbers are written in a file."""

    thousands: str = ""
    money_unit: str = "yuan"
    rates: str = "fraction"


@dataclass(frozen=True)
class Source:
    """One kind of file of one bank, and how it becomes rows of a contract."""

    table: str
    feed: str
    files: tuple[str, ...]
    format: str
    encoding: str
    delimiter: str
    rename: dict[str, str]
    values: dict[str, dict[str, str]]
    patterns: dict[str, dict[str, str]]
    constants: dict[str, str]
    dates: dict[str, str]
    date_format: str
    numbers: Numbers
    dated: str | None
    business_date: date | None
    delivered_on: str | None
    tolerated_bad_share: float
    exact_duplicates: str
    duplicate_keys: str
    key: tuple[str, ...] | None
    sheet: str | None
    header_row: int
    unpivot: dict[str, str]
    redelivery: str | None
    may_be_empty: bool


@dataclass(frozen=True)
class Mapping:
    """All sources of one bank."""

    name: str
    title: str
    owner: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Bad:
    """One fault of one row."""

    line: int
    column: str
    why: Why
    value: str


@dataclass(frozen=True)
class Renaming:
    """One key whose name is another than in the snapshot before."""

    key: str
    old: str
    new: str


@dataclass
class FileReport:
    """What became of one file: every row is loaded or quarantined, or the file is refused whole.

    Of the loaded rows: `late` are told of for the first time though an earlier file already spoke for their
    day, `corrected` give a new word on a key an earlier file brought. `mended` counts the cells of a column
    that were put right, `doubtful` those that were loaded though they cannot be right.
    """

    table: str
    feed: str
    file: str
    loaded: int = 0
    quarantined: int = 0
    refused: str = ""
    unchanged: bool = False
    reasons: dict[str, int] = field(default_factory=dict)
    late: int = 0
    corrected: int = 0
    doubtful: dict[str, int] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    renamed: tuple[Renaming, ...] = ()
    missing_fields: tuple[str, ...] = ()
    business_date: date | None = None
    delivered_on: date | None = None
    seconds: float = 0.0
    bytes: int = 0
