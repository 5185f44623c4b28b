"""Checking and committing an import: the same walk over the file, once without and once with its consequences."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any, Literal, Protocol
from uuid import UUID

from backend.db.base import Session, new_id
from backend.db.bulk import copy_rows
from backend.db.job import enqueue
from backend.db.ledger import (
    ImportState,
    LedgerImport,
    LedgerImportRow,
    RowAction,
    forget_rows,
    import_in,
    keep_versions,
    lock_import,
    settle_import,
)
from backend.domain.access import Actor, Moment
from backend.domain.attachment import plain_name
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, Forbidden, NotFound
from backend.domain.event import record
from backend.domain.identity import mask_numbers
from backend.domain.ledger.adapter import Adapter, Scope
from backend.domain.ledger.adapters import ADAPTERS
from backend.domain.ledger.elsewhere import tell_rows_elsewhere
from backend.domain.ledger.row import Planned, masked_cells, masked_errors, masked_params
from backend.domain.ledger.scope import importable

LEDGER_JOB = "ledger"
"""The job that checks or commits an import too large for a request."""

UNDO_WINDOW = timedelta(hours=24)
"""How long an import can be undone, and how long an upload that was never committed is kept."""

Deed = Literal["check", "commit"]
Report = Callable[[int, int], Awaitable[None]]


class LedgerFile(Protocol):
    """An opened workbook; `problems` are sheets that could not be taken, `height` is an upper bound of its rows."""

    columns: list[dict[str, str]]
    problems: Sequence[Any]

    @property
    def height(self) -> int: ...

    def chunks(self, scope: Scope) -> AsyncGenerator[list[Planned], None]:
        """The rows in portions; a ledger whose rows refer to one another comes in one."""
        ...


async def receive_ledger(
    session: Session,
    actor: Actor,
    moment: Moment,
    *,
    ledger: str,
    organization_id: UUID | None,
    file_name: str | None,
    sha256: str,
    size: int,
    commits_at_once: bool,
    id: UUID | None = None,
) -> LedgerImport:
    """Open an import for an uploaded workbook; what it says is looked at by `check_ledger`.

    `id` is for loaders that have to know it beforehand.  Raises NotFound for a ledger or organisation that there is
    not, Forbidden for one that the actor may not write.
    """
    adapter = ADAPTERS.get(ledger)
    if adapter is None:
        raise NotFound("not_found")
    if not actor.reach(adapter.permission):
        raise Forbidden("permission_missing", permission=adapter.permission)
    if organization_id is not None:
        await importable(session, actor, adapter, organization_id)
    run = LedgerImport(
        id=id or new_id(),
        ledger=ledger,
        organization_id=organization_id,
        file_name=mask_numbers(plain_name(file_name)),
        sha256=sha256,
        size=size,
        commits_at_once=commits_at_once,
        created_at=moment.now,
        created_by=actor.account_id,
        created_by_name=actor.name,
        keep_until=moment.now + UNDO_WINDOW,
        request_id=moment.request_id,
        origin=moment.origin,
    )
    session.add(run)
    await session.flush()
    return run


async def check_ledger(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    run: LedgerImport,
    scope: Scope,
    file: LedgerFile,
    report: Report,
) -> None:
    """Say what a commit would do with every row; changes nothing but the import's own rows."""
    totals = await _walk(session, actor, moment, cipher, run, scope, file, report, applying=False)
    await settle_import(session, run.id, state=ImportState.checked, **totals)
    _note(session, actor, moment, "ledger.checked", run, scope, totals)


async def commit_ledger(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    run: LedgerImport,
    scope: Scope,
    file: LedgerFile,
    report: Report,
) -> None:
    """Judge the file again by today's data and bring its acceptable rows in, all of them or none."""
    await forget_rows(session, run.id)
    totals = await _walk(session, actor, moment, cipher, run, scope, file, report, applying=True)
    until = moment.now + UNDO_WINDOW
    await settle_import(
        session,
        run.id,
        state=ImportState.committed,
        committed_at=moment.now,
        undo_until=until,
        keep_until=until,
        **totals,
    )
    _note(session, actor, moment, "ledger.committed", run, scope, totals)


async def begin_commit(
    session: Session, actor: Actor, moment: Moment, id: UUID, *, state: ImportState = ImportState.checked
) -> LedgerImport:
    """Find an import that can be committed and hold it; it is then `committing`.

    Raises NotFound, Conflict `import_not_checked` for one in another state, `upload_erased` for one whose time is over.
    """
    await lock_import(session, id)
    run = await import_in(session, actor.reach("ledger:import"), actor.account_id, id, lock=True)
    if run is None:
        raise NotFound("not_found")
    if run.state != state:
        raise Conflict("import_not_checked", state=run.state.value)
    if run.erased_at is not None or moment.now >= run.keep_until:
        raise Conflict("upload_erased")
    run.state, run.done = ImportState.committing, 0
    session.add(run)
    await session.flush()
    return run


async def leave_to_worker(session: Session, actor: Actor, run: LedgerImport, deed: Deed) -> None:
    """Queue the check or the commit of an import; it begins when this transaction commits."""
    task = {"import_id": str(run.id), "deed": deed, "account_id": str(actor.account_id)}
    await enqueue(session, LEDGER_JOB, json.dumps(task).encode(), once=f"{LEDGER_JOB} {deed} {run.id}")


async def fail_ledger(session: Session, id: UUID, code: str, params: Mapping[str, Any]) -> None:
    """Give an import up that cannot be carried out; nothing of it was brought in."""
    await forget_rows(session, id)
    await settle_import(session, id, state=ImportState.failed, error=code, error_params=dict(params))


async def _walk(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    run: LedgerImport,
    scope: Scope,
    file: LedgerFile,
    report: Report,
    *,
    applying: bool,
) -> dict[str, Any]:
    """Judge every row and note what becomes of it; when `applying`, bring it in.  Returns the import's columns."""
    # The walk over the file is as long as the one over the records, so progress counts both.
    total = file.height * (2 if applying else 1)
    adapter = ADAPTERS[run.ledger]
    counts = dict.fromkeys(RowAction, 0)
    creating: list[Planned] = []
    updating: list[Planned] = []
    ordinal = await _note_problems(session, run.id, file.problems)
    async with aclosing(file.chunks(scope)) as chunks:
        async for rows in chunks:
            for place, row in enumerate(rows, ordinal):
                row.ordinal = place
            await adapter.judge(session, actor, cipher, scope, rows)
            await tell_rows_elsewhere(session, actor, moment, rows)
            for row in rows:
                row.action = row.action if row.row.accepted else RowAction.refused
                counts[row.action] += 1
            ordinal += len(rows)
            await copy_rows(session, LedgerImportRow, [_stored(run.id, adapter, row, applying) for row in rows])
            for row in rows if applying else ():
                # The cells are stored; 100,000 rows of them would be some 200 MB.
                row.texts = {}
                if row.action in (RowAction.create, RowAction.update):
                    (creating if row.action == RowAction.create else updating).append(row)
            await report(min(sum(counts.values()), file.height), total)
    if applying:
        told = [row.record_version for row in creating]
        await _apply(session, actor, moment, cipher, adapter, creating, updating, file.height, report)
        changed = [row for row, version in zip(creating, told, strict=True) if row.record_version != version]
        await keep_versions(session, run.id, {row.ordinal: row.record_version for row in changed})
    county_id, organization_id = _placed(scope, creating)
    return {
        "county_id": county_id,
        "organization_id": organization_id,
        "columns": file.columns,
        "row_count": sum(counts.values()),
        "refused": counts[RowAction.refused],
        "created": counts[RowAction.create],
        "updated": counts[RowAction.update],
        "unchanged": counts[RowAction.unchanged],
        "done": sum(counts.values()),
        "total": sum(counts.values()),
    }


async def _apply(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    adapter: Adapter,
    creating: Sequence[Planned],
    updating: Sequence[Planned],
    height: int,
    report: Report,
) -> None:
    async def written(rows: int) -> None:
        await report(height + min(rows, height), 2 * height)

    if creating:
        await adapter.create(session, actor, moment, cipher, creating, written)
    if updating:
        await adapter.update(session, actor, moment, cipher, updating)


def _placed(scope: Scope, creating: Sequence[Planned]) -> tuple[UUID | None, UUID | None]:
    """County and organisation of the import; a file that founds a county brings both with its first row."""
    if scope.county is not None:
        return scope.county.id, scope.organization_id
    root = next((row.record_id for row in creating if row.values.get("parent_id") is None), None)
    return root, root


async def _note_problems(session: Session, import_id: UUID, problems: Sequence[Any]) -> int:
    """Note the sheets that could not be taken; returns the ordinal that follows."""
    rows = [
        {
            "import_id": import_id,
            "ordinal": ordinal,
            "sheet": problem.sheet[:255],
            "row": problem.row,
            "is_data": False,
            "action": RowAction.refused.value,
            "cells": {},
            "errors": [
                {"column": problem.column, "code": problem.code, "params": masked_params(problem.params, mask_numbers)}
            ],
            "record_id": None,
            "record_version": None,
            "before": None,
        }
        for ordinal, problem in enumerate(problems)
    ]
    await copy_rows(session, LedgerImportRow, rows)
    return len(rows)


def _stored(import_id: UUID, adapter: Adapter, row: Planned, applying: bool) -> dict[str, Any]:
    touched = applying and row.action in (RowAction.create, RowAction.update)
    return {
        "import_id": import_id,
        "ordinal": row.ordinal,
        "sheet": row.row.sheet[:255],
        "row": row.row.row,
        "is_data": True,
        "action": row.action.value,
        "cells": masked_cells(row, adapter.masks),
        "errors": masked_errors(row, adapter.masks),
        # Before the commit a row has no record: what is created then has another id.
        "record_id": row.record_id if touched else None,
        "record_version": row.record_version if touched else None,
        "before": row.before if touched else None,
    }


def _note(
    session: Session,
    actor: Actor,
    moment: Moment,
    kind: str,
    run: LedgerImport,
    scope: Scope,
    totals: Mapping[str, Any],
) -> None:
    data = {name: totals[name] for name in ("row_count", "refused", "created", "updated", "unchanged")}
    record(
        session,
        actor,
        moment,
        kind,
        county_id=totals["county_id"],
        organization_id=totals["organization_id"],
        subject_id=run.id,
        data={"ledger": run.ledger, "sha256": run.sha256, **data},
    )
