"""Supervision (督办): an item that is watched by name."""

from uuid import UUID

from backend.db.base import Session
from backend.db.rectification import OVER, Rectification
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict
from backend.domain.event import record_about
from backend.domain.rectification.find import rectification_for, refuse_own_unit


async def supervise_rectification(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, reason: str
) -> Rectification:
    """Put an open item under supervision; it stays so until it is closed.

    Raises NotFound, Forbidden (also for its own unit), Stale and Conflict when it is over or supervised already.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:supervise", version)
    refuse_own_unit(actor, item, organization)
    if item.status in OVER:
        raise Conflict("item_over")
    if item.supervised_at is not None:
        raise Conflict("supervised_already")
    item.supervised_at = item.updated_at = moment.now
    item.version += 1
    record_about(session, actor, moment, "rectification.supervised", item, {}, reason)
    return item
