"""The bodies and answers of what offices do with feedback beside its steps."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from backend.api import feedback_examples as shown
from backend.api.feedback_shapes import (
    AboutStaffIn,
    ContactIn,
    Grade,
    Key,
    Line,
    ReadingReason,
    Reason,
    ReceiptOut,
    Said,
    contact_of,
)
from backend.api.shapes import Answer, Body, OptionalText, Text
from backend.db.feedback import CardWish, Urgency, Voice
from backend.db.rectification import Severity
from backend.domain.errors import Refused
from backend.domain.feedback.call import CallBack
from backend.domain.feedback.new import Call, NewCard
from backend.domain.rectification.category import Category


class CallIn(Body):
    started_at: AwareDatetime
    ended_at: AwareDatetime


class EntryBase(Body):
    """What an office enters for the one who said it."""

    organization_id: UUID
    channel: Key
    voice: Voice = Voice.masses
    category: Key = "other"
    wish: CardWish
    content: Said
    location_text: Line = ""
    about: AboutStaffIn | None = None
    about_note: Annotated[OptionalText, StringConstraints(max_length=500)] = ""
    contact: ContactIn | None = None
    urgency: Urgency = Urgency.normal
    opinion: Grade | None = None
    received_on: date | None = None
    batch_id: UUID | None = None
    printed_number: Key | None = None
    box_opening_id: UUID | None = None
    call: CallIn | None = None

    def new(self, submission_id: UUID) -> NewCard | Refused:
        """The card as the desk takes it in, or why it cannot be read as one."""
        try:
            contact = contact_of(self.contact)
        except Refused as refused:
            return refused
        about = self.about or AboutStaffIn()
        return NewCard(
            submission_id=submission_id,
            place_id=self.organization_id,
            channel=self.channel,
            wish=self.wish,
            content=self.content,
            body=self.model_dump(mode="json"),
            category=self.category,
            voice=self.voice,
            location_text=self.location_text,
            about_ids=tuple(about.organization_ids),
            about_accounts=tuple(about.account_ids),
            about_note=self.about_note,
            contact=contact,
            urgency=self.urgency,
            opinion=self.opinion,
            batch_id=self.batch_id,
            printed_number=self.printed_number,
            box_opening_id=self.box_opening_id,
            received_on=self.received_on,
            call=Call(started_at=self.call.started_at, ended_at=self.call.ended_at) if self.call else None,
        )


class EntryIn(EntryBase):
    """A paper card, a slip from the box, a call, a visit, a letter or what the county sent down."""

    submission_id: UUID


class EntriesIn(Body):
    """Up to fifty at once, as they come out of a box. One that cannot be taken in keeps none of the others out."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.ENTRIES]})

    entries: list[EntryIn] = Field(min_length=1, max_length=50)


class EntryProblem(Answer):
    pointer: str
    code: str
    message: str


class EntryOut(Answer):
    """What became of one entry: its receipt, to hand to the sender, or why it was not taken in."""

    submission_id: UUID
    receipt: ReceiptOut | None
    problems: list[EntryProblem]


class EntriesOut(Answer):
    entries: list[EntryOut]


class CardMergeIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.MERGE]})

    into_id: UUID
    reason: Reason


class PartIn(Body):
    content: Said
    category: Key


class PartsIn(Body):
    """What the card speaks of beside its main matter, one by one."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.PARTS]})

    parts: list[PartIn] = Field(min_length=1, max_length=10)


class CardMoveIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.MOVE]})

    desk_id: UUID
    reason: Reason


class LiftIn(Body):
    """Organisations and accounts out of `matched` that the note does not mean."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.LIFT]})

    ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    reason: Reason


class ConvertIn(Body):
    """The problem that a case shows, in the office's own words."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.RECTIFICATION]})

    problem: Annotated[Text, StringConstraints(max_length=10_000)]
    severity: Severity = Severity.general
    category: Category | None = None


class CardWhyIn(Body):
    """Why a contact is read: it stands in the log."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.WHY]})

    reason: ReadingReason


class ContactOut(Answer):
    name: str
    phone: str


class CallBackIn(Body):
    """A call to the sender; `grade` is the sender's own word for the answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.CALL]})

    started_at: AwareDatetime
    ended_at: AwareDatetime
    reached: bool
    note: Annotated[OptionalText, StringConstraints(max_length=1000)] = ""
    grade: Grade | None = None
    comment: Annotated[OptionalText, StringConstraints(max_length=1000)] = ""

    def call(self) -> CallBack:
        return CallBack(**self.model_dump())
