"""Accounts and what they hold, as lists and pages show them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by
from sqlmodel import col, select

from backend.db.account import Account, Handover, RoleGrant, in_force
from backend.db.account_held import seen
from backend.db.base import Session
from backend.db.organization import Organization, Reach

STATE = sa.case(
    (col(Account.closed_at).is_not(None), "closed"),
    (col(Account.suspended_at).is_not(None), "suspended"),
    (col(Account.activated_at).is_(None), "invited"),
    else_="active",
)

"""Where an account is in its life; `invited`: nobody has chosen a password yet."""


def _roles(now: datetime) -> sa.ScalarSelect[Any]:
    place = sa.orm.aliased(Organization)
    one = sa.func.json_build_object(
        *("role", col(RoleGrant.role), "organization_id", col(place.id), "organization_name", col(place.name)),
        *("lent", col(RoleGrant.on_behalf_of).is_not(None)),
    )
    listed = sa.func.json_agg(aggregate_order_by(one, col(RoleGrant.created_at), col(RoleGrant.id)))
    return (
        sa.select(sa.func.coalesce(listed, sa.cast(sa.literal_column("'[]'"), JSON)))
        .select_from(RoleGrant)
        .join(place, col(place.id) == col(RoleGrant.organization_id), isouter=True)
        .where(col(RoleGrant.account_id) == col(Account.id), in_force(now))
        .correlate(Account)
        .scalar_subquery()
    )


def organization_shown() -> sa.ColumnElement[Any]:
    """The organisation of the outer query as `{id, name}`, null where it is joined to none."""
    return sa.case(
        (col(Organization.id).is_(None), sa.null()),
        else_=sa.func.json_build_object("id", col(Organization.id), "name", col(Organization.name)),
    )


def accounts_in(reach: Reach, now: datetime, dormant_days: int) -> sa.Select[Any]:
    """Accounts as lists show them; `dormant_on` is the day on which one that nobody uses will be suspended."""
    open_and_used = sa.and_(col(Account.suspended_at).is_(None), col(Account.activated_at).is_not(None))
    return (
        sa.select(
            col(Account.id),
            col(Account.username),
            col(Account.name),
            organization_shown().label("organization"),
            STATE.label("state"),
            col(Account.suspended_for),
            _roles(now).label("roles"),
            col(Account.last_used_on),
            sa.case((open_and_used, col(Account.last_used_on) + dormant_days)).label("dormant_on"),
            col(Account.version),
        )
        .select_from(Account)
        .join(Organization, col(Organization.id) == col(Account.organization_id), isouter=True)
        .where(seen(reach))
    )


def holds(role: str, now: datetime) -> sa.ColumnElement[bool]:
    """Match accounts that hold a role now."""
    return sa.exists().where(col(RoleGrant.account_id) == col(Account.id), col(RoleGrant.role) == role, in_force(now))


def says(text: str) -> sa.ColumnElement[bool]:
    """Match accounts whose name or user name has `text` in it."""
    wanted = text.casefold()
    return sa.or_(
        sa.func.strpos(sa.func.lower(col(Account.name)), wanted) > 0,
        sa.func.strpos(col(Account.username), wanted) > 0,
    )


def grants_shown(account_id: UUID, now: datetime) -> sa.Select[Any]:
    """All grants of an account, those that ended too, the newest first."""
    absent, lent = sa.orm.aliased(Account), col(RoleGrant.on_behalf_of)
    person = sa.func.json_build_object("id", lent, "name", col(absent.name))
    giver = sa.func.json_build_object("id", col(RoleGrant.given_by), "name", col(RoleGrant.given_by_name))
    return (
        sa.select(
            col(RoleGrant.id),
            col(RoleGrant.role),
            organization_shown().label("organization"),
            col(RoleGrant.starts_at),
            col(RoleGrant.ends_at),
            in_force(now).label("in_force"),
            col(RoleGrant.reason),
            col(RoleGrant.ended_for),
            sa.case((col(RoleGrant.given_by).is_(None), sa.null()), else_=giver).label("given_by"),
            sa.case((lent.is_(None), sa.null()), else_=person).label("on_behalf_of"),
            col(RoleGrant.version),
        )
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .join(absent, col(absent.id) == lent, isouter=True)
        .where(col(RoleGrant.account_id) == account_id)
        .order_by(col(RoleGrant.starts_at).desc(), col(RoleGrant.id).desc())
    )


async def accounts_named(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    question = sa.select(col(Account.id), col(Account.name)).where(col(Account.id).in_(ids))
    return {row.id: row.name for row in (await session.execute(question)).all()}


async def handovers_of(session: Session, account_id: UUID) -> Sequence[Handover]:
    """What the account left to others or took over, the newest first."""
    question = select(Handover).where(sa.or_(col(Handover.from_id) == account_id, col(Handover.to_id) == account_id))
    return (await session.exec(question.order_by(col(Handover.at).desc()))).all()
