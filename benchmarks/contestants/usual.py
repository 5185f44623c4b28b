"""The usual way: FastAPI, SQLModel entities with their relations, and a response model, as the tutorials have it."""

import os
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db.base import utc_now
from backend.db.engine import async_dsn
from backend.db.event import Event
from backend.db.organization import Organization, OrganizationTally
from backend.db.procedure import ProcedureAct, ProcedureRun
from backend.db.rectification import Rectification, RectificationStatus
from benchmarks.contestants.rows import ACTOR, ACTOR_ID, EVENT_KIND, SECOND_SEQUENCE
from benchmarks.place import POOL

engine = create_async_engine(async_dsn(os.environ.get("BENCH_DSN", "postgresql://")), pool_size=POOL, max_overflow=0)
sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
path = os.environ.get("BENCH_PATH", "/")
app = FastAPI()


async def open_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(open_session)]


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Place(Out):
    id: UUID
    name: str


class Item(Out):
    id: UUID
    number: str
    organization: Place
    registered_at: Place
    responsible_unit: Place | None
    registered_on: date
    source: str
    severity: str
    category: str
    problem: str
    responsible_leader: str
    responsible_person: str
    deadline_kind: str | None
    original_due_on: date | None
    due_on: date | None
    status: str
    step: str | None
    extensions: int
    supervised: bool
    systemic: bool
    affects_people: bool
    closed_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime


class Act(Out):
    id: UUID
    sequence: int
    step: str
    outcome: str
    by: UUID
    by_name: str
    at: datetime
    reason: str
    record: dict[str, object] | None
    evidence: list[dict[str, str]]


class WholeItem(Item):
    source_document: str
    source_clause: str
    facts: str
    measures: str
    result: str
    remark: str
    acts: list[Act]


class Page(BaseModel):
    items: list[Item]


Found = tuple[Rectification, ProcedureRun, Organization, Organization, Organization | None]
registered_at, unit = aliased(Organization), aliased(Organization)
question = (
    select(Rectification, ProcedureRun, Organization, registered_at, unit)
    .join(Organization, col(Organization.id) == col(Rectification.organization_id))
    .join(registered_at, col(registered_at.id) == col(Rectification.registered_at_id))
    .outerjoin(unit, col(unit.id) == col(Rectification.responsible_unit_id))
    .join(ProcedureRun, col(ProcedureRun.subject_id) == col(Rectification.id))
    .where(col(Organization.path) >= path, col(Organization.path) < path[:-1] + "0")
)


def fields(found: Found) -> dict[str, object]:
    item, run, organization, registered, responsible = found
    return {
        **item.model_dump(),
        "organization": organization,
        "registered_at": registered,
        "responsible_unit": responsible,
        "step": run.step,
        "supervised": item.supervised_at is not None,
    }


@app.get("/page", response_model=Page)
async def page(session: SessionDep) -> object:
    newest = question.order_by(col(Rectification.created_at).desc(), col(Rectification.id).desc()).limit(50)
    return {"items": [fields(found) for found in await session.exec(newest)]}


@app.get("/one/{id}", response_model=WholeItem)
async def one(session: SessionDep, id: UUID) -> object:
    found = (await session.exec(question.where(Rectification.id == id))).one_or_none()
    if found is None:
        raise HTTPException(404)
    acts = await session.exec(
        select(ProcedureAct).where(ProcedureAct.run_id == found[1].id).order_by(col(ProcedureAct.sequence))
    )
    return {**fields(found), "acts": list(acts)}


class ActIn(BaseModel):
    step: str
    outcome: str


class Acted(BaseModel):
    id: UUID
    version: int
    status: str
    step: str | None


@app.post("/act/{id}", response_model=Acted)
async def act(session: SessionDep, id: UUID, body: ActIn) -> object:
    now = utc_now()
    item = (await session.exec(select(Rectification).where(Rectification.id == id).with_for_update())).one()
    run = (await session.exec(select(ProcedureRun).where(ProcedureRun.subject_id == id).with_for_update())).one()
    item.status, item.version, item.updated_at = RectificationStatus.signed_for, item.version + 1, now
    run.step, run.version, run.opened_at, run.updated_at = "plan", run.version + 1, now, now
    session.add(
        ProcedureAct(
            run_id=run.id,
            sequence=SECOND_SEQUENCE + run.version,
            step=body.step,
            outcome=body.outcome,
            by=ACTOR_ID,
            by_name=ACTOR,
            at=now,
        )
    )
    for status, change in (("assigned", -1), ("signed_for", 1)):
        key = (item.organization_id, "rectification", status)
        tally = await session.get(OrganizationTally, key, with_for_update=True)
        if tally is None:
            session.add(OrganizationTally(organization_id=key[0], subject=key[1], status=status, count=change))
        else:
            tally.count += change
    session.add(
        Event(
            kind=EVENT_KIND,
            county_id=item.county_id,
            organization_id=item.organization_id,
            subject_kind="rectification",
            subject_id=id,
            actor_id=ACTOR_ID,
            actor_name=ACTOR,
            at=now,
            data={"act": {"step": body.step, "outcome": body.outcome}},
        )
    )
    await session.commit()
    return {"id": id, "version": item.version, "status": item.status, "step": run.step}
