"""Making a backup while the installation runs."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from backend.backup import BackupError
from backend.backup.contents import ABOUT, MANIFEST, Packing
from backend.backup.database import Snapshot, connect, dumping, take
from backend.backup.reading import FORMAT, Found, read_through
from backend.backup.sealing import Secret, seal
from backend.db.base import utc_now
from backend.domain.storage import SEALED
from backend.settings import Settings

# What the embedded server keeps for itself below the data folder; a copy of a running cluster is worth nothing.
_SERVER = "postgres"
# What passes through: uploads on their way in, exports and snapshots on their way out, gone in days whatever happens.
_PASSING = ("temporary", "snapshots")
_UNSAID = {"database_url", "migration_url", "demo_password", "data", "frontend"}


@dataclass(frozen=True)
class Made:
    """What a backup holds, and what it cost."""

    path: Path
    size: int
    seconds: float
    checked: bool
    found: Found


def make_backup(settings: Settings, address: str, target: Path, secret: Secret) -> Made:
    """Write everything of an installation to `target`, and read it back where this process can open it.

    `address` is the database owner's. Nothing is written anywhere else, and nothing in clear. `target` appears
    complete or not at all. Raises BackupError, OSError or asyncpg's errors.
    """
    begun = time.monotonic()
    if target.exists():
        raise BackupError(f"{target} is there already")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file, asyncio.Runner() as runner:
            # Files come before the rows that name them, and go after them: what was there before or after is enough.
            before = set(files_of(settings.data))
            packing = Packing(small=small_files(settings.data))
            connection = runner.run(connect(address))
            try:
                snapshot = runner.run(take(connection))
                names = sorted(before | set(files_of(settings.data)))
                opener = seal(secret, _packed(settings, address, snapshot, names, packing, runner, connection), file)
            finally:
                runner.run(connection.close())
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            expected = Found(_about(snapshot), packing.manifest)
            if opener is not None and (found := read_through(secret, file, opener)) != expected:
                raise BackupError(f"what was written is not what was meant: {found.differences(expected)[:3]}")
            size = file.seek(0, os.SEEK_END)
        # Unlike a rename, a link never replaces what somebody else put there meanwhile.
        os.link(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return Made(target, size, time.monotonic() - begun, opener is not None, expected)


def files_of(data: Path) -> Iterator[str]:
    """Everything below the data folder that is an installation's and neither the server's nor half written."""
    for folder, folders, names in os.walk(data):
        at = Path(folder).relative_to(data)
        folders[:] = sorted(name for name in folders if _is_kept(at / name))
        yield from (str(at / name) for name in sorted(names) if _is_kept(at / name))


def small_files(data: Path) -> dict[str, bytes]:
    """The content of what lies in the data folder itself: its keys."""
    return {name: (data / name).read_bytes() for name in files_of(data) if "/" not in name}


def _is_kept(path: Path) -> bool:
    first = len(path.parts) == 1
    return not (path.name.startswith(".") or (first and (path.name.startswith(_SERVER) or path.name in _PASSING)))


def _packed(
    settings: Settings,
    address: str,
    snapshot: Snapshot,
    names: list[str],
    packing: Packing,
    runner: asyncio.Runner,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> Iterator[bytes]:
    yield from packing.note(ABOUT, _about(snapshot))
    with dumping(address, snapshot.name, snapshot.server) as dump:
        yield from packing.dump(dump)
    # A snapshot that is held keeps the server from tidying up; files are as they are.
    runner.run(connection.execute("COMMIT"))
    for name in names:
        if name not in packing.small:
            yield from packing.file(settings.data, name)
    # A change of keys may have encrypted a file in clear, under another name, since the names were noted.
    for name in sorted(set(files_of(settings.data)) - set(names)):
        if name.removesuffix(SEALED) in packing.vanished:
            yield from packing.file(settings.data, name)
    # Keys may be changed meanwhile: those of before the snapshot opened its rows, those of now open the files above.
    for name, content in sorted((packing.small | small_files(settings.data)).items()):
        yield from packing.kept(name, content)
    packing.manifest = _manifest(settings, snapshot, packing)
    yield from packing.note(MANIFEST, packing.manifest)
    yield from packing.end()


def _about(snapshot: Snapshot) -> dict[str, Any]:
    return {"format": FORMAT, "revision": snapshot.revision, "postgresql": snapshot.server, "snapshot": snapshot.name}


def _manifest(settings: Settings, snapshot: Snapshot, packing: Packing) -> dict[str, Any]:
    return {
        "made_at": utc_now().isoformat(timespec="seconds"),
        "tables": snapshot.tables,
        "database": packing.database.note(),
        "files": packing.files,
        "vanished": packing.vanished,
        "settings": {k: v for k, v in settings.model_dump(mode="json").items() if k not in _UNSAID},
    }
