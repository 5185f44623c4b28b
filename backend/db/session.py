"""Sessions: one signed-in device each, the devices that an account is known from, and tries at its password."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, col, select, update

from backend.db.account import Account, RefreshToken
from backend.db.base import Row, Session, Table, erasable, timestamp

COARSE = timedelta(minutes=1)
"""When a session was last used is known to the minute: enough for its limit, and no record of who did what when."""


class AccountSession(Row, table=True):
    """From one sign-in to its end.  Its id is the family of its refresh tokens and the `sid` of its access tokens.

    `device` is said in words (browser and system), for the person to know it again; `second_step` whether the sign-in
    had two steps; `in_cookie` whether a browser holds the refresh token out of its scripts' reach.
    """

    __table_args__ = (
        sa.Index("ix_account_session_open", "account_id", postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_account_session_ends", "ends_at"),
        erasable("sessions that ended months ago say nothing that the events do not"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    used_at: datetime = Field(sa_type=timestamp)
    idle_minutes: int
    ends_at: datetime = Field(sa_type=timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=timestamp)
    ended_reason: str | None = Field(default=None, max_length=32)
    device: str = Field(default="", max_length=64)
    second_step: bool = False
    in_cookie: bool = False


class KnownDevice(Table, table=True):
    """A device that signed in to an account before, by the hash of a random number in its cookie."""

    __table_args__ = (erasable("a device that was long not used is no longer known"),)

    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    device_hash: bytes = Field(primary_key=True)
    used_on: date


class SignInTry(Table, table=True):
    """Tries at one user name from one place since the last right one, whether the name exists or not.

    Both are keyed hashes; `place` is a known device, an address of today, or every unknown place together.
    `unreported` counts failures that no event has told of yet.
    """

    __table_args__ = (
        sa.Index("ix_sign_in_try_tried", "tried_at"),
        erasable("counts of tries are forgotten after a day"),
    )

    name_hash: bytes = Field(primary_key=True)
    place: bytes = Field(primary_key=True)
    failures: int = 0
    locks: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=timestamp)
    since: datetime = Field(sa_type=timestamp)
    tried_at: datetime = Field(sa_type=timestamp)
    unreported: int = 0
    reported_at: datetime | None = Field(default=None, sa_type=timestamp)


class Standing(NamedTuple):
    """What a request needs to know of its session and of the account's password and second step."""

    ended_at: datetime | None
    used_at: datetime
    idle_minutes: int
    ends_at: datetime
    second_step: bool
    password_must_change: bool
    password_set_at: datetime | None


async def standing_of(reader: AsyncConnection, session_id: UUID, account_id: UUID) -> Standing | None:
    question = (
        sa.select(
            col(AccountSession.ended_at),
            col(AccountSession.used_at),
            col(AccountSession.idle_minutes),
            col(AccountSession.ends_at),
            col(AccountSession.second_step),
            col(Account.password_must_change),
            col(Account.password_set_at),
        )
        .join(Account, col(Account.id) == col(AccountSession.account_id))
        .where(col(AccountSession.id) == session_id, col(AccountSession.account_id) == account_id)
    )
    found = (await reader.execute(question)).one_or_none()
    return Standing(*found) if found else None


async def touch_session(reader: AsyncConnection, session_id: UUID, at: datetime) -> None:
    """Note that the session was used, at most once a minute."""
    await reader.execute(
        sa.update(AccountSession)
        .where(col(AccountSession.id) == session_id, col(AccountSession.used_at) <= at - COARSE)
        .values(used_at=at)
    )


def open_sessions_of(account_id: UUID, at: datetime) -> sa.Select[Any]:
    """The sessions of an account that may still be used, the last used first."""
    idle = sa.func.make_interval(0, 0, 0, 0, 0, col(AccountSession.idle_minutes))
    return (
        sa.select(
            col(AccountSession.id),
            col(AccountSession.device),
            col(AccountSession.created_at).label("begun_at"),
            col(AccountSession.used_at),
            sa.func.least(col(AccountSession.ends_at), col(AccountSession.used_at) + idle).label("ends_at"),
            col(AccountSession.second_step),
        )
        .where(
            col(AccountSession.account_id) == account_id,
            col(AccountSession.ended_at).is_(None),
            col(AccountSession.ends_at) > at,
            col(AccountSession.used_at) + idle > at,
        )
        .order_by(col(AccountSession.used_at).desc(), col(AccountSession.id).desc())
    )


async def end_sessions(
    session: Session, account_id: UUID, at: datetime, reason: str, *, only: UUID | None = None, but: UUID | None = None
) -> list[UUID]:
    """End the open sessions of an account, or one of them, or all but one, with their refresh tokens; returns which."""
    wanted = [col(AccountSession.account_id) == account_id, col(AccountSession.ended_at).is_(None)]
    if only is not None:
        wanted.append(col(AccountSession.id) == only)
    if but is not None:
        wanted.append(col(AccountSession.id) != but)
    ending = update(AccountSession).where(*wanted).values(ended_at=at, ended_reason=reason)
    ended = list((await session.execute(ending.returning(col(AccountSession.id)))).scalars())
    if ended:
        await session.execute(
            update(RefreshToken)
            .where(col(RefreshToken.family_id).in_(ended), col(RefreshToken.revoked_at).is_(None))
            .values(revoked_at=at)
        )
    return ended


async def is_known_device(session: Session, username: str, device_hash: bytes) -> bool:
    question = (
        sa.select(sa.literal(True))
        .select_from(KnownDevice)
        .join(Account, col(Account.id) == col(KnownDevice.account_id))
        .where(col(Account.username) == username, col(KnownDevice.device_hash) == device_hash)
    )
    return (await session.execute(question)).scalar_one_or_none() is not None


async def remember_device(session: Session, account_id: UUID, device_hash: bytes, today: date) -> None:
    statement = insert(KnownDevice).values(account_id=account_id, device_hash=device_hash, used_on=today)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["account_id", "device_hash"], set_={"used_on": today})
    )


async def lock_tries(session: Session, name_hash: bytes, places: Sequence[bytes], at: datetime) -> list[SignInTry]:
    """The counts of a name at these places, made when missing, and held until the transaction ends."""
    rows = [{"name_hash": name_hash, "place": place, "since": at, "tried_at": at} for place in places]
    defaults = {"failures": 0, "locks": 0, "unreported": 0}
    await session.execute(insert(SignInTry).values([row | defaults for row in rows]).on_conflict_do_nothing())
    question = (
        select(SignInTry)
        .where(SignInTry.name_hash == name_hash, col(SignInTry.place).in_(places))
        # Always in one order, so that two tries at once wait for one another and never both.
        .order_by(col(SignInTry.place))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.place: row for row in await session.exec(question)}
    return [found[place] for place in places]


async def forget_tries(session: Session, before: datetime, most: int) -> int:
    """Remove counts that nobody has added to since `before`, at most `most` at once; returns how many went."""
    old = sa.select(col(SignInTry.name_hash), col(SignInTry.place)).where(col(SignInTry.tried_at) < before).limit(most)
    gone = await session.execute(
        sa.delete(SignInTry).where(sa.tuple_(col(SignInTry.name_hash), col(SignInTry.place)).in_(old))
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE answers with a cursor's result


async def forget_devices(session: Session, before: date) -> int:
    """Remove devices that were last used before a day; returns how many went."""
    gone = await session.execute(sa.delete(KnownDevice).where(col(KnownDevice.used_on) < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE answers with a cursor's result


async def forget_sessions(session: Session, before: datetime, most: int) -> int:
    """Remove sessions that were over by `before`, with their refresh tokens; returns how many went."""
    old = sa.select(col(AccountSession.id)).where(col(AccountSession.ends_at) < before).limit(most)
    gone = list((await session.execute(old)).scalars())
    await session.execute(sa.delete(RefreshToken).where(col(RefreshToken.family_id).in_(gone)))
    await session.execute(sa.delete(AccountSession).where(col(AccountSession.id).in_(gone)))
    return len(gone)
