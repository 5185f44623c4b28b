"""Feedback without an account: sending a card, following it by code and PIN, rating the answer.

Nothing of the request is kept: no address, no name of a device, no hour. Code and PIN come in headers, because
addresses of pages are remembered by browsers and proxies.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response, UploadFile
from pydantic import ConfigDict, StringConstraints

from backend.api import feedback_examples as shown
from backend.api.deps import DatabaseDep, LanguageDep, PublicMomentDep, SessionDep, VaultDep
from backend.api.errors import refusals
from backend.api.feedback_shapes import CardIn, Grade, Reason, ReceiptOut
from backend.api.feedback_work import receipt_out
from backend.api.shapes import Answer, Body, OptionalText, Text
from backend.api.throttle import TooOften, at_most
from backend.db.base import Session, utc_now
from backend.db.feedback import CardStatus, CardWish
from backend.db.feedback_channel import batch_of_token
from backend.domain.errors import NotFound, invalid
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.choice import CHANNELS, GRADES, STATUSES, VOICES, WISHES
from backend.domain.feedback.photo import MAXIMUM_SIZE
from backend.domain.feedback.receive import receive_card
from backend.domain.feedback.sender import Refusal, add_photo, card_opened, rate_card, withdraw_card
from backend.domain.feedback.sender_view import SenderView, view_for_sender

router = APIRouter(prefix="/feedback-cards", tags=["feedback"])

# A village may share one address: enough for a crowd, too little for a machine.
SENDING = at_most(60, 600)
FOLLOWING = at_most(300, 600)


class Choice(Answer):
    """Something to choose, with its words in both languages."""

    key: str
    title: dict[str, str]


class Choices(Answer):
    """What cards may say of themselves. `by_sender`: the channels that people use themselves."""

    channels: list[Choice]
    by_sender: list[str]
    categories: list[Choice]
    voices: list[Choice]
    wishes: list[Choice]
    statuses: list[Choice]
    grades: list[Choice]


class TrackedStep(Answer):
    """A step that has begun; `on` is the day when it was finished, null while it is open."""

    title: str
    on: date | None


class TrackedPart(Answer):
    """A part of the card that is handled on its own."""

    number: str
    category: str
    status: CardStatus
    status_title: str
    public_reply: str | None
    replied_on: date | None
    can_rate: bool


class TrackedOut(Answer):
    """A card as its sender sees it: days, never hours, and no name of any staff."""

    number: str
    status: CardStatus
    status_title: str
    category: str
    wish: CardWish
    received_on: date
    replied_on: date | None
    rated_on: date | None
    closed_on: date | None
    public_reply: str | None
    grade: int | None
    steps: list[TrackedStep]
    parts: list[TrackedPart]
    photos: int
    can_rate: bool
    can_withdraw: bool
    can_add_photos: bool


class RatingIn(Body):
    """The sender's word for the answer. `number` names a part of the card that has an answer of its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.RATING]})

    grade: Grade
    comment: Annotated[OptionalText, StringConstraints(max_length=1000)] = ""
    number: Annotated[Text, StringConstraints(max_length=32)] | None = None


class WithdrawalIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.WITHDRAWAL]})

    reason: Reason


class PhotoKept(Answer):
    """A photo is in, drawn anew without metadata; `photos` is how many the card has."""

    id: UUID
    photos: int


def opened_by(code: str, pin: str) -> Any:
    """The dependency that opens a card by the sender's code and PIN, and says which it is; the two are for examples.

    It works in a transaction of its own: that a try was wrong has to stay, whatever is answered.
    """

    async def opened(
        database: DatabaseDep,
        vault: VaultDep,
        x_tracking_code: Annotated[str, Header(max_length=64, examples=[code])],
        x_tracking_pin: Annotated[str, Header(max_length=64, examples=[pin])],
    ) -> tuple[str, str]:
        async with database.transaction() as session:
            found = await card_opened(session, vault, x_tracking_code, x_tracking_pin, utc_now())
        if isinstance(found, Refusal):
            if found.wait:
                raise TooOften(found.wait)
            raise NotFound("tracking_refused")
        return x_tracking_code, x_tracking_pin

    return Depends(opened)


Held = tuple[str, str]


async def _held(session: Session, vault: VaultDep, held: Held) -> Any:
    found = await card_opened(session, vault, *held, utc_now())
    if isinstance(found, Refusal):
        raise NotFound("tracking_refused")
    return found


@router.get("/choices", name="choices", response_model=Choices)
async def choices(response: Response) -> Choices:
    """Channels, categories, voices, wishes, states and grades, with their words."""
    response.headers["cache-control"] = "public, max-age=3600"
    return Choices(
        channels=[Choice(key=one.key, title=dict(one.title)) for one in CHANNELS.values()],
        by_sender=[one.key for one in CHANNELS.values() if one.by_sender],
        categories=_choices(CATEGORIES),
        voices=_choices(VOICES),
        wishes=_choices(WISHES),
        statuses=_choices(STATUSES),
        grades=_choices(GRADES),
    )


def _choices(titles: Any) -> list[Choice]:
    return [Choice(key=str(key), title=dict(title)) for key, title in titles.items()]


@router.post(
    "", name="send", status_code=201, response_model=ReceiptOut, responses=refusals(409, 429), dependencies=[SENDING]
)
async def send(
    session: SessionDep, vault: VaultDep, moment: PublicMomentDep, response: Response, body: CardIn
) -> ReceiptOut:
    """Send a card. The answer is the only time that code and PIN are shown; sending again gives the same answer."""
    response.headers["cache-control"] = "no-store"
    place, batch = body.organization_id, None
    if body.place_token is not None:
        found = await batch_of_token(session, body.place_token)
        if found is None:
            raise invalid("/place_token", "place_token_unknown")
        batch, place = found[0].id, found[1].id
    if place is None:
        raise invalid("/organization_id", "place_not_found")
    return receipt_out(await receive_card(session, vault, moment, body.new(place, batch)))


@router.get("/track", name="track", response_model=TrackedOut, responses=refusals(404, 429), dependencies=[FOLLOWING])
async def track(
    session: SessionDep,
    vault: VaultDep,
    language: LanguageDep,
    response: Response,
    held: Annotated[Held, opened_by(shown.TRACKED_CODE, shown.TRACKED_PIN)],
) -> TrackedOut:
    """Where the card stands and what was answered. Every wrong PIN doubles the time until the next try."""
    card = await _held(session, vault, held)
    return _tracked(await view_for_sender(session, card), language, response)


@router.post(
    "/track/rating", name="rate", response_model=TrackedOut, responses=refusals(404, 409, 429), dependencies=[FOLLOWING]
)
async def rate(
    session: SessionDep,
    vault: VaultDep,
    moment: PublicMomentDep,
    language: LanguageDep,
    response: Response,
    held: Annotated[Held, opened_by(shown.RATED_CODE, shown.RATED_PIN)],
    body: RatingIn,
) -> TrackedOut:
    """Rate the answer. Dissatisfied (1 or 2), the case is handled anew by itself; from the third time on, reviewed."""
    card = await _held(session, vault, held)
    await rate_card(session, vault, moment, card, grade=body.grade, comment=body.comment, number=body.number)
    return _tracked(await view_for_sender(session, card), language, response)


@router.post(
    "/track/withdrawal",
    name="withdraw",
    response_model=TrackedOut,
    responses=refusals(404, 409, 429),
    dependencies=[FOLLOWING],
)
async def withdraw(
    session: SessionDep,
    vault: VaultDep,
    moment: PublicMomentDep,
    language: LanguageDep,
    response: Response,
    held: Annotated[Held, opened_by(shown.WITHDRAWN_CODE, shown.WITHDRAWN_PIN)],
    body: WithdrawalIn,
) -> TrackedOut:
    """Take the card back before it is answered."""
    card = await _held(session, vault, held)
    await withdraw_card(session, vault, moment, card, reason=body.reason)
    return _tracked(await view_for_sender(session, card), language, response)


@router.post(
    "/track/photos",
    name="add_photo",
    status_code=201,
    response_model=PhotoKept,
    responses=refusals(404, 409, 413, 429),
    dependencies=[SENDING],
)
async def photos(
    session: SessionDep,
    vault: VaultDep,
    moment: PublicMomentDep,
    response: Response,
    held: Annotated[Held, opened_by(shown.PHOTO_CODE, shown.PHOTO_PIN)],
    file: UploadFile,
) -> PhotoKept:
    """Add a photo: JPEG, PNG or WebP, at most 10 MiB, at most nine. Its name and metadata are not kept."""
    response.headers["cache-control"] = "no-store"
    card = await _held(session, vault, held)
    data = await file.read(MAXIMUM_SIZE + 1)
    kept = await add_photo(session, vault, moment, card, data)
    await session.flush()
    view = await view_for_sender(session, card)
    return PhotoKept(id=kept.id, photos=view.photos)


def _tracked(view: SenderView, language: str, response: Response) -> TrackedOut:
    response.headers["cache-control"] = "no-store"
    card = view.card
    return TrackedOut(
        number=card.number,
        status=card.status,
        status_title=STATUSES[card.status][language],
        category=card.category,
        wish=card.wish,
        received_on=card.received_on,
        replied_on=view.replied_on,
        rated_on=card.rated_on,
        closed_on=card.closed_on,
        public_reply=view.reply,
        grade=card.grade,
        steps=[TrackedStep(title=step.title[language], on=step.on) for step in view.steps],
        parts=[_part(part, language) for part in view.parts],
        photos=view.photos,
        can_rate=view.can_rate,
        can_withdraw=view.can_withdraw,
        can_add_photos=view.can_add_photos,
    )


def _part(view: SenderView, language: str) -> TrackedPart:
    card = view.card
    return TrackedPart(
        number=card.number,
        category=card.category,
        status=card.status,
        status_title=STATUSES[card.status][language],
        public_reply=view.reply,
        replied_on=view.replied_on,
        can_rate=view.can_rate,
    )
