"""Checking the log of an installation: for the command, for the worker, and for whoever restored a copy."""

import asyncio
import json
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.audit import last_seal
from backend.db.base import Session
from backend.db.engine import open_database
from backend.domain.audit.statement import Note, Unfit, note_of, read_note
from backend.domain.audit.verdict import note_check
from backend.domain.audit.verify import Checked, Progress, verify_log
from backend.domain.signing import KEY_FILE, load_or_create_key
from backend.settings import Settings


async def check_log(
    settings: Settings,
    address: str,
    *,
    keys: Collection[str] = (),
    noted: Sequence[Note] = (),
    first: int = 1,
    last: int | None = None,
    progress: Progress | None = None,
    keep: bool = True,
) -> Checked:
    """Check the log at `address` as it is at one moment; `keep`: note in the database that this was done,
    where the installation's key is at hand to sign it.

    The installation's own key is one whose signatures count, with `keys` beside it: the fingerprints of earlier ones.
    `address` may be the owner's or the application's.  See `verify_log` for the rest.
    """
    known = set(keys)
    if (settings.data / KEY_FILE).is_file():
        known.add(load_or_create_key(settings.data).fingerprint)
    begun = time.monotonic()
    database = open_database(address, pgbouncer=settings.db_pgbouncer, pool_size=1)
    try:
        async with database.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            checked = await verify_log(connection, keys=known, noted=noted, first=first, last=last, progress=progress)
        if keep and (settings.data / KEY_FILE).is_file():
            async with database.transaction() as session:
                await note(session, settings, checked, time.monotonic() - begun)
    finally:
        await database.close()
    return checked


async def note(session: Session, settings: Settings, checked: Checked, seconds: float) -> None:
    """Keep in the database that a check was made, signed by the installation's key."""
    await note_check(
        session,
        load_or_create_key(settings.data),
        first=checked.first,
        last=checked.last,
        events=checked.events,
        seconds=round(seconds, 3),
        findings=described(checked),
    )


def described(checked: Checked) -> list[dict[str, Any]]:
    """What was found, as JSON values."""
    return [finding.described() for finding in checked.findings]


def check_log_now(settings: Settings, address: str) -> int:
    """Check everything, in a process that has nothing else to do; returns how many findings there are."""
    return len(asyncio.run(check_log(settings, address)).findings)


async def newest_note(settings: Settings, address: str) -> Note | None:
    """The newest seal, to be kept elsewhere; None while nothing is sealed."""
    database = open_database(address, pgbouncer=settings.db_pgbouncer, pool_size=1)
    try:
        async with database.reader() as reader:
            return await _newest(reader)
    finally:
        await database.close()


async def _newest(reader: AsyncConnection) -> Note | None:
    seal = await last_seal(reader)
    return note_of(seal) if seal is not None else None


def note_in(file: Path) -> Note:
    """A note that was kept in a file. Raises Unfit for a file that holds none, OSError for one that is not there."""
    try:
        return read_note(json.loads(file.read_bytes()))
    except UnicodeDecodeError as error:
        raise Unfit("text") from error
