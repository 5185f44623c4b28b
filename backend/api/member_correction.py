"""One's own record, calling something in it wrong, and what staff do about that."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, Field
from sqlmodel import col

from backend.api import examples
from backend.api.deps import (
    ActorDep,
    CipherDep,
    DatabaseDep,
    IfMatchDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SessionDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body, OptionalText, Text
from backend.db.base import Session
from backend.db.limit import has_passed
from backend.db.member_correction import CorrectionState, MemberCorrection, corrections_in, corrections_of
from backend.db.organization import Organization, below
from backend.db.organization_view import path_of
from backend.db.read import Order, page_of, record_of
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.errors import NotFound
from backend.domain.member_correction import (
    FIELD_TITLES,
    ask_correction,
    finish_limit,
    proposed,
    settle_correction,
    shown_to_staff,
)
from backend.domain.member_record import view_own_record

router = APIRouter(tags=["member_correction"], route_class=RepeatableRoute)

FieldName = Literal[
    "name",
    "sex",
    "birth_date",
    "ethnic_group",
    "id_number",
    "phone",
    "education",
    "native_place",
    "joined_on",
    "confirmed_on",
    "status",
    "category",
    "is_mobile",
    "remark",
]


class RecordField(Answer):
    """One field of the own record, numbers masked.  `by` are roles, never names of people."""

    field: FieldName
    title: str
    value: str | None
    source: Literal["import", "entry", "change", "correction"]
    on: date
    by: list[str]


class RecordLook(Answer):
    """Somebody with one of the roles `by` had these numbers shown in clear, or exported a roster with this record, and
    why."""

    deed: Literal["shown", "collision", "exported", "exported_in_clear", "result_taken"]
    on: date
    by: list[str]
    fields: list[str]
    reason: str


class OwnCorrection(Answer):
    """What was called wrong.  `says` and `should` are masked where they are numbers; `due_at` is the last moment of
    the fifth working day, by which it is to be answered, `finish_at` that of the fifteenth."""

    id: UUID
    field: FieldName
    title: str
    says: str | None
    should: str | None
    evidence: str
    asked_at: datetime
    due_at: datetime
    finish_at: Annotated[datetime, Field(description="The last moment by which all of it is to be over.")]
    overdue: bool
    state: CorrectionState
    reason: str | None
    settled_at: datetime | None
    version: int


class OwnRecordOut(Answer):
    id: UUID
    organization_name: str
    disputed: bool
    fields: list[RecordField]
    looks: list[RecordLook]
    corrections: list[OwnCorrection]


class MemberCorrectionIn(Body):
    """The field that is wrong, what should stand there (empty: nothing), and which paper shows it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"field": "education", "should": "大学本科", "evidence": "毕业证书，2018年"}}
    )

    field: FieldName
    says: (
        Annotated[
            OptionalText, Field(max_length=500, description="Accepted and ignored: the record knows what it says.")
        ]
        | None
    ) = None
    should: Annotated[OptionalText, Field(max_length=500)]
    evidence: Annotated[Text, Field(max_length=1000)]


class Ref(Answer):
    id: UUID
    name: str


class MemberCorrectionOut(OwnCorrection):
    """A correction as staff see it: a birth date by its year and a native place by its county, until somebody who may
    has them shown in clear for a reason (`POST /members/{id}/unmask`)."""

    member: Ref
    organization: Ref


class MemberCorrectionPage(Answer):
    items: list[MemberCorrectionOut]
    next_cursor: str | None


class Settlement(Body):
    """Whether the record is corrected as the person asks; a refusal says why."""

    model_config = ConfigDict(json_schema_extra={"example": {"outcome": "corrected", "reason": "与毕业证书一致"}})

    outcome: Literal["corrected", "not_corrected"]
    reason: Annotated[OptionalText, Field(max_length=1000)] = ""


def _read(row: dict[str, Any], cipher: FieldCipher, language: str) -> dict[str, Any]:
    """A row as PostgreSQL wrote it, with what should stand there opened."""
    ciphertext = bytes.fromhex(row["should"].removeprefix("\\x"))
    should = shown_to_staff(row["field"], proposed(cipher, UUID(row["id"]), row["field"], ciphertext))
    says = shown_to_staff(row["field"], row["says"])
    finish_at = finish_limit(datetime.fromisoformat(row["asked_at"])).isoformat()
    return {
        **row,
        "title": FIELD_TITLES[row["field"]][language],
        "says": says,
        "should": should,
        "finish_at": finish_at,
    }


@router.get("/me/record", name="own_record", response_model=OwnRecordOut, responses=refusals(404))
async def own_record(
    session: SessionDep, moment: MomentDep, cipher: CipherDep, language: LanguageDep, actor: ActorDep
) -> OwnRecordOut:
    """One's own record, field by field with its source; who looked at its numbers; what was called wrong in it."""
    found = await view_own_record(session, actor, cipher)
    branch = await session.get_one(Organization, found.member.organization_id)
    question = corrections_of(found.member.id, moment.now).order_by(col(MemberCorrection.id).desc())
    corrections = [_own(dict(row), cipher, language) for row in (await session.execute(question)).mappings()]
    return OwnRecordOut(
        id=found.member.id,
        organization_name=branch.name,
        disputed=found.member.disputed,
        fields=[
            RecordField(
                field=one.field,
                title=FIELD_TITLES[one.field][language],
                value=one.value,
                source=one.source,
                on=one.on,
                by=one.by,
            )
            for one in found.fields
        ],
        looks=[RecordLook(**asdict(one)) for one in found.looks],
        corrections=corrections,
    )


def _own(row: dict[str, Any], cipher: FieldCipher, language: str) -> OwnCorrection:
    should = proposed(cipher, row["id"], row["field"], row["should"])
    title = FIELD_TITLES[row["field"]][language]
    return OwnCorrection(**{**row, "title": title, "should": should, "finish_at": finish_limit(row["asked_at"])})


@router.post(
    "/me/record/corrections",
    name="ask_correction",
    status_code=201,
    response_model=OwnCorrection,
    responses=refusals(404, 409),
)
async def ask(
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    language: LanguageDep,
    body: MemberCorrectionIn,
    actor: ActorDep,
) -> OwnCorrection:
    """Call one field of one's own record wrong; it is marked as disputed until somebody else has settled it."""
    made = await ask_correction(
        session, actor, moment, cipher, field=body.field, should=body.should, evidence=body.evidence
    )
    await session.flush()
    question = corrections_of(made.member_id, moment.now).where(col(MemberCorrection.id) == made.id)
    return _own(dict((await session.execute(question)).mappings().one()), cipher, language)


@router.get(
    "/member-corrections", name="list_corrections", response_model=MemberCorrectionPage, responses=refusals(403, 404)
)
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    moment: MomentDep,
    cipher: CipherDep,
    language: LanguageDep,
    actor: Annotated[Actor, needs("member:read")],
    state: CorrectionState | None = None,
    overdue: Annotated[bool | None, Query(description="Only open ones whose last day is over.")] = None,
    organization_id: Annotated[UUID | None, Query(examples=[examples.TOWNSHIP])] = None,
) -> Response:
    """What members within reach call wrong, the soonest due first."""
    reach = actor.reach("member:read")
    question = corrections_in(reach, moment.now)
    async with database.reader() as reader:
        if organization_id is not None:
            path = (await reader.execute(path_of(reach, organization_id))).scalar_one_or_none()
            if path is None:
                raise NotFound("not_found")
            question = question.where(below(path))
        if state is not None:
            question = question.where(col(MemberCorrection.state) == state)
        if overdue is not None:
            late = has_passed(col(MemberCorrection.due_at), moment.now)
            question = question.where(col(MemberCorrection.state) == CorrectionState.open, late if overdue else ~late)
        order = [Order(col(MemberCorrection.due_at)), Order(col(MemberCorrection.id))]
        page = json.loads(await page_of(reader, question, order, paging))
    page["items"] = [_read(row, cipher, language) for row in page["items"]]
    return json_bytes(json.dumps(page, ensure_ascii=False).encode())


@router.post(
    "/member-corrections/{id}/settlement",
    name="settle_correction",
    response_model=MemberCorrectionOut,
    responses=refusals(403, 404, 409, 412, 428),
)
async def settle(
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    language: LanguageDep,
    id: Annotated[UUID, Path(examples=[examples.MEMBER_CORRECTION])],
    body: Settlement,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("member:write")],
) -> Response:
    """Put what the person asks for into the record, or say why not; nobody settles what they asked for themselves."""
    corrected = body.outcome == "corrected"
    await settle_correction(session, actor, moment, cipher, id, version, corrected=corrected, reason=body.reason)
    await session.flush()
    return await _one(session, actor, moment, cipher, language, id)


async def _one(
    session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, language: str, id: UUID
) -> Response:
    question = corrections_in(actor.reach("member:read"), moment.now).where(col(MemberCorrection.id) == id)
    body = await record_of(await session.connection(), question)
    if body is None:
        raise NotFound("not_found")
    row = _read(json.loads(body), cipher, language)
    return json_bytes(json.dumps(row, ensure_ascii=False).encode(), version=row["version"])
