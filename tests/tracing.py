"""What a database really changes, held against what its events say was changed.

A trigger notes every UPDATE beside the transaction it was in. Whatever verb did it, each column that became another
value must stand in an event of that transaction as `{"old": ..., "new": ...}`, or be declared below with its reason.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from backend.domain.identity import mask_within
from tests.tracing_lines import CARRIED, HIDDEN, PARENTS, PARTS, is_silent

_INSTALL = """
CREATE SCHEMA trace;
CREATE TABLE trace.change (
    number bigint GENERATED ALWAYS AS IDENTITY, transaction_id xid8, table_name text, old jsonb, new jsonb
);
CREATE TABLE trace.birth (transaction_id xid8, id uuid);
CREATE FUNCTION trace.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO trace.birth (transaction_id, id) VALUES (event_transaction(), NEW.id);
        RETURN NULL;
    END IF;
    INSERT INTO trace.change (transaction_id, table_name, old, new)
    VALUES (event_transaction(), TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
    RETURN NULL;
END $$;
"""

_TABLES = """
SELECT relname FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND relname NOT IN ('event', 'audit_seal', 'audit_check') AND EXISTS (
    SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'id' AND atttypid = 'uuid'::regtype
) ORDER BY 1
"""

_CHANGES = """
SELECT transaction_id::text, table_name, old, new FROM trace.change WHERE number > $1
AND EXISTS (SELECT 1 FROM event WHERE event.transaction_id = change.transaction_id)
AND NOT EXISTS (
    SELECT 1 FROM trace.birth
    WHERE birth.transaction_id = change.transaction_id AND birth.id = CAST(new ->> 'id' AS uuid)
) ORDER BY number
"""

_EVENTS = """
SELECT transaction_id::text, kind, subject_id::text, data FROM event
WHERE transaction_id >= $1::text::xid8 ORDER BY transaction_id, sequence
"""


@dataclass
class Said:
    """One event of a transaction."""

    kind: str
    subject: str
    data: dict[str, Any]

    def pair(self, name: str) -> tuple[Any, Any] | None:
        found = self.data.get(name)
        return (found["old"], found["new"]) if isinstance(found, dict) and found.keys() == {"old", "new"} else None

    @property
    def pairs(self) -> list[str]:
        return [name for name in self.data if self.pair(name)]


@dataclass
class Trace:
    """Reads what was done since it was last asked."""

    connection: "asyncpg.Connection[asyncpg.Record]"
    number: int = 0
    began: str = "0"
    events: dict[str, list[Said]] = field(default_factory=dict)

    @property
    def told(self) -> list[Said]:
        """The events that `silent` has read."""
        return [said for each in self.events.values() for said in each]

    @classmethod
    async def install(cls, owner: str) -> "Trace":
        connection = await asyncpg.connect(owner)
        await connection.execute(_INSTALL)
        for row in await connection.fetch(_TABLES):
            await connection.execute(
                f'CREATE TRIGGER trace AFTER INSERT OR UPDATE ON "{row["relname"]}" '
                "FOR EACH ROW EXECUTE FUNCTION trace.note()"
            )
        return cls(connection)

    async def begin(self) -> None:
        """What was done up to now is no matter."""
        row = await self.connection.fetchrow(
            "SELECT coalesce(max(number), 0) AS number, event_horizon()::text AS began FROM trace.change"
        )
        assert row is not None
        self.number, self.began = row["number"], row["began"]

    async def silent(self) -> list[str]:
        """Every change since the beginning that no event of its transaction tells, as `table.column (kinds)`."""
        self.events = defaultdict(list)
        for row in await self.connection.fetch(_EVENTS, self.began):
            said = Said(row["kind"], row["subject_id"], json.loads(row["data"]))
            self.events[row["transaction_id"]].append(said)
        rows: dict[tuple[str, str, str], list[tuple[dict[str, Any], dict[str, Any]]]] = defaultdict(list)
        for row in await self.connection.fetch(_CHANGES, self.number):
            if row["table_name"] not in PARTS:
                old, new = json.loads(row["old"]), json.loads(row["new"])
                rows[row["transaction_id"], row["table_name"], new["id"]].append((old, new))
        found = []
        for (transaction, table, key), steps in rows.items():
            subjects = {key, str(steps[-1][1].get(PARENTS.get(table, "id")))}
            if key not in {said.subject for said in self.events[transaction]} and any(
                said.kind in CARRIED for said in self.events[transaction]
            ):
                continue
            about = [said for said in self.events[transaction] if said.subject in subjects]
            kinds = ", ".join(sorted({said.kind for said in about or self.events[transaction]}))
            found += [f"{table}.{name} ({kinds})" for name in silent_columns(table, steps, about)]
        return sorted(set(found))


def silent_columns(
    table: str, steps: Sequence[tuple[dict[str, Any], dict[str, Any]]], about: Sequence[Said]
) -> list[str]:
    """The columns of one row whose way from value to value the events about it do not tell."""
    return [
        name
        for name in steps[0][0]
        if not is_silent(table, name)
        and any(old[name] != new[name] for old, new in steps)
        and not _told(f"{table}.{name}", [(old[name], new[name]) for old, new in steps], about)
    ]


def _told(column: str, steps: Sequence[tuple[Any, Any]], about: Sequence[Said]) -> bool:
    pairs = [pair for said in about if (pair := said.pair(column.partition(".")[2]))]
    if not pairs or column in HIDDEN:
        return bool(pairs)
    # One verb may write a row twice; from event to event nothing may be left out.
    ends = (pairs[0][0] == plain(steps[0][0]), pairs[-1][1] == plain(steps[-1][1]))
    return all(ends) and all(one[1] == next_[0] for one, next_ in itertools.pairwise(pairs))


def plain(value: Any) -> Any:
    """A value of PostgreSQL's JSON as events write it: a moment to the microsecond, a number in a text with stars."""
    if isinstance(value, str) and len(value) > 18 and value[10:11] == "T":
        return datetime.fromisoformat(value).isoformat()
    return mask_within(value)
