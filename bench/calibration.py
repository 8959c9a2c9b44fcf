"""How every figure of the simulator's calibration that has a range is measured on the files of a bank.

The files are read as they lie, under their Chinese headers, dirt and all, once per table; `measured` wants a reader
(`files_of` gives one) and answers a figure per name. The tests of the simulator and the page on likeness both ask here.
"""

import gzip
import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl

Read = Callable[[str], pl.DataFrame]
YUAN = r"^-?\d+\.\d\d$"
NON_PERFORMING_DAYS = 90


def files_of(folder: Path) -> Read:
    """A reader of a bank's folder: all files of a table as strings, with `stamp`, the date in the file's name."""

    @cache
    def read(table: str) -> pl.DataFrame:
        name = re.compile(rf"{table}_(\d{{8}})(_\d+)?\.csv(\.gz)?")
        found = [(path, hit[1]) for path in sorted(folder.iterdir()) if (hit := name.fullmatch(path.name))]
        return pl.concat([_rows(path, stamp) for path, stamp in found], how="diagonal")

    return read


def _rows(path: Path, stamp: str) -> pl.DataFrame:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    frame = pl.read_csv(
        io.BytesIO(data.decode("gb18030", errors="replace").encode()),
        infer_schema_length=0,
        truncate_ragged_lines=True,
    )
    return frame.with_columns(stamp=pl.lit(stamp))


def measured(read: Read) -> dict[str, float]:
    """Every figure by its name, as of the last day delivered; shares are fractions."""
    return {name: float(measure(read)) for name, measure in MEASURES.items()}


def _fen(name: str) -> pl.Expr:
    """Fen; empty where a cell is broken."""
    return (pl.col(name).cast(pl.Float64, strict=False) * 100).round().cast(pl.Int64)


def _latest(read: Read, table: str) -> pl.DataFrame:
    rows = read(table)
    return rows.filter(pl.col("stamp") == rows["stamp"].max())


def _months(read: Read) -> int:
    return read("invoices")["stamp"].str.head(6).n_unique()


def _invoices(read: Read) -> pl.DataFrame:
    return read("invoices").filter(pl.col("价税合计").str.contains(YUAN))


def _managed(read: Read) -> float:
    return _latest(read, "assignments")["员工号"].is_not_null().mean()


def _sole_traders(read: Read) -> float:
    return (_latest(read, "customers")["客户类型"] == "个体工商户").mean()


def _void(read: Read) -> float:
    return (_invoices(read)["发票状态"] == "作废").mean()


def _red(read: Read) -> float:
    return _invoices(read)["价税合计"].str.starts_with("-").mean()


def _main_buyer(read: Read) -> float:
    """Median over firms of the largest buyer's share, red invoices taken off, void ones left out."""
    sales = _invoices(read).filter((pl.col("方向") == "销项") & (pl.col("发票状态") == "有效"))
    bought = sales.group_by("客户号", "对方编号").agg(_fen("价税合计").sum())
    part = pl.col("价税合计").max() / pl.col("价税合计").sum()
    return bought.group_by("客户号").agg(part=part)["part"].median()


def _borrowers(read: Read) -> float:
    return _latest(read, "customers")["是否违约"].is_not_null().mean()


def _defaulted(read: Read) -> float:
    register = _latest(read, "customers")
    return (register["是否违约"] == "是").sum() / len(register) * 12 / _months(read)


def _non_performing(read: Read) -> float:
    """By balance on the last day."""
    notes = _latest(read, "drawdown_notes").select(
        _fen("贷款余额"), late=pl.col("逾期天数").cast(pl.Int64, strict=False)
    )
    return notes.filter(pl.col("late") > NON_PERFORMING_DAYS)["贷款余额"].sum() / notes["贷款余额"].sum()


def _products(read: Read) -> float:
    held = _latest(read, "holdings").filter(pl.col("状态") == "在用")
    return len(held) / held["客户号"].n_unique()


def _churn(read: Read) -> float:
    register = _latest(read, "customers")
    return (register["客户状态"] == "销户").mean() * 12 / _months(read)


def _response(read: Read) -> float:
    offers = read("contacts").filter((pl.col("目的") == "产品推介") & (pl.col("结果") != "未接通"))
    return (offers["结果"] == "同意").mean()


def _complaints(read: Read) -> float:
    """Per firm and year."""
    told = (_latest(read, "service_requests")["类型"] == "投诉").sum()
    return told / len(_latest(read, "customers")) * 12 / _months(read)


def _survey_response(read: Read) -> float:
    return read("surveys")["回复日期"].is_not_null().mean()


MEASURES: dict[str, Callable[[Read], float]] = {
    "managed_share": _managed,
    "sole_trader_share": _sole_traders,
    "void_share": _void,
    "red_share": _red,
    "main_buyer_share": _main_buyer,
    "borrower_share": _borrowers,
    "defaulted_yearly": _defaulted,
    "npl_ratio": _non_performing,
    "products_per_firm": _products,
    "yearly_churn": _churn,
    "response_share": _response,
    "complaints_yearly": _complaints,
    "survey_response": _survey_response,
}
