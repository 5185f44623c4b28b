"""An item that turns out to be about somebody: it goes to where neither they nor those below them see it."""

from collections.abc import Collection

from backend.db.base import Session
from backend.db.feedback import chain_of
from backend.db.organization import Organization
from backend.db.rectification import Rectification, move_relooks
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.event import changed, record_about
from backend.domain.feedback.desk import choose_desk, is_about
from backend.domain.rectification.counts import count_rectification, counted
from backend.domain.rectification.facts import facts_of
from backend.domain.run import rewrite_copies, standing_of


async def keep_from(
    session: Session, actor: Actor, moment: Moment, item: Rectification, meant: Collection[str]
) -> None:
    """Take an item from an organisation that lies at or below one of the marks in `meant`, whatever its state.

    It goes to the nearest desk above them, as a card does; at the top it stays with the county.
    """
    place = await session.get_one(Organization, item.organization_id)
    if not is_about(place.path, meant):
        return
    chain = await chain_of(session, place.path)
    await move_up(session, actor, moment, item, choose_desk(chain, meant) or chain[-1])


async def move_up(session: Session, actor: Actor, moment: Moment, item: Rectification, place: Organization) -> None:
    """Have an item be with an organisation above the one that it is with, whatever its state.

    Lists, counts, exports, tasks and notices follow, since all of them ask where an item is. Its steps stay as they
    are: whoever the place gives it to next puts it right. Records `rectification.moved`, without saying about whom it
    is.
    """
    old = await session.get_one(Organization, item.organization_id)
    if old.id == place.id or not old.path.startswith(place.path):
        return
    before = counted(item)
    item.organization_id = place.id
    item.updated_at = moment.now
    item.version += 1
    await move_relooks(session, item.id, place.id)
    standing = await standing_of(session, item.id, lock=True)
    standing.run.organization_id = place.id
    await session.flush()
    rewrite_copies(standing, await facts_of(session, item, actor, day_of(moment.now)), moment)
    await count_rectification(session, before, counted(item))
    # By the ids those who keep a copy of the ledger learn that they have the item no longer.
    told = changed(
        {"organization": old.name, "organization_id": str(old.id)},
        {"organization": place.name, "organization_id": str(place.id)},
    )
    record_about(session, actor, moment, "rectification.moved", item, told)
