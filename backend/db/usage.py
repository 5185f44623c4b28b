"""Whether records have been used: by a change, or by another record that refers to them.

The foreign keys of all tables are asked, so that a record system that comes later counts without being named here.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from backend.db.base import Session, Versioned
from backend.db.ledger import LedgerImportRow, RowAction, created_ids
from backend.db.row_security import KEEPER, close_vault, open_vault

Part = tuple[str, str]


def _table(table: type[SQLModel]) -> sa.Table:
    found: sa.Table = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    return found


def _references(table: sa.Table) -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    """Every column of the database that refers to `table`."""
    for other in table.metadata.tables.values():
        for key in other.foreign_keys:
            if key.column.table is table:
                yield other, key.parent


async def used_rows(
    session: Session, import_id: UUID, table: type[Versioned], parts: Collection[Part], limit: int
) -> list[tuple[str, int, str]]:
    """Sheet, row and reason (`changed`, or the table that refers to it) of imported rows whose records were used since.

    A record counts as changed when its version is no longer the one that the import left, or when it is gone; as used
    when a row refers to it that neither came with the same import nor is one of its own `parts` (table, column).
    """
    records = _table(table)
    row = _table(LedgerImportRow)
    mine = sa.and_(
        row.c.import_id == import_id,
        row.c.record_id.is_not(None),
        row.c.action.in_([RowAction.create, RowAction.update]),
    )
    changed = (
        sa.select(row.c.ordinal, row.c.sheet, row.c.row, sa.literal("changed").label("reason"))
        .select_from(row.outerjoin(records, records.c.id == row.c.record_id))
        .where(mine, sa.or_(records.c.id.is_(None), records.c.version != row.c.record_version))
    )
    questions = [changed]
    for other, column in _references(records):
        if (other.name, column.name) in parts:
            continue
        owners = [other.c[name] for part, name in parts if part == other.name]
        # Rows that belong to a record of this import go with it; a row of the table itself is such a record.
        owner = owners[0] if owners else other.c.id if other is records else None
        question = (
            sa.select(row.c.ordinal, row.c.sheet, row.c.row, sa.literal(other.name).label("reason"))
            .join_from(row, other, column == row.c.record_id)
            .where(mine, row.c.action == RowAction.create)
        )
        if owner is not None:
            question = question.where(owner.not_in(created_ids(import_id)))
        questions.append(question)
    found = sa.union(*questions).subquery()
    ordered = sa.select(found.c.sheet, found.c.row, found.c.reason).order_by(found.c.ordinal).limit(limit)
    # Rows behind the lock refer to records too, and the database may read them all to find those that do.
    await open_vault(session, KEEPER)
    used = [(sheet, number, reason) for sheet, number, reason in await session.execute(ordered)]
    await close_vault(session)
    return used


async def remove_created(
    session: Session,
    import_id: UUID,
    table: type[Versioned],
    parts: Collection[Part],
    kept: Collection[UUID] = (),
) -> None:
    """Remove every record that an import created but those `kept`, with its parts, in one statement per table."""
    records = _table(table)
    gone = created_ids(import_id)
    if kept:
        gone = gone.where(col(LedgerImportRow.record_id).not_in(kept))
    for name, column in parts:
        part = records.metadata.tables[name]
        await session.execute(sa.delete(part).where(part.c[column].in_(gone)))
    await session.execute(sa.delete(table).where(col(table.id).in_(gone)).execution_options(synchronize_session=False))
