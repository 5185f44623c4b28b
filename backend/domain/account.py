"""What an account may do now."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.account import Account, grants_of, grants_of_all
from backend.db.base import Session, utc_now
from backend.db.organization import Organization
from backend.domain.access import Actor, Grant
from backend.domain.calendar import day_of
from backend.domain.errors import Forbidden, SignInRefused


def note_use(account: Account) -> None:
    """Keep the day on which the account was last used, and nothing finer."""
    today = day_of(utc_now())
    if account.last_used_on != today:
        account.last_used_on, account.warned_on = today, None


async def actor_now(reader: AsyncConnection, account_id: UUID, epoch: int, on_behalf_of: UUID | None = None) -> Actor:
    """Return the account with the grants in force now: its own, or those that `on_behalf_of` lent it.

    Read at every request, so that a revoked grant is refused at the next one. Raises SignInRefused when the account may
    act no longer, and Forbidden `not_deputy` when that colleague lends it nothing now.
    """
    found = (
        await reader.execute(
            sa.select(
                col(Account.name),
                col(Account.username),
                col(Account.organization_id),
                col(Account.suspended_at),
                col(Account.session_epoch),
                col(Organization.path),
            )
            .join(Organization, col(Organization.id) == col(Account.organization_id), isouter=True)
            .where(col(Account.id) == account_id)
        )
    ).one_or_none()
    if found is None or found.suspended_at is not None or found.session_epoch != epoch:
        raise SignInRefused("account_suspended")
    names: dict[UUID, str] = {}
    held = []
    for role, organization_id, name, path, absent, absent_name, home in await reader.execute(
        grants_of(account_id, utc_now())
    ):
        held.append(Grant(role, organization_id, path or "", name or "", absent, home or ""))
        if absent is not None:
            names[absent] = absent_name
    if on_behalf_of is not None and on_behalf_of not in names:
        raise Forbidden("not_deputy")
    return Actor(
        account_id,
        found.name,
        found.organization_id,
        tuple(grant for grant in held if grant.on_behalf_of == on_behalf_of),
        found.username,
        found.path or "",
        on_behalf_of,
        names[on_behalf_of] if on_behalf_of is not None else None,
        tuple(grant for grant in held if grant.on_behalf_of != on_behalf_of),
    )


async def actors_now(session: Session, account_ids: Collection[UUID], at: datetime) -> dict[UUID, Actor]:
    """Several accounts with the grants in force at `at`, by id: for what is done to people and not by them."""
    grants: dict[UUID, list[Grant]] = {}
    for account_id, role, organization_id, name, path, absent, home in await session.execute(
        grants_of_all(account_ids, at)
    ):
        held = Grant(role, organization_id, path or "", name or "", absent, home or "")
        grants.setdefault(account_id, []).append(held)
    question = (
        sa.select(Account, col(Organization.path))
        .join(Organization, col(Organization.id) == col(Account.organization_id), isouter=True)
        .where(col(Account.id).in_(account_ids))
    )
    return {
        account.id: Actor(
            account.id,
            account.name,
            account.organization_id,
            tuple(grants.get(account.id, ())),
            account.username,
            path or "",
        )
        for account, path in await session.execute(question)
    }
