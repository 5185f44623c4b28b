"""Duties that meet because organisations move: somebody who wrote for one and approved for the other would do both."""

from backend.db.account_held import accounts_held, grants_held, holders_below
from backend.db.base import Session, utc_now
from backend.domain.duty import conflict
from backend.domain.errors import Conflict
from backend.domain.role import ROLE_TITLES
from backend.domain.staff.find import as_held


async def refuse_meeting_duties(session: Session, path: str) -> None:
    """Raise Conflict `duties_meet` when somebody with a role at `path` or below holds duties that exclude each other.

    To be called when paths are as they will be, by whoever holds the tree alone: nobody is given anything meanwhile.
    """
    now = utc_now()
    people = await accounts_held(session, await holders_below(session, path, now))
    held = await grants_held(session, list(people), now)
    for place, one in enumerate(held):
        before = [as_held(other) for other in held[:place] if other.grant.account_id == one.grant.account_id]
        against = conflict(before, as_held(one))
        if against is not None:
            name = people[one.grant.account_id].name
            role, other = ROLE_TITLES[one.grant.role], ROLE_TITLES[against.role]
            raise Conflict("duties_meet", name=name, role=role, other=other)
