"""What members say is wrong in their own records, and what became of it."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, col, select

from backend.db.account import Account
from backend.db.base import Session, Versioned, choice, timestamp
from backend.db.encrypted import encrypted
from backend.db.limit import has_passed
from backend.db.member import Member
from backend.db.organization import Organization, Reach, under


class CorrectionState(StrEnum):
    open = "open"
    corrected = "corrected"
    not_corrected = "not_corrected"


class MemberCorrection(Versioned, table=True):
    """One field that a member calls wrong.  `says` is masked as it was shown; `should` is a ciphertext."""

    __table_args__ = (
        sa.Index("ix_member_correction_member", "member_id", sa.desc("id")),
        sa.Index("ix_member_correction_state", "state", "due_at"),
        # A second complaint about the same field waits until the first one is settled.
        sa.Index(
            "uq_member_correction_open_field",
            "member_id",
            "field",
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    member_id: UUID = Field(foreign_key="member.id")
    county_id: UUID
    field: str = Field(max_length=32)
    says: str | None = Field(default=None, max_length=500)
    should: bytes = Field(sa_column_kwargs=encrypted("member_correction.should"))
    evidence: str = Field(max_length=1000)
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=timestamp)
    due_at: datetime = Field(sa_type=timestamp)
    state: CorrectionState = Field(default=CorrectionState.open, sa_type=choice(CorrectionState))
    reason: str = Field(default="", max_length=1000)
    settled_by: UUID | None = None
    settled_by_name: str | None = Field(default=None, max_length=100)
    settled_at: datetime | None = Field(default=None, sa_type=timestamp)


async def member_of(session: Session, reach: Reach, id: UUID) -> UUID | None:
    """The member whose correction this is, when that is within reach."""
    question = (
        select(MemberCorrection.member_id)
        .join(Member, col(Member.id) == col(MemberCorrection.member_id))
        .join(Organization, col(Organization.id) == col(Member.organization_id))
        .where(MemberCorrection.id == id, under(reach))
    )
    return (await session.exec(question)).one_or_none()


async def correction_held(session: Session, id: UUID) -> MemberCorrection:
    """The correction, locked; its member has to be held already, since that is locked first."""
    question = select(MemberCorrection).where(MemberCorrection.id == id).with_for_update()
    return (await session.exec(question.execution_options(populate_existing=True))).one()


async def open_correction(session: Session, member_id: UUID, field: str) -> UUID | None:
    """The correction of the same field that is not settled yet."""
    question = select(MemberCorrection.id).where(
        MemberCorrection.member_id == member_id,
        MemberCorrection.field == field,
        MemberCorrection.state == CorrectionState.open,
    )
    return (await session.exec(question)).one_or_none()


async def open_corrections(session: Session, member_id: UUID, fields: Collection[str]) -> list[MemberCorrection]:
    """The corrections of these fields that are not settled yet."""
    question = select(MemberCorrection).where(
        MemberCorrection.member_id == member_id,
        MemberCorrection.state == CorrectionState.open,
        col(MemberCorrection.field).in_(fields),
    )
    return list(await session.exec(question))


async def own_member_of(session: Session, account_id: UUID, *, lock: bool = False) -> Member | None:
    """Whom an account is on the roster."""
    question = select(Member).join(Account, col(Account.member_id) == col(Member.id)).where(Account.id == account_id)
    if lock:
        question = question.with_for_update(of=Member).execution_options(populate_existing=True)
    return (await session.exec(question)).one_or_none()


async def own_records(connection: Session | AsyncConnection, account_ids: Collection[UUID]) -> set[UUID]:
    """The members that these accounts are on the rosters."""
    question = sa.select(col(Account.member_id)).where(
        col(Account.id).in_(account_ids), col(Account.member_id).is_not(None)
    )
    return {member_id for (member_id,) in await connection.execute(question) if member_id is not None}


async def is_disputed(session: Session, member_id: UUID) -> bool:
    """Whether anything that the member calls wrong is not settled yet."""
    question = sa.select(
        sa.exists().where(
            col(MemberCorrection.member_id) == member_id, col(MemberCorrection.state) == CorrectionState.open
        )
    )
    return bool((await session.execute(question)).scalar_one())


def corrections_in(reach: Reach, now: datetime) -> sa.Select[Any]:
    """The corrections of members within reach, as clerks see them; `should` is the ciphertext."""
    return (
        _columns(now)
        .add_columns(
            sa.func.json_build_object("id", col(Member.id), "name", col(Member.name)).label("member"),
            sa.func.json_build_object("id", col(Organization.id), "name", col(Organization.name)).label("organization"),
        )
        .where(under(reach))
    )


def corrections_of(member_id: UUID, now: datetime) -> sa.Select[Any]:
    """The corrections that a member asked for; `should` is the ciphertext."""
    return _columns(now).where(col(MemberCorrection.member_id) == member_id)


def _columns(now: datetime) -> sa.Select[Any]:
    is_open = col(MemberCorrection.state) == CorrectionState.open
    return (
        sa.select(
            col(MemberCorrection.id),
            col(MemberCorrection.field),
            col(MemberCorrection.says),
            col(MemberCorrection.should),
            col(MemberCorrection.evidence),
            col(MemberCorrection.asked_at),
            col(MemberCorrection.due_at),
            sa.and_(is_open, has_passed(col(MemberCorrection.due_at), now)).label("overdue"),
            col(MemberCorrection.state),
            sa.func.nullif(col(MemberCorrection.reason), "").label("reason"),
            col(MemberCorrection.settled_at),
            col(MemberCorrection.version),
        )
        .join(Member, col(Member.id) == col(MemberCorrection.member_id))
        .join(Organization, col(Organization.id) == col(Member.organization_id))
    )
