"""Taking an import back, as long as nobody has built on it."""

from pathlib import Path
from uuid import UUID

from backend.db.base import Session, new_id, utc_now
from backend.db.bulk import copy_rows
from backend.db.event import Event
from backend.db.ledger import (
    ImportState,
    LedgerImport,
    RowAction,
    import_in,
    lock_import,
    settle_import,
    touched_rows,
)
from backend.db.usage import remove_created, used_rows
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, NotFound, Problem
from backend.domain.event import event_row, record_about
from backend.domain.ledger.adapter import Adapter
from backend.domain.ledger.adapters import ADAPTERS
from backend.domain.ledger.upload import erase_upload

_CHUNK = 1000
_NAMED = 100


async def undo_ledger(
    session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, folder: Path, id: UUID
) -> LedgerImport:
    """Take an import back: what it created is removed, what it changed gets its old fields again.

    Records are otherwise never removed; these were never meant to be. One that people have acted on with the import
    itself is withdrawn instead, since acts are never removed.  Raises NotFound; Conflict
    `import_not_committed`, `undo_over` (after 24 hours), and `used_since`, which names the first hundred rows whose
    records somebody has changed, transferred or referred to since.
    """
    await lock_import(session, id)
    run = await import_in(session, actor.reach("ledger:import"), actor.account_id, id, lock=True)
    if run is None:
        raise NotFound("not_found")
    if run.state != ImportState.committed:
        raise Conflict("import_not_committed", state=run.state.value)
    if run.undo_until is None or moment.now >= run.undo_until:
        raise Conflict("undo_over")
    adapter = ADAPTERS[run.ledger]
    used = await used_rows(session, id, adapter.table, adapter.parts, _NAMED)
    if used:
        rows = dict.fromkeys((sheet, row) for sheet, row, _reason in used)
        problems = [Problem("", "row_used_since", {"sheet": sheet, "row": row}) for sheet, row in rows]
        raise Conflict("used_since", problems=problems, count=len(problems))
    await _restore(session, actor, moment, cipher, adapter, id)
    await _remove(session, actor, moment, adapter, id)
    run = await session.get_one(LedgerImport, id, populate_existing=True)
    record_about(
        session,
        actor,
        moment,
        "ledger.undone",
        run,
        data={"ledger": run.ledger, "created": run.created, "updated": run.updated},
    )
    await settle_import(session, id, state=ImportState.undone, undone_at=moment.now, undo_until=None)
    await session.refresh(run)
    await erase_upload(session, folder, run, moment.now)
    return run


async def _restore(
    session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, adapter: Adapter, id: UUID
) -> None:
    after = -1
    while rows := await touched_rows(session, id, RowAction.update, after, _CHUNK):
        after = rows[-1].ordinal
        records = [(row.record_id, row.before or {}) for row in rows if row.record_id is not None]
        await adapter.restore(session, actor, moment, cipher, records)


async def _remove(session: Session, actor: Actor, moment: Moment, adapter: Adapter, id: UUID) -> None:
    after, kept = -1, set[UUID]()
    while rows := await touched_rows(session, id, RowAction.create, after, _CHUNK):
        after = rows[-1].ordinal
        ids = [row.record_id for row in rows if row.record_id is not None]
        kept.update(await adapter.take_back(session, actor, moment, ids))
        forgotten = await adapter.forget(session, [each for each in ids if each not in kept])
        events = [
            {
                "id": new_id(),
                "created_at": utc_now(),
                **event_row(
                    actor,
                    moment,
                    adapter.undone,
                    county_id=record["county_id"],
                    organization_id=record["organization_id"],
                    subject_id=record["id"],
                    data={"import_id": str(id)},
                ),
            }
            for record in forgotten
        ]
        await copy_rows(session, Event, events)
        # What has been read is not needed again, and 100,000 rows would be some 200 MB.
        session.expunge_all()
    await remove_created(session, id, adapter.table, adapter.parts, kept)
