"""What a transaction has changed in a row since the last event about it, column by column.

SQLAlchemy forgets the old values with every flush, and a verb may need several before it records its event.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as PlainSession
from sqlalchemy.orm.base import NO_VALUE

from backend.db.base import Row, Session

_NOTED = "changes"

_Noted = dict[UUID, tuple[Row, dict[str, Any]]]
"""Rows with the value that each touched column had when the last event about the row was recorded."""


def changes_of(session: Session, id: UUID) -> tuple[str, dict[str, tuple[Any, Any]]]:
    """The table of a row and, for every column that is another now, the old and the new value.

    Nothing for a row that was not changed, or is new.  What is returned counts as told: the next question is about
    what changes from here on.
    """
    plain = session.sync_session
    _note(plain, plain.dirty)
    found: tuple[Row, dict[str, Any]] | None = plain.info.get(_NOTED, {}).get(id)
    if found is None:
        return "", {}
    row, before = found
    now = {name: row.__dict__[name] for name in before if name in row.__dict__}
    different = {name: (before[name], value) for name, value in now.items() if before[name] != value}
    before.update(now)
    return str(row.__tablename__), different


def _note(session: PlainSession, rows: Iterable[Any]) -> None:
    noted: _Noted = session.info.setdefault(_NOTED, {})
    for row in rows:
        if isinstance(row, Row):
            _, before = noted.setdefault(row.id, (row, {}))
            for name, old in sa.inspect(row, raiseerr=True).committed_state.items():
                if old is not NO_VALUE:
                    before.setdefault(name, old)


@sa.event.listens_for(PlainSession, "before_flush")
def _before_flush(session: PlainSession, *_: Any) -> None:
    _note(session, session.dirty)


@sa.event.listens_for(PlainSession, "after_soft_rollback")
def _after_rollback(session: PlainSession, *_: Any) -> None:
    """What was noted of it is no longer true; an event that comes after would tell of what never was."""
    session.info.pop(_NOTED, None)


@sa.event.listens_for(PlainSession, "after_commit")
def _after_commit(session: PlainSession) -> None:
    session.info.pop(_NOTED, None)
