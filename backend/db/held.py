"""Finding a row of a record system together with the organisation it is with, and holding it."""

from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.base import Session
from backend.db.organization import Organization


class Placed(Protocol):
    """A row that is with an organisation."""

    id: Any
    organization_id: Any


Record = TypeVar("Record", bound=Placed)


async def found_with_organization(
    session: Session, table: type[Record], id: UUID, fits: sa.ColumnElement[bool], *, lock: bool
) -> tuple[Record, Organization] | None:
    """The row `id` with its organisation, if both are as `fits` says; `lock` keeps every other change of the row away
    until the transaction ends."""
    question = (
        select(table, Organization)
        .join(Organization, col(Organization.id) == col(table.organization_id))
        .where(col(table.id) == id, fits)
    )
    if lock:
        question = question.with_for_update(of=table).execution_options(populate_existing=True)
    found = (await session.exec(question)).one_or_none()
    if found is None and lock:
        # A row that went to another organisation while its lock was waited for is judged by the organisation before:
        # whoever came second would be told that it does not exist. Now it is looked at as it is.
        found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])
