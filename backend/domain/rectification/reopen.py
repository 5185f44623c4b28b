"""A closed item whose problem came back."""

from datetime import date, timedelta
from uuid import UUID

from backend.db.base import Session
from backend.db.rectification import Rectification
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, shipped_calendar
from backend.domain.event import record_about
from backend.domain.rectification.act import done
from backend.domain.rectification.find import rectification_for
from backend.domain.run import Standing, Wish, run_is_over, standing_of

DAYS_AGAIN = 30
"""How long a reopened item has when nobody says by when: ours."""


async def reopen_rectification(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int | None,
    *,
    reason: str,
    due_on: date | None = None,
) -> Rectification:
    """Open a closed item again: a new round with a new limit, in which its earlier closing stays on record.

    Raises NotFound, Forbidden, Stale, and Conflict for one that is not closed.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:act", version)
    standing = await standing_of(session, item.id, lock=True)
    wish = reopening(standing, reason, due_on, day_of(moment.now))
    data = await done(session, actor, moment, item, organization, wish)
    record_about(session, actor, moment, "rectification.reopened", item, data, reason)
    return item


def reopening(standing: Standing, reason: str, due_on: date | None, today: date) -> Wish:
    """The act that opens a closed item again, where its procedure says."""
    again = standing.procedure.reopening
    if again is None or standing.here.state != "closed":
        raise run_is_over(standing)
    due = due_on or shipped_calendar().next_working(today + timedelta(days=DAYS_AGAIN))
    record = {"due_on": due.isoformat()} if again.schema is not None else None
    return Wish(step=again.to, outcome="reopened", reason=reason, record=record)
