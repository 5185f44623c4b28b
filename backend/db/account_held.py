"""Accounts within reach, held for a change, with what they hold."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.account import Account, AccountInvitation, RoleGrant, in_force
from backend.db.base import Session
from backend.db.member import Member
from backend.db.organization import Organization, Reach, below, under, within


class HeldGrant(NamedTuple):
    """A grant and the path, name and kind of its organisation; over all counties the path is empty, the rest None."""

    grant: RoleGrant
    path: str
    name: str | None
    kind: str | None


def seen(reach: Reach) -> sa.ColumnElement[bool]:
    """Match accounts whose organisation (joined by the caller) is within reach; who works nowhere is seen from above
    all counties only."""
    return sa.true() if "" in reach else under(reach)


async def account_in(
    session: Session, reach: Reach, id: UUID, *, lock: bool = False
) -> tuple[Account, Organization | None] | None:
    """The account and where it works."""
    question = (
        sa.select(Account, Organization)
        .join(Organization, col(Organization.id) == col(Account.organization_id), isouter=True)
        .where(col(Account.id) == id, seen(reach))
    )
    if lock:
        question = question.with_for_update(of=Account).execution_options(populate_existing=True)
    found = (await session.execute(question)).one_or_none()
    return (found[0], found[1]) if found else None


async def accounts_held(session: Session, ids: Collection[UUID]) -> dict[UUID, Account]:
    """The accounts, locked in one order for all transactions: what they hold stays as it is until this one ends."""
    question = (
        select(Account)
        .where(col(Account.id).in_(ids))
        .order_by(col(Account.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {account.id: account for account in await session.exec(question)}


async def grants_held(session: Session, account_ids: Collection[UUID], at: datetime) -> list[HeldGrant]:
    """Every grant of these accounts that is in force at `at` or begins later, the oldest first."""
    question = (
        sa.select(RoleGrant, col(Organization.path), col(Organization.name), col(Organization.kind))
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .where(
            col(RoleGrant.account_id).in_(account_ids),
            sa.or_(col(RoleGrant.ends_at).is_(None), col(RoleGrant.ends_at) > at),
        )
        .order_by(col(RoleGrant.created_at), col(RoleGrant.id))
        .execution_options(populate_existing=True)
    )
    return [HeldGrant(grant, path or "", name, kind) for grant, path, name, kind in await session.execute(question)]


async def holders_below(session: Session, path: str, at: datetime) -> list[UUID]:
    """The accounts with a grant at the organisation `path` or below it, in force at `at` or later."""
    question = (
        sa.select(col(RoleGrant.account_id))
        .distinct()
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id))
        .where(below(path), sa.or_(col(RoleGrant.ends_at).is_(None), col(RoleGrant.ends_at) > at))
    )
    return list((await session.execute(question)).scalars())


async def holders_of_several(session: Session, at: datetime) -> list[UUID]:
    """The accounts in use with two roles or more, in force at `at` or later."""
    question = (
        sa.select(col(RoleGrant.account_id))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(
            col(Account.suspended_at).is_(None),
            sa.or_(col(RoleGrant.ends_at).is_(None), col(RoleGrant.ends_at) > at),
        )
        .group_by(col(RoleGrant.account_id))
        .having(sa.func.count() > 1)
        .order_by(col(RoleGrant.account_id))
    )
    return list((await session.execute(question)).scalars())


async def grant_seen(session: Session, reach: Reach, id: UUID) -> tuple[RoleGrant, Account, str] | None:
    """A grant of an account within reach, the account, and the path that the grant reaches."""
    home = sa.orm.aliased(Organization)
    place = sa.orm.aliased(Organization)
    question = (
        sa.select(RoleGrant, Account, col(place.path))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .join(home, col(home.id) == col(Account.organization_id), isouter=True)
        .join(place, col(place.id) == col(RoleGrant.organization_id), isouter=True)
        .where(col(RoleGrant.id) == id, _home_within(reach, home))
    )
    found = (await session.execute(question)).one_or_none()
    return (found[0], found[1], found[2] or "") if found else None


def _home_within(reach: Reach, home: type[Organization]) -> sa.ColumnElement[bool]:
    if "" in reach:
        return sa.true()
    return col(home.id).in_(sa.select(col(Organization.id)).where(under(reach)))


async def member_named(session: Session, reach: Reach, id: UUID) -> str | None:
    """The name of a member within reach."""
    question = select(Member.name).where(Member.id == id, within(reach, col(Member.organization_id)))
    return (await session.exec(question)).one_or_none()


async def account_of_member(session: Session, member_id: UUID) -> Account | None:
    return (await session.exec(select(Account).where(Account.member_id == member_id))).one_or_none()


async def namesakes(session: Session, reach: Reach, name: str) -> list[tuple[str, str | None]]:
    """User name and organisation of the open accounts within reach whose person is called the same."""
    question = (
        sa.select(col(Account.username), col(Organization.name))
        .join(Organization, col(Organization.id) == col(Account.organization_id), isouter=True)
        .where(col(Account.name) == name, col(Account.closed_at).is_(None), seen(reach))
        .order_by(col(Account.username))
    )
    return [(username, organization) for username, organization in (await session.execute(question)).all()]


async def revoke_invitations(session: Session, account_id: UUID, at: datetime) -> None:
    await session.execute(
        sa.update(AccountInvitation)
        .where(
            col(AccountInvitation.account_id) == account_id,
            col(AccountInvitation.used_at).is_(None),
            col(AccountInvitation.revoked_at).is_(None),
        )
        .values(revoked_at=at)
    )


async def open_invitation(session: Session, account_id: UUID, at: datetime) -> AccountInvitation | None:
    """The invitation of an account that still works at `at`: neither used nor replaced nor out of date."""
    question = select(AccountInvitation).where(
        AccountInvitation.account_id == account_id,
        col(AccountInvitation.used_at).is_(None),
        col(AccountInvitation.revoked_at).is_(None),
        AccountInvitation.expires_at > at,
    )
    return (await session.exec(question.order_by(col(AccountInvitation.created_at).desc()))).first()


async def holders_over(session: Session, role: str, path: str, at: datetime) -> list[UUID]:
    """The accounts in use that hold a role at `path` or above it, or over all counties."""
    question = (
        sa.select(col(RoleGrant.account_id))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .where(
            col(RoleGrant.role) == role,
            col(Account.suspended_at).is_(None),
            in_force(at),
            sa.or_(col(RoleGrant.organization_id).is_(None), sa.literal(path).startswith(col(Organization.path))),
        )
        .distinct()
        .order_by(col(RoleGrant.account_id))
    )
    return list((await session.execute(question)).scalars())


async def hold_administrators(session: Session) -> None:
    """Let nobody else take an administrator's role away until the transaction ends.

    To be called before it is asked who else holds it: of two who go at one time, the second sees that the first went.
    """
    key = sa.func.hashtextextended("administrators", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def another_holds(
    session: Session, grant: RoleGrant, path: str, at: datetime, without: Collection[UUID], account_id: UUID | None
) -> bool:
    """Whether the role of `grant` is held at `path` or above it at `at`, without an end, by somebody who has signed in
    and still may: by none of the grants `without`, and by another account than `account_id` where one is given."""
    question = sa.select(
        sa.exists()
        .where(
            col(RoleGrant.account_id) == Account.id,
            col(RoleGrant.role) == grant.role,
            col(RoleGrant.id).not_in(without),
            in_force(at),
            # A role that runs out by its own day would leave nobody then, and nobody is asked on that day.
            col(RoleGrant.ends_at).is_(None),
            col(Account.activated_at).is_not(None),
            col(Account.suspended_at).is_(None),
            sa.true() if account_id is None else col(Account.id) != account_id,
            sa.or_(
                col(RoleGrant.organization_id).is_(None),
                col(RoleGrant.organization_id).in_(
                    sa.select(col(Organization.id)).where(sa.literal(path).startswith(col(Organization.path)))
                ),
            ),
        )
        .correlate(None)
    )
    return bool((await session.execute(question)).scalar_one())


async def invitation_of(
    session: Session, code_hash: bytes, at: datetime, *, lock: bool = False
) -> tuple[AccountInvitation, Account] | None:
    """The invitation that still works at `at`, with its account."""
    question = (
        sa.select(AccountInvitation, Account)
        .join(Account, col(Account.id) == col(AccountInvitation.account_id))
        .where(
            col(AccountInvitation.code_hash) == code_hash,
            col(AccountInvitation.used_at).is_(None),
            col(AccountInvitation.revoked_at).is_(None),
            col(AccountInvitation.expires_at) > at,
            col(Account.suspended_at).is_(None),
        )
    )
    if lock:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = (await session.execute(question)).one_or_none()
    return (found[0], found[1]) if found else None


async def unused_since(
    session: Session, last_used_before: date, most: int, warned_by: date | None
) -> list[tuple[Account, Organization | None]]:
    """Open, activated accounts that were last used before a day, at most `most`, locked: those that were warned by
    `warned_by`, or without that day those that were not warned."""
    question = (
        sa.select(Account, Organization)
        .join(Organization, col(Organization.id) == col(Account.organization_id), isouter=True)
        .where(
            col(Account.activated_at).is_not(None),
            col(Account.suspended_at).is_(None),
            col(Account.last_used_on) < last_used_before,
            col(Account.warned_on).is_(None) if warned_by is None else col(Account.warned_on) <= warned_by,
        )
        .order_by(col(Account.id))
        .limit(most)
        .with_for_update(of=Account, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(account, organization) for account, organization in (await session.execute(question)).all()]


async def roles_held_by_anybody(session: Session, roles: Collection[str], at: datetime) -> set[str]:
    """Which of these roles some account holds over all counties, that is not closed."""
    question = (
        sa.select(col(RoleGrant.role))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(
            col(RoleGrant.role).in_(roles),
            col(RoleGrant.organization_id).is_(None),
            col(Account.closed_at).is_(None),
            in_force(at),
        )
        .distinct()
    )
    return {role for (role,) in (await session.execute(question)).all()}
