"""Giving a person a role at an organisation, for a time or until further notice, and ending it.

Nobody gives anything to themselves, nothing outside their own reach, and nothing that the tables of `domain/duty.py`
do not allow: neither a role that is not held at such an organisation, nor one that excludes another held already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.db.account import Account, RoleGrant
from backend.db.account_held import HeldGrant, account_in, accounts_held, grant_seen, grants_held
from backend.db.base import Session, new_id, utc_now
from backend.db.delegation import delegations_left_empty, lent_from
from backend.db.organization import Organization, OrganizationStatus, counties_of, hold_tree, organization_in
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, end_of, start_of
from backend.domain.duty import Held, conflict, may_be_held
from backend.domain.errors import Conflict, Forbidden, NotFound, Stale, invalid
from backend.domain.event import record
from backend.domain.role import ROLE_TITLES
from backend.domain.staff.find import as_held, touched
from backend.domain.staff.last import refuse_last


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """A role for somebody; without organisation over all counties. Both days count; None: from now, without end."""

    account_id: UUID
    role: str
    organization_id: UUID | None
    reason: str
    starts_on: date | None = None
    ends_on: date | None = None


def period(starts_on: date | None, ends_on: date | None, now: datetime) -> tuple[datetime, datetime | None]:
    """From when until before when a role holds. Raises Invalid for days that are over or in the wrong order."""
    today = day_of(now)
    if starts_on is not None and starts_on < today:
        raise invalid("/starts_on", "day_is_over", day=today.isoformat())
    if ends_on is not None and ends_on < (starts_on or today):
        raise invalid("/ends_on", "ends_before_start", day=(starts_on or today).isoformat())
    starts_at = now if starts_on is None or starts_on == today else start_of(starts_on)
    return starts_at, end_of(ends_on) if ends_on else None


async def give_grant(session: Session, actor: Actor, moment: Moment, new: NewGrant) -> RoleGrant:
    """Give a role. Raises NotFound for a person or place out of sight, Forbidden `own_grant` and outside the caller's
    reach, Conflict `account_closed`, `already_held` and `duties_conflict`, and Invalid at the field that is wrong."""
    found = await account_in(session, actor.reach("account:read"), new.account_id)
    if found is None:
        raise NotFound("not_found")
    if new.account_id in actor.people:
        raise Forbidden("own_grant")
    place = await _place(session, actor, new)
    now = utc_now()
    starts_at, ends_at = period(new.starts_on, new.ends_on, now)
    account = (await accounts_held(session, [new.account_id]))[new.account_id]
    if account.closed_at is not None:
        raise Conflict("account_closed")
    wanted = Held(new.role, place.path if place else "", starts_at, ends_at)
    refuse_conflicts(await grants_held(session, [account.id], now), wanted)
    grant = RoleGrant(
        id=new_id(),
        account_id=account.id,
        role=new.role,
        organization_id=new.organization_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=new.reason,
        given_by=actor.account_id,
        given_by_name=actor.name,
    )
    session.add(grant)
    await session.flush()
    touched(account, now)
    data = {
        "grant_id": str(grant.id),
        "role": grant.role,
        "organization": place.name if place else None,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat() if ends_at else None,
        "reason": new.reason,
    }
    await tell(session, actor, moment, "grant.given", account, place, data)
    return grant


async def _place(session: Session, actor: Actor, new: NewGrant) -> Organization | None:
    """Where the role is to be held. Raises Invalid and Forbidden."""
    if new.role not in ROLE_TITLES:
        raise invalid("/role", "role_unknown", role=new.role)
    place = None
    if new.organization_id is not None:
        # A path that is read while its subtree moves would be judged by duties that it no longer meets.
        for county_id in await counties_of(session, actor.reach("organization:read"), [new.organization_id]):
            await hold_tree(session, county_id, exclusive=False)
        place = await organization_in(session, actor.reach("organization:read"), new.organization_id)
        if place is None:
            raise NotFound("not_found")
        if place.status is not OrganizationStatus.active:
            raise invalid("/organization_id", "organization_not_active")
    if not actor.may("grant:write", place.path if place else ""):
        raise Forbidden("beyond_your_reach")
    if not may_be_held(new.role, place.kind if place else None):
        raise invalid("/role", "role_not_there", role=ROLE_TITLES[new.role])
    return place


def refuse_conflicts(held: Sequence[HeldGrant], wanted: Held, code: str = "duties_conflict") -> None:
    """Raise Conflict when `wanted` is there already, or excludes something of what is held or will be."""
    for one in held:
        known = as_held(one)
        same = one.grant.on_behalf_of is None and known.role == wanted.role and known.path == wanted.path
        if code == "duties_conflict" and same and known.meets(wanted):
            raise Conflict("already_held", role=ROLE_TITLES[wanted.role])
    against = conflict(map(as_held, held), wanted)
    if against is not None:
        raise Conflict(code, role=ROLE_TITLES[wanted.role], other=ROLE_TITLES[against.role])


async def end_grant(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    reason: str,
    *,
    ends_on: date | None = None,
) -> RoleGrant:
    """End a role now, or with the day `ends_on`; what was lent from it ends with it.

    Raises NotFound, Forbidden `own_grant` and outside the caller's reach, Conflict `grant_over` and
    `last_administrator`, Stale, Invalid.
    """
    found = await grant_seen(session, actor.reach("account:read"), id)
    if found is None:
        raise NotFound("not_found")
    grant, account, path = found
    await accounts_held(session, [account.id])
    await session.refresh(grant)
    if not actor.may("grant:write", path):
        raise Forbidden("beyond_your_reach")
    if account.id in actor.people:
        raise Forbidden("own_grant")
    now = utc_now()
    if grant.ends_at is not None and grant.ends_at <= now:
        raise Conflict("grant_over")
    if grant.version != version:
        raise Stale("stale")
    ends_at = now
    if ends_on is not None:
        ends_at = period(None, ends_on, now)[1] or now
        if grant.ends_at is not None and grant.ends_at < ends_at:
            raise invalid("/ends_on", "ends_later_than_now")
    old = grant.ends_at
    await refuse_last(session, account, [HeldGrant(grant, path, None, None)], ends_at, stays=True)
    await end_grants(session, [grant], ends_at, reason)
    touched(account, now)
    data = {
        "grant_id": str(grant.id),
        "role": grant.role,
        "ends_at": {"old": old.isoformat() if old else None, "new": ends_at.isoformat()},
        "reason": reason,
    }
    await tell(session, actor, moment, "grant.ended", account, None, data)
    return grant


async def end_grants(session: Session, grants: Sequence[RoleGrant], at: datetime, reason: str) -> None:
    """End these grants at `at` and whatever was lent from them; a delegation with nothing left in it is over too."""
    lent = await lent_from(session, [grant.id for grant in grants], at)
    for grant in (*grants, *lent):
        grant.ends_at, grant.ended_for = at, reason
        grant.updated_at = utc_now()
        grant.version += 1
    await session.flush()
    for delegation in await delegations_left_empty(session, {g.delegation_id for g in lent if g.delegation_id}, at):
        delegation.ends_at, delegation.ended_for = at, reason
        delegation.updated_at = utc_now()
        delegation.version += 1


async def tell(
    session: Session,
    actor: Actor,
    moment: Moment,
    kind: str,
    account: Account,
    place: Organization | None,
    data: Mapping[str, Any],
) -> None:
    """Record what was given or taken, with the person as its subject and where that person works as its place."""
    home = await session.get(Organization, account.organization_id) if account.organization_id else None
    record(
        session,
        actor,
        moment,
        kind,
        county_id=home.county_id if home else place.county_id if place else None,
        organization_id=account.organization_id,
        subject_id=account.id,
        subject_kind="account",
        data=data,
        reason=data.get("reason"),
    )
