"""Saying that one has read a notice: explicitly, since nobody can tell it from a page that was opened."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.feedback import FeedbackCard, seen
from backend.db.notice import Notice, notices_of, receive
from backend.db.organization import Reach
from backend.domain.access import Actor, Moment
from backend.domain.errors import NotFound
from backend.domain.event import record
from backend.domain.feedback.sight import sight_of

_READS = ":read"


def seen_cards(actor: Actor) -> sa.Select[Any]:
    """The ids of the feedback cards that somebody may know of."""
    return sa.select(col(FeedbackCard.id)).where(seen(sight_of(actor)))


SIGHTS: dict[str, Callable[[Actor], sa.Select[Any]]] = {"feedback": seen_cards}
"""The ids of the subjects that somebody sees, for kinds where reach alone does not say it."""


def own_notices(actor: Actor) -> sa.Select[Any]:
    """The notices of somebody about what they may still see."""
    reaches: Mapping[str, Reach] = {
        permission.removesuffix(_READS): actor.reach(permission)
        for permission in actor.permissions
        if permission.endswith(_READS)
    }
    sights = {kind: col(Notice.subject_id).in_(seen_ids(actor)) for kind, seen_ids in SIGHTS.items()}
    return notices_of(actor.account_id, reaches, actor.own, sights)


async def receive_notice(session: Session, actor: Actor, moment: Moment, id: UUID) -> int:
    """Confirm one notice; returns how many were not confirmed before.  Raises NotFound for one of other people."""
    wanted = own_notices(actor).where(col(Notice.id) == id)
    if (await session.execute(wanted.with_only_columns(col(Notice.id)))).first() is None:
        raise NotFound("not_found")
    return await _receive(session, actor, moment, wanted)


async def receive_notices(session: Session, actor: Actor, moment: Moment, day: date) -> int:
    """Confirm all notices of a day; returns how many were not confirmed before."""
    return await _receive(session, actor, moment, own_notices(actor).where(col(Notice.day) == day))


async def _receive(session: Session, actor: Actor, moment: Moment, wanted: sa.Select[Any]) -> int:
    received = await receive(session, wanted, moment.now)
    if received:
        record(
            session,
            actor,
            moment,
            "notice.received",
            county_id=None,
            organization_id=actor.organization_id,
            subject_id=received[0] if len(received) == 1 else actor.account_id,
            data={"notices": sorted(str(key) for key in received)},
        )
    return len(received)
