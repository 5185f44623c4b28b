"""The change feed: everything that changed, in the order of the log, for systems that keep a copy."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.api.change_hub import ChangeHub
from backend.api.decision_shapes import DecisionRow
from backend.api.deps import AdmittedDep, DatabaseDep, LanguageDep, MomentDep, admitted, caller, json_bytes, oauth2
from backend.api.errors import refusals
from backend.api.feedback_shapes import CardRow
from backend.api.member_shapes import MemberOut
from backend.api.organization_shapes import OrganizationOut
from backend.api.rectification import rows as rectification_rows_for
from backend.api.rectification_shapes import RectificationRow
from backend.api.run import step_titles
from backend.api.shapes import Answer
from backend.db.base import utc_now
from backend.db.change import (
    DayPlace,
    Step,
    ids_within,
    last_settled,
    records_as_json,
    steps_after,
    subjects_by_day,
)
from backend.db.decision import decision_rows
from backend.db.event import START, Position
from backend.db.feedback_view import card_rows, cards_about
from backend.db.member import COUNTED, members_in
from backend.db.organization_view import organizations_in
from backend.db.read import Paging, decode_cursor, encode_cursor
from backend.domain.access import Actor, Moment
from backend.domain.calendar import YELLOW_DAYS, day_of
from backend.domain.change import (
    BY_NAME,
    BY_SUBJECT,
    CARRYING,
    RESOURCES,
    Change,
    Op,
    Resource,
    asked_for,
    changes_of,
    places_of,
)
from backend.domain.errors import Forbidden
from backend.domain.event import WITHOUT_TIME
from backend.domain.feedback.sight import sight_of

router = APIRouter(prefix="/changes", tags=["change"])

ResourceName = Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"]

SENT = "feedback"
"""Of these senders do things that keep only their day."""

SCANNED = 2000
"""Events that one request looks at, at the most; `more` says that there are others."""

Rows = Callable[[Actor, Moment, str], Any]
ROWS: Mapping[str, Rows] = {
    "organizations": lambda actor, _moment, _language: organizations_in(actor.reach("organization:read"), COUNTED),
    "members": lambda actor, _moment, _language: members_in(actor.reach("member:read")),
    "decisions": lambda actor, moment, language: decision_rows(
        actor.reach("decision:read"), moment.now, utc_now(), YELLOW_DAYS, step_titles(language)
    ),
    "rectifications": rectification_rows_for,
    "feedback-cards": lambda actor, moment, language: card_rows(
        sight_of(actor), moment.now, utc_now(), YELLOW_DAYS, step_titles(language)
    ),
}
"""For each resource the rows of its own list: the feed shows what the list shows, in the same reach and mask."""


async def sees(reader: AsyncConnection, actor: Actor, moment: Moment, subject_kind: str, id: UUID) -> bool:
    """Whether the caller sees a record now; True for kinds that have no list here."""
    resource = BY_SUBJECT.get(subject_kind)
    if resource is None:
        return True
    return bool(await records_as_json(reader, ROWS[resource.name](actor, moment, "zh-CN"), [id]))


class ChangeOut(Answer):
    """One record that changed. `upsert`: `record` is as it is now, the same as in the list of its resource; a record
    that came into reach comes so too. `remove`: it is gone, or out of reach. `below`: it is about every record of the
    resource below the organisation `id`, which was moved or merged: after `remove` they are gone, after `resync` they
    are to be read anew. `resync` without resource: what this caller may see was changed as a whole, so take everything
    anew."""

    op: Op
    resource: str | None
    id: UUID
    below: bool
    record: OrganizationOut | MemberOut | DecisionRow | RectificationRow | CardRow | None


class ChangesOut(Answer):
    """Changes in order. Go on with `next_cursor`, at once while `more`. The same may come twice; none is left out."""

    items: list[ChangeOut]
    next_cursor: str
    more: bool


@router.get("", name="list", response_model=ChangesOut, responses=refusals(403))
async def changes(
    request: Request,
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    actor: AdmittedDep,
    after: Annotated[
        str | None, Query(max_length=300, description="`next_cursor` of before; without it from the beginning.")
    ] = None,
    resource: Annotated[
        list[ResourceName] | None,
        Query(
            max_length=len(RESOURCES),
            description="One or several of " + ", ".join(f"`{each.name}`" for each in RESOURCES) + "; all without it.",
            examples=[["rectifications"]],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many changes to tell at the most.")] = 100,
    wait: Annotated[int, Query(ge=0, le=25, description="Seconds to wait for a change when there is none.")] = 0,
) -> Response:
    """What changed after a cursor, in the order in which it was committed: ordered, at least once, none left out.

    What people sent, rated or withdrew comes when its day is over, in mixed order: nobody shall see when somebody came.

    A record that changed several times is told once, as it is now. What was committed long ago in a transaction that
    took long comes where it belongs, since nobody is told what others may still come before.
    """
    wanted = _permitted(actor, resource or ())
    paging = Paging(limit, after, f"{actor.account_id} changes", request.app.state.cursor_key)
    place = BEGINNING if after is None else Place.read(decode_cursor(after, paging))
    hub: ChangeHub = request.app.state.change_hub
    until = time.monotonic() + wait
    while True:
        async with hub.turn, database.reader() as reader:
            told = await _read(reader, actor, moment, language, wanted, place, limit)
        left = until - time.monotonic()
        if told.items or told.more or left <= 0:
            break
        place = told.place
        # No connection is held meanwhile: hundreds of callers may wait here.
        await hub.wait(left)
        # Whoever was suspended or lost a right while it slept is told nothing more.
        actor = await admitted(request, await caller(request, await oauth2(request)))
        wanted = _permitted(actor, resource or ())
    cursor = json.dumps(encode_cursor(told.place.written(), paging))
    return json_bytes(
        f'{{"items":[{",".join(told.items)}],"next_cursor":{cursor},"more":{json.dumps(told.more)}}}'.encode()
    )


def _permitted(actor: Actor, names: Sequence[str]) -> list[Resource]:
    """The resources to tell of. Raises Invalid for a name that is none, Forbidden for one that is not the caller's."""
    wanted = asked_for(names)
    permitted = [resource for resource in wanted if actor.reach(resource.permission)]
    missing = next((resource for resource in wanted if resource not in permitted), None)
    if not permitted or (names and missing is not None):
        raise Forbidden("permission_missing", permission=(missing or wanted[0]).permission)
    return permitted


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has read: in the log, and in the days of what senders do, which has no place in it."""

    position: Position
    days: DayPlace

    @classmethod
    def read(cls, values: list[Any]) -> "Place":
        transaction, sequence, day, mixed = values
        return cls(Position(transaction, sequence), DayPlace(date.fromisoformat(day), mixed))

    def written(self) -> list[Any]:
        return [self.position.transaction_id, self.position.sequence, self.days.day.isoformat(), self.days.place]


BEGINNING = Place(START, DayPlace(date(2000, 1, 1), ""))


@dataclass(frozen=True, slots=True)
class Told:
    """Changes as JSON texts, how far they go, and whether there is more."""

    items: list[str]
    place: Place
    more: bool


async def _read(
    reader: AsyncConnection,
    actor: Actor,
    moment: Moment,
    language: str,
    wanted: Sequence[Resource],
    place: Place,
    limit: int,
) -> Told:
    """The next changes: first what senders did on days that are over, then what the log tells in its order."""
    sent = await _of_senders(reader, actor, moment, language, wanted, place.days, limit)
    if sent is not None:
        return replace(sent, place=replace(sent.place, position=place.position))
    kinds = {resource.subject_kind for resource in wanted}
    # The end is read first: whatever is settled later is seen by the next look.
    end = await last_settled(reader, but=WITHOUT_TIME) or place.position
    found = await steps_after(
        reader, place.position, kinds, actor.account_id, SCANNED + 1, also=CARRYING, but=WITHOUT_TIME
    )
    steps = _fitting(found[:SCANNED], limit)
    more = len(steps) < len(found)
    seen: dict[tuple[str, UUID], str] = {}
    within: dict[str, set[UUID]] = {}
    for resource in wanted:
        about = [step for step in steps if step.subject_kind == resource.subject_kind]
        question = ROWS[resource.name](actor, moment, language)
        if ids := list({step.subject_id for step in about}):
            texts = await records_as_json(reader, question, ids)
            seen |= {(resource.subject_kind, key): text for key, text in texts.items()}
        places = {named for step in about if step.kind in resource.leaving for named in places_of(step)}
        for step in steps:
            if step.kind in CARRYING:
                places |= places_of(step) | {step.subject_id}
        within[resource.subject_kind] = (
            await ids_within(reader, actor.reach(resource.permission), places) if places else set()
        )
    barred = await _barred(reader, actor, steps)
    told = changes_of(steps, wanted, seen.keys(), within, barred, actor.account_id)
    read_to = steps[-1].position if steps else place.position
    reached = read_to if more else max(read_to, end)
    return Told([_text(each, seen) for each in told], replace(place, position=reached), more)


async def _barred(reader: AsyncConnection, actor: Actor, steps: Sequence[Step]) -> set[tuple[str, UUID]]:
    """The records among some events that are about the caller."""
    ids = {step.subject_id for step in steps if step.subject_kind == SENT}
    return {(SENT, key) for key in await cards_about(reader, actor.own, ids)} if ids else set()


async def _of_senders(
    reader: AsyncConnection,
    actor: Actor,
    moment: Moment,
    language: str,
    wanted: Sequence[Resource],
    after: DayPlace,
    limit: int,
) -> Told | None:
    """The cards that senders sent, rated or withdrew on days that are over; None when there are no others.

    A place in the log, between records that bear their moment, would tell when somebody came who kept only the day.
    """
    resource = next((each for each in wanted if each.subject_kind == SENT), None)
    if resource is None:
        return None
    found = await subjects_by_day(reader, WITHOUT_TIME, SENT, after, day_of(moment.now), limit + 1)
    if not found:
        return None
    shown = found[:limit]
    ids = [key for _, key in shown]
    texts = await records_as_json(reader, ROWS[resource.name](actor, moment, language), ids)
    seen = {(SENT, key): text for key, text in texts.items()}
    items = [_text(Change(Op.upsert, resource.name, key), seen) for key in ids if key in texts]
    # The log comes after the days, so there is more to ask for.
    return Told(items, Place(START, shown[-1][0]), more=True)


def _fitting(steps: Sequence[Step], limit: int) -> Sequence[Step]:
    """As many of the first steps as are about no more than `limit` records."""
    about: set[tuple[str, UUID]] = set()
    for place, step in enumerate(steps):
        about.add((step.subject_kind, step.subject_id))
        if len(about) > limit:
            return steps[:place]
    return steps


def _text(told: Change, seen: Mapping[tuple[str, UUID], str]) -> str:
    kind = BY_NAME[told.resource].subject_kind if told.resource else ""
    record = seen[kind, told.id] if told.op is Op.upsert else "null"
    head = {"op": told.op, "resource": told.resource or None, "id": str(told.id), "below": told.below}
    return f'{json.dumps(head)[:-1]},"record":{record}}}'
