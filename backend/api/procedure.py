"""The procedures themselves, as data, and what awaits a person in all of them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlmodel import col

from backend.api.deps import DatabaseDep, LanguageDep, MomentDep, PagingDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.run import Light, step_titles
from backend.api.shapes import Answer
from backend.db.procedure import NEVER, ProcedureRun, tasks
from backend.db.read import Order, page_of
from backend.domain.access import Actor
from backend.domain.calendar import YELLOW_DAYS
from backend.domain.errors import NotFound
from backend.domain.procedure.example import described
from backend.domain.procedures.registry import current, procedures
from backend.domain.run import own_ids

router = APIRouter(tags=["procedure"])

Reader = Annotated[Actor, needs("procedure:read")]
Words = dict[str, str]


class StepDefinition(Answer):
    """One step as it is defined; absent members mean that the step has no such thing."""

    key: str
    title: Words
    help: Words
    roles: list[str]
    record_schema: dict[str, Any] | None = None
    evidence: list[dict[str, Any]] = Field(default_factory=list)
    waits: list[dict[str, Any]] = Field(default_factory=list)
    due: dict[str, Any] | None = None
    countersign: dict[str, Any] | None = None
    waiver: dict[str, Any] | None = None
    back_to: list[str] = Field(default_factory=list)
    barred: list[str] = Field(default_factory=list)
    conditions: list[dict[str, Any]] = Field(default_factory=list)
    result: dict[str, Any] | None = None
    content: Literal["none", "material", "any"] = "none"
    record_on_return: bool = False
    applies: list[dict[str, Any]] = Field(default_factory=list)
    only: list[str] = Field(default_factory=list)
    recalled_by: list[str] = Field(default_factory=list)
    other_than: list[str] = Field(default_factory=list)
    due_by: dict[str, Any] | None = None
    due_from: dict[str, Any] | None = None
    extension: dict[str, Any] | None = None
    note: dict[str, Any] | None = None
    checking: bool = False
    limit: bool = False
    returns_at_most: int | dict[str, Any] | None = None
    evidence_at_least: int = 0


class ProcedureOut(Answer):
    """A procedure as data: who may do what, what is recorded and attached, and when."""

    key: str
    version: int
    title: Words
    roles: dict[str, Words]
    parties: dict[str, Words] = Field(default_factory=dict)
    repeats: bool = False
    withdrawal: dict[str, Any] | None = None
    revised_by: list[str] = Field(default_factory=list)
    reopening: dict[str, Any] | None = None
    ladder: list[dict[str, Any]] = Field(default_factory=list)
    steps: list[StepDefinition]


class ProcedurePage(Answer):
    items: list[ProcedureOut]
    next_cursor: str | None


class OrganizationName(Answer):
    id: UUID
    name: str


class TaskOut(Answer):
    """Something that waits for the caller: `kind` and `id` lead to it, `since` when it came to them."""

    kind: str
    id: UUID
    number: str
    title: str
    step: str
    step_title: str
    since: datetime
    due_at: datetime | None
    light: Light
    organization: OrganizationName


class TaskPage(Answer):
    items: list[TaskOut]
    next_cursor: str | None


@router.get("/procedures", response_model=ProcedurePage, responses=refusals(403))
async def list_(moment: MomentDep, actor: Reader) -> ProcedurePage:
    """The newest version of every procedure."""
    del actor
    items = [ProcedureOut.model_validate(described(procedure, moment.now)) for procedure in procedures()]
    return ProcedurePage(items=items, next_cursor=None)


@router.get("/procedures/{key}", response_model=ProcedureOut, responses=refusals(403, 404))
async def get(
    moment: MomentDep, key: Annotated[str, Path(max_length=64, examples=["decision"])], actor: Reader
) -> ProcedureOut:
    """The newest version of one procedure, each step's record with an example that it would accept today."""
    del actor
    try:
        procedure = current(key)
    except KeyError:
        raise NotFound("not_found") from None
    return ProcedureOut.model_validate(described(procedure, moment.now))


@router.get("/me/tasks", name="tasks", response_model=TaskPage, responses=refusals(403))
async def my_tasks(
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    paging: PagingDep,
    actor: Annotated[Actor, needs("task:read")],
) -> Response:
    """What awaits you: open steps within your reach that are for a role you hold there, the most urgent first."""
    grants = [(grant.role, grant.path) for grant in actor.grants]
    question = tasks(grants, own_ids(actor), moment.now, YELLOW_DAYS, step_titles(language))
    due = sa.func.coalesce(col(ProcedureRun.due_at), sa.literal(NEVER, sa.DateTime(timezone=True)))
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, [Order(due), Order(col(ProcedureRun.id))], paging))
