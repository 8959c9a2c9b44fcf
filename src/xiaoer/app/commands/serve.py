"""`xiaoer serve`: the workbench for what is published."""

import os
import socket

import click

from xiaoer.kit.refusal import Refusal

THREADS = "XIAOER_THREADS"  # read by app/asgi.py in the server's own process
CLOSING_SECONDS = 5  # for what is being answered; open pages come back by themselves


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=8000, show_default=True, help="port to listen on")
@click.option("--threads", default=8, show_default=True, help="requests answered at the same time")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    help="processes; more than one where records or people come by the hundred",
)
def command(host: str, port: int, threads: int, workers: int) -> None:
    """Serve the workbench until Ctrl+C; brings the database up to date first."""
    from xiaoer.app.setup import ready

    ready()
    serve(host, port, threads, workers)


def serve(host: str, port: int, threads: int = 8, workers: int = 1) -> None:
    """Answer requests until stopped; the database is ready."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    refuse_taken(host, port)
    os.environ[THREADS] = str(threads)
    click.echo(f"http://{host}:{port}/")
    Server(
        "xiaoer.app.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        workers_kill_timeout=CLOSING_SECONDS,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()


def refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise Refusal(
                f"port {port} of {host} cannot be used: {fault.strerror}",
                "serve",
                "a free port",
                "Choose another with --port (make demo ARGS='--port 8123')",
            ) from None
