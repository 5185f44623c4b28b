"""What whoever runs the machine may do where nobody else is left: let an administrator in again who lost everything.

It gives nothing that the owner of database and keys has not; and it is told like what two people do.
"""

from backend.db.account import account_named, roles_held
from backend.db.base import Session, utc_now
from backend.db.organization import Organization
from backend.db.second_step import remove_second_step, second_step_of
from backend.domain.access import SYSTEM, Moment
from backend.domain.duty import EXCLUSIVE
from backend.domain.errors import Conflict, NotFound
from backend.domain.password_hash import NO_PASSWORD
from backend.domain.staff.alarm import tell_of_recovery
from backend.domain.staff.find import touched
from backend.domain.staff.invitation import Invited, new_invitation
from backend.domain.staff.life import end_sessions, tell


async def recover_administrator(session: Session, moment: Moment, username: str) -> Invited:
    """Make a whole code for an administrator, and take the password, the second step and the sessions away.

    Only for the three administrators: everybody else has two of them to turn to. The office stays.
    Raises NotFound, Conflict when the account is suspended, closed, or no administrator's.
    """
    account = await account_named(session, username)
    if account is None:
        raise NotFound("not_found")
    if account.suspended_at is not None:
        raise Conflict("account_suspended_already")
    if EXCLUSIVE.isdisjoint(await roles_held(session, account.id, utc_now())):
        raise Conflict("not_an_administrator")
    account.password_hash = NO_PASSWORD
    had_second_step = await second_step_of(session, account.id) is not None
    await remove_second_step(session, account.id)
    await end_sessions(session, account, utc_now())
    invited = await new_invitation(session, account, SYSTEM, anew=True)
    touched(account, utc_now())
    place = await session.get(Organization, account.organization_id) if account.organization_id else None
    data = {"anew": True, "at": "console", "second_step_reset": had_second_step}
    tell(session, SYSTEM, moment, "account.invited", account, place, data)
    await tell_of_recovery(session, moment, account, place, "released")
    return invited
