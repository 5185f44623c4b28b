"""Accounts, what they may do where, and the refresh tokens of their sessions."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.base import Row, Session, Versioned, timestamp, utc_now
from backend.db.organization import Organization


class Account(Versioned, table=True):
    """Someone who can sign in.  `session_epoch` rises when every session of the account must end."""

    username: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=100)
    password_hash: str
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    suspended_at: datetime | None = Field(default=None, sa_type=timestamp)
    session_epoch: int = 0
    is_test: bool = False


class RoleGrant(Row, table=True):
    """A role held at an organisation and everything below it; without organisation, over all counties."""

    __table_args__ = (
        sa.Index("ix_role_grant_account", "account_id"),
        sa.Index("ix_role_grant_organization_role", "organization_id", "role"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    role: str = Field(max_length=48)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    starts_at: datetime = Field(default_factory=utc_now, sa_type=timestamp)
    ends_at: datetime | None = Field(default=None, sa_type=timestamp)


class RefreshToken(Row, table=True):
    """One link of a session's chain; a link that is used twice ends the whole family."""

    __table_args__ = (sa.Index("ix_refresh_token_family", "family_id"),)

    account_id: UUID = Field(foreign_key="account.id")
    family_id: UUID
    token_hash: bytes = Field(unique=True)
    expires_at: datetime = Field(sa_type=timestamp)
    used_at: datetime | None = Field(default=None, sa_type=timestamp)
    revoked_at: datetime | None = Field(default=None, sa_type=timestamp)


async def account_named(session: Session, username: str) -> Account | None:
    return (await session.exec(select(Account).where(Account.username == username))).one_or_none()


def grants_of(account_id: UUID, at: datetime) -> sa.Select[str, UUID | None, str, str, str]:
    """Role, organisation, its name, path and kind for every grant in force at `at`."""
    return (
        sa.select(
            col(RoleGrant.role),
            col(RoleGrant.organization_id),
            col(Organization.name),
            col(Organization.path),
            col(Organization.kind),
        )
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .where(
            col(RoleGrant.account_id) == account_id,
            col(RoleGrant.starts_at) <= at,
            sa.or_(col(RoleGrant.ends_at).is_(None), col(RoleGrant.ends_at) > at),
        )
        .order_by(col(RoleGrant.created_at), col(RoleGrant.id))
    )


async def holders_of(session: Session, roles: list[str], paths: list[str], at: datetime) -> list[tuple[UUID, str, str]]:
    """Id, name and path of the active accounts that hold one of `roles` exactly at one of `paths`."""
    question = (
        sa.select(col(Account.id), col(Account.name), col(Organization.path))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id))
        .where(
            col(RoleGrant.role).in_(roles),
            col(Organization.path).in_(paths),
            col(Account.suspended_at).is_(None),
            col(RoleGrant.starts_at) <= at,
            sa.or_(col(RoleGrant.ends_at).is_(None), col(RoleGrant.ends_at) > at),
        )
        .order_by(col(Account.name), col(Account.id))
    )
    return [(account_id, name, path) for account_id, name, path in (await session.execute(question)).all()]
