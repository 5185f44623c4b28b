"""The database's part of a backup: one snapshot, counted and dumped, and put back into an empty database."""

import contextlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import asyncpg
from sqlalchemy.engine import make_url

from backend.backup import BackupError, NotEmpty
from backend.db.processes import environment
from backend.db.programs import NoPrograms, Programs, find_programs

# The text of a row depends on these, so they are the same whenever rows are summed up.
_PLAIN = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "row_security": "off",
}

_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1
"""

_SUM = "SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS sum FROM {table} t"

_LOCK_PATIENCE_MS = 60_000
_PIECE, _PREAMBLE = 1024 * 1024, 2048


@dataclass(frozen=True)
class Snapshot:
    """A moment of the database that holds still as long as its connection does."""

    name: str
    revision: str
    server: str
    tables: dict[str, dict[str, str | int]]


async def connect(address: str) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(_plain(address), server_settings={**_PLAIN, "application_name": "guanbiao backup"})


async def take(connection: "asyncpg.Connection[asyncpg.Record]") -> Snapshot:
    """Begin a transaction that sees one moment, and sum every table up in it. Raises BackupError."""
    await connection.execute(
        "SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; SET lock_timeout = 0"
    )
    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    name = await connection.fetchval("SELECT pg_export_snapshot()")
    tables = await sums(connection)
    if "alembic_version" not in tables:
        raise BackupError("there is nothing to back up: the database was never migrated")
    revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    return Snapshot(name, revision, await connection.fetchval("SHOW server_version"), tables)


async def sums(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, dict[str, str | int]]:
    """For every table the number of its rows and a sum over their contents, whatever order they lie in."""
    found: dict[str, dict[str, str | int]] = {}
    for row in await connection.fetch(_TABLES):
        table = '"' + row["relname"].replace('"', '""') + '"'
        counted = await connection.fetchrow(_SUM.format(table=table))
        assert counted is not None
        found[row["relname"]] = {"rows": counted["rows"], "sum": counted["sum"]}
    return found


async def refuse_filled(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Raises NotEmpty unless the database has no tables at all."""
    if tables := [row["relname"] for row in await connection.fetch(_TABLES)]:
        raise NotEmpty(f"the database is not empty (it has {len(tables)} tables); nothing is ever written over")


@contextlib.contextmanager
def dumping(address: str, snapshot: str, server: str) -> Iterator[IO[bytes]]:
    """pg_dump's custom format of one snapshot. Raises BackupError when the program ends with a failure."""
    command = [
        "--format=custom",
        "--compress=3",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--lock-wait-timeout={_LOCK_PATIENCE_MS}",
    ]
    with _running("pg_dump", address, server, command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield process.stdout


@contextlib.contextmanager
def restoring(address: str, server: str) -> Iterator[IO[bytes]]:
    """Where a dump is written to; all of it is there afterwards, or nothing. `server` is the version restored to.

    pg_restore writes statements and psql sends them: sent by pg_restore itself, one setting that it always makes would
    be refused by servers before 17.  Raises BackupError.
    """
    script = ["--file=-", "--no-owner", "--no-privileges"]
    sending = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    with (
        _running("psql", address, server, sending, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as psql,
        _running("pg_restore", None, server, script, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as pg_restore,
    ):
        assert pg_restore.stdin
        passing = threading.Thread(target=_pass_on, args=(pg_restore.stdout, psql.stdin), daemon=True)
        passing.start()
        with contextlib.suppress(BrokenPipeError):
            yield pg_restore.stdin
        with contextlib.suppress(BrokenPipeError):
            pg_restore.stdin.close()
        passing.join()


def _pass_on(source: IO[bytes], target: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        target.write(source.read(_PREAMBLE).replace(b"SET transaction_timeout = 0;\n", b"", 1))
        while piece := source.read(_PIECE):
            target.write(piece)
        target.close()


@contextlib.contextmanager
def _running(
    program: str, address: str | None, server: str, options: list[str], **streams: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    programs = _programs_for(server)
    secret = {}
    if address is not None:
        url = make_url(_plain(address))
        # A password on a command line is everybody's on this machine.
        secret = {"PGPASSWORD": url.password} if url.password else {}
        options = [*options, f"--dbname={url.set(password=None).render_as_string(hide_password=False)}"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [programs.folder / program, *options],
            env={**environment(), **_inherited(), **secret, "PGAPPNAME": "guanbiao backup"},
            stderr=said,
            **streams,
        )
        try:
            yield process
            if process.wait():
                said.seek(0)
                raise BackupError(f"{program} failed: {_first_line(said.read())}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()


def _first_line(said: bytes) -> str:
    """The program's own words without the lines that would quote rows."""
    lines = said.decode(errors="replace").strip().splitlines()
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "it said nothing")[:300]


def _programs_for(server: str) -> Programs:
    """The packaged ones, which speak to older servers too, else those of the server's own version."""
    major = int(server.split(".", 1)[0].split()[0])
    with contextlib.suppress(NoPrograms):
        if (packaged := find_programs()).major >= major:
            return packaged
        return find_programs(major)
    raise BackupError(f"the server is PostgreSQL {major}: its pg_dump, pg_restore and psql must be on this machine")


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PGSSL")}


def _plain(address: str) -> str:
    return address.replace("postgresql+asyncpg://", "postgresql://", 1)
