"""Lending one's roles to a colleague while one is away: for a time, ending by itself, never lent on.

Whoever uses a lent role acts for its owner, and what is done says so. For rules that want two different people, deputy
and owner count as one and the same.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.db.account import Account, Delegation, RoleGrant
from backend.db.account_held import HeldGrant, accounts_held, grants_held
from backend.db.base import Session, new_id, utc_now
from backend.db.delegation import colleague_of, delegation_held, grants_of_delegation
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, last_day_before
from backend.domain.duty import LENDABLE, Held
from backend.domain.errors import Conflict, Forbidden, NotFound, Stale, invalid
from backend.domain.event import changed
from backend.domain.staff.find import as_held
from backend.domain.staff.grant import end_grants, period, refuse_conflicts, tell

USUAL = timedelta(days=7)
LONGEST = timedelta(days=90)
"""A longer absence is for the security administrator to arrange, by a role of the colleague's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelegation:
    """What one lends: the grants of `grant_ids`, or all that may be lent when it is empty.

    Both days count; without the last one it is for `USUAL`.
    """

    to_id: UUID
    reason: str
    starts_on: date | None = None
    ends_on: date | None = None
    grant_ids: tuple[UUID, ...] = ()


def lendable(held: Sequence[HeldGrant]) -> list[HeldGrant]:
    """What of one's own roles may be lent; nothing that is itself lent."""
    return [one for one in held if one.grant.on_behalf_of is None and one.grant.role in LENDABLE]


async def delegate(session: Session, actor: Actor, moment: Moment, new: NewDelegation) -> Delegation:
    """Lend one's own roles to a colleague.

    Raises Forbidden while acting for somebody else, Conflict `nothing_to_lend`, `lent_already` and
    `duties_conflict_colleague`, and Invalid at the field that is wrong.
    """
    if actor.on_behalf_of is not None:
        raise Forbidden("lent_is_not_lent_on")
    colleague = await colleague_of(session, actor.account_id, new.to_id)
    if colleague is None or new.to_id == actor.account_id:
        raise invalid("/to_id", "colleague_unknown")
    now = utc_now()
    ends_on = new.ends_on or (new.starts_on or day_of(now)) + USUAL - timedelta(days=1)
    starts_at, ends_at = period(new.starts_on, ends_on, now)
    assert ends_at is not None
    if ends_at - starts_at > LONGEST:
        raise invalid("/ends_on", "loan_too_long", days=LONGEST.days)
    people = await accounts_held(session, [actor.account_id, new.to_id])
    held = await grants_held(session, list(people), now)
    mine = lendable([one for one in held if one.grant.account_id == actor.account_id])
    chosen = _chosen(mine, new.grant_ids)
    theirs = [one for one in held if one.grant.account_id == new.to_id]
    for one in chosen:
        _refuse(one, starts_at, ends_at, theirs, actor.account_id)
    delegation = Delegation(
        id=new_id(),
        from_id=actor.account_id,
        to_id=new.to_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=new.reason,
    )
    session.add(delegation)
    await session.flush()
    session.add_all(_lent(one, delegation, actor) for one in chosen)
    await session.flush()
    data = {
        "delegation_id": str(delegation.id),
        "to": {"id": str(new.to_id), "name": people[new.to_id].name},
        "roles": [{"role": one.grant.role, "organization": one.name} for one in chosen],
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "reason": new.reason,
    }
    await tell(session, actor, moment, "delegation.given", people[actor.account_id], None, data)
    return delegation


def _chosen(mine: Sequence[HeldGrant], wanted: Collection[UUID]) -> list[HeldGrant]:
    known = {one.grant.id for one in mine}
    for place, key in enumerate(wanted):
        if key not in known:
            raise invalid(f"/grant_ids/{place}", "grant_not_lendable")
    chosen = [one for one in mine if not wanted or one.grant.id in wanted]
    if not chosen:
        raise Conflict("nothing_to_lend")
    return chosen


def _refuse(one: HeldGrant, starts_at: datetime, ends_at: datetime, theirs: Sequence[HeldGrant], lender: UUID) -> None:
    own_end = one.grant.ends_at
    if own_end is not None and own_end < ends_at:
        raise invalid("/ends_on", "beyond_own_grant", day=last_day_before(own_end).isoformat())
    if one.grant.starts_at > starts_at:
        raise invalid("/starts_on", "before_own_grant", day=day_of(one.grant.starts_at).isoformat())
    wanted = Held(one.grant.role, one.path, starts_at, ends_at)
    if any(other.grant.source_id == one.grant.id and as_held(other).meets(wanted) for other in theirs):
        raise Conflict("lent_already")
    refuse_conflicts(theirs, wanted, "duties_conflict_colleague")


def _lent(one: HeldGrant, delegation: Delegation, actor: Actor) -> RoleGrant:
    return RoleGrant(
        id=new_id(),
        account_id=delegation.to_id,
        role=one.grant.role,
        organization_id=one.grant.organization_id,
        starts_at=delegation.starts_at,
        ends_at=delegation.ends_at,
        reason=delegation.reason,
        given_by=actor.account_id,
        given_by_name=actor.name,
        on_behalf_of=actor.account_id,
        delegation_id=delegation.id,
        source_id=one.grant.id,
    )


async def end_delegation(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str
) -> Delegation:
    """Take back what one lent, or give back what one was lent, before its time.

    Raises NotFound, Conflict `delegation_over`, Stale.
    """
    delegation = await delegation_held(session, actor.account_id, id)
    if delegation is None:
        raise NotFound("not_found")
    now, old = utc_now(), delegation.ends_at
    if old <= now:
        raise Conflict("delegation_over")
    if delegation.version != version:
        raise Stale("stale")
    await end_one(session, delegation, now, reason)
    owner = await session.get_one(Account, delegation.from_id)
    data = {
        "delegation_id": str(id),
        **changed({"ends_at": old.isoformat()}, {"ends_at": now.isoformat()}),
        "reason": reason,
        "given_back": actor.account_id == delegation.to_id,
    }
    await tell(session, actor, moment, "delegation.ended", owner, None, data)
    return delegation


async def end_one(session: Session, delegation: Delegation, at: datetime, reason: str) -> None:
    """End a delegation and the roles that it carries."""
    grants = [grant for grant in await grants_of_delegation(session, delegation.id) if _later(grant, at)]
    await end_grants(session, grants, at, reason)
    delegation.ends_at, delegation.ended_for = at, reason
    delegation.updated_at = utc_now()
    delegation.version += 1


def _later(grant: RoleGrant, at: datetime) -> bool:
    return grant.ends_at is None or grant.ends_at > at
