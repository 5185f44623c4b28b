"""The last of the administrators stays: without one nobody keeps accounts, gives roles, or hears an alarm.

The first three hold their offices without an end, and none of them goes before another one does: so somebody always
does, and a role that runs out by its own day leaves no office empty.
"""

from collections.abc import Sequence
from datetime import datetime

from backend.db.account import Account
from backend.db.account_held import HeldGrant, another_holds, hold_administrators
from backend.db.base import Session, utc_now
from backend.domain.duty import EXCLUSIVE
from backend.domain.errors import Conflict
from backend.domain.role import ROLE_TITLES


async def last_of(
    session: Session, account: Account, ending: Sequence[HeldGrant], at: datetime, *, stays: bool = False
) -> HeldGrant | None:
    """Which of the roles in `ending`, that end at `at`, nobody in use would hold without an end over the same place.

    `stays`: the account goes on, and what else it holds counts.  An account that nobody has signed in to holds nothing
    that could be missed, and takes nobody's place.
    """
    now = utc_now()
    if account.activated_at is None or account.suspended_at is not None:
        return None
    office = [one for one in ending if one.grant.role in EXCLUSIVE and one.grant.starts_at <= now]
    if not office:
        return None
    await hold_administrators(session)
    without = [one.grant.id for one in ending]
    besides = None if stays else account.id
    for one in office:
        if not await another_holds(session, one.grant, one.path, at, without, besides):
            return one
    return None


async def refuse_last(
    session: Session, account: Account, ending: Sequence[HeldGrant], at: datetime, *, stays: bool = False
) -> None:
    """Raise Conflict `last_administrator` for what `last_of` finds."""
    found = await last_of(session, account, ending, at, stays=stays)
    if found is not None:
        raise Conflict("last_administrator", role=ROLE_TITLES[found.grant.role])
