"""The paper doors of feedback: printed batches with their codes, and what a card may be entered from."""

import secrets
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session, new_id
from backend.db.feedback import FeedbackCard
from backend.db.feedback_channel import BatchKind, BoxOpening, FeedbackBatch, OpeningState, entered_from
from backend.db.numbering import next_number
from backend.db.organization import Organization, OrganizationStatus, organization_in
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Conflict, Forbidden, NotFound, Problem
from backend.domain.event import record
from backend.domain.feedback.new import NewCard

BATCH_SERIES = "PC"
# 72 random bits in 12 characters: short enough for a code that old cameras read, too many to guess.
_TOKEN_BYTES = 9
# No slip is entered before two people stand by how many there were.
_CLOSED = {OpeningState.waiting: "opening_unconfirmed", OpeningState.objected: "opening_objected"}


async def make_batch(
    session: Session,
    actor: Actor,
    moment: Moment,
    *,
    organization_id: UUID,
    kind: BatchKind,
    count: int,
    window: str = "",
    id: UUID | None = None,
    token: str | None = None,
) -> FeedbackBatch:
    """Number a batch of posters or cards for a place. `id` and `token` are for loaders that have to know them."""
    place = await open_place(session, actor, organization_id, "poster:write")
    batch = FeedbackBatch(
        id=id or new_id(),
        county_id=place.county_id,
        organization_id=place.id,
        number=await next_number(session, place.county_id, BATCH_SERIES, day_of(moment.now).year),
        kind=kind,
        window=window,
        count=count,
        token=token or secrets.token_urlsafe(_TOKEN_BYTES),
        made_by=actor.account_id,
        made_by_name=actor.name,
        created_at=moment.now,
    )
    session.add(batch)
    record(
        session,
        actor,
        moment,
        "feedback.batch_made",
        county_id=place.county_id,
        organization_id=place.id,
        subject_id=batch.id,
        subject_kind="feedback_batch",
        data={"number": batch.number, "kind": kind.value, "count": count},
    )
    return batch


async def door_problems(session: Session, new: NewCard, place_id: UUID) -> list[Problem]:
    """What is wrong with the batch or the box that a card is said to be from."""
    problems = []
    if new.batch_id is not None:
        problems += await _batch_problems(session, new, new.batch_id, place_id)
    if new.box_opening_id is not None:
        opening = await session.get(BoxOpening, new.box_opening_id, with_for_update=True)
        if opening is None or opening.organization_id != place_id:
            problems.append(Problem("/box_opening_id", "place_differs"))
        elif opening.state in _CLOSED:
            problems.append(Problem("/box_opening_id", _CLOSED[opening.state], {"opener": opening.opener_b}))
        elif await entered_from(session, opening.id) >= opening.slips:
            problems.append(Problem("/box_opening_id", "slips_exceeded", {"slips": opening.slips}))
    return problems


async def _batch_problems(session: Session, new: NewCard, batch_id: UUID, place_id: UUID) -> list[Problem]:
    batch = await session.get(FeedbackBatch, batch_id, with_for_update={"read": True})
    if batch is None or batch.organization_id != place_id:
        return [Problem("/batch_id", "place_differs")]
    if new.printed_number is None:
        return []
    if new.printed_number not in printed_numbers(batch):
        return [Problem("/printed_number", "printed_number_unknown", {"batch": batch.number})]
    taken = sa.select(
        sa.exists().where(
            col(FeedbackCard.batch_id) == batch.id, col(FeedbackCard.printed_number) == new.printed_number
        )
    )
    if (await session.execute(taken)).scalar_one():
        return [Problem("/printed_number", "printed_number_taken")]
    return []


def printed_numbers(batch: FeedbackBatch) -> list[str]:
    """What stands on the single cards of a batch: `PC-2026-0007-0001` and so on."""
    return [f"{batch.number}-{place:04}" for place in range(1, batch.count + 1)]


async def open_place(session: Session, actor: Actor, id: UUID, permission: str) -> Organization:
    """The place, locked, where the actor holds `permission`; Conflict when it is over."""
    place = await organization_in(session, actor.reach("organization:read"), id, lock=True)
    if place is None:
        raise NotFound("not_found")
    if not actor.may(permission, place.path):
        raise Forbidden("not_yours_to_change")
    if place.status is not OrganizationStatus.active:
        raise Conflict("organization_over", name=place.name)
    return place
