"""What the change feed asks of the log: the next events about some records, in the order that skips none."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.event import Event, Position, TransactionId, place_columns, settled_after
from backend.db.organization import Organization, Reach, under


class Step(NamedTuple):
    """One event as its readers need it: its place, what it is about, where that was, its id and its time."""

    transaction_id: int
    sequence: int
    kind: str
    subject_kind: str
    subject_id: UUID
    organization_id: UUID | None
    data: dict[str, Any]
    event_id: UUID
    at: datetime

    @property
    def position(self) -> Position:
        return Position(self.transaction_id, self.sequence)


async def steps_after(
    reader: AsyncConnection,
    position: Position,
    subject_kinds: Collection[str],
    own: UUID,
    limit: int,
    *,
    also: Collection[str],
    but: Collection[str],
    with_data: Collection[str],
) -> list[Step]:
    """The next events about records of these kinds, or about the caller itself, that nothing can come before; `also`
    and `but` are kinds of events that are read besides, and that are told otherwise.  Only those of the kinds
    `with_data` come with their data: it is most of the log, and next to nobody asks for it."""
    question = (
        settled_after(
            position,
            *place_columns(),
            col(Event.kind),
            col(Event.subject_kind),
            col(Event.subject_id),
            col(Event.organization_id),
            sa.case((col(Event.kind).in_(sorted(with_data)), col(Event.data)), else_=sa.cast("{}", JSONB)),
            col(Event.id),
            col(Event.at),
        )
        .where(
            sa.or_(
                col(Event.subject_kind).in_(sorted(subject_kinds)),
                col(Event.kind).in_(sorted(also)),
                col(Event.subject_id) == own,
            ),
            col(Event.kind).not_in(sorted(but)),
        )
        .limit(limit)
    )
    return [Step(*row) for row in await reader.execute(question)]


async def last_settled(reader: AsyncConnection, *, but: Collection[str]) -> Position | None:
    """The newest event, of other kinds than `but`, that nothing can come before any more; None before the first."""
    horizon = sa.func.event_horizon(type_=TransactionId)
    question = (
        sa.select(*place_columns())
        .where(col(Event.transaction_id) < horizon, col(Event.kind).not_in(sorted(but)))
        .order_by(col(Event.transaction_id).desc(), col(Event.sequence).desc())
        .limit(1)
    )
    found = (await reader.execute(question)).one_or_none()
    return None if found is None else Position(*found)


class DayPlace(NamedTuple):
    """How far the days have been told: a day, and the mixed place of a record within it."""

    day: date
    place: str


async def subjects_by_day(
    reader: AsyncConnection, kinds: Collection[str], subject_kind: str, after: DayPlace, before: date, limit: int
) -> list[tuple[DayPlace, UUID]]:
    """The records that events of these kinds were about, day by day and each once a day, before a day.

    Within a day they come in an order that tells nothing: by a hash of their ids.
    """
    day: sa.ColumnElement[date] = sa.cast(sa.func.timezone("Asia/Shanghai", col(Event.at)), sa.Date)
    place: sa.ColumnElement[str] = sa.func.md5(sa.cast(col(Event.subject_id), sa.Text))
    question = (
        sa.select(day, place, col(Event.subject_id))
        .where(
            col(Event.kind).in_(sorted(kinds)),
            col(Event.subject_kind) == subject_kind,
            sa.tuple_(day, place) > sa.tuple_(sa.literal(after.day, sa.Date), sa.literal(after.place, sa.Text)),
            day < before,
        )
        .distinct()
        .order_by(day, place)
        .limit(limit)
    )
    return [(DayPlace(at, mixed), key) for at, mixed, key in await reader.execute(question)]


async def ids_within(reader: AsyncConnection, reach: Reach, ids: Collection[UUID]) -> set[UUID]:
    """Those of some organisations that are within reach now."""
    question = sa.select(col(Organization.id)).where(_one_of(col(Organization.id), ids), under(reach))
    return set((await reader.execute(question)).scalars())


async def ids_shown(reader: AsyncConnection, question: sa.Select[Any], ids: Collection[UUID]) -> set[UUID]:
    """Those of some records that are rows of `question`, whose first column is the id."""
    key = question.selected_columns[0]
    # Around it, so that the database works out no other column.
    item = question.where(_one_of(key, ids)).subquery("_row")
    return set((await reader.execute(sa.select(item.c[key.name]))).scalars())


async def records_as_json(
    reader: AsyncConnection, question: sa.Select[Any], ids: Collection[UUID] | None = None
) -> dict[UUID, str]:
    """The rows of `question` with these ids, or all of them, as JSON texts."""
    wanted = question if ids is None else question.where(_one_of(question.selected_columns[0], ids))
    return {row[0]: row[1] for row in await reader.execute(texts_of(wanted))}


def _one_of(key: Any, ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    # One parameter, however many there are: the statement is compiled and planned as one and the same.
    found: sa.ColumnElement[bool] = key == sa.any_(sa.cast(sa.literal(list(ids), ARRAY(sa.Uuid())), ARRAY(sa.Uuid())))
    return found


def texts_of(question: sa.Select[Any]) -> sa.Select[UUID, str]:
    """Id and JSON text of every row of `question`, whose first column is the id."""
    item = question.subquery("_row")
    text = sa.cast(sa.func.row_to_json(sa.literal_column("_row")), sa.Text)
    return sa.select(item.c[question.selected_columns[0].name], text).select_from(item)
