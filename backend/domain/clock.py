"""The demonstration's clock: it runs like any other, stands where it was set, and moves only forward."""

from datetime import datetime, timedelta

from backend.db.base import Session
from backend.db.clock import clock_offset, set_clock_offset
from backend.domain.access import Actor, Moment
from backend.domain.event import record


async def move_demo_clock(session: Session, actor: Actor, moment: Moment, forward: timedelta) -> datetime:
    """Move the clock forward and return the new time."""
    await set_clock_offset(session, await clock_offset(session) + forward)
    record(
        session,
        actor,
        moment,
        "demo.clock_moved",
        county_id=None,
        organization_id=actor.organization_id,
        subject_id=actor.account_id,
        data={"days": forward.days},
    )
    return moment.now + forward
