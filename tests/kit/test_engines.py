"""What Spark is started with, and the sentences where it cannot be."""

import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xiaoer.kit.refusal import Refusal
from xiaoer.kit.settings import read
from xiaoer.kit.tables import session
from xiaoer.kit.tables.files import count_rows, drafted, parquet_files, write_rows

ROWS = pa.table({"n": [1, 2, 3]})


@pytest.mark.parametrize(
    "master", ["local", "local[2]", "local[*]", "spark://head:7077", "spark://a:7077,b:7077"]
)
def test_a_master_is_taken(master: str) -> None:
    assert read({"XIAOER_SPARK_MASTER": master}).spark_master == master


@pytest.mark.parametrize(
    "master", ["head:7077", "spark://head", "local[]", "local[2]x", "http://head:7077", "yarn"]
)
def test_a_malformed_master_is_refused_by_name(master: str) -> None:
    with pytest.raises(Refusal, match="XIAOER_SPARK_MASTER"):
        read({"XIAOER_SPARK_MASTER": master})


@pytest.mark.parametrize("workers", ["0", "-1", "two", "1.5"])
def test_a_number_of_workers_that_is_none_is_refused_by_name(workers: str) -> None:
    assert read({"XIAOER_INTAKE_WORKERS": "3"}).intake_workers == 3
    with pytest.raises(Refusal, match="XIAOER_INTAKE_WORKERS"):
        read({"XIAOER_INTAKE_WORKERS": workers})


def test_nothing_said_means_this_machine() -> None:
    assert read({}).intake_workers >= 1
    assert read({}).spark_master == "local[*]"
    assert read({}).spark_properties is None


def test_properties_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="XIAOER_SPARK_PROPERTIES"):
        read({"XIAOER_SPARK_PROPERTIES": str(tmp_path / "none")})


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(session, "find_spec", lambda name: None if name == "pyspark" else name)
    with pytest.raises(Refusal, match=r"pyspark not installed.*pip install 'xiaoer\[spark\]'"):
        session.opened("local", None, tmp_path)


@pytest.mark.parametrize(
    ("says", "told"),
    [('openjdk version "11.0.2" 2019', "Java 11"), ("", "no Java runtime"), (None, "no Java runtime")],
)
def test_without_java_17_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, says: str | None, told: str
) -> None:
    if says is not None:
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
        java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(Refusal, match=rf"needs Java 17 or later, and {told} was found.*apt-get install"):
        session.check_java()


@pytest.mark.parametrize("lines", [None, "", "# spark.authenticate.secret x", "spark.authenticate.secret  "])
def test_a_cluster_without_a_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: str | None
) -> None:
    monkeypatch.setattr(session, "check_installed", lambda: None)
    monkeypatch.setattr(session, "check_java", lambda: None)
    given = None if lines is None else tmp_path / "bank.properties"
    if given:
        given.write_text(lines or "")
    with pytest.raises(Refusal, match="no secret for the cluster spark://head:7077"):
        session.opened("spark://head:7077", given, tmp_path)


def test_the_banks_own_properties_come_last_and_nobody_else_reads_them(tmp_path: Path) -> None:
    bank = tmp_path / "bank.properties"
    bank.write_text("spark.driver.host driver.bank\nspark.authenticate.secret not-on-a-command-line\n")
    kept = session.kept(session.properties("spark://head:7077", bank, tmp_path), tmp_path / "scratch")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    lines = kept.read_text().splitlines()
    assert [line.split()[1] for line in lines if line.startswith("spark.driver.host")] == [
        "127.0.0.1",
        "driver.bank",
    ]
    assert lines[-1] == "spark.authenticate.secret not-on-a-command-line"


def test_a_table_takes_its_place_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "trade.parquet"
    write_rows(ROWS, path)
    with pytest.raises(ZeroDivisionError), drafted(path) as draft:
        pq.write_table(ROWS.slice(1), draft)
        _ = 1 / 0
    assert pq.read_table(path).equals(ROWS)


def test_a_file_and_a_folder_stand_for_each_other(tmp_path: Path) -> None:
    """A step done again on the other engine replaces what the first left, in either direction."""
    path = tmp_path / "trade.parquet"
    for _ in range(2):
        write_rows(ROWS, path)
        assert parquet_files(path) == [path]
        with drafted(path) as draft:
            draft.mkdir()
            for part in range(2):
                pq.write_table(ROWS, draft / f"part-{part}.parquet")
        assert [file.name for file in parquet_files(path)] == ["part-0.parquet", "part-1.parquet"]
        assert count_rows(path) == 6
    assert [one.name for one in tmp_path.iterdir()] == ["trade.parquet"]


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    path = tmp_path / "trade.parquet"
    for leftover in (".trade.parquet.draft", ".trade.parquet.old"):
        (tmp_path / leftover).mkdir()
        (tmp_path / leftover / "part-0.parquet").touch()
    with drafted(path) as draft:
        draft.mkdir()
        pq.write_table(ROWS, draft / "part-0.parquet")
    assert count_rows(path) == 3
    assert [one.name for one in tmp_path.iterdir()] == ["trade.parquet"]
