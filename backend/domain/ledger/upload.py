"""The uploaded workbooks: personal data of many people, so they lie encrypted and are erased when no one can undo."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from backend.db.base import Session, utc_now
from backend.db.ledger import LedgerImport, forget_rows, imports_to_erase, known_imports
from backend.domain.access import Moment
from backend.domain.crypto import FieldCipher
from backend.domain.erasure import record_erasure
from backend.domain.errors import Conflict
from backend.domain.retention import BY_KEY
from backend.domain.sealed_file import keep_sealed, kept_sealed

PLACE = "ledger_import.file"
_ORPHAN_SECONDS = 3600


def keep_upload(folder: Path, cipher: FieldCipher, id: UUID, data: bytes) -> None:
    """Keep an upload under the id of its import."""
    keep_sealed(folder, cipher, PLACE, id, data)


def kept_upload(folder: Path, cipher: FieldCipher, id: UUID) -> bytes:
    """Open an upload; raises Conflict `upload_erased`."""
    try:
        return kept_sealed(folder, cipher, PLACE, id)
    except FileNotFoundError:
        raise Conflict("upload_erased") from None


def drop_upload(folder: Path, id: UUID) -> None:
    (folder / str(id)).unlink(missing_ok=True)


async def erase_upload(session: Session, folder: Path, run: LedgerImport, now: datetime) -> None:
    """Erase the upload of an import and the masked rows that were kept to show and to undo it."""
    await forget_rows(session, run.id, keep_refused=True)
    run.erased_at = now
    session.add(run)
    drop_upload(folder, run.id)


async def erase_expired(session: Session, folder: Path, moment: Moment) -> int:
    """Erase what need not be kept any longer, with an event; returns how many imports it was.

    Files without an import, left by a request that broke off, go after an hour.
    """
    expired = await imports_to_erase(session, moment.now)
    for run in expired:
        await erase_upload(session, folder, run, moment.now)
    record_erasure(session, moment, BY_KEY["ledger_import"], [run.county_id for run in expired])
    await _sweep(session, folder)
    return len(expired)


async def _sweep(session: Session, folder: Path) -> None:
    old = {path: _id_of(path) for path in _older_than(folder, utc_now().timestamp() - _ORPHAN_SECONDS)}
    wanted = await known_imports(session, [named for named in old.values() if named])
    for path, named in old.items():
        if named not in wanted:
            path.unlink(missing_ok=True)


def _older_than(folder: Path, time: float) -> list[Path]:
    return [path for path in folder.glob("*") if path.stat().st_mtime < time] if folder.is_dir() else []


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(path.name)
    except ValueError:
        return None
