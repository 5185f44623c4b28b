"""Finding an account: out of sight, in sight, and one's to change."""

from datetime import datetime
from uuid import UUID

from backend.db.account import Account
from backend.db.account_held import HeldGrant, account_in, grants_held
from backend.db.base import Session, utc_now
from backend.db.organization import Organization
from backend.domain.access import Actor
from backend.domain.duty import CHECKING, EXCLUSIVE, RESERVED, Held
from backend.domain.errors import Conflict, Forbidden, NotFound, Stale

KEEPER = "system_admin"
"""Whoever alone may change the accounts of administrators, and of those who say no to others."""


async def seen_account(session: Session, actor: Actor, id: UUID) -> tuple[Account, Organization | None]:
    """The account and where it works. Raises NotFound when it is missing or out of reach."""
    found = await account_in(session, actor.reach("account:read"), id)
    if found is None:
        raise NotFound("not_found")
    return found


async def account_for(
    session: Session, actor: Actor, id: UUID, permission: str, version: int | None
) -> tuple[Account, Organization | None, list[HeldGrant]]:
    """The account, locked, where it works and all that it holds or will hold, for someone who may change it.

    Raises NotFound; Forbidden where the permission does not reach, for one's own account, and for an account that
    holds more than the caller keeps accounts for; Conflict `account_closed`; Stale.
    """
    found = await account_in(session, actor.reach("account:read"), id, lock=True)
    if found is None:
        raise NotFound("not_found")
    account, organization = found
    held = await grants_held(session, [id], utc_now())
    refusal = unchangeable(actor, permission, account, organization.path if organization else "", held)
    if refusal is not None:
        raise Forbidden(refusal)
    if account.closed_at is not None:
        raise Conflict("account_closed")
    if version is not None and account.version != version:
        raise Stale("stale")
    return account, organization, held


def unchangeable(actor: Actor, permission: str, account: Account, path: str, held: list[HeldGrant]) -> str | None:
    """The code that says why the actor may not change the account, None when it may.

    Nobody changes an account that reaches further than the own permission does. Those of administrators, and of whoever
    approves, checks, audits or reviews, are for who decides nothing: nobody suspends or moves away who says no to them.
    """
    if not actor.may(permission, path):
        return "not_yours_to_change"
    if account.id in actor.people:
        return "own_account"
    keeper = RESERVED.get(permission, KEEPER)
    keeps = keeper in actor.roles_at(path)
    if not keeps and any(one.grant.role in EXCLUSIVE for one in held):
        return "administrators_apart"
    if not all(actor.may(permission, one.path) for one in held):
        return "account_holds_more"
    if not keeps and any(one.grant.role in CHECKING for one in held):
        return "checkers_apart"
    return None


def as_held(one: HeldGrant) -> Held:
    """A stored grant as the rules of duty see it."""
    return Held(one.grant.role, one.path, one.grant.starts_at, one.grant.ends_at)


def touched(account: Account, at: datetime) -> None:
    """Count a change of the account, so that whoever read it before is told."""
    account.updated_at = at
    account.version += 1
