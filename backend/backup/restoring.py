"""Restoring a backup into an empty database and an empty data folder, and proving that it is what was written."""

import asyncio
import os
import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from alembic.script import ScriptDirectory

from backend.backup import BackupError, NotEmpty
from backend.backup.contents import DATABASE, FILES
from backend.backup.database import connect, refuse_filled, restoring, sums
from backend.backup.making import files_of
from backend.backup.reading import Found, read_through
from backend.backup.sealing import Secret
from backend.db.engine import alembic_config

_DRAFT = ".restoring"


@dataclass(frozen=True)
class Restored:
    """What was restored, and how long it took."""

    found: Found
    seconds: float


def check_backup(file: IO[bytes], secret: Secret) -> Found:
    """Say what a backup holds after reading all of it. Raises BackupError and its kinds."""
    found = read_through(secret, file)
    _refuse_newer(found)
    return found


def restore_backup(data: Path, address: str, file: IO[bytes], secret: Secret) -> Restored:
    """Put a backup where nothing is yet: the database at `address` (its owner's) and the folder `data`.

    The file is read through before anything is touched, so that one that is damaged changes nothing; afterwards every
    table and every file is compared with what the manifest says. The database is as old as the backup: migrate it.

    Raises NotEmpty, Damaged, WrongSecret, BackupError for a newer backup or a restored copy that differs.
    """
    begun = time.monotonic()
    refuse_occupied(data)
    with asyncio.Runner() as runner:
        server = runner.run(_version_of_empty(address))
        expected = check_backup(file, secret)
        file.seek(0)
        draft = data / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        try:
            _unpack(address, server, file, secret, expected, draft)
            runner.run(_compare_tables(address, expected))
            for name in sorted(os.listdir(draft)):
                (draft / name).rename(data / name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Restored(expected, time.monotonic() - begun)


def refuse_occupied(data: Path) -> None:
    """Raises NotEmpty when the folder holds anything of an installation, such as its keys."""
    if data.is_dir() and (found := next(iter(files_of(data)), None)) is not None:
        raise NotEmpty(f"{data} is not empty (it has {found}); nothing is ever written over")


def _unpack(address: str, server: str, file: IO[bytes], secret: Secret, expected: Found, draft: Path) -> None:
    writing: dict[str, IO[bytes]] = {}

    with ExitStack() as stack, restoring(address, server) as database:

        def take(name: str, piece: bytes) -> None:
            if name.startswith(DATABASE):
                database.write(piece)
                return
            if name not in writing:
                while writing:
                    writing.popitem()[1].close()
                writing[name] = stack.enter_context(_create(draft / name.removeprefix(FILES)))
            writing[name].write(piece)

        read_through(secret, file, take=take)
    for name in expected.manifest["files"]:
        # A file without content has no piece that would have made it.
        if not (draft / name).exists():
            _create(draft / name).close()


def _create(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _refuse_newer(found: Found) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if found.about["revision"] not in known:
        raise BackupError(
            f"the backup is of revision {found.about['revision']}, which this program does not know: use a newer one"
        )


async def _version_of_empty(address: str) -> str:
    connection = await connect(address)
    try:
        await refuse_filled(connection)
        version: str = await connection.fetchval("SHOW server_version")
        return version
    finally:
        await connection.close()


async def _compare_tables(address: str, expected: Found) -> None:
    connection = await connect(address)
    try:
        found = await sums(connection)
    finally:
        await connection.close()
    tables = expected.manifest["tables"]
    if wrong := [name for name in sorted(set(tables) | set(found)) if tables.get(name) != found.get(name)]:
        raise BackupError(f"restored, but these tables are not what was written: {', '.join(wrong)}")
