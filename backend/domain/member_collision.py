"""Somebody learns that a citizen number is registered where they see nothing: told to the auditors, and limited.

A clerk has to learn it, for the person is then transferred and not registered anew. But whoever may register could ask
about anybody: so each such answer is an event about the person, who reads it in the own record too, and after so many
in an hour nothing is registered until the hour is over, known or unknown.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session, utc_now
from backend.db.event import Event
from backend.db.member import members_placed
from backend.domain.access import Actor, Moment
from backend.domain.errors import Busy, Invalid
from backend.domain.event import record

KIND = "member.collision_seen"
TAKEN = "id_number_taken"
AT_MOST, SPAN = 20, timedelta(hours=1)

Way = Literal["registration", "change", "correction", "import"]


def is_collision(refused: Invalid) -> bool:
    return any(problem.code == TAKEN for problem in refused.problems)


async def refuse_prying(session: Session, actor: Actor) -> None:
    """Raise Busy `collisions_seen` for somebody who learned of `AT_MOST` people elsewhere within an hour."""
    since = utc_now() - SPAN
    question = sa.select(sa.func.count(), sa.func.min(col(Event.created_at))).where(
        col(Event.actor_id) == actor.account_id, col(Event.kind) == KIND, col(Event.created_at) > since
    )
    seen, first = (await session.execute(question)).one()
    if seen >= AT_MOST:
        seconds = max(int((first - since).total_seconds()), 1)
        raise Busy("collisions_seen", seconds=seconds, minutes=-(-seconds // 60))


async def tell_collisions(session: Session, actor: Actor, moment: Moment, ids: Collection[UUID], way: Way) -> int:
    """Record for each of these members out of the actor's sight that the actor learned of them; returns how many."""
    told = 0
    # A number is taken within its county alone: of other counties nothing was learned.
    counties = {path.partition("/")[0] for path in actor.reach("member:write")}
    for member_id, county_id, organization_id, path in await members_placed(session, ids):
        if actor.may("member:read", path) or path.partition("/")[0] not in counties:
            continue
        record(
            session,
            actor,
            moment,
            KIND,
            county_id=county_id,
            organization_id=organization_id,
            subject_id=member_id,
            data={"way": way},
        )
        told += 1
    return told
