"""More time for an item: asked for by its unit before the limit, granted above it, the first limit kept."""

from datetime import date
from uuid import UUID

from backend.db.base import Session
from backend.db.rectification import Rectification
from backend.domain.access import Actor, Moment
from backend.domain.rectification.act import act_on_rectification
from backend.domain.run import Wish

EXTENDED_AT = "rectifying"


async def extend_rectification(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, until: date, reason: str
) -> Rectification:
    """Ask for a later limit, or grant the one that was asked for: which of the two follows from where the item stands.

    Raises NotFound, Stale, Forbidden, Conflict when the item is over, and Unready with everything against it.
    """
    wish = Wish(step=EXTENDED_AT, outcome="extended", reason=reason, record={"until": until.isoformat()})
    return await act_on_rectification(session, actor, moment, id, version, wish)
