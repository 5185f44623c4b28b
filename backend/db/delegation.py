"""Roles that people who are away lent to colleagues."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.account import Account, Delegation, RoleGrant, in_force
from backend.db.account_view import organization_shown
from backend.db.base import Session
from backend.db.organization import Organization


async def lent_from(session: Session, source_ids: Collection[UUID], at: datetime) -> list[RoleGrant]:
    """The grants that were lent from these and are not over at `at`."""
    question = select(RoleGrant).where(col(RoleGrant.source_id).in_(source_ids), col(RoleGrant.ends_at) > at)
    return list(await session.exec(question))


async def grants_of_delegation(session: Session, delegation_id: UUID) -> list[RoleGrant]:
    return list(await session.exec(select(RoleGrant).where(RoleGrant.delegation_id == delegation_id)))


async def delegations_of(session: Session, account_id: UUID, at: datetime) -> list[Delegation]:
    """Those that the account gave or received and that are not over at `at`."""
    question = select(Delegation).where(
        sa.or_(col(Delegation.from_id) == account_id, col(Delegation.to_id) == account_id),
        col(Delegation.ends_at) > at,
    )
    return list(await session.exec(question))


async def delegations_left_empty(session: Session, ids: Collection[UUID], at: datetime) -> list[Delegation]:
    """Those of these delegations that no grant lasting beyond `at` belongs to any more."""
    lasting = sa.select(col(RoleGrant.delegation_id)).where(
        col(RoleGrant.delegation_id).in_(ids), col(RoleGrant.ends_at) > at
    )
    question = select(Delegation).where(
        col(Delegation.id).in_(ids), col(Delegation.id).not_in(lasting), col(Delegation.ends_at) > at
    )
    return list(await session.exec(question))


async def delegation_held(session: Session, account_id: UUID, id: UUID) -> Delegation | None:
    """A delegation that the account gave or received, locked."""
    question = select(Delegation).where(
        Delegation.id == id, sa.or_(col(Delegation.from_id) == account_id, col(Delegation.to_id) == account_id)
    )
    return (await session.exec(question.with_for_update())).one_or_none()


def colleagues(account_id: UUID) -> sa.Select[Any]:
    """Whom the account may lend its roles to: the open accounts of those who work in the same organisation, below the
    one above it, or below one where the account holds a role of its own."""
    me, home, place = sa.orm.aliased(Account), sa.orm.aliased(Organization), sa.orm.aliased(Organization)
    above = sa.orm.aliased(Organization)
    tops = (
        sa.select(sa.func.coalesce(col(above.path), col(home.path)))
        .select_from(me)
        .join(home, col(home.id) == col(me.organization_id))
        .join(above, col(above.id) == col(home.parent_id), isouter=True)
        .where(col(me.id) == account_id)
        .union_all(
            sa.select(col(place.path))
            .select_from(RoleGrant)
            .join(place, col(place.id) == col(RoleGrant.organization_id))
            .where(
                col(RoleGrant.account_id) == account_id,
                col(RoleGrant.on_behalf_of).is_(None),
                in_force(sa.func.now()),
            )
        )
        .subquery("tops")
    )
    reached = sa.exists().where(col(Organization.path).startswith(tops.c[0]))
    return (
        sa.select(col(Account.id), col(Account.name), organization_shown().label("organization"))
        .join(Organization, col(Organization.id) == col(Account.organization_id))
        .where(col(Account.suspended_at).is_(None), col(Account.id) != account_id, reached)
    )


async def colleague_of(session: Session, account_id: UUID, id: UUID) -> str | None:
    """The name of a colleague whom the account may lend its roles to."""
    found = (await session.execute(colleagues(account_id).where(col(Account.id) == id))).one_or_none()
    return found[1] if found else None


async def delegations_shown(session: Session, account_id: UUID) -> Sequence[Delegation]:
    """What the account lent and was lent, the newest first, at most 200."""
    question = (
        select(Delegation)
        .where(sa.or_(col(Delegation.from_id) == account_id, col(Delegation.to_id) == account_id))
        .order_by(col(Delegation.starts_at).desc(), col(Delegation.id).desc())
        .limit(200)
    )
    return (await session.exec(question)).all()


async def grants_of_delegations(
    session: Session, ids: Collection[UUID]
) -> list[tuple[UUID, UUID, str, UUID | None, str | None]]:
    """Delegation, own grant, role, organisation and its name for everything that these delegations lent."""
    question = (
        sa.select(
            col(RoleGrant.delegation_id),
            col(RoleGrant.source_id),
            col(RoleGrant.role),
            col(RoleGrant.organization_id),
            col(Organization.name),
        )
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .where(col(RoleGrant.delegation_id).in_(ids))
        .order_by(col(RoleGrant.id))
    )
    return [(one, source, role, place, name) for one, source, role, place, name in await session.execute(question)]
