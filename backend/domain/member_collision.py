"""Somebody learns that a citizen number is registered where they see nothing: told to the auditors, and limited.

A clerk has to learn it, for the person is then transferred and not registered anew. But whoever may register could ask
about anybody: so each such answer is an event about the person, who reads it in the own record too, and after so many
in an hour nothing is registered until the hour is over, known or unknown.  A workbook is held to the same: what would
be one too many is told in its rows like what is registered nowhere.
"""

from collections.abc import Collection
from dataclasses import dataclass
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
    learned = await learned_of(session, actor)
    if learned.is_enough:
        raise Busy("collisions_seen", seconds=learned.seconds, minutes=learned.minutes)


@dataclass(slots=True)
class Learned:
    """The people elsewhere whom somebody learned of within the hour, and in how many seconds the first is forgotten."""

    people: set[UUID]
    seconds: int

    @property
    def is_enough(self) -> bool:
        return len(self.people) >= AT_MOST

    @property
    def minutes(self) -> int:
        return -(-self.seconds // 60)


async def learned_of(session: Session, actor: Actor) -> Learned:
    since = utc_now() - SPAN
    question = (
        sa.select(col(Event.subject_id), sa.func.min(col(Event.created_at)).label("first"))
        .where(col(Event.actor_id) == actor.account_id, col(Event.kind) == KIND, col(Event.created_at) > since)
        .group_by(col(Event.subject_id))
    )
    seen = {one.subject_id: one.first for one in await session.execute(question)}
    first = min(seen.values(), default=utc_now())
    return Learned(set(seen), max(int((first - since).total_seconds()), 1))


async def hold_prying(session: Session, actor: Actor) -> None:
    """Keep every other workbook of the same person waiting until this transaction ends, so that they count together."""
    key = int.from_bytes(actor.account_id.bytes[-8:], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def out_of_sight(session: Session, actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Which of these members the actor does not see and learns of by their number."""
    return {member_id for member_id, *_ in await _unseen(session, actor, ids)}


async def _unseen(session: Session, actor: Actor, ids: Collection[UUID]) -> list[tuple[UUID, UUID, UUID]]:
    # A number is taken within its county alone: of other counties nothing was learned.
    counties = {path.partition("/")[0] for path in actor.reach("member:write")}
    return [
        (member_id, county_id, organization_id)
        for member_id, county_id, organization_id, path in await members_placed(session, ids)
        if not actor.may("member:read", path) and path.partition("/")[0] in counties
    ]


async def tell_collisions(session: Session, actor: Actor, moment: Moment, ids: Collection[UUID], way: Way) -> None:
    """Record for each of these members out of the actor's sight that the actor learned of them."""
    for member_id, county_id, organization_id in await _unseen(session, actor, ids):
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
