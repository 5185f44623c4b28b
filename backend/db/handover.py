"""Questions of a handover: the open runs that wait for somebody, with everybody they wait for, and who works nearby."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account, RoleGrant, in_force
from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.procedure import NEVER, ProcedureRun, awaiting, holders


class WaitingRun(NamedTuple):
    """An open run, where it is, and the ids of those whom it waits for."""

    run: ProcedureRun
    organization: Organization
    holders: frozenset[UUID]


async def runs_waiting(
    session: Session, grants: Iterable[tuple[str, str]], own_ids: Sequence[str], now: datetime, most: int
) -> list[WaitingRun]:
    """The open runs that wait for somebody with these grants, the most urgent first; `now` is the machine's clock."""
    due = sa.func.coalesce(col(ProcedureRun.due_at), sa.literal(NEVER, sa.DateTime(timezone=True)))
    question = (
        sa.select(ProcedureRun, Organization, holders(now))
        .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
        .where(awaiting(grants, own_ids))
        .order_by(due, col(ProcedureRun.id))
        .limit(most)
    )
    return [
        WaitingRun(run, organization, frozenset(UUID(one["id"]) for one in found))
        for run, organization, found in (await session.execute(question)).all()
    ]


async def people_at(session: Session, paths: Collection[str], now: datetime) -> list[dict[str, Any]]:
    """Name, organisation and roles of the open accounts of those who work at exactly these organisations."""
    roles = sa.func.array_remove(sa.func.array_agg(col(RoleGrant.role).distinct()), sa.null())
    question = (
        sa.select(col(Account.id), col(Account.name), col(Organization.name), roles)
        .join(Organization, col(Organization.id) == col(Account.organization_id))
        .join(RoleGrant, sa.and_(col(RoleGrant.account_id) == col(Account.id), in_force(now)), isouter=True)
        .where(col(Organization.path).in_(paths), col(Account.suspended_at).is_(None))
        .group_by(col(Account.id), col(Account.name), col(Organization.name), col(Organization.path))
        .order_by(sa.func.length(col(Organization.path)).desc(), col(Account.username))
        .limit(100)
    )
    return [
        {"id": str(key), "name": name, "organization": organization, "roles": sorted(held)}
        for key, name, organization, held in (await session.execute(question)).all()
    ]
