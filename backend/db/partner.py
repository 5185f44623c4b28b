"""How partners' programs get on: how far they read the change feed, and what of theirs waits for a clerk."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from backend.db.client import Client
from backend.db.event import Event, next_time, settled
from backend.db.mapping import WaitingRecord, WaitingState


def getting_on(*, but: Collection[str]) -> list[sa.ColumnElement[Any]]:
    """Columns of a client's row: `feed`, null for who never went on with a cursor, and `waiting`.

    `feed.behind_since`: when the log's next event after the cursor was written, null at the end.  A cursor passes over
    what does not concern its reader, so any event counts but those that the feed never tells in the log's order.
    """
    beyond = next_time(
        col(Client.fed_to_transaction), col(Client.fed_to_sequence), settled(), col(Event.kind).not_in(sorted(but))
    )
    feed = sa.func.json_build_object(
        *("asked_at", col(Client.fed_at)), *("behind_since", beyond.correlate(Client).scalar_subquery())
    )
    return [
        sa.case((col(Client.fed_at).is_not(None), feed)).label("feed"),
        sa.func.json_build_object(
            *("unmapped", _count(WaitingState.waiting)), *("refused", _count(WaitingState.refused))
        ).label("waiting"),
    ]


def _count(state: WaitingState) -> sa.ScalarSelect[int]:
    question = sa.select(sa.func.count()).select_from(WaitingRecord)
    # The index of waiting records begins with their client.
    theirs = col(WaitingRecord.client_key) == col(Client.id)
    return question.where(theirs, col(WaitingRecord.state) == state).correlate(Client).scalar_subquery()
