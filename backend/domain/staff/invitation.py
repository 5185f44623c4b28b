"""How a person comes to a password of their own: a code that is shown once, handed over, and used once.

Whoever keeps accounts never knows a password. A code runs out, a new one makes the old ones worthless, and only its
hash is stored. It takes two to let a person in: the code opens nothing without a second one, which the security
administrator hands to the person (`release.py`). So whoever keeps accounts becomes nobody by way of one.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.db.account import Account, AccountInvitation, RoleGrant
from backend.db.account_held import invitation_of, revoke_invitations, roles_held_by_anybody
from backend.db.base import Session, new_id, utc_now
from backend.db.organization import Organization
from backend.domain.access import SYSTEM, Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Conflict, Forbidden, NotFound, invalid
from backend.domain.password import Passwords, choose_password
from backend.domain.password_hash import NO_PASSWORD
from backend.domain.staff.alarm import tell_of_recovery
from backend.domain.staff.find import account_for, touched
from backend.domain.staff.life import end_sessions, tell, username_problem
from backend.domain.text import hides_something

LASTS = timedelta(days=7)
"""How long the code for a new account works: it travels on paper."""
LASTS_ANEW = timedelta(hours=24)
"""How long the code for a password that is made anew works: the person is waiting for it."""

# Without I, L, O and U, which are misread or spell words; 20 of these are 100 bits.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Invited:
    """A code, shown this once."""

    account: Account
    code: str
    expires_at: datetime


def new_code(signs: int = 20) -> str:
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(signs))
    return "-".join(drawn[place : place + 5] for place in range(0, signs, 5))


def code_hash(code: str) -> bytes:
    """The hash of a code as a person typed it: small letters, spaces and misread signs are forgiven."""
    return hashlib.sha256(code.upper().translate(_MISREAD).encode()).digest()


async def invite(session: Session, actor: Actor, moment: Moment, id: UUID, version: int) -> Invited:
    """Make the code with which the person chooses a password, together with the second one.

    For an account in use that asks for a password made anew: nothing changes before the security administrator has
    released it, and the person and the auditors are told at once.

    Raises NotFound, Forbidden (without `account:recover` for an account in use), Conflict when it is suspended or
    closed, Stale.
    """
    account, organization, _ = await account_for(session, actor, id, "account:write", version)
    if account.suspended_at is not None:
        raise Conflict("account_suspended_already")
    anew = account.activated_at is not None
    if anew and not actor.may("account:recover", organization.path if organization else ""):
        raise Forbidden("not_yours_to_recover")
    invited = await new_invitation(session, account, actor, anew=anew)
    touched(account, utc_now())
    tell(session, actor, moment, "account.invited", account, organization, {"anew": anew})
    if anew:
        await tell_of_recovery(session, moment, account, organization, "asked")
    return invited


async def new_invitation(session: Session, account: Account, actor: Actor, *, anew: bool) -> Invited:
    """Store a code's hash; whatever was handed over before works no more."""
    now = utc_now()
    await revoke_invitations(session, account.id, now)
    code = new_code()
    expires_at = now + (LASTS_ANEW if anew else LASTS)
    session.add(
        AccountInvitation(
            account_id=account.id,
            code_hash=code_hash(code),
            anew=anew,
            invited_by=None if actor is SYSTEM else actor.account_id,
            expires_at=expires_at,
            released_at=now if actor is SYSTEM else None,
        )
    )
    return Invited(account, code, expires_at)


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom a code is for. `waits`: nobody has released it yet; `second`: it works with a second code only."""

    account: Account
    place: Organization | None
    expires_at: datetime
    waits: bool
    second: bool


async def read_invitation(session: Session, code: str) -> Reading:
    """Whom a code is for, and until when. Raises NotFound for one that is unknown, used, replaced or out of date."""
    found = await invitation_of(session, code_hash(code), utc_now())
    if found is None:
        raise NotFound("invitation_unknown")
    invitation, account = found
    place = await session.get(Organization, account.organization_id) if account.organization_id else None
    waits = invitation.released_at is None
    return Reading(account, place, invitation.expires_at, waits, waits or invitation.second_hash is not None)


async def accept_invitation(
    session: Session, moment: Moment, passwords: Passwords, code: str, password: str, second_code: str | None = None
) -> Account:
    """Choose the account's password; the code is used up.

    Raises NotFound, Conflict `invitation_waits` before the release, and Invalid with everything that is wrong at
    `/password` or with the second code.
    """
    found = await invitation_of(session, code_hash(code), utc_now(), lock=True)
    if found is None:
        raise NotFound("invitation_unknown")
    invitation, account = found
    if invitation.released_at is None:
        raise Conflict("invitation_waits")
    if invitation.second_hash is not None and not hmac.compare_digest(
        code_hash(second_code or ""), invitation.second_hash
    ):
        raise invalid("/second_code", "second_code_wrong")
    now = utc_now()
    await choose_password(session, passwords, account, password, now)
    account.activated_at = account.activated_at or now
    account.last_used_on = day_of(now)
    account.warned_on = None
    invitation.used_at = now
    await end_sessions(session, account, now)
    touched(account, now)
    place = await session.get(Organization, account.organization_id) if account.organization_id else None
    person = Actor(account.id, account.name, account.organization_id, (), account.username)
    tell(session, person, moment, "account.activated", account, place, {"anew": invitation.anew})
    return account


async def create_administrators(
    session: Session, moment: Moment, people: Mapping[str, tuple[str, str]]
) -> list[tuple[str, Invited]]:
    """Make the first system, security and audit administrators of an installation, each with a code: role to user name
    and name. Three different people.

    Only for roles that nobody holds: once somebody does, accounts and roles are given by those who hold them.
    Raises Conflict `administrators_exist`, and Invalid for names that cannot be.
    """
    taken = await roles_held_by_anybody(session, list(people), utc_now())
    if taken:
        raise Conflict("administrators_exist", roles="、".join(sorted(taken)))
    if len(set(people.values())) < len(people) or len({name for _, name in people.values()}) < len(people):
        raise invalid("/name", "administrators_differ")
    made = []
    for role, (username, name) in people.items():
        problem = username_problem(username)
        if problem is not None:
            raise invalid("/username", problem)
        if hides_something(name):
            raise invalid("/name", "field_name_hides")
        account = Account(id=new_id(), username=username, name=name, password_hash=NO_PASSWORD)
        session.add(account)
        await session.flush()
        session.add(RoleGrant(account_id=account.id, role=role, reason="first administrators"))
        made.append((role, await new_invitation(session, account, SYSTEM, anew=False)))
        data: dict[str, object] = {"username": username, "name": name, "role": role}
        tell(session, SYSTEM, moment, "account.created", account, None, data)
    return made
