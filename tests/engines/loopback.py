"""A Spark cluster on loopback: one master, workers of one core each, a secret of its own; all of it ends with the block."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
HOST = "127.0.0.1"
QUICK = {"SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}  # they only pass messages on
ELSEWHERE = "America/New_York"  # not the night's zone: a day must stay a day on its way to the workers


@dataclass(frozen=True)
class Cluster:
    """A master and its workers, by process."""

    workers: list[subprocess.Popen[bytes]]
    settings: dict[str, str]

    def kill(self, number: int = 0) -> None:
        """A worker with its executor, without a farewell."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A master and workers of one core each on loopback, with a secret of their own; all of it ends with the block."""
    folder.mkdir()
    properties, port = folder / "properties", free_port()
    properties.touch(mode=0o600)
    properties.write_text(
        f"spark.authenticate true\nspark.authenticate.secret {secrets.token_hex(32)}\n"
        f"spark.executor.memory 2g\nspark.executor.cores 1\nspark.executorEnv.PYTHONPATH {SOURCE}\n"
        "spark.sql.shuffle.partitions 4\n"
    )
    master = f"spark://{HOST}:{port}"
    common = ["--host", HOST, "--webui-port", "0", "--properties-file", str(properties)]
    with ExitStack() as ending:
        ending.enter_context(daemon(folder, "master.Master", ["--port", str(port), *common]))
        wait_for(port)
        started = [
            ending.enter_context(
                daemon(folder / str(number), "worker.Worker",
                       [master, "--cores", "1", "--memory", "3g", "--work-dir", str(folder / str(number)), *common])
            )
            for number in range(workers)
        ]  # fmt: skip
        yield Cluster(started, {"XIAOER_SPARK_MASTER": master, "XIAOER_SPARK_PROPERTIES": str(properties)})


@contextmanager
def daemon(folder: Path, which: str, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A master or worker in a process group of its own, which is ended with all it started."""
    from pyspark.find_spark_home import _find_spark_home

    folder.mkdir(exist_ok=True)
    home = Path(_find_spark_home())
    places = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_LOCAL_DIRS": str(folder), **QUICK}
    around = {**os.environ, **places, "TZ": ELSEWHERE}
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{which}", *arguments]
    with (folder / "daemon.log").open("w") as log:
        process = subprocess.Popen(command, env=around, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 240) -> None:
    """Until somebody listens; TimeoutError when nobody does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    message = f"nobody listens on port {port}"
    raise TimeoutError(message)
