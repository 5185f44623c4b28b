"""A PostgreSQL server of the program's own: started with it, stopped with it, reachable from this machine only."""

import asyncio
import atexit
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO

import asyncpg

from backend.db.processes import entrance, environment, free_port, is_ready, runs_in, start_server
from backend.db.programs import Programs, User, find_programs, reachable_by, unprivileged_user
from backend.db.roles import Addresses, creation, is_verifier_of, verifier
from backend.keys import load_or_create, random_token

if sys.platform != "win32":
    import fcntl

NAME = "guanbiao"
"""The database, and the role that owns it and everything in it."""

APPLICATION = "guanbiao_app"
"""The role in which the application works."""

PATIENCE = 120.0
"""Seconds that a start may take: after a crash the server first replays its log."""

_POLL = 0.01
_LOG_LIMIT = 10_000_000
_PASSING = ("Address already in use", "could not bind", "still in use", "already exists")

OPTIONS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and details of errors hold people's data, which no log may.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgresError(Exception):
    """The server could not be started; the message says why in one line, then quotes the server's log."""


class EmbeddedPostgres:
    """The PostgreSQL server whose data are below `data`.

    The first process to start it owns it and stops it; a second one on the same folder is given the same
    server and leaves it running. On Linux the server also shuts down by itself, cleanly, when its owner is killed.

    `options` are PostgreSQL's own, set over OPTIONS. Blocking: call from a thread when a loop is running.
    """

    def __init__(self, data: Path, options: Mapping[str, str] | None = None) -> None:
        self._data = data.absolute()
        self._cluster = self._data / "postgres"
        self._options = {**OPTIONS, **(options or {})}
        self._ownership: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> Addresses:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> Addresses:
        """Start the server, or find the one that runs, and return how both roles reach database `guanbiao`.

        Raises EmbeddedPostgresError, NoPrograms, or OSError when the folder cannot be used.
        """
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._own():
                try:
                    return self._start_own(deadline)
                except BaseException:
                    self.stop()
                    raise
            with contextlib.suppress(OSError, ValueError, asyncpg.PostgresError):
                return self._connected(int(json.loads(self._state.read_text())["port"]))
            time.sleep(_POLL)
        raise EmbeddedPostgresError(f"another process keeps {self._data}, but its server does not answer")

    def stop(self) -> None:
        """Stop the server if this process owns it: sessions are ended, everything committed is on disk. Idempotent."""
        atexit.unregister(self.stop)
        if self._server and self._keeper:
            with contextlib.suppress(ProcessLookupError):
                self._server.send_signal(signal.SIGINT)
            self._keeper.join(PATIENCE)
            if self._keeper.is_alive():
                # SIGQUIT gives up the last checkpoint, not the data: the next start replays the log.
                self._server.send_signal(signal.SIGQUIT)
                self._keeper.join()
            self._server = self._keeper = None
        if self._ownership:
            self._ownership.close()
            self._ownership = None

    @property
    def _state(self) -> Path:
        return self._data / "postgres.json"

    @property
    def _log(self) -> Path:
        return self._data / "postgres.log"

    def _own(self) -> bool:
        """Try to become the one process that runs this folder's server; the kernel ends the claim with the process."""
        if self._ownership:
            return True
        file = (self._data / "postgres.lock").open("a")
        try:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._ownership = file
        return True

    def _start_own(self, deadline: float) -> Addresses:
        version = self._cluster / "PG_VERSION"
        programs = find_programs(int(version.read_text()) if version.exists() else None)
        user = unprivileged_user(self._cluster.stat().st_uid if version.exists() else None)
        programs = reachable_by(user, programs)
        if not version.exists():
            self._create(programs, user)
        self._end_orphan(deadline)
        with contextlib.suppress(FileNotFoundError):
            if self._log.stat().st_size > _LOG_LIMIT:
                self._log.replace(self._log.with_suffix(".log.1"))
        port = free_port(self._last_port())
        while (said := self._launch(programs, user, port, deadline)) is not None:
            if time.monotonic() > deadline or not any(cause in said for cause in _PASSING):
                raise EmbeddedPostgresError(f"PostgreSQL did not start from {self._cluster}:\n{said}")
            time.sleep(10 * _POLL)
            port = free_port(port)
        draft = self._state.with_suffix(".draft")
        draft.write_text(json.dumps({"port": port}))
        draft.replace(self._state)
        atexit.register(self.stop)
        return self._connected(port)

    def _last_port(self) -> int:
        with contextlib.suppress(OSError, ValueError, KeyError):
            return int(json.loads(self._state.read_text())["port"])
        return 0

    def _password(self, whose: str = "postgres") -> str:
        return load_or_create(self._data / f"{whose}.password", random_token).decode()

    def _create(self, programs: Programs, user: User | None) -> None:
        """Make an empty cluster; it gets its name only when complete, so that a killed start leaves none half made."""
        draft = self._data / "postgres.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile(dir="/tmp" if user else None) as password:  # noqa: S108 - mode 0600, unguessable, and root's own temporary folder may be closed to `user`
            password.write(self._password().encode())
            password.flush()
            if user:
                os.chown(draft, user.uid, user.gid)
                os.chown(password.name, user.uid, user.gid)
            # The built-in C.UTF-8 sorts the same on every system; before 17 it has to be the C library's.
            locale = (
                ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
                if programs.major >= 17
                else ["--locale=C.UTF-8"]
            )
            with entrance(user, draft) as (name, arguments):
                command = [str(programs.folder / "initdb"), "-D", name, "--encoding=UTF8", *locale, "--data-checksums"]
                command += ["--username", NAME, "--auth=scram-sha-256", "--pwfile", password.name]
                made = subprocess.run(
                    command, env=environment(), capture_output=True, text=True, check=False, **arguments
                )
        if made.returncode:
            raise EmbeddedPostgresError(f"PostgreSQL could not make its files in {draft}:\n{made.stderr.strip()}")
        draft.rename(self._cluster)

    def _end_orphan(self, deadline: float) -> None:
        """Stop a server that outlived its owner, and wait for it; afterwards nothing runs on this cluster.

        A dead server's pid may be a zombie's, or belong to another program by now. PostgreSQL would take
        either for a living server, so the file is then made to name this process instead: a starting server takes its
        parent's pid for stale, and still makes its own check for backends that hold the old shared memory.
        """
        path = self._cluster / "postmaster.pid"
        asked = False
        while time.monotonic() < deadline:
            try:
                lines = path.read_text().splitlines()
                pid = abs(int(lines[0]))
            except FileNotFoundError:
                return
            except (ValueError, IndexError):
                path.unlink()
                return
            if not runs_in(pid, self._cluster):
                with path.open("r+") as file:
                    file.write("\n".join([str(os.getpid()), *lines[1:], ""]))
                    file.truncate()
                return
            if not asked:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
                asked = True
            time.sleep(_POLL)
        raise EmbeddedPostgresError(f"the server {pid} left over on {self._cluster} does not stop")

    def _launch(self, programs: Programs, user: User | None, port: int, deadline: float) -> str | None:
        """Run the server until it says that it is ready; None then, or what it wrote before it gave up."""
        options = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        launched: Future[subprocess.Popen[bytes]] = Future()
        with self._log.open("ab") as log, entrance(user, self._cluster) as (name, arguments):
            before = log.tell()
            command = [str(programs.folder / "postgres"), "-D", name, "-p", str(port), *options]

            def keep() -> None:
                try:
                    server = start_server(command, log, arguments)
                except BaseException as error:  # noqa: BLE001 - the thread that waits raises it
                    launched.set_exception(error)
                else:
                    launched.set_result(server)
                    server.wait()

            # Linux counts the death of the starting *thread* as the parent's, so this one lives as long as the
            # server; it also reaps it, which leaves no zombie.
            keeper = threading.Thread(target=keep, name="postgres-keeper", daemon=True)
            keeper.start()
            server = launched.result()
        self._server, self._keeper = server, keeper
        while keeper.is_alive():
            if is_ready(self._cluster / "postmaster.pid", server.pid):
                return None
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL was not ready after {PATIENCE:.0f} s; see {self._log}")
            keeper.join(_POLL)
        self._server = self._keeper = None
        return self._log.read_bytes()[before:].decode(errors="replace").strip()

    def _connected(self, port: int) -> Addresses:
        """The addresses of the database, after a real connection to it; what is missing, database or role, is made."""
        place = f"127.0.0.1:{port}"
        owner = f"postgresql://{NAME}:{self._password()}@{place}"
        password = self._password("postgres-application")

        async def visit() -> None:
            connection = await asyncpg.connect(f"{owner}/postgres", timeout=10)
            try:
                if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
                    with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                        await connection.execute(f"CREATE DATABASE {NAME}")
                kept = await connection.fetchrow("SELECT rolpassword FROM pg_authid WHERE rolname = $1", APPLICATION)
                if kept is None:
                    with contextlib.suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
                        await connection.execute(creation(APPLICATION, password))
                elif not is_verifier_of(password, kept[0]):
                    await connection.execute(f"ALTER ROLE {APPLICATION} PASSWORD '{verifier(password)}'")
            finally:
                await connection.close()

        # A thread of its own, since the caller may be inside a running loop.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: asyncio.run(visit())).result()
        return Addresses(f"{owner}/{NAME}", f"postgresql://{APPLICATION}:{password}@{place}/{NAME}")
