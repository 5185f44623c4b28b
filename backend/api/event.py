"""What happened to a record: one shape and one way to read it, for the timeline of every system."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.api.deps import json_bytes
from backend.api.shapes import Answer
from backend.db.event import Event, events_of
from backend.db.read import Order, Paging, page_of
from backend.domain.event import EVENT_KINDS


class EventActor(Answer):
    id: UUID
    name: str


class EventOut(Answer):
    """One thing that was done: when by the county's clock, by whom and for whom, why, and what changed.

    Changes are old and new values, numbers masked.
    """

    id: UUID
    kind: str
    at: datetime
    actor: EventActor | None
    on_behalf_of: EventActor | None
    reason: str | None
    data: dict[str, Any]
    title: str


class EventPage(Answer):
    items: list[EventOut]
    next_cursor: str | None


async def event_page(
    reader: AsyncConnection, subject_kind: str, subject_id: UUID, language: str, paging: Paging
) -> Response:
    """Answer one page of a record's events, the newest first, with titles in the caller's language."""
    titles = {kind: words[language] for kind, words in EVENT_KINDS.items()}
    title = sa.case(titles, value=col(Event.kind), else_=col(Event.kind)).label("title")
    question = events_of(subject_kind, subject_id).add_columns(title)
    return json_bytes(await page_of(reader, question, [Order(col(Event.sequence), descending=True)], paging))
