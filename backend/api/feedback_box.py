"""A paper door: the openings of suggestion boxes, recorded by one person and confirmed by another."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints
from sqlmodel import col

from backend.api import feedback_examples as shown
from backend.api.deps import ActorDep, DatabaseDep, MomentDep, PagingDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.feedback_channel import Below, created, place_above
from backend.api.feedback_shapes import NameRef
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body, OptionalText, Text
from backend.db.feedback_channel import BoxOpening, OpeningState, opening_rows, openings_of
from backend.db.organization import below
from backend.db.read import Order, page_of, record_of
from backend.domain.access import Actor
from backend.domain.errors import NotFound, invalid
from backend.domain.feedback.box import NewOpening, answer_opening, open_box

router = APIRouter(tags=["feedback"], route_class=RepeatableRoute)

Word = Annotated[Text, StringConstraints(max_length=64)]


class OpeningIn(Body):
    """The opening of a box by two people: whether the seal was whole, how many slips there were, the new seal.

    The caller is the first opener; `opener_b_id` is the account of the second one, who confirms it.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [shown.BOX]})

    organization_id: UUID
    box_no: Annotated[Text, StringConstraints(max_length=32)]
    location: Annotated[Text, StringConstraints(max_length=200)]
    seal_no: Word
    seal_whole: bool
    new_seal_no: Word
    opener_b_id: UUID
    opened_at: AwareDatetime
    slips: int = Field(ge=0, le=2000)
    remark: Annotated[OptionalText, StringConstraints(max_length=1000)] = ""


class OpeningOut(Answer):
    """An opening. Slips are entered from one that is `confirmed`; `typed` is one from before that was asked."""

    id: UUID
    number: str
    organization: NameRef
    box_no: str
    location: str
    seal_no: str
    seal_whole: bool
    new_seal_no: str
    opener_a: str
    opener_b: str
    state: OpeningState
    answered_at: datetime | None
    objection: str | None
    opened_at: datetime
    slips: int
    remark: str | None
    recorded_by: str
    created_at: datetime


class OpeningPage(Answer):
    items: list[OpeningOut]
    next_cursor: str | None


class OpeningAnswer(Body):
    """What the second opener says: that it was so, or what was not."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"confirmed": True}]})

    confirmed: bool
    objection: Annotated[OptionalText, StringConstraints(max_length=1000)] = ""

    def said(self) -> str:
        """The objection, empty for a confirmation; Invalid when the two contradict."""
        if self.confirmed and self.objection:
            raise invalid("/objection", "objection_with_confirmation")
        if not self.confirmed and not self.objection:
            raise invalid("/objection", "objection_missing")
        return self.objection


_LATEST = [Order(col(BoxOpening.opened_at), descending=True), Order(col(BoxOpening.id), descending=True)]


@router.post(
    "/box-openings", name="open_box", status_code=201, response_model=OpeningOut, responses=refusals(403, 404, 409)
)
async def open_(
    session: SessionDep, moment: MomentDep, body: OpeningIn, actor: Annotated[Actor, needs("feedback:write")]
) -> Response:
    """Put the opening of a suggestion box on record; once confirmed, its slips are entered as cards that name it."""
    opened = await open_box(session, actor, moment, NewOpening(**body.model_dump()))
    await session.flush()
    question = opening_rows(actor.reach("feedback:write")).where(col(BoxOpening.id) == opened.id)
    return created(await record_of(await session.connection(), question))


@router.get("/box-openings", name="list_openings", response_model=OpeningPage, responses=refusals(403, 404))
async def openings(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Annotated[Actor, needs("feedback:read")],
    organization_id: Below = None,
) -> Response:
    """The register of box openings within reach, the latest first."""
    reach = actor.reach("feedback:read")
    question = opening_rows(reach)
    if organization_id is not None:
        question = question.where(below((await place_above(database, reach, organization_id)).path))
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, _LATEST, paging))


@router.get("/me/box-openings", name="own_openings", response_model=OpeningPage, responses=refusals())
async def own(
    database: DatabaseDep,
    paging: PagingDep,
    actor: ActorDep,
    state: Annotated[OpeningState, Query(description="How far they are.")] = OpeningState.waiting,
) -> Response:
    """The openings at which one was the second opener, whatever else one may see; by default those that wait."""
    question = openings_of(actor.account_id).where(col(BoxOpening.state) == state)
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, _LATEST, paging))


@router.post(
    "/box-openings/{id}/confirmation",
    name="confirm_opening",
    response_model=OpeningOut,
    responses=refusals(403, 404, 409),
)
async def confirm(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[shown.WAITING_OPENING])],
    body: OpeningAnswer,
    actor: ActorDep,
) -> Response:
    """Confirm an opening as its second opener, or object. It takes no permission, and nobody does it for another."""
    answered = await answer_opening(session, actor, moment, id, body.said())
    question = openings_of(actor.account_id).where(col(BoxOpening.id) == answered.id)
    answer = await record_of(await session.connection(), question)
    if answer is None:
        raise NotFound("not_found")
    return json_bytes(answer)
