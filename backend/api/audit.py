"""The log for auditors: searching it, seals, the proof of an event, and taking events out of the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.api import examples
from backend.api.audit_shapes import (
    MEDIA_TYPES,
    AuditedEvent,
    AuditedPage,
    CheckOut,
    ExportIn,
    KindList,
    KindOut,
    LogState,
    ProofOut,
    SealDay,
    SealNote,
    SealPage,
)
from backend.api.deps import DatabaseDep, LanguageDep, MomentDep, PagingDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.db.audit import AuditSeal, last_seal
from backend.db.audit_view import NEWEST_FIRST, Asked, seal_rows, sealed_by_day
from backend.db.engine import Database
from backend.db.event import START, Event
from backend.db.read import Order, page_of, record_of
from backend.db.row_security import KEEPER, open_vault
from backend.domain.access import Actor
from backend.domain.audit.finding import Finding
from backend.domain.audit.read import SEALED_EVERY, audited, audited_place, export_events, prove_event, waiting_seen
from backend.domain.audit.statement import note_of, statement_of
from backend.domain.audit.verdict import standing_check
from backend.domain.calendar import day_of
from backend.domain.errors import NotFound
from backend.domain.event import EVENT_KINDS, ROSTER_READS, SENSITIVE_READS
from backend.domain.signing import own_public_key
from backend.workbook.audit import event_file

router = APIRouter(tags=["audit"], route_class=RepeatableRoute)

Auditor = Annotated[Actor, needs("audit:read")]
Exporter = Annotated[Actor, needs("audit:export")]
EventId = Annotated[UUID, Path(examples=[examples.AUDITED_EVENT])]

_DAYS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class EventQuery:
    """What the log can be narrowed by; times are those of the county's clock."""

    subject_kind: Annotated[str | None, Query(max_length=32, examples=["member"])] = None
    subject_id: UUID | None = None
    actor_id: Annotated[UUID | None, Query(description="What this account did.")] = None
    organization_id: Annotated[
        UUID | None, Query(description="This organisation and all below it.", examples=[examples.TOWNSHIP])
    ] = None
    kind: Annotated[list[str] | None, Query(max_length=100, description="Kinds of event, see /event-kinds.")] = None
    sensitive: Annotated[
        bool,
        Query(
            description="Only readings of what is otherwise masked or apart: who read what. Of a member these are also"
            " the rosters in which the member stood."
        ),
    ] = False
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    origin: Annotated[str | None, Query(max_length=64, description="The address that it was done from.")] = None


@asynccontextmanager
async def _whole_log(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection that may ask which cards are sealed: who read those is what auditors look for."""
    async with database.transaction() as session:
        await open_vault(session, KEEPER)
        yield await session.connection()


def _asked(given: EventQuery | ExportIn, kinds: list[str]) -> Asked:
    return Asked(
        subject_kind=given.subject_kind,
        subject_id=given.subject_id,
        actor_id=given.actor_id,
        organization_id=given.organization_id,
        kinds=frozenset(kinds),
        reads=SENSITIVE_READS if given.sensitive else (),
        rosters=ROSTER_READS if given.sensitive else (),
        since=given.since,
        until=given.until,
        origin=given.origin,
    )


def _titled(question: sa.Select[Any], language: str) -> sa.Select[Any]:
    titles = {kind: words[language] for kind, words in EVENT_KINDS.items()}
    return question.add_columns(
        sa.case(titles, value=col(Event.kind), else_=col(Event.kind)).label("title"),
        col(Event.kind).in_(SENSITIVE_READS).label("sensitive"),
    )


@router.get("/events", response_model=AuditedPage, responses=refusals(403, 404))
async def list_events(
    database: DatabaseDep,
    paging: PagingDep,
    language: LanguageDep,
    actor: Auditor,
    query: Annotated[EventQuery, Depends()],
) -> Response:
    """The log within reach, the newest first: by subject, person, organisation, kind, time, address; who read what."""
    async with database.transaction() as session:
        path = await audited_place(session, actor, query.organization_id)
    question = _titled(audited(actor, _asked(query, query.kind or []), path), language)
    async with _whole_log(database) as reader:
        return json_bytes(await page_of(reader, question, NEWEST_FIRST, paging))


@router.get("/event-kinds", response_model=KindList, responses=refusals(403))
async def kinds(language: LanguageDep, actor: Auditor) -> KindList:
    """Every kind of event that is recorded, with its title."""
    del actor
    return KindList(
        items=[
            KindOut(kind=kind, title=words[language], sensitive=kind in SENSITIVE_READS)
            for kind, words in EVENT_KINDS.items()
        ]
    )


@router.get("/events/{id}", response_model=AuditedEvent, responses=refusals(403, 404))
async def get_event(database: DatabaseDep, language: LanguageDep, id: EventId, actor: Auditor) -> Response:
    """One event."""
    async with _whole_log(database) as reader:
        found = await record_of(reader, _titled(audited(actor, Asked()), language).where(col(Event.id) == id))
    if found is None:
        raise NotFound("not_found")
    return json_bytes(found)


@router.get("/events/{id}/proof", response_model=ProofOut, responses=refusals(403, 404, 409))
async def prove(database: DatabaseDep, id: EventId, actor: Auditor) -> dict[str, Any]:
    """The proof that an event stands in the log as it was sealed; refused with 409 until its seal has come."""
    async with _whole_log(database) as reader:
        return await prove_event(reader, actor, id)


@router.post(
    "/events/exports",
    response_class=Response,
    responses=refusals(403, 404, 409)
    | {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()}}},
    openapi_extra=NOT_KEPT,
)
async def export(
    session: SessionDep, moment: MomentDep, language: LanguageDep, body: ExportIn, actor: Exporter
) -> Response:
    """Events as a file, with the newest seal in it so that it can be checked later; the export is an event itself."""
    exported = await export_events(
        session, actor, moment, _asked(body, body.kinds), format=body.format, reason=body.reason
    )
    titles = {kind: words[language] for kind, words in EVENT_KINDS.items()}
    content = await asyncio.to_thread(event_file, body.format, exported.rows, titles, exported.note)
    name = f"{exported.organization.name}审计记录{day_of(moment.now).isoformat()}.{body.format}"
    return Response(
        content,
        media_type=MEDIA_TYPES[body.format],
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )


@router.get("/seals", response_model=SealPage, responses=refusals(403))
async def list_seals(database: DatabaseDep, paging: PagingDep, actor: Auditor) -> Response:
    """The seals, the newest first."""
    del actor
    async with database.reader() as reader:
        order = [Order(col(AuditSeal.number), descending=True)]
        return json_bytes(await page_of(reader, seal_rows(), order, paging))


@router.get("/seals/latest", response_model=SealNote, responses=refusals(403, 404))
async def latest_seal(database: DatabaseDep, actor: Auditor) -> dict[str, Any]:
    """The newest seal, to be kept where nobody who can change the database can change it."""
    del actor
    async with database.reader() as reader:
        seal = await last_seal(reader)
    if seal is None:
        raise NotFound("nothing_sealed")
    return note_of(seal).described()


@router.get("/seals/state", response_model=LogState, responses=refusals(403))
async def state(
    request: Request, database: DatabaseDep, moment: MomentDep, language: LanguageDep, actor: Auditor
) -> LogState:
    """What is sealed, what of it within reach waits for its seal, and when the log was last checked and with what
    outcome. What senders do is not counted among what waits."""
    async with _whole_log(database) as reader:
        seal = await last_seal(reader)
        unsealed, since = await waiting_seen(reader, actor, statement_of(seal).last if seal else START)
        check = await standing_check(reader, own_public_key(request.app.state.settings.data))
        first_day = datetime.now(UTC) - timedelta(days=_DAYS_SHOWN)
        days = (await reader.execute(sealed_by_day(first_day))).all()
    return LogState(
        seals=seal.number if seal else 0,
        sealed=seal.total if seal else 0,
        unsealed=unsealed,
        waiting_since=since,
        sealed_every_minutes=SEALED_EVERY,
        head=SealNote.model_validate(note_of(seal).described()) if seal else None,
        fingerprint=statement_of(seal).fingerprint if seal else None,
        check=CheckOut(
            at=check.created_at,
            first=check.first_number,
            last=check.last_number,
            events=check.events,
            seconds=check.seconds,
            findings=[Finding(one["code"], one["detail"]).text(language) for one in check.findings],
        )
        if check
        else None,
        days=[SealDay(day=day, events=events) for day, events in days],
    )
