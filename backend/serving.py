"""A process that serves: its database before it, its worker beside it, and a clean end of all three."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI

from backend import logs
from backend.app import create_app
from backend.db.embedded import EmbeddedPostgres
from backend.db.processes import dying_with
from backend.keys import load_or_create, random_token
from backend.settings import Settings

GRACE = 5
"""Seconds that running requests are given at the end."""

_WORKER_GRACE = 20.0
_LONGEST_PAUSE = 30.0

_log = structlog.stdlib.get_logger("backend.serving")


class PortTaken(Exception):
    """Another program listens where this one was told to."""


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the database to use: the one that is set, else the embedded one while this lasts."""
    if settings.database_url:
        yield settings.database_url
        return
    server = EmbeddedPostgres(settings.data)
    try:
        yield server.start()
    finally:
        with _unhurried():
            server.stop()


def demo_password(settings: Settings) -> str:
    """The password of the demo accounts: as set, else a random one that the data folder keeps."""
    if settings.demo_password:
        return settings.demo_password
    return load_or_create(settings.data / "demo.password", lambda: random_token(9)).decode()


def listen(settings: Settings) -> socket.socket:
    """The server's socket, claimed before anything slower begins. Raises PortTaken or OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host.strip("[]"), settings.port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"{settings.host}:{settings.port} cannot be used ({error.strerror}); set GUANBIAO_PORT"
        ) from error
    listener.set_inheritable(True)
    return listener


def serve(settings: Settings, dsn: str, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until a signal ends it; `announce` is called once the first request would be answered."""

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce()

    Announcing(
        uvicorn.Config(
            create_app(settings, dsn=dsn),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            forwarded_allow_ips=settings.trusted_proxies,
        )
    ).run(sockets=[listener])


def reloaded() -> FastAPI:
    """The application as the reloading server makes it anew after each change of the code."""
    settings = Settings()
    logs.configure(settings.log_level)
    return create_app(settings)


def serve_reloading(settings: Settings, dsn: str) -> None:
    """Serve, starting anew whenever a file of the backend changes."""
    os.environ["GUANBIAO_DATABASE_URL"] = dsn
    uvicorn.run(
        "backend.serving:reloaded",
        factory=True,
        reload=True,
        reload_dirs=[str(Path(__file__).parent)],
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
    )


@contextlib.contextmanager
def beside(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Keep `command` running meanwhile, in a process of its own so that its work does not slow this one's answers.

    One that ends by itself is started anew, after a pause that doubles from 1 to 30 seconds.
    """
    ended = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        pause = 1.0
        while not ended.is_set():
            # Ctrl-C in a terminal is for this process alone, and a kill of it must not leave the other behind.
            process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                start_new_session=True,
                preexec_fn=dying_with(os.getpid(), signal.SIGTERM),  # noqa: PLW1509 - one system call after the fork
            )
            running[:] = [process]
            if ended.is_set():
                process.terminate()
            code = process.wait()
            if not ended.wait(0):
                _log.error("the process beside this one ended", code=code, pause=pause)
                ended.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    keeper = threading.Thread(target=keep, name="beside", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        with _unhurried():
            ended.set()
            for process in running:
                process.terminate()
            keeper.join(_WORKER_GRACE)
            for process in running:
                process.kill()
            keeper.join()


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C and a termination end the block in good order, as what was asked for and not as a failure."""

    def end(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _unhurried() -> Iterator[None]:
    """A second Ctrl-C must not interrupt the end that the first one asked for."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def own_command(*words: str) -> list[str]:
    """The command that runs `guanbiao WORDS` with this interpreter."""
    return [sys.executable, "-m", "backend.cli", *words]
