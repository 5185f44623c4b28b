"""What was refused for want of a right stands in the log: who tried what, never of whom."""

from backend.db.base import Session
from backend.domain.access import Actor, Moment
from backend.domain.event import record

SPAN_SECONDS = 3600
"""A refusal of one kind is told once in this time."""


async def note_refusal(session: Session, actor: Actor, moment: Moment, *, method: str, route: str, code: str) -> None:
    """Record that somebody was refused. `route` is the template of an address, without anybody's id in it."""
    record(
        session,
        actor,
        moment,
        "account.refused",
        county_id=None,
        organization_id=actor.organization_id,
        subject_id=actor.account_id,
        subject_kind="client" if actor.is_client else "account",
        data={"method": method, "route": route, "code": code},
    )
