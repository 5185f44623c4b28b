"""What offices do with feedback beside its steps: enter it, merge, split, move, convert, call back, read contacts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from backend.api import feedback_examples as shown
from backend.api.deps import IfMatchDep, LanguageDep, MomentDep, SessionDep, VaultDep, needs
from backend.api.errors import refusals
from backend.api.feedback import answered
from backend.api.feedback_shapes import CardOut, GoneOut, ReceiptOut
from backend.api.feedback_work_shapes import (
    CallBackIn,
    CardMergeIn,
    CardMoveIn,
    CardWhyIn,
    ContactOut,
    ConvertIn,
    EntriesIn,
    EntriesOut,
    EntryOut,
    EntryProblem,
    LiftIn,
    PartsIn,
)
from backend.api.headers import INERT_POLICY
from backend.api.language import say
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.domain.access import Actor
from backend.domain.errors import Problem, Refused
from backend.domain.feedback.act import merge_card
from backend.domain.feedback.call import call_back
from backend.domain.feedback.convert import convert_card
from backend.domain.feedback.lift import lift_marks
from backend.domain.feedback.photo import MEDIA_TYPE
from backend.domain.feedback.photo_reading import read_photo
from backend.domain.feedback.receive import Received, enter_cards
from backend.domain.feedback.split import Part, split_card
from backend.domain.feedback.staff import move_card, read_contact

router = APIRouter(prefix="/feedback-cards", tags=["feedback"], route_class=RepeatableRoute)

Writer = Annotated[Actor, needs("feedback:write")]
Handler = Annotated[Actor, needs("feedback:act")]
Caller = Annotated[Actor, needs("feedback:contact")]


def receipt_out(received: Received) -> ReceiptOut:
    card, receipt = received.card, received.receipt
    return ReceiptOut(number=card.number, code=receipt.code, pin=receipt.pin, received_on=card.received_on)


@router.post("/entries", name="enter", response_model=EntriesOut, responses=refusals(403), openapi_extra=NOT_KEPT)
async def enter(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    body: EntriesIn,
    actor: Writer,
) -> EntriesOut:
    """Enter paper cards, slips, calls, visits and letters. Each is answered on its own; sending again adds nothing."""
    response.headers["cache-control"] = "no-store"
    entered = await enter_cards(
        session, vault, actor, moment, [entry.new(entry.submission_id) for entry in body.entries]
    )
    pairs = zip(body.entries, entered, strict=True)
    return EntriesOut(entries=[_entry_out(entry.submission_id, one, language) for entry, one in pairs])


def _entry_out(submission_id: UUID, entered: Received | Refused, language: str) -> EntryOut:
    if isinstance(entered, Received):
        return EntryOut(submission_id=submission_id, receipt=receipt_out(entered), problems=[])
    found = entered.problems or (Problem("", entered.code, entered.params),)
    told = [EntryProblem(pointer=p.pointer, code=p.code, message=say(p.code, p.params, language)) for p in found]
    return EntryOut(submission_id=submission_id, receipt=None, problems=told)


@router.post("/{id}/merge", name="merge", response_model=CardOut | GoneOut, responses=refusals(403, 404, 409, 412, 428))
async def merge(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.MERGED])],
    body: CardMergeIn,
    version: IfMatchDep,
    actor: Handler,
) -> CardOut | GoneOut:
    """Handle a card together with another one: its sender will read that one's answer."""
    await merge_card(session, vault, actor, moment, id, version, into_id=body.into_id, reason=body.reason)
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/split", name="split", response_model=CardOut | GoneOut, responses=refusals(403, 404, 409, 412, 428))
async def split(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.SPLIT])],
    body: PartsIn,
    version: IfMatchDep,
    actor: Writer,
) -> CardOut | GoneOut:
    """Make cards of their own of what else a card speaks of; the sender follows all with the one code."""
    parts = [Part(one.content, one.category) for one in body.parts]
    await split_card(session, vault, actor, moment, id, version, parts)
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/desk", name="move", response_model=CardOut | GoneOut, responses=refusals(403, 404, 409, 412, 428))
async def move(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.MOVED])],
    body: CardMoveIn,
    version: IfMatchDep,
    actor: Handler,
) -> CardOut | GoneOut:
    """Give a card that is still to be sorted to another desk of the county."""
    await move_card(session, actor, moment, id, version, desk_id=body.desk_id, reason=body.reason)
    return await answered(session, actor, moment, language, id, response)


@router.post(
    "/{id}/lifting", name="lift", response_model=CardOut | GoneOut, responses=refusals(403, 404, 409, 412, 428)
)
async def lift(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.LIFTED])],
    body: LiftIn,
    version: IfMatchDep,
    actor: Handler,
) -> CardOut | GoneOut:
    """Take back whom a card is about where only a name in its note was matched, and means somebody else."""
    await lift_marks(session, actor, moment, id, version, ids=body.ids, reason=body.reason)
    return await answered(session, actor, moment, language, id, response)


@router.post(
    "/{id}/rectification",
    name="convert",
    status_code=201,
    response_model=CardOut | GoneOut,
    responses=refusals(403, 404, 409, 412, 428),
)
async def convert(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.CONVERTED])],
    body: ConvertIn,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("rectification:write")],
) -> CardOut | GoneOut:
    """Enter the problem that a case shows into the rectification ledger; both stay linked."""
    await convert_card(
        session, actor, moment, id, version, problem=body.problem, severity=body.severity, category=body.category
    )
    return await answered(session, actor, moment, language, id, response)


@router.post(
    "/{id}/contact",
    name="read_contact",
    response_model=ContactOut,
    responses=refusals(403, 404),
    openapi_extra=NOT_KEPT,
)
async def contact(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.CONTACT])],
    body: CardWhyIn,
    actor: Caller,
) -> ContactOut:
    """How the sender can be reached, for the desk and who calls back. Every reading stands in the log."""
    response.headers["cache-control"] = "no-store"
    found = await read_contact(session, vault, actor, moment, id, body.reason)
    return ContactOut(name=found.name, phone=found.phone)


@router.post(
    "/{id}/calls",
    name="call_back",
    status_code=201,
    response_model=CardOut | GoneOut,
    responses=refusals(403, 404, 409, 412, 428),
)
async def call(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.CALLED])],
    body: CallBackIn,
    version: IfMatchDep,
    actor: Caller,
) -> CardOut | GoneOut:
    """Put a call to the sender on record, and with a grade the sender's rating."""
    await call_back(session, vault, actor, moment, id, version, body.call())
    return await answered(session, actor, moment, language, id, response)


@router.get(
    "/{id}/photos/{photo_id}",
    name="photo",
    response_class=Response,
    responses={**refusals(403, 404), 200: {"content": {MEDIA_TYPE: {}}}},
)
async def photo(
    session: SessionDep,
    vault: VaultDep,
    id: Annotated[UUID, Path(examples=[shown.PHOTOGRAPHED])],
    photo_id: Annotated[UUID, Path(examples=[shown.PHOTO])],
    actor: Annotated[Actor, needs("feedback:read")],
) -> Response:
    """A photo of a card within sight, as it was drawn anew."""
    data = await read_photo(session, vault, actor, id, photo_id)
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": INERT_POLICY,
    }
    return Response(data, media_type=MEDIA_TYPE, headers=headers)
