"""What the security administrator does when a device or an authenticator was lost: end sessions, take the second step
away.

Neither lets anybody in: a password is made anew by the system administrator alone, so that nobody could become another
person without a second one.
"""

from uuid import UUID

from backend.db.base import Session, utc_now
from backend.db.second_step import remove_second_step, second_step_of
from backend.db.session import end_sessions
from backend.domain.access import Actor, Moment
from backend.domain.errors import Forbidden
from backend.domain.staff.alarm import tell_of_change
from backend.domain.staff.find import account_for, seen_account
from backend.domain.staff.life import tell


async def end_sessions_of(session: Session, actor: Actor, moment: Moment, id: UUID, reason: str) -> int:
    """End every session of somebody; returns how many. Whatever else that person holds, so that it takes no time.

    Raises NotFound out of sight, Forbidden beyond the reach of `session:end` and for oneself.
    """
    account, organization = await seen_account(session, actor, id)
    if not actor.may("session:end", organization.path if organization else ""):
        raise Forbidden("not_yours_to_change")
    if account.id in actor.people:
        raise Forbidden("own_account")
    ended = await end_sessions(session, account.id, utc_now(), "ended_by_administrator")
    if ended:
        data = {"cause": "ended_by_administrator", "sessions": len(ended), "reason": reason}
        tell(session, actor, moment, "account.session_ended", account, organization, data)
    return len(ended)


async def reset_second_step(session: Session, actor: Actor, moment: Moment, id: UUID, reason: str) -> bool:
    """Take away an authenticator that was lost with its codes, and end the sessions; False when there is none.

    Where two steps are asked for, the next sign-in has to set one up before anything else.  That the person was
    recognised is for the actor to see to.  Raises NotFound, Forbidden beyond the reach of `second_step:reset`, for
    oneself and for an account that holds more, Conflict `account_closed`.
    """
    account, organization, _ = await account_for(session, actor, id, "second_step:reset", None)
    if await second_step_of(session, account.id) is None:
        return False
    await remove_second_step(session, account.id)
    ended = await end_sessions(session, account.id, utc_now(), "second_step_reset")
    data = {"sessions": len(ended), "reason": reason}
    tell(session, actor, moment, "account.second_step_reset", account, organization, data)
    await tell_of_change(session, moment, account, "account.second_step_reset")
    return True
