"""A Spark session for the night: what it starts with, and what it refuses to start without."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from xiaoer.kit.refusal import Refusal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OURS = Path(__file__).with_name("spark.properties")
LOG = Path(__file__).with_name("spark-log.properties")
JAVA = 17
SECRET = "spark.authenticate.secret"  # noqa: S105  the name of a property


def opened(master: str, bank_properties: Path | None, scratch: Path) -> "SparkSession":
    """A session on `master`; raises Refusal when Spark, Java or a cluster's secret is missing."""
    check_installed()
    check_java()
    lines = properties(master, bank_properties, scratch)
    if not master.startswith("local") and not _has_secret(lines):
        raise Refusal(
            f"no secret for the cluster {master}: anybody who reaches its master could run programs on it",
            str(bank_properties or "XIAOER_SPARK_PROPERTIES is not set"),
            f"a line {SECRET} in the properties file, the same as the cluster's",
            "See docs/guides/scale.md",
        )
    return _started(kept(lines, scratch), master, scratch)


def check_installed() -> None:
    """Raises Refusal when PySpark, or pandas, which it hands batches through, is not installed."""
    missing = [name for name in ("pyspark", "pandas") if find_spec(name) is None]
    if missing:
        raise Refusal(
            f"{' and '.join(missing)} not installed",
            "--engine spark",
            "the extra for Spark",
            "Install it: pip install 'xiaoer[spark]', or run the night without --engine spark",
        )


def check_java() -> None:
    """Java 17 or later, from JAVA_HOME or the path."""
    java = found_java(os.environ)
    version = java_version(java) if java else None
    if version is None or version < JAVA:
        found = "no Java runtime" if version is None else f"Java {version}"
        raise Refusal(
            f"Spark needs Java {JAVA} or later, and {found} was found",
            os.environ.get("JAVA_HOME") or "PATH",
            f"a Java runtime {JAVA}",
            f"Install one (Debian: apt-get install openjdk-{JAVA}-jre-headless) or set JAVA_HOME",
        )


def found_java(environment: Mapping[str, str]) -> str | None:
    """The java that Spark would start."""
    home = environment.get("JAVA_HOME")
    return shutil.which(str(Path(home, "bin", "java"))) if home else shutil.which("java")


def java_version(java: str) -> int | None:
    """The major version a java calls itself by; None when it does not say."""
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else None


def properties(master: str, bank_properties: Path | None, scratch: Path) -> list[str]:
    """Lines of Spark's properties: ours, this session's, the bank's; the last word on a name counts."""
    here = {
        "spark.master": master,
        "spark.app.name": "xiaoer night",
        "spark.local.dir": str(scratch),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={LOG}",
    }
    if master.startswith("local"):  # on a cluster Spark's own default, or the bank's
        here["spark.sql.shuffle.partitions"] = str(os.cpu_count())
    files = [OURS, *([bank_properties] if bank_properties else [])]
    ours, *banks = [path.read_text(encoding="utf-8").splitlines() for path in files]
    return [*ours, *(f"{name} {value}" for name, value in here.items()), *chain(*banks)]


def _has_secret(lines: list[str]) -> bool:
    return any(re.match(rf"\s*{re.escape(SECRET)}[\s=:]+\S", line) for line in lines)


def kept(lines: list[str], scratch: Path) -> Path:
    """The properties in a file nobody else reads: on a command line everybody would see the secret."""
    scratch.mkdir(parents=True, exist_ok=True)
    path = scratch / "spark.properties"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def _started(properties: Path, master: str, scratch: Path) -> "SparkSession":
    from pyspark.sql import SparkSession  # noqa: PLC0415  an extra that need not be there

    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--properties-file {properties} pyspark-shell"
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # on a cluster the bank names the workers' Python
    # Said again for a second session in this process: its Java machine was started with the first one's file.
    return SparkSession.builder.master(master).config("spark.local.dir", str(scratch)).getOrCreate()
