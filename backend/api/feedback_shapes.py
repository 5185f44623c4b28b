"""The bodies and answers of feedback cards."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from backend.api import feedback_examples as shown
from backend.api.run import Light, PersonRef, RunOut
from backend.api.run_shapes import ActIn
from backend.api.shapes import Answer, Body, OptionalText, Text, Why
from backend.db.feedback import Anonymity, CardKind, CardStatus, CardWish, Urgency, Voice
from backend.db.feedback_channel import CallDirection
from backend.domain.errors import Invalid
from backend.domain.feedback.new import NewCard
from backend.domain.feedback.photo import MEDIA_TYPE
from backend.domain.feedback.vault import Contact, read_contact
from backend.domain.feedback.view import CardView

Said = Annotated[Text, StringConstraints(max_length=5000)]
Key = Annotated[Text, StringConstraints(max_length=32)]
Reason = Annotated[Text, StringConstraints(max_length=1000)]
ReadingReason = Annotated[Why, StringConstraints(max_length=1000)]
Line = Annotated[OptionalText, StringConstraints(max_length=200)]
Grade = Annotated[int, Field(ge=1, le=5, description="5 very satisfied, 1 very dissatisfied.")]


class ContactIn(Body):
    """How to reach the sender; kept encrypted, apart from the card. Whoever reads it leaves a trace."""

    name: Annotated[OptionalText, StringConstraints(max_length=50)] = ""
    phone: Annotated[Text, StringConstraints(max_length=32)]


class AboutIn(Body):
    """The organisation that is complained about: neither it nor anything below it sees or handles the card.

    Without an id it is the place that the card is from, which a phone without network knows by its code alone.
    """

    organization_id: UUID | None = None


class CardIn(Body):
    """What a sender says. `submission_id` is made at random by the phone and makes sending exactly once.

    `place_token` is what the QR code holds; without one `organization_id` names the village.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [shown.CARD]})

    submission_id: UUID
    channel: Literal["phone_page", "qr"] = "phone_page"
    place_token: Annotated[Text, StringConstraints(max_length=64)] | None = None
    organization_id: UUID | None = None
    category: Key = "other"
    wish: CardWish
    content: Said
    location_text: Line = ""
    about: AboutIn | None = None
    about_note: Annotated[OptionalText, StringConstraints(max_length=500)] = ""
    contact: ContactIn | None = None
    opinion: Annotated[Grade | None, Field(description="How satisfied in general, 5 to 1.")] = None

    def new(self, place_id: UUID, batch_id: UUID | None) -> NewCard:
        return NewCard(
            submission_id=self.submission_id,
            place_id=place_id,
            channel=self.channel,
            wish=self.wish,
            content=self.content,
            body=self.model_dump(mode="json"),
            category=self.category,
            location_text=self.location_text,
            about_ids=(self.about.organization_id or place_id,) if self.about else (),
            about_note=self.about_note,
            contact=contact_of(self.contact),
            opinion=self.opinion,
            batch_id=batch_id,
        )


def contact_of(given: ContactIn | None) -> Contact | None:
    if given is None:
        return None
    found = read_contact(given.name, given.phone)
    if isinstance(found, list):
        raise Invalid("invalid", problems=found)
    return found


class ReceiptOut(Answer):
    """What the sender follows the card with. Code and PIN are shown this once; the server keeps only their hashes."""

    number: str
    code: str
    pin: str
    received_on: date


class AboutStaffIn(Body):
    """Who is complained about: organisations with all below them, and people by their accounts."""

    organization_ids: list[UUID] = Field(default_factory=list, max_length=10)
    account_ids: list[UUID] = Field(default_factory=list, max_length=10)


class CardChange(Body):
    """How a card is sorted. Whom it is about is added to what is known and never taken away."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.CHANGE]})

    category: Key | None = None
    urgency: Urgency | None = None
    about: AboutStaffIn | None = None


class CardAct(ActIn):
    """One act on the open step."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.ACT]})


class CardExtensionIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.EXTENSION]})

    until: date
    reason: Annotated[OptionalText, StringConstraints(max_length=1000)] = ""


class NameRef(Answer):
    id: UUID
    name: str


class NumberRef(Answer):
    id: UUID
    number: str


class CardRow(Answer):
    """A card in a list: the day on which it came, and nothing finer."""

    id: UUID
    number: str
    organization: NameRef
    place: NameRef
    desk: NameRef
    channel: str
    voice: Voice
    wish: CardWish
    category: str
    excerpt: str
    anonymity: Anonymity
    urgency: Urgency
    received_on: date
    status: CardStatus
    step: str | None
    step_title: str | None
    light: Light
    due_at: datetime | None
    holders: list[PersonRef]
    grade: int | None
    reopened: int
    rectification_number: str | None
    version: int


class CardPage(Answer):
    items: list[CardRow]
    next_cursor: str | None


class PhotoOut(Answer):
    id: UUID
    width: int
    height: int
    size: int
    media_type: str


class CallOut(Answer):
    """A call about the card; of an anonymous caller only the day of `started_at` means anything."""

    id: UUID
    direction: CallDirection
    started_at: datetime
    seconds: int
    reached: bool
    note: str | None
    grade: int | None
    operator: str


class BatchRef(Answer):
    id: UUID
    number: str
    printed_number: str | None


class CardOut(Answer):
    """A card with its procedure, as this caller may see and act on it."""

    id: UUID
    number: str
    organization: NameRef
    place: NameRef
    desk: NameRef
    handling_unit: NameRef | None
    channel: str
    voice: Voice
    wish: CardWish
    category: str
    content: str
    about_note: str | None
    location_text: str | None
    about: list[NameRef]
    people_about: int
    matched: Annotated[
        list[NameRef], Field(description="Who of both was only found by name in the note, and can be taken back.")
    ]
    anonymity: Anonymity
    has_contact: bool
    urgency: Urgency
    kind: CardKind | None
    status: CardStatus
    opinion: int | None
    grade: int | None
    reopened: int
    received_on: date
    answer_due_on: date | None
    answered_on: date | None
    rated_on: date | None
    closed_on: date | None
    public_reply: str | None
    published: bool
    merged_into: NumberRef | None
    merged: list[NumberRef]
    split_from: NumberRef | None
    parts: list[NumberRef]
    rectification: NumberRef | None
    batch: BatchRef | None
    box_opening_id: UUID | None
    photos: list[PhotoOut]
    calls: list[CallOut]
    version: int
    procedure: RunOut


class GoneOut(Answer):
    """What was done has taken the card out of the caller's sight: sealed, or the caller is now known to be meant."""

    number: str
    in_sight: Literal[False] = False


def card_out(view: CardView, run: RunOut) -> CardOut:
    card = view.card
    related = {one.id: NumberRef(id=one.id, number=one.number) for one in view.relatives}
    unit = view.places.get(card.handling_unit_id) if card.handling_unit_id else None
    batch = view.batch
    plain = {
        name: getattr(card, name)
        for name in CardOut.model_fields
        if name in type(card).model_fields and name not in {"about", "about_note", "location_text", "public_reply"}
    }
    return CardOut(
        **plain,
        organization=_ref(view.organization),
        place=_ref(view.places[card.place_id]),
        desk=_ref(view.places[card.desk_id]),
        handling_unit=_ref(unit) if unit else None,
        about_note=view.about_note or None,
        location_text=card.location_text or None,
        public_reply=card.public_reply or None,
        about=[_ref(one) for one in view.about],
        people_about=view.people_about,
        matched=[NameRef(id=key, name=name) for key, name in view.matched],
        has_contact=view.has_contact,
        merged_into=related.get(card.merged_into_id) if card.merged_into_id else None,
        merged=[related[one.id] for one in view.relatives if one.merged_into_id == card.id],
        split_from=related.get(card.split_from_id) if card.split_from_id else None,
        parts=[related[one.id] for one in view.relatives if one.split_from_id == card.id],
        rectification=NumberRef(id=view.rectification.id, number=view.rectification.number)
        if view.rectification
        else None,
        batch=BatchRef(id=batch.id, number=batch.number, printed_number=card.printed_number) if batch else None,
        photos=[
            PhotoOut(id=one.id, width=one.width, height=one.height, size=one.size, media_type=MEDIA_TYPE)
            for one in view.photos
        ],
        calls=[
            CallOut(
                id=call.id,
                direction=call.direction,
                started_at=call.started_at,
                seconds=call.seconds,
                reached=call.reached,
                note=call.note or None,
                grade=call.grade,
                operator=operator,
            )
            for call, operator in view.calls
        ],
        procedure=_within_sight(run, set(related)),
    )


def _within_sight(run: RunOut, related: set[UUID]) -> RunOut:
    """The run without the id of a main card that the caller does not see, which the act of merging holds."""
    for step in run.steps:
        for act in step.acts:
            record = act.record
            if isinstance(record, dict) and record.get("merged_into_id") not in {None, *map(str, related)}:
                act.record = {key: value for key, value in record.items() if key != "merged_into_id"}
    return run


def _ref(organization: Any) -> NameRef:
    return NameRef(id=organization.id, name=organization.name)
