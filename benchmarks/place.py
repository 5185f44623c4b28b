"""Where everything is measured: a PostgreSQL and a folder of their own, and servers that are started and ended."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend import logs
from backend.app import create_app
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import migrate_now
from backend.db.roles import Addresses
from backend.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
POOL = 10
"""Connections of every contestant."""

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """`addresses` lead to a migrated database with the program's ordinary settings; `data` holds the program's keys."""

    data: Path
    addresses: Addresses

    @contextlib.asynccontextmanager
    async def app(self) -> AsyncIterator[Any]:
        """The application in this process, for preparing data by its own requests."""
        logs.configure("error")
        made = create_app(Settings(data=self.data, worker=False), dsn=self.addresses.application)
        async with made.router.lifespan_context(made):
            yield made


@contextlib.contextmanager
def place(options: Mapping[str, str] | None = None) -> Iterator[Place]:
    """A place that is gone afterwards. `options` are PostgreSQL's, beside those that the program sets."""
    with tempfile.TemporaryDirectory(prefix="guanbiao-bench-") as folder:
        data = Path(folder)
        with EmbeddedPostgres(data, options) as addresses:
            migrate_now(addresses)
            yield Place(data, addresses)


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(command: Sequence[str], port: int, environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """A server that answers on `port`; what it says goes to `log`, as a service's would."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | dict(environment), stdout=said, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(process, port, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def ours(place: Place, port: int) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of one API process of the program, as in production."""
    settings = {
        "DATA": str(place.data),
        "DATABASE_URL": place.addresses.application,
        "MIGRATION_URL": place.addresses.owner,
        "DB_POOL_SIZE": str(POOL),
        "PORT": str(port),
        "WORKER": "0",
        # Few accounts ask very often here. They are counted as ever, and never refused.
        "REQUESTS_PER_MINUTE": "1000000000",
    }
    command = [sys.executable, "-m", "backend.cli", "run"]
    return command, {f"GUANBIAO_{name}": value for name, value in settings.items()}
