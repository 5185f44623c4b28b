"""Accounts, what they may do where, and the refresh tokens of their sessions."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.base import Json, Row, Session, Versioned, erasable, jsonb, timestamp, utc_now
from backend.db.organization import Organization


class Account(Versioned, table=True):
    """Someone who can sign in.  `session_epoch` rises when every session of the account must end.

    `member_id`: who it is on the roster; only then there is a record of one's own to read.  `activated_at`: when its
    person first chose a password.  `password_must_change`: somebody else chose it, so nothing is allowed but to change
    it.  A closed account is suspended as well and for good, so that whoever asks for suspended ones alone refuses it
    too.  When it was last used is kept as a day and no finer.
    """

    __table_args__ = (
        sa.CheckConstraint("closed_at IS NULL OR suspended_at IS NOT NULL", name="closed_is_suspended"),
        sa.Index("ix_account_organization", "organization_id"),
    )

    username: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=100)
    password_hash: str
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    suspended_at: datetime | None = Field(default=None, sa_type=timestamp)
    suspended_for: str | None = Field(default=None, max_length=400)
    closed_at: datetime | None = Field(default=None, sa_type=timestamp)
    activated_at: datetime | None = Field(default=None, sa_type=timestamp)
    last_used_on: date | None = None
    warned_on: date | None = None
    session_epoch: int = 0
    member_id: UUID | None = Field(default=None, foreign_key="member.id", unique=True)
    is_test: bool = False
    password_set_at: datetime | None = Field(default=None, sa_type=timestamp)
    password_must_change: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class RoleGrant(Versioned, table=True):
    """A role held at an organisation and everything below it; without organisation, over all counties.

    `on_behalf_of`: whose role it is, when that person lent it for a time; `delegation_id` is the loan, and `source_id`
    the grant that was lent.
    """

    __table_args__ = (
        sa.Index("ix_role_grant_account", "account_id"),
        sa.Index("ix_role_grant_organization_role", "organization_id", "role"),
        sa.Index("ix_role_grant_source", "source_id"),
        sa.CheckConstraint("on_behalf_of IS NULL OR ends_at IS NOT NULL", name="lent_for_a_time"),
        # Without organisation a role reaches every county: only those that `domain/duty.py` means for it.
        sa.CheckConstraint(
            "organization_id IS NOT NULL"
            " OR role IN ('platform_admin', 'system_admin', 'security_admin', 'audit_admin')",
            name="role_needs_organization",
        ),
    )

    account_id: UUID = Field(foreign_key="account.id")
    role: str = Field(max_length=48)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    starts_at: datetime = Field(default_factory=utc_now, sa_type=timestamp)
    ends_at: datetime | None = Field(default=None, sa_type=timestamp)
    reason: str = Field(default="", max_length=400)
    given_by: UUID | None = None
    given_by_name: str | None = Field(default=None, max_length=100)
    ended_for: str | None = Field(default=None, max_length=400)
    on_behalf_of: UUID | None = Field(default=None, foreign_key="account.id")
    delegation_id: UUID | None = Field(default=None, foreign_key="delegation.id")
    source_id: UUID | None = Field(default=None, foreign_key="role_grant.id")


class Delegation(Versioned, table=True):
    """Somebody who is away lends roles to a colleague for a time; the grants that carry them point here."""

    __table_args__ = (
        sa.Index("ix_delegation_from", "from_id", "ends_at"),
        sa.Index("ix_delegation_to", "to_id", "ends_at"),
    )

    from_id: UUID = Field(foreign_key="account.id")
    to_id: UUID = Field(foreign_key="account.id")
    starts_at: datetime = Field(sa_type=timestamp)
    ends_at: datetime = Field(sa_type=timestamp)
    reason: str = Field(max_length=400)
    ended_for: str | None = Field(default=None, max_length=400)


class AccountInvitation(Row, table=True):
    """A code with which one person chooses the account's password, once.  Only its hash is kept.

    It works after somebody else has released it: `second_hash` is of the code that the other hands over. None with a
    release is what the machine's own command made, where there is nobody else yet.
    """

    __table_args__ = (
        sa.Index("ix_account_invitation_account", "account_id"),
        erasable("a code that ran out half a year ago opens nothing"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    code_hash: bytes = Field(unique=True)
    anew: bool
    invited_by: UUID | None = None
    expires_at: datetime = Field(sa_type=timestamp)
    used_at: datetime | None = Field(default=None, sa_type=timestamp)
    revoked_at: datetime | None = Field(default=None, sa_type=timestamp)
    released_by: UUID | None = None
    released_at: datetime | None = Field(default=None, sa_type=timestamp)
    second_hash: bytes | None = None


class Handover(Row, table=True):
    """What one person left to another: `package` is the work as it was then, with titles and numbers."""

    __table_args__ = (sa.Index("ix_handover_from", "from_id"), sa.Index("ix_handover_to", "to_id"))

    from_id: UUID = Field(foreign_key="account.id")
    to_id: UUID = Field(foreign_key="account.id")
    by_id: UUID
    by_name: str = Field(max_length=100)
    at: datetime = Field(sa_type=timestamp)
    reason: str = Field(max_length=400)
    package: Json = Field(default_factory=dict, sa_type=jsonb)


class RefreshToken(Row, table=True):
    """One link of a session's chain; a link that is used twice ends the whole family."""

    __table_args__ = (
        sa.Index("ix_refresh_token_family", "family_id"),
        erasable("sign-in data is kept for six months"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    family_id: UUID
    token_hash: bytes = Field(unique=True)
    expires_at: datetime = Field(sa_type=timestamp)
    used_at: datetime | None = Field(default=None, sa_type=timestamp)
    revoked_at: datetime | None = Field(default=None, sa_type=timestamp)


async def account_named(session: Session, username: str) -> Account | None:
    return (await session.exec(select(Account).where(Account.username == username))).one_or_none()


async def roles_held(session: Session, account_id: UUID, at: datetime) -> list[str]:
    """The roles of the grants in force at `at`, wherever they are held."""
    return [row[0] for row in await session.execute(grants_of(account_id, at))]


async def refresh_token_of(session: Session, token_hash: bytes) -> RefreshToken | None:
    """The link with this hash, held until the transaction ends."""
    question = select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update()
    return (await session.exec(question)).one_or_none()


def in_force(at: datetime | sa.ColumnElement[datetime], grant: type[RoleGrant] = RoleGrant) -> sa.ColumnElement[bool]:
    """Match grants that give something at `at`, by the machine's clock."""
    return sa.and_(col(grant.starts_at) <= at, sa.or_(col(grant.ends_at).is_(None), col(grant.ends_at) > at))


# Made once: an alias learns its columns anew wherever it is made, which takes milliseconds.
_ABSENT, _HOME = sa.orm.aliased(Account), sa.orm.aliased(Organization)


def grants_of(account_id: UUID, at: datetime) -> sa.Select[str, UUID | None, str, str, UUID | None, str, str]:
    """Role, organisation, its name and path, whose role it is, that name and where that colleague works, for every
    grant in force at `at`."""
    return (
        sa.select(
            col(RoleGrant.role),
            col(RoleGrant.organization_id),
            col(Organization.name),
            col(Organization.path),
            col(RoleGrant.on_behalf_of),
            col(_ABSENT.name),
            col(_HOME.path),
        )
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .join(_ABSENT, col(_ABSENT.id) == col(RoleGrant.on_behalf_of), isouter=True)
        .join(_HOME, col(_HOME.id) == col(_ABSENT.organization_id), isouter=True)
        .where(col(RoleGrant.account_id) == account_id, in_force(at))
        .order_by(col(RoleGrant.created_at), col(RoleGrant.id))
    )


def grants_of_all(
    account_ids: Collection[UUID], at: datetime
) -> sa.Select[UUID, str, UUID | None, str, str, UUID | None, str]:
    """Account, role, organisation, its name and path, whose role it is and where that colleague works, for every grant
    of these accounts in force at `at`."""
    return (
        sa.select(
            col(RoleGrant.account_id),
            col(RoleGrant.role),
            col(RoleGrant.organization_id),
            col(Organization.name),
            col(Organization.path),
            col(RoleGrant.on_behalf_of),
            col(_HOME.path),
        )
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .join(_ABSENT, col(_ABSENT.id) == col(RoleGrant.on_behalf_of), isouter=True)
        .join(_HOME, col(_HOME.id) == col(_ABSENT.organization_id), isouter=True)
        .where(col(RoleGrant.account_id).in_(account_ids), in_force(at))
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
            in_force(at),
        )
        .order_by(col(Account.name), col(Account.id))
    )
    return [(account_id, name, path) for account_id, name, path in (await session.execute(question)).all()]


async def colleague_in(session: Session, county_id: UUID, id: UUID) -> Account | None:
    """The account, if its person works in the county and may sign in."""
    question = (
        select(Account)
        .join(Organization, col(Organization.id) == col(Account.organization_id))
        .where(Account.id == id, col(Account.suspended_at).is_(None), Organization.county_id == county_id)
    )
    return (await session.exec(question)).one_or_none()
