"""A process that serves: its database before it, its worker beside it, and a clean end of all three."""

import asyncio
import contextlib
import os
import signal
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI

from backend import logs
from backend.app import create_app
from backend.db.embedded import EmbeddedPostgres
from backend.db.roles import Addresses
from backend.keys import load_or_create, random_token
from backend.protocol import guarding
from backend.settings import Settings
from backend.worker import run_worker

GRACE = 5
"""Seconds that running requests are given at the end."""

KEPT_SECONDS = 35
"""That an idle connection is kept: longer than by the proxy, which so never uses one that has just closed."""

BACKLOG = 512
"""Connections that the system holds for this process until it takes them."""

_WORKER_GRACE = 15.0
_PAUSE = 5.0

_log = structlog.stdlib.get_logger("backend.serving")


class PortTaken(Exception):
    """Another program listens where this one was told to."""


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[Addresses]:
    """The addresses of the database to use: those that are set, else the embedded one's while this lasts."""
    if settings.database_url:
        yield Addresses(settings.migration_url or settings.database_url, settings.database_url)
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

    app = application(settings, dsn)

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Streams and whoever waits for a change would be waited for.
            if (hub := getattr(app.state, "change_hub", None)) is not None:
                await hub.close()
            await super().shutdown(sockets)

    Announcing(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            http=guarding(settings.trusted_proxies),
            timeout_keep_alive=KEPT_SECONDS,
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACE,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
        )
    ).run(sockets=[listener])


def application(settings: Settings, dsn: str) -> FastAPI:
    """The API over a migrated database, with the worker beside it unless the settings say otherwise."""
    keep_temporary_files(settings)
    app = create_app(settings, dsn=dsn)
    if not settings.worker:
        return app
    inner = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def lifespan(of: FastAPI) -> AsyncIterator[None]:
        async with inner(of):
            ended = asyncio.Event()
            task = asyncio.create_task(work(settings, dsn, ended))
            try:
                yield
            finally:
                ended.set()
                await asyncio.wait({task}, timeout=_WORKER_GRACE)
                task.cancel()

    app.router.lifespan_context = lifespan
    return app


def keep_temporary_files(settings: Settings) -> None:
    """Have this process and those that it starts write temporary files, which hold uploads and exports, where the
    worker erases what a broken one leaves."""
    settings.temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(settings.temporary.absolute())


async def work(settings: Settings, dsn: str, ended: asyncio.Event) -> None:
    """Do jobs until `ended` is set, however often the worker itself should fail."""
    while not ended.is_set():
        try:
            await run_worker(settings, dsn, ended)
        except Exception:  # noqa: BLE001 - whatever it was, jobs must not wait until someone notices
            _log.exception("the worker failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _PAUSE)


async def work_until_signalled(settings: Settings, dsn: str) -> None:
    """Do jobs until Ctrl-C or a termination; a job that runs then is given back to the queue."""
    keep_temporary_files(settings)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    _log.info("the worker begins")
    await work(settings, dsn, ended)


def reloaded() -> FastAPI:
    """The application as the reloading server makes it anew after each change of the code."""
    settings = Settings()
    logs.configure(settings.log_level)
    assert settings.database_url
    return application(settings, settings.database_url)


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
