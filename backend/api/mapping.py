"""What partners' codes mean here: seen, said and put right by whoever administers the place that a program reaches."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, StringConstraints
from sqlmodel import col

from backend.api import examples
from backend.api.deps import DatabaseDep, IfMatchDep, LanguageDep, MomentDep, PagingDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.feedback_shapes import NameRef
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body, Text
from backend.api.source_table import RESOURCES
from backend.db.base import Session
from backend.db.mapping import CodeMapping, mapping_rows
from backend.db.read import Order, page_of, record_of
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.source.mapping import change_mapping, make_mapping

router = APIRouter(prefix="/mappings", tags=["mapping"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("mapping:read")]
Writer = Annotated[Actor, needs("mapping:write")]
Word = Annotated[Text, StringConstraints(max_length=64)]
Name = Annotated[Text, StringConstraints(max_length=32)]


class ChoiceOut(Answer):
    value: str
    title: str


class FieldOut(Answer):
    """A field that has codes. `choices` are our values; null where the value is the id of an organisation.

    `outward`: the partner is told its word for our value.
    """

    resource: str
    resource_title: str
    field: str
    title: str
    outward: bool
    choices: list[ChoiceOut] | None


class FieldList(Answer):
    items: list[FieldOut]


class MappingOut(Answer):
    """A partner's `code` for our `value`."""

    id: UUID
    client: NameRef
    resource: str
    field: str
    code: str
    value: str
    created_at: datetime
    updated_at: datetime
    version: int


class MappingPage(Answer):
    items: list[MappingOut]
    next_cursor: str | None


class MappingIn(Body):
    """`client_id` is the program's key, `value` one of the field's `choices` or the id of an organisation."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "client_id": examples.CLIENT,
                "resource": "rectifications",
                "field": "category",
                "code": "0302",
                "value": "infrastructure",
            }
        }
    )

    client_id: UUID
    resource: Name
    field: Name
    code: Word
    value: Word


class MappingChange(Body):
    """What the code means from now on."""

    model_config = ConfigDict(json_schema_extra={"example": {"value": "livelihood"}})

    value: Word


async def _shown(session: Session, actor: Actor, id: UUID, status: int = 200) -> Response:
    await session.flush()
    question = mapping_rows(actor.reach("mapping:read")).where(col(CodeMapping.id) == id)
    body = await record_of(await session.connection(), question)
    if body is None:
        raise NotFound("not_found")
    response = json_bytes(body, version=(await session.get_one(CodeMapping, id)).version)
    response.status_code = status
    return response


@router.get("", name="list", response_model=MappingPage, responses=refusals(403))
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Reader,
    client_id: Annotated[UUID | None, Query(description="Of this program alone.")] = None,
) -> Response:
    """The codes that are mapped, of programs that reach a place of the caller's; the newest first."""
    question = mapping_rows(actor.reach("mapping:read"))
    if client_id is not None:
        question = question.where(col(CodeMapping.client_key) == client_id)
    order = [Order(col(CodeMapping.created_at), descending=True), Order(col(CodeMapping.id), descending=True)]
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, order, paging))


@router.get("/fields", response_model=FieldList, responses=refusals(403))
async def fields(language: LanguageDep, actor: Reader) -> FieldList:
    """The fields that have codes, with what a code may mean."""
    del actor
    return FieldList(
        items=[
            FieldOut(
                resource=resource.name,
                resource_title=resource.title[language],
                field=name,
                title=coded.title[language],
                outward=coded.outward,
                choices=None
                if coded.values is None
                else [ChoiceOut(value=value, title=title[language]) for value, title in coded.values.items()],
            )
            for resource in RESOURCES.values()
            for name, coded in resource.coded.items()
        ]
    )


@router.post("", status_code=201, response_model=MappingOut, responses=refusals(403, 404, 409))
async def make(session: SessionDep, moment: MomentDep, body: MappingIn, actor: Writer) -> Response:
    """Say what a code means. What waits for it comes in within a minute, in its order."""
    made = await make_mapping(session, actor, moment, RESOURCES, **body.model_dump())
    return await _shown(session, actor, made.id, 201)


@router.patch("/{id}", response_model=MappingOut, responses=refusals(403, 404, 412, 428))
async def change(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.MAPPING])],
    body: MappingChange,
    version: IfMatchDep,
    actor: Writer,
) -> Response:
    """Say that a code means something else from now on; what came in before stays as it is."""
    await change_mapping(session, actor, moment, RESOURCES, id, version, body.value)
    return await _shown(session, actor, id)
