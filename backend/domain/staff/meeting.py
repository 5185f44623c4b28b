"""Duties that meet although nobody gave them together: organisations moved, or the rules became stricter.

Somebody who wrote for one organisation and approved for another would do both where they become one; that is refused.
Pairs that were allowed when they were given are nobody's fault and are not taken away: those who give roles are told.
"""

from collections.abc import Iterator, Sequence
from uuid import uuid5

from backend.db.account import Account
from backend.db.account_held import (
    HeldGrant,
    accounts_held,
    grants_held,
    holders_below,
    holders_of_several,
    holders_over,
)
from backend.db.base import Session, utc_now
from backend.db.notice import ACCOUNT, told_of
from backend.db.organization import Organization
from backend.domain.access import SYSTEM, Moment
from backend.domain.duty import excludes
from backend.domain.errors import Conflict
from backend.domain.event import record
from backend.domain.role import ROLE_TITLES
from backend.domain.scene import Title
from backend.domain.staff.alarm import add_alarms
from backend.domain.staff.find import as_held

_GIVER = "security_admin"
_TITLE = "账号 {username} 兼有“{role}”和“{other}”，两项职责不得由一人担任，请终止其一"
_MEET: Title = {"zh-CN": "职责冲突", "en": "Duties that exclude each other"}


async def refuse_meeting_duties(session: Session, path: str) -> None:
    """Raise Conflict `duties_meet` when somebody with a role at `path` or below holds duties that exclude each other.

    To be called when paths are as they will be, by whoever holds the tree alone: nobody is given anything meanwhile.
    """
    now = utc_now()
    people = await accounts_held(session, await holders_below(session, path, now))
    held = await grants_held(session, list(people), now)
    for one, against in _meetings(held):
        name = people[one.grant.account_id].name
        role, other = ROLE_TITLES[one.grant.role], ROLE_TITLES[against.grant.role]
        raise Conflict("duties_meet", name=name, role=role, other=other)


def _meetings(held: Sequence[HeldGrant]) -> Iterator[tuple[HeldGrant, HeldGrant]]:
    """Every two roles of one person that nobody may hold together."""
    for place, one in enumerate(held):
        for other in held[:place]:
            if other.grant.account_id == one.grant.account_id and excludes(as_held(other), as_held(one)):
                yield one, other


async def tell_of_meetings(session: Session, moment: Moment) -> int:
    """Tell the security administrators of every two roles of one person that exclude each other, once for each two;
    returns how many they were not told of before."""
    now = utc_now()
    several = await holders_of_several(session, now)
    told = 0
    for one, other in _meetings(await grants_held(session, several, now)):
        account = await session.get_one(Account, one.grant.account_id)
        home = await session.get(Organization, account.organization_id) if account.organization_id else None
        # Whoever reaches both gives and ends both.
        givers = set(await holders_over(session, _GIVER, min(one.path, other.path, key=len), now))
        roles = ROLE_TITLES[one.grant.role]["zh-CN"], ROLE_TITLES[other.grant.role]["zh-CN"]
        title = _TITLE.format(username=account.username, role=roles[0], other=roles[1])
        alarm_id = uuid5(account.id, f"{one.grant.id} {other.grant.id}")
        unaware = givers - await told_of(session, alarm_id) - {account.id}
        if new := await add_alarms(session, moment, unaware, ACCOUNT, account, title, _MEET, alarm_id):
            data = {"step": "", "rung": "duties", "people": new, "roles": sorted((one.grant.role, other.grant.role))}
            record(
                session,
                SYSTEM,
                moment,
                "notice.sent",
                county_id=home.county_id if home else None,
                organization_id=account.organization_id,
                subject_id=account.id,
                subject_kind="account",
                data=data,
            )
            told += 1
    return told
