"""Which engine the night runs on."""

from enum import StrEnum

from xiaoer.kit.settings import Settings
from xiaoer.kit.tables import session
from xiaoer.kit.tables.duck import DuckEngine
from xiaoer.kit.tables.engine import Engine


class EngineName(StrEnum):
    """DuckDB in this process, or Spark on XIAOER_SPARK_MASTER."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def open_engine(name: EngineName, settings: Settings) -> Engine:
    """An engine that is up; raises Refusal where Spark is asked for and cannot start."""
    scratch = settings.home / "scratch"
    if name is EngineName.DUCKDB:
        return DuckEngine(scratch)
    started = session.opened(settings.spark_master, settings.spark_properties, scratch)
    from xiaoer.kit.tables.spark import SparkEngine  # noqa: PLC0415  its library is an extra

    return SparkEngine(started)
