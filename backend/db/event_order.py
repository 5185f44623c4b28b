"""The order of events survives the database that gave it.

Events are ordered by (`transaction_id`, `sequence`), and a reader takes only those before `event_horizon()`, so that
one which is still being written is never passed over.  Another server, into which a copy was restored, counts its
transactions from the beginning again: its new events would come before the old ones, and the old ones would look
unfinished.  So every number has `event_offset()` added, a constant in the database that only its owner can change and
that is raised whenever events turn out to be ahead of the server.
"""

import re

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

BODIES = {
    "event_offset": r" BEGIN RETURN \d+; END ",
    "event_transaction": re.escape("SELECT (pg_current_xact_id()::text::bigint + event_offset())::text::xid8"),
    "event_horizon": re.escape(
        "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + event_offset())::text::xid8"
    ),
}
"""What these functions say, as patterns: `guards.py` holds the database to it."""

FIXED_PATHS = tuple(f"ALTER FUNCTION {name}() SET search_path = pg_catalog, public, pg_temp" for name in BODIES)
"""A migration sends these: whatever path a session looks along, the functions find the same things."""


def _offset(value: int) -> str:
    """Of plpgsql and not of SQL: an inlined constant would stay in the plans of connections that are open."""
    return (
        "CREATE OR REPLACE FUNCTION event_offset() RETURNS bigint LANGUAGE plpgsql STABLE "
        f"AS $$ BEGIN RETURN {value}; END $$"
    )


# The migration installs these.
EVENT_ORDER = (
    _offset(0),
    """
    CREATE FUNCTION event_transaction() RETURNS xid8 LANGUAGE sql VOLATILE
    AS 'SELECT (pg_current_xact_id()::text::bigint + event_offset())::text::xid8'
    """,
    """
    CREATE FUNCTION event_horizon() RETURNS xid8 LANGUAGE sql STABLE
    AS 'SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + event_offset())::text::xid8'
    """,
    "ALTER TABLE event ALTER COLUMN transaction_id SET DEFAULT event_transaction()",
)

_AHEAD = """
    SELECT max(transaction_id)::text::bigint - event_transaction()::text::bigint AS ahead, event_offset() AS now
    FROM event HAVING max(transaction_id) >= event_transaction()
"""


async def keep_order(connection: AsyncConnection) -> None:
    """Put whatever is recorded from now on behind what is there; `connection` is the owner's, in a transaction.

    On the server that recorded the events nothing is ahead, and nothing is done.
    """
    found = (await connection.execute(sa.text(_AHEAD))).one_or_none()
    if found is not None:
        await connection.execute(sa.text(_offset(int(found.now + found.ahead + 1))))
        # What is replaced loses its settings.
        await connection.execute(sa.text(FIXED_PATHS[0]))
