"""Signing in: passwords, sessions as chains of refresh tokens, and what an account may do now."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select, update

from backend.db.account import Account, RefreshToken, account_named, grants_of
from backend.db.base import Session, new_id, utc_now
from backend.domain.access import Actor, Grant, Moment
from backend.domain.errors import SignInRefused
from backend.domain.event import record

SESSION_LENGTH = timedelta(hours=12)

_hasher = PasswordHasher()
# Argon2 takes some 90 ms and 64 MiB a time: two at once at the most, and never on the event loop.
_hashing = asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened or carried on; `refresh_token` is shown once and stored only as a hash."""

    account: Account
    family_id: UUID
    refresh_token: str


async def hash_password(password: str) -> str:
    async with _hashing:
        return await asyncio.to_thread(_hasher.hash, password)


async def _matches(password_hash: str, password: str) -> bool:
    async with _hashing:
        try:
            return await asyncio.to_thread(_hasher.verify, password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


# Verified against when the user name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def _issue(session: Session, account: Account, family_id: UUID, expires_at: datetime) -> Opened:
    token = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(account_id=account.id, family_id=family_id, token_hash=_token_hash(token), expires_at=expires_at)
    )
    return Opened(account, family_id, token)


def _actor_of(account: Account) -> Actor:
    return Actor(account.id, account.name, account.organization_id, (), account.username)


async def sign_in(session: Session, moment: Moment, username: str, password: str) -> Opened:
    """Open a session for the account; raises SignInRefused without saying whether name or password is wrong."""
    account = await account_named(session, username)
    if not await _matches(account.password_hash if account else _NOBODY, password) or account is None:
        raise SignInRefused("invalid_grant")
    if account.suspended_at is not None:
        raise SignInRefused("account_suspended")
    record(
        session,
        _actor_of(account),
        moment,
        "account.signed_in",
        county_id=None,
        organization_id=account.organization_id,
        subject_id=account.id,
    )
    return await _issue(session, account, new_id(), utc_now() + SESSION_LENGTH)


@dataclass(frozen=True, slots=True)
class FamilyEnded:
    """A refresh token came back a second time: someone else may hold it, so the whole session is over."""

    account_id: UUID


async def refresh(session: Session, moment: Moment, token: str) -> Opened | FamilyEnded:
    """Exchange a refresh token for the next one; the session keeps its first end.

    A token that was used before ends its family; that outcome is returned, not raised, because it must be stored.
    Raises SignInRefused for an unknown, expired or revoked token.
    """
    question = select(RefreshToken).where(RefreshToken.token_hash == _token_hash(token)).with_for_update()
    found = (await session.exec(question)).one_or_none()
    if found is None or found.expires_at <= utc_now() or found.revoked_at is not None:
        raise SignInRefused("invalid_grant")
    account = await session.get_one(Account, found.account_id)
    if found.used_at is not None:
        await _end_family(session, found.family_id)
        record(
            session,
            _actor_of(account),
            moment,
            "account.session_ended",
            county_id=None,
            organization_id=account.organization_id,
            subject_id=account.id,
            data={"reason": "refresh_token_reused"},
        )
        return FamilyEnded(account.id)
    if account.suspended_at is not None:
        raise SignInRefused("account_suspended")
    found.used_at = utc_now()
    return await _issue(session, account, found.family_id, found.expires_at)


async def _end_family(session: Session, family_id: UUID) -> None:
    await session.exec(
        update(RefreshToken)
        .where(col(RefreshToken.family_id) == family_id, col(RefreshToken.revoked_at).is_(None))
        .values(revoked_at=utc_now())
    )


async def actor_now(reader: AsyncConnection, account_id: UUID, epoch: int) -> Actor:
    """Return the account with the grants in force now; raises SignInRefused when it may act no longer.

    Read at every request, so that a revoked grant is refused at the next one.
    """
    found = (
        await reader.execute(
            sa.select(
                col(Account.name),
                col(Account.username),
                col(Account.organization_id),
                col(Account.suspended_at),
                col(Account.session_epoch),
            ).where(col(Account.id) == account_id)
        )
    ).one_or_none()
    if found is None or found.suspended_at is not None or found.session_epoch != epoch:
        raise SignInRefused("account_suspended")
    grants = tuple(
        Grant(role, organization_id, path or "", name or "")
        for role, organization_id, name, path, _kind in await reader.execute(grants_of(account_id, utc_now()))
    )
    return Actor(account_id, found.name, found.organization_id, grants, found.username)
