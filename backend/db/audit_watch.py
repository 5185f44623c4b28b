"""How the log stands between two whole checks: what was found last, up to where it is known to be whole, what waits."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.account import Account, RoleGrant, in_force
from backend.db.audit import AuditCheck, AuditSeal
from backend.db.base import Session, jsonb
from backend.db.event import START, Event, Position, after

_AT_ONCE = 50
_NOTHING = sa.literal([], jsonb)
# Any constant will do, as long as no other program on this database server locks the same number.
_WATCHING = 0x77617463


async def watching_is_mine(session: Session) -> bool:
    """Whether this transaction is the one that watches; one at a time does."""
    return bool((await session.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_WATCHING)))).scalar_one())


async def checks(
    connection: Session | AsyncConnection, *conditions: sa.ColumnElement[bool], order: Sequence[Any]
) -> AsyncIterator[AuditCheck]:
    """The checks that were noted, some at a time: whether one counts is for the caller to say."""
    table = AuditCheck.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    question, offset = sa.select(table).where(*conditions).order_by(*order, table.c.id.desc()), 0
    while rows := (await connection.execute(question.limit(_AT_ONCE).offset(offset))).mappings().all():
        for row in rows:
            yield AuditCheck(**row)
        offset += _AT_ONCE


WHOLE = col(AuditCheck.first_number) == 1
IN_ORDER = col(AuditCheck.findings) == _NOTHING
NEWEST = col(AuditCheck.created_at).desc()
FARTHEST = col(AuditCheck.last_number).desc()
WORST = ((col(AuditCheck.findings) != _NOTHING).desc(), col(AuditCheck.first_number), NEWEST)


def since(moment: datetime) -> sa.ColumnElement[bool]:
    return col(AuditCheck.created_at) >= moment


class Waiting(NamedTuple):
    """The newest seal (0: none), and since when the oldest event after it waits; None: none waits."""

    seal: int
    since: datetime | None


async def waiting_since(connection: Session | AsyncConnection, dayed: Collection[str]) -> Waiting:
    """What waits for its seal. Events of the kinds in `dayed` bear no more than their day and are not asked."""
    columns = (AuditSeal.number, AuditSeal.last_transaction_id, AuditSeal.last_sequence)
    newest = sa.select(*(col(column) for column in columns)).order_by(col(AuditSeal.number).desc()).limit(1)
    seal = (await connection.execute(newest)).one_or_none()
    position = Position(seal[1], seal[2]) if seal else START
    oldest = sa.select(sa.func.min(col(Event.created_at))).where(after(position), col(Event.kind).not_in(dayed))
    return Waiting(seal[0] if seal else 0, (await connection.execute(oldest)).scalar_one())


async def was_raised(session: Session, kind: str, alarm_id: UUID) -> bool:
    question = sa.select(sa.exists().where(col(Event.subject_id) == alarm_id, col(Event.kind) == kind))
    return bool((await session.execute(question)).scalar_one())


async def holders(session: Session, role: str, at: datetime) -> list[UUID]:
    """The active accounts with a role, wherever it is held."""
    question = (
        sa.select(col(RoleGrant.account_id))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(col(RoleGrant.role) == role, col(Account.suspended_at).is_(None), in_force(at))
        .distinct()
        .order_by(col(RoleGrant.account_id))
    )
    return list((await session.execute(question)).scalars())
