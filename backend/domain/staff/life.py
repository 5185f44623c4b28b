"""The life of an account between joining and leaving: created, suspended and resumed, moved, closed.

An account is never deleted: who did what stays readable. One person has one open account.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.db.account import Account, account_named
from backend.db.account_held import (
    HeldGrant,
    account_of_member,
    grants_held,
    member_named,
    namesakes,
    revoke_invitations,
    unused_since,
)
from backend.db.base import Session, new_id, utc_now
from backend.db.delegation import delegations_of
from backend.db.organization import Organization, OrganizationStatus, organization_in
from backend.db.session import end_sessions as end_open_sessions
from backend.domain.access import SYSTEM, Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.duty import fits
from backend.domain.errors import Conflict, Forbidden, NotFound, invalid
from backend.domain.event import record
from backend.domain.handover.work import has_open_work
from backend.domain.password_hash import NO_PASSWORD
from backend.domain.staff.delegation import end_one
from backend.domain.staff.find import account_for, touched
from backend.domain.staff.grant import end_grants
from backend.domain.staff.last import last_of, refuse_last

DORMANT_DAYS = 90
"""Days without use after which an account is suspended (handbook 3.2: surplus and expired accounts removed)."""
WARNED_DAYS = 14
"""Days before that on which whoever keeps accounts is told."""
DORMANT = "dormant"
"""Stands as the reason of a suspension that the rule made; pages have words for it."""

_AT_ONCE = 100
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,63}")
_LONG_NUMBER = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an account begins with. `namesake`: there is another person of this name, and that is not the same one."""

    username: str
    name: str
    organization_id: UUID | None
    member_id: UUID | None = None
    namesake: bool = False


def tell(
    session: Session,
    actor: Actor,
    moment: Moment,
    kind: str,
    account: Account,
    organization: Organization | None,
    data: Mapping[str, Any],
) -> None:
    """Record what happened to an account, at the organisation where its person works."""
    record(
        session,
        actor,
        moment,
        kind,
        county_id=organization.county_id if organization else None,
        organization_id=account.organization_id,
        subject_id=account.id,
        subject_kind="account",
        data=data,
        reason=data.get("reason"),
    )


def username_problem(username: str) -> str | None:
    """The code that says why nobody may be called so, None when it is fine."""
    if not _USERNAME.fullmatch(username):
        return "username_malformed"
    # Phone and citizen numbers would stand in every log of sign-ins.
    return "username_personal" if _LONG_NUMBER.search(username) else None


async def create_account(session: Session, actor: Actor, moment: Moment, new: NewAccount) -> Account:
    """Make an account for a person; nobody signs in to it before an invitation was accepted, and it may do nothing
    before somebody else has given it a role.

    Raises NotFound and Forbidden for an organisation where the caller keeps no accounts, Invalid at the field that is
    wrong.
    """
    organization = await _first_workplace(session, actor, new.organization_id)
    reach = actor.reach("account:write")
    problem = username_problem(new.username)
    if problem is not None:
        raise invalid("/username", problem)
    if await account_named(session, new.username) is not None:
        raise invalid("/username", "username_taken", username=new.username)
    if new.member_id is not None:
        await _one_member_one_account(session, actor, new)
    known = await namesakes(session, reach, new.name)
    if known and not new.namesake:
        username, place = known[0]
        raise invalid("/name", "person_has_account", name=new.name, username=username, organization=place or "")
    account = Account(
        id=new_id(),
        username=new.username,
        name=new.name,
        password_hash=NO_PASSWORD,
        organization_id=new.organization_id,
        member_id=new.member_id,
    )
    session.add(account)
    await session.flush()
    data = {"username": account.username, "name": account.name, "member_id": str(new.member_id or "") or None}
    tell(session, actor, moment, "account.created", account, organization, data)
    return account


async def _workplace(session: Session, actor: Actor, id: UUID) -> Organization:
    """An active organisation where the caller keeps accounts."""
    found = await organization_in(session, actor.reach("organization:read"), id)
    if found is None:
        raise NotFound("not_found")
    if not actor.may("account:write", found.path):
        raise Forbidden("not_yours_to_change")
    if found.status is not OrganizationStatus.active:
        raise invalid("/organization_id", "organization_not_active")
    return found


async def _first_workplace(session: Session, actor: Actor, id: UUID | None) -> Organization | None:
    """Where a new person works; nowhere for whoever keeps the platform before there is a county."""
    if id is not None:
        return await _workplace(session, actor, id)
    if not actor.may("account:write", ""):
        raise invalid("/organization_id", "required")
    return None


async def _one_member_one_account(session: Session, actor: Actor, new: NewAccount) -> None:
    assert new.member_id is not None
    name = await member_named(session, actor.reach("account:write"), new.member_id)
    if name is None:
        raise invalid("/member_id", "member_unknown")
    if name != new.name:
        raise invalid("/member_id", "member_other_name", name=name)
    if await account_of_member(session, new.member_id) is not None:
        raise invalid("/member_id", "member_has_account")


async def suspend_account(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str
) -> Account:
    """Let nobody sign in to the account until it is resumed; what its person lent or was lent ends.

    Raises NotFound, Forbidden, Stale, Conflict when it is suspended or closed already, and `last_administrator`.
    """
    account, organization, held = await account_for(session, actor, id, "account:write", version)
    if account.suspended_at is not None:
        raise Conflict("account_suspended_already")
    await refuse_last(session, account, held, utc_now())
    await _suspend(session, actor, moment, account, organization, reason)
    return account


async def _suspend(
    session: Session, actor: Actor, moment: Moment, account: Account, organization: Organization | None, reason: str
) -> None:
    now = utc_now()
    account.suspended_at, account.suspended_for = now, reason
    lent = await end_loans(session, account, now, reason)
    await end_sessions(session, account, now)
    touched(account, now)
    tell(session, actor, moment, "account.suspended", account, organization, {"reason": reason, "delegations": lent})


async def resume_account(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str
) -> Account:
    """Let the person of a suspended account sign in again. Raises Conflict when it is not suspended."""
    account, organization, _ = await account_for(session, actor, id, "account:write", version)
    if account.suspended_at is None:
        raise Conflict("account_not_suspended")
    now = utc_now()
    old = account.suspended_for
    account.suspended_at = account.suspended_for = account.warned_on = None
    # Otherwise the rule about dormant accounts would suspend it again the same night.
    account.last_used_on = day_of(now)
    touched(account, now)
    tell(session, actor, moment, "account.resumed", account, organization, {"reason": reason, "suspended_for": old})
    return account


async def move_account(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, organization_id: UUID, reason: str
) -> Account:
    """Let the person work at another organisation; roles and loans that no longer fit there end with that.

    Raises NotFound, Forbidden (also where the caller keeps no accounts at the new place), Stale, Conflict when the
    person works there already and `last_administrator`, Invalid at `/organization_id`.
    """
    account, before, held = await account_for(session, actor, id, "account:write", version)
    after = await _workplace(session, actor, organization_id)
    if account.organization_id == after.id:
        raise Conflict("account_works_there")
    now = utc_now()
    unfit = [one for one in held if not fits(one.path, after.path)]
    await refuse_last(session, account, unfit, now, stays=True)
    await end_grants(session, [one.grant for one in unfit], now, reason)
    account.organization_id = after.id
    touched(account, now)
    places = {"old": before.name if before else None, "new": after.name}
    tell(
        session,
        actor,
        moment,
        "account.moved",
        account,
        after,
        {"reason": reason, "organization": places, "grants_ended": said(unfit)},
    )
    return account


async def close_account(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    reason: str,
    *,
    leave_work: bool = False,
) -> Account:
    """End everything that the account may do, for good.

    Raises NotFound, Forbidden, Stale, Conflict `account_closed`, `last_administrator`, and `open_work_remains` while
    work names this person or waits for nobody else, unless `leave_work` says that it may stay where it is.
    """
    account, organization, held = await account_for(session, actor, id, "account:write", version)
    if not leave_work and await has_open_work(session, account, organization):
        raise Conflict("open_work_remains")
    now = utc_now()
    await refuse_last(session, account, held, now)
    await end_grants(session, [one.grant for one in held], now, reason)
    lent = await end_loans(session, account, now, reason)
    await revoke_invitations(session, account.id, now)
    await end_sessions(session, account, now)
    account.closed_at = account.suspended_at = now
    account.suspended_for, account.password_hash = reason, NO_PASSWORD
    member_id, account.member_id = account.member_id, None
    touched(account, now)
    data = {"reason": reason, "grants_ended": said(held), "delegations": lent, "work_left": leave_work}
    if member_id is not None:
        data["member_id"] = str(member_id)
    tell(session, actor, moment, "account.closed", account, organization, data)
    return account


async def suspend_dormant(session: Session, moment: Moment) -> int:
    """Suspend what nobody has used for 90 days, and say 14 days before that it will be; returns how many it was.

    By the machine's clock: it is the machine that is used.  The last of the administrators is warned, and stays.
    """
    today = day_of(utc_now())
    warned = await unused_since(session, today - timedelta(days=DORMANT_DAYS - WARNED_DAYS), _AT_ONCE, None)
    for account, organization in warned:
        account.warned_on = today
        suspended_on = max(_dormant_on(account), today + timedelta(days=WARNED_DAYS))
        data = {"last_used_on": _day(account.last_used_on), "suspended_on": _day(suspended_on)}
        tell(session, SYSTEM, moment, "account.dormancy_warned", account, organization, data)
    warned_by = today - timedelta(days=WARNED_DAYS)
    due = await unused_since(session, today - timedelta(days=DORMANT_DAYS), _AT_ONCE, warned_by)
    suspended = 0
    for account, organization in due:
        held = await grants_held(session, [account.id], utc_now())
        if await last_of(session, account, held, utc_now()) is None:
            await _suspend(session, SYSTEM, moment, account, organization, DORMANT)
            suspended += 1
    return len(warned) + suspended


def _dormant_on(account: Account) -> date:
    return (account.last_used_on or day_of(account.created_at)) + timedelta(days=DORMANT_DAYS)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


async def end_sessions(session: Session, account: Account, at: datetime) -> None:
    """Whoever is signed in to the account is so no longer, on any machine."""
    account.session_epoch += 1
    await end_open_sessions(session, account.id, at, "ended_by_administrator")


async def end_loans(session: Session, account: Account, at: datetime, reason: str) -> list[str]:
    """End what the person lent to others and what others lent; returns the ids of these delegations."""
    found = await delegations_of(session, account.id, at)
    for delegation in found:
        await end_one(session, delegation, at, reason)
    return [str(delegation.id) for delegation in found]


def said(held: Sequence[HeldGrant]) -> list[dict[str, str | None]]:
    """Grants as events tell them."""
    return [{"role": one.grant.role, "organization": one.name, "grant_id": str(one.grant.id)} for one in held]
