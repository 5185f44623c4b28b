"""Changing what one signs in with, and what follows for the sessions."""

from uuid import UUID

from backend.db.account import Account
from backend.db.base import Session, utc_now
from backend.db.session import AccountSession, end_sessions
from backend.domain.access import Actor, Moment
from backend.domain.errors import invalid
from backend.domain.event import record
from backend.domain.password import Passwords, choose_password
from backend.domain.staff.alarm import tell_of_change


async def change_own_password(
    session: Session,
    actor: Actor,
    moment: Moment,
    passwords: Passwords,
    present: UUID,
    judged: str | None,
    password: str,
) -> int:
    """Give oneself a new password and end one's other sessions; returns how many ended.

    `judged` is the hash that the present password was found right for, None when it was found wrong.  Raises Invalid at
    `/current_password` for that, and with every problem of the new one at `/password`.
    """
    account = await session.get_one(Account, actor.account_id, with_for_update=True)
    if judged is None or account.password_hash != judged:
        raise invalid("/current_password", "password_wrong")
    forced = account.password_must_change
    await choose_password(session, passwords, account, password, utc_now())
    ended = await end_sessions(session, account.id, utc_now(), "password_changed", but=present)
    record(
        session,
        actor,
        moment,
        "account.password_changed",
        county_id=None,
        organization_id=account.organization_id,
        subject_id=account.id,
        data={"forced": forced, "sessions_ended": len(ended)},
    )
    if not forced:
        await tell_of_change(session, moment, account, "account.password_changed")
    return len(ended)


async def mark_second_step(session: Session, present: UUID, *, had: bool) -> None:
    """The present session has proved the second step, or no longer; the others have to prove it anew."""
    own = await session.get_one(AccountSession, present)
    own.second_step = had
    session.add(own)
    await end_sessions(session, own.account_id, utc_now(), "second_step_changed", but=present)
