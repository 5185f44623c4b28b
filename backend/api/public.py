"""What anybody may read and say without an account: places, what they publish, opinions on what is open to comment.

Nothing about the caller is kept: no address, no name of a device, and of an opinion only what was written into it.
"""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import ConfigDict, Field

from backend.api import decision_examples, examples
from backend.api.deps import PublicMomentDep, SessionDep
from backend.api.errors import refusals
from backend.api.shapes import Answer, Body, OptionalText, Text
from backend.api.throttle import at_most
from backend.db.base import Session
from backend.db.decision import OpinionSource
from backend.db.organization import Organization
from backend.db.publication import PublicDecision, names_above, prefixes, published_replies
from backend.domain.access import Moment
from backend.domain.calendar import day_of
from backend.domain.decision.opinion import receive_public_opinion
from backend.domain.identity import hide_numbers
from backend.domain.publication import (
    ends_on,
    find_decision,
    find_place,
    find_places,
    is_open,
    open_decisions,
    published_resolutions,
)

router = APIRouter(prefix="/public", tags=["public"])

# A village may share one address: enough for a crowd at the notice board, too little for a machine.
READING = at_most(300, 60)
SENDING = at_most(60, 600)

Where = Annotated[
    str, Path(max_length=64, examples=[examples.VILLAGE], description="The token of a QR code, or the id of a place.")
]
DecisionId = Annotated[UUID, Path(examples=[decision_examples.COMMENTED])]


class PlaceOut(Answer):
    """A place and what can be done there; `full_name` tells villages of one name apart."""

    id: UUID
    name: str
    full_name: str
    can: list[Literal["feedback", "publications", "opinions"]]


class PlaceList(Answer):
    items: list[PlaceOut]


class OpenDecision(Answer):
    """A decision that everybody may say something to, up to and including the day `ends_on`; `last_day`: that is today,
    by the county's clock and nobody's phone."""

    id: UUID
    number: str
    title: str
    organization_name: str
    ends_on: date
    last_day: bool


class PublishedResolution(Answer):
    id: UUID
    number: str
    title: str
    organization_name: str
    published_on: date
    body: str


class PublishedReply(Answer):
    """What was done about something that somebody said; nothing of what was said, nor by whom."""

    category: str
    reply: str
    replied_on: date


class Publications(Answer):
    """What a place and those above it publish: the newest fifty of each kind, numbers of people masked."""

    in_comment: list[OpenDecision]
    resolutions: list[PublishedResolution]
    replies: list[PublishedReply]


class PublicText(Answer):
    """A decision's text as anybody may read it. `open`: opinions are asked for, up to and including `ends_on`."""

    id: UUID
    number: str
    title: str
    organization_name: str
    body: str
    open: bool
    ends_on: date | None
    last_day: bool
    published_on: date | None


class PublicOpinion(Body):
    """An opinion; a name is given by who wants to. `submission_id` is made by the sender, so that one arrives once."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "submission_id": "5f0c9a4e-7f51-4d43-9b1a-0c5f5d2f9a11",
                "content": "收费标准可以，希望困难家庭减免。",
                "from_kind": "resident",
                "from_name": None,
            }
        }
    )

    submission_id: UUID
    content: Annotated[Text, Field(max_length=2000)]
    from_kind: Literal["resident", "member", "organization"]
    from_name: Annotated[OptionalText, Field(max_length=100)] | None = None


class OpinionReceived(Answer):
    """That the opinion is in; it is answered with all others before the step closes."""

    decision_id: UUID
    received_on: date


async def _places(session: Session, found: list[Organization]) -> list[PlaceOut]:
    names = await names_above(session, [place.path for place in found])
    return [
        PlaceOut(
            id=place.id,
            name=place.name,
            full_name=" ".join(names[above] for above in prefixes(place.path) if above in names),
            can=["feedback", "publications", "opinions"],
        )
        for place in found
    ]


def _shared(found: PublicDecision) -> dict[str, Any]:
    return {
        "id": found.decision.id,
        "number": found.decision.number,
        "title": found.decision.title,
        "organization_name": found.organization.name,
    }


def _until(found: PublicDecision, moment: Moment) -> dict[str, Any]:
    last = ends_on(found.run, moment.now)
    return {"ends_on": last, "last_day": last == day_of(moment.now)}


@router.get("/places", response_model=PlaceList, responses=refusals(429), dependencies=[READING])
async def places(
    session: SessionDep,
    q: Annotated[
        str,
        Query(min_length=1, max_length=50, examples=["柳塘"], description="Part of the name, or its initials."),
    ],
) -> PlaceList:
    """Villages, communities and towns by name, for people without a QR code: the first twenty."""
    return PlaceList(items=await _places(session, await find_places(session, q)))


@router.get("/places/{token_or_id}", response_model=PlaceOut, responses=refusals(404, 429), dependencies=[READING])
async def place(session: SessionDep, token_or_id: Where) -> PlaceOut:
    """The place that a QR code stands for."""
    return (await _places(session, [await find_place(session, token_or_id)]))[0]


@router.get(
    "/places/{token_or_id}/publications",
    response_model=Publications,
    responses=refusals(404, 429),
    dependencies=[READING],
)
async def publications(session: SessionDep, moment: PublicMomentDep, token_or_id: Where) -> Publications:
    """What a place publishes: decisions open to comment, published resolutions, published answers."""
    here = await find_place(session, token_or_id)
    return Publications(
        in_comment=[
            OpenDecision(**_shared(found), **_until(found, moment)) for found in await open_decisions(session, here)
        ],
        resolutions=[
            PublishedResolution(
                **_shared(found),
                published_on=found.published_on or day_of(found.decision.updated_at),
                body=hide_numbers(found.body),
            )
            for found in await published_resolutions(session, here)
        ],
        replies=[
            PublishedReply(category=category, reply=hide_numbers(reply), replied_on=on)
            for category, reply, on in await published_replies(session, here.path)
        ],
    )


@router.get("/decisions/{id}", response_model=PublicText, responses=refusals(404, 429), dependencies=[READING])
async def decision(session: SessionDep, moment: PublicMomentDep, id: DecisionId) -> PublicText:
    """The text of a decision that is open to comment, or of a published resolution."""
    return _text(await find_decision(session, id), moment)


def _text(found: PublicDecision, moment: Moment) -> PublicText:
    opened = is_open(found)
    return PublicText(
        **_shared(found),
        body=hide_numbers(found.body),
        open=opened,
        **(_until(found, moment) if opened else {"ends_on": None, "last_day": False}),
        published_on=None if opened else found.published_on,
    )


@router.post(
    "/decisions/{id}/opinions",
    status_code=201,
    response_model=OpinionReceived,
    responses=refusals(404, 409, 429),
    dependencies=[SENDING],
)
async def opinion(session: SessionDep, moment: PublicMomentDep, id: DecisionId, body: PublicOpinion) -> OpinionReceived:
    """Say something to a decision while the public is asked; to send the same again changes nothing."""
    received = await receive_public_opinion(
        session,
        moment,
        id,
        body.submission_id,
        content=body.content,
        from_kind=OpinionSource(body.from_kind),
        from_name=body.from_name or "",
    )
    return OpinionReceived(decision_id=received.decision_id, received_on=day_of(received.created_at))
