"""Where the fields of a member's record come from, and who looked at what is hidden in it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import RoleGrant
from backend.db.base import Json, Session
from backend.db.event import Event
from backend.db.ledger import LedgerImportRow, RowAction
from backend.db.reading import readings

_MOST = 500
_COLUMNS = (
    col(Event.kind),
    col(Event.at),
    col(Event.actor_id),
    col(Event.data),
    col(Event.reason),
    col(Event.created_at),
)


class Happened(NamedTuple):
    """One event about a member's record."""

    kind: str
    at: datetime
    actor_id: UUID | None
    data: Json
    reason: str | None
    created_at: datetime


class Held(NamedTuple):
    """A role that an account holds or held, by the machine's clock."""

    account_id: UUID
    role: str
    starts_at: datetime
    ends_at: datetime | None


async def happened_to(session: Session, member_id: UUID, kinds: Collection[str]) -> list[Happened]:
    """The newest events of `kinds` about a member, the newest first."""
    question = (
        sa.select(*_COLUMNS)
        .where(col(Event.subject_kind) == "member", col(Event.subject_id) == member_id, col(Event.kind).in_(kinds))
        .order_by(col(Event.sequence).desc())
        .limit(_MOST)
    )
    return [Happened(*row) for row in await session.execute(question)]


async def came_by_import(session: Session, member_id: UUID) -> bool:
    """Whether the record was created from a workbook."""
    question = sa.select(
        sa.exists().where(col(LedgerImportRow.record_id) == member_id, col(LedgerImportRow.action) == RowAction.create)
    )
    return bool((await session.execute(question)).scalar_one())


async def read_of(
    session: Session, subject_kind: str, subject_id: UUID, kinds: Collection[str], rosters: Collection[str]
) -> list[Happened]:
    """The newest events by which somebody read something of a subject, the newest first."""
    question = (
        sa.select(*_COLUMNS)
        .where(*readings(kinds, rosters, subject_kind=subject_kind, subject_id=subject_id))
        .order_by(col(Event.at).desc(), col(Event.sequence).desc())
        .limit(_MOST)
    )
    return [Happened(*row) for row in await session.execute(question)]


async def roles_held(session: Session, account_ids: Collection[Any]) -> list[Held]:
    """The roles that accounts hold or held: the categories under which people hear who looked."""
    question = sa.select(
        col(RoleGrant.account_id), col(RoleGrant.role), col(RoleGrant.starts_at), col(RoleGrant.ends_at)
    ).where(col(RoleGrant.account_id).in_(account_ids))
    return [Held(*row) for row in await session.execute(question)]
