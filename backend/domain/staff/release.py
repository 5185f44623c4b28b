"""The second person whom it takes to let somebody in: the security administrator, who hands over the second code.

Whoever keeps accounts holds the first code, whoever gives roles the second; nobody holds both. Whom the second one is
handed to is the security administrator's to see to: the person, whom they recognise, and never whoever keeps accounts.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.db.account import Account, AccountInvitation
from backend.db.account_held import HeldGrant, open_invitation
from backend.db.base import Session, utc_now
from backend.domain.access import Actor, Moment
from backend.domain.duty import EXCLUSIVE
from backend.domain.errors import Conflict, Forbidden
from backend.domain.password_hash import NO_PASSWORD
from backend.domain.staff.alarm import tell_of_recovery
from backend.domain.staff.find import account_for, touched
from backend.domain.staff.grant import end_grants
from backend.domain.staff.invitation import code_hash, new_code
from backend.domain.staff.last import refuse_last
from backend.domain.staff.life import end_loans, end_sessions, said, tell

PERMISSION = "account:release"

# 50 bits: nobody guesses them through the page, and who holds them has nothing without the other code.
_SIGNS = 10


@dataclass(frozen=True, slots=True)
class Released:
    """The second code, shown this once."""

    account: Account
    code: str
    expires_at: datetime


def unreleasable(actor: Actor, invitation: AccountInvitation | None) -> str | None:
    """The code that says why the actor may not release an invitation, None when it may."""
    if invitation is None or (invitation.released_at is not None and invitation.second_hash is None):
        return "no_invitation"
    return "invited_by_oneself" if invitation.invited_by in actor.people else None


async def release_invitation(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str
) -> Released:
    """Let a code be used, together with the one that is returned; one that was returned before works no more.

    For an account in use the old password, the sessions and the loans end at once. An administrator's roles end with
    it, so that nobody becomes one by way of codes; they are given anew.

    Raises NotFound, Forbidden beyond the reach of `account:release`, for oneself and `invited_by_oneself`, Conflict
    `no_invitation`, `last_administrator` and when the account is suspended or closed, Stale.
    """
    account, organization, held = await account_for(session, actor, id, PERMISSION, version)
    if account.suspended_at is not None:
        raise Conflict("account_suspended_already")
    now = utc_now()
    invitation = await open_invitation(session, account.id, now)
    refusal = unreleasable(actor, invitation)
    if refusal == "invited_by_oneself":
        raise Forbidden(refusal)
    if invitation is None or refusal is not None:
        raise Conflict("no_invitation")
    code = new_code(_SIGNS)
    first = invitation.released_at is None
    invitation.released_at, invitation.released_by, invitation.second_hash = now, actor.account_id, code_hash(code)
    data: dict[str, object] = {"anew": invitation.anew, "reason": reason}
    if invitation.anew and first:
        data |= await _begin_anew(session, account, held, now)
    touched(account, now)
    tell(session, actor, moment, "account.invitation_released", account, organization, data)
    if invitation.anew:
        await tell_of_recovery(session, moment, account, organization, "released")
    return Released(account, code, invitation.expires_at)


async def _begin_anew(session: Session, account: Account, held: list[HeldGrant], now: datetime) -> dict[str, object]:
    """What ends when the password of an account in use is made anew."""
    office = [one for one in held if one.grant.role in EXCLUSIVE]
    await refuse_last(session, account, office, now)
    await end_grants(session, [one.grant for one in office], now, "recovered")
    lent = await end_loans(session, account, now, "recovered")
    account.password_hash = NO_PASSWORD
    await end_sessions(session, account, now)
    return {"grants_ended": said(office), "delegations": lent}
