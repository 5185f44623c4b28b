"""Imports of workbooks: what was uploaded, what became of every row, and what an undo needs to know."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select, update

from backend.db.base import Json, Row, Session, Table, choice, erasable, jsonb, timestamp
from backend.db.encrypted import encrypted_within
from backend.db.organization import Organization, Reach, under, within


class ImportState(StrEnum):
    checking = "checking"
    checked = "checked"
    committing = "committing"
    committed = "committed"
    failed = "failed"
    undone = "undone"


class RowAction(StrEnum):
    create = "create"
    update = "update"
    unchanged = "unchanged"
    refused = "refused"


class LedgerImport(Row, table=True):
    """One workbook that was brought in.

    The organisations are no foreign keys, because an import that made a county outlives the county when it is undone;
    `county_id` is empty while the file's county does not exist yet.  The workbook lies encrypted beside the database
    until `keep_until`, when the masked rows go with it.
    """

    __table_args__ = (
        sa.Index("ix_ledger_import_organization", "organization_id", "created_at", "id"),
        sa.Index("ix_ledger_import_keep", "keep_until", postgresql_where=sa.text("erased_at IS NULL")),
    )

    ledger: str = Field(max_length=32)
    county_id: UUID | None = None
    organization_id: UUID | None = None
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    size: int
    state: ImportState = Field(default=ImportState.checking, sa_type=choice(ImportState))
    commits_at_once: bool = False
    done: int = 0
    total: int = 0
    columns: list[dict[str, str]] = Field(default_factory=list, sa_type=jsonb)
    row_count: int = 0
    refused: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    created_by: UUID
    created_by_name: str = Field(max_length=100)
    committed_at: datetime | None = Field(default=None, sa_type=timestamp)
    undo_until: datetime | None = Field(default=None, sa_type=timestamp)
    undone_at: datetime | None = Field(default=None, sa_type=timestamp)
    keep_until: datetime = Field(sa_type=timestamp)
    erased_at: datetime | None = Field(default=None, sa_type=timestamp)
    error: str | None = Field(default=None, max_length=64)
    error_params: Json = Field(default_factory=dict, sa_type=jsonb)
    request_id: str | None = Field(default=None, max_length=64)
    origin: str | None = Field(default=None, max_length=64)


class LedgerImportRow(Table, table=True):
    """One row of the file: its cells with personal numbers masked, and what was or would be done with it.

    `errors` are `{"key", "column", "code", "params"}`; a sheet that could not be taken has a row of its own, without
    cells and with `is_data` false.  `before` holds the columns that an update changed, as the database had them.
    """

    __table_args__ = erasable("a file's rows go when the import can no longer be undone")

    import_id: UUID = Field(foreign_key="ledger_import.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    sheet: str = Field(max_length=255)
    row: int
    is_data: bool = True
    action: RowAction = Field(sa_type=choice(RowAction))
    cells: Json = Field(default_factory=dict, sa_type=jsonb)
    errors: list[Json] = Field(default_factory=list, sa_type=jsonb)
    record_id: UUID | None = None
    record_version: int | None = None
    before: Json | None = Field(
        default=None, sa_type=jsonb, sa_column_kwargs=encrypted_within("record_id", phone="member.phone")
    )


class KnownPlace(NamedTuple):
    """An active organisation as workbooks refer to it: by its name, or by `parent/name`.  One above the reach of the
    actor is known by its name, but not `reached`."""

    id: UUID
    name: str
    kind: str
    parent_id: UUID | None
    parent: str | None
    path: str
    reached: bool


def _seen(reach: Reach, account_id: UUID) -> sa.ColumnElement[bool]:
    """Imports within `reach`, and one's own, whose place may not be known yet."""
    return sa.or_(within(reach, col(LedgerImport.organization_id)), col(LedgerImport.created_by) == account_id)


async def import_in(
    session: Session, reach: Reach, account_id: UUID, id: UUID, *, lock: bool = False
) -> LedgerImport | None:
    question = select(LedgerImport).where(LedgerImport.id == id, _seen(reach, account_id))
    if lock:
        question = question.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(question)).one_or_none()


def imports_in(reach: Reach, account_id: UUID) -> sa.Select[Any]:
    """The imports within `reach`, for their list."""
    columns: list[Any] = [
        col(LedgerImport.id),
        col(LedgerImport.ledger),
        col(LedgerImport.file_name),
        col(LedgerImport.state),
        col(LedgerImport.done),
        col(LedgerImport.total),
        col(LedgerImport.row_count),
        col(LedgerImport.refused),
        col(LedgerImport.created),
        col(LedgerImport.updated),
        col(LedgerImport.unchanged),
        col(LedgerImport.created_at),
        col(LedgerImport.committed_at),
        col(LedgerImport.undo_until),
        col(LedgerImport.error),
        col(LedgerImport.error_params),
    ]
    return sa.select(*columns).where(_seen(reach, account_id))


def rows_of(import_id: UUID, action: RowAction | None = None) -> sa.Select[Any]:
    """The rows of one import in the order of the file, for its preview."""
    columns: list[Any] = [
        col(LedgerImportRow.sheet),
        col(LedgerImportRow.row),
        col(LedgerImportRow.action),
        col(LedgerImportRow.cells),
        col(LedgerImportRow.errors),
    ]
    question = sa.select(*columns).where(col(LedgerImportRow.import_id) == import_id)
    return question if action is None else question.where(col(LedgerImportRow.action) == action)


async def refused_rows(
    session: Session, import_id: UUID, limit: int | None = None
) -> list[tuple[str, int, list[Json]]]:
    """Sheet, row and errors of the refused rows, in the order of the file."""
    question = (
        sa.select(col(LedgerImportRow.sheet), col(LedgerImportRow.row), col(LedgerImportRow.errors))
        .where(
            col(LedgerImportRow.import_id) == import_id,
            col(LedgerImportRow.action) == RowAction.refused,
        )
        .order_by(col(LedgerImportRow.ordinal))
        .limit(limit)
    )
    return [(sheet, row, errors) for sheet, row, errors in await session.execute(question)]


async def touched_rows(
    session: Session, import_id: UUID, action: RowAction, after: int, limit: int
) -> list[LedgerImportRow]:
    """The next rows that created or updated a record, after the ordinal `after`."""
    question = (
        select(LedgerImportRow)
        .where(
            LedgerImportRow.import_id == import_id,
            LedgerImportRow.action == action,
            col(LedgerImportRow.record_id).is_not(None),
            col(LedgerImportRow.ordinal) > after,
        )
        .order_by(col(LedgerImportRow.ordinal))
        .limit(limit)
    )
    return list(await session.exec(question))


def created_ids(import_id: UUID) -> sa.Select[Any]:
    """The records that an import created, as a sub-select."""
    return sa.select(col(LedgerImportRow.record_id)).where(
        col(LedgerImportRow.import_id) == import_id,
        col(LedgerImportRow.action) == RowAction.create,
        col(LedgerImportRow.record_id).is_not(None),
    )


async def forget_rows(session: Session, import_id: UUID, *, keep_refused: bool = False) -> None:
    """Remove the rows of an import; those refused stay without their cells where the caller wants the reasons kept."""
    mine = col(LedgerImportRow.import_id) == import_id
    if keep_refused:
        await session.execute(
            sa.update(LedgerImportRow).where(mine, col(LedgerImportRow.action) == RowAction.refused).values(cells={})
        )
        mine = sa.and_(mine, col(LedgerImportRow.action) != RowAction.refused)
    await session.execute(sa.delete(LedgerImportRow).where(mine))


async def keep_versions(session: Session, import_id: UUID, versions: Mapping[int, int | None]) -> None:
    """Note the versions that records have by the end of the import, by the ordinals of their rows."""
    if versions:
        row = LedgerImportRow
        statement = (
            sa.update(row)
            .where(col(row.import_id) == import_id, col(row.ordinal) == sa.bindparam("at"))
            .values(record_version=sa.bindparam("version"))
            .execution_options(synchronize_session=False)
        )
        connection = await session.connection()
        await connection.execute(statement, [{"at": at, "version": version} for at, version in versions.items()])


async def note_progress(session: Session, import_id: UUID, done: int, total: int) -> None:
    await session.exec(update(LedgerImport).where(col(LedgerImport.id) == import_id).values(done=done, total=total))


async def lock_import(session: Session, import_id: UUID) -> None:
    """Wait until no other transaction works on this import; the row itself stays free for its progress."""
    key = int.from_bytes(import_id.bytes[-8:], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def imports_to_erase(session: Session, now: datetime, limit: int = 100) -> list[LedgerImport]:
    """Imports whose upload need not be kept any longer, locked; those that are being worked on are left."""
    question = (
        select(LedgerImport)
        .where(
            col(LedgerImport.erased_at).is_(None),
            LedgerImport.keep_until <= now,
            col(LedgerImport.state).not_in([ImportState.checking, ImportState.committing]),
        )
        .order_by(col(LedgerImport.keep_until))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(await session.exec(question))


async def known_imports(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of `ids` are imports whose upload must still be there."""
    question = select(LedgerImport.id).where(col(LedgerImport.id).in_(ids), col(LedgerImport.erased_at).is_(None))
    return set(await session.exec(question))


async def counties_in(session: Session, reach: Reach) -> list[Organization]:
    """The roots of the counties that `reach` lies in."""
    inside = sa.select(col(Organization.county_id)).where(under(reach)).distinct()
    question = select(Organization).where(col(Organization.id).in_(inside), col(Organization.status) == "active")
    return list(await session.exec(question.order_by(col(Organization.path))))


async def names_found(session: Session, reach: Reach, names: Sequence[str]) -> dict[UUID, int]:
    """How many of `names` (folded: NFKC, lower case, without blanks) each county within `reach` knows."""
    folded = sa.func.replace(sa.func.lower(sa.func.normalize(col(Organization.name), sa.text("NFKC"))), " ", "")
    question = (
        sa.select(col(Organization.county_id), sa.func.count(folded.distinct()))
        .where(under(reach), folded.in_(names), col(Organization.status) == "active")
        .group_by(col(Organization.county_id))
    )
    return {row[0]: row[1] for row in await session.execute(question)}


async def places_in(session: Session, reach: Reach, county_id: UUID) -> list[KnownPlace]:
    """The active organisations of a county within `reach` or above it, the uppermost first."""
    above = sa.orm.aliased(Organization)
    ancestors = (sa.literal(path).startswith(col(Organization.path)) for path in sorted(reach))
    question = (
        sa.select(
            col(Organization.id),
            col(Organization.name),
            col(Organization.kind),
            col(Organization.parent_id),
            col(above.name),
            col(Organization.path),
            under(reach).label("reached"),
        )
        .join(above, col(above.id) == col(Organization.parent_id), isouter=True)
        .where(
            sa.or_(under(reach), *ancestors),
            col(Organization.county_id) == county_id,
            col(Organization.status) == "active",
        )
        .order_by(sa.func.length(col(Organization.path)), col(Organization.path))
    )
    return [KnownPlace(*row) for row in await session.execute(question)]


async def settle_import(session: Session, import_id: UUID, **columns: Any) -> None:
    """Write what became of an import; a statement of its own, since a session that wrote many rows has let go of it."""
    await session.flush()
    await session.exec(update(LedgerImport).where(col(LedgerImport.id) == import_id).values(**columns))
