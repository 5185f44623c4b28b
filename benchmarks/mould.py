"""Moulds: real records, taken along by the API's own requests, whose rows are cast again and again.

What the verbs wrote is read as PostgreSQL's COPY writes it.  Ids, numbers and moments are found in that text and become
places to fill, so that a copy differs from what a verb would have written in nothing but these.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from backend.domain.access import mark
from benchmarks.place import Place
from tests.api.feedbacks import CONTENT, Case, ok
from tests.api.rectifications import Walk
from tests.factories import County, make_county

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
PLACES = ("township", "office", "village")
"""The organisations of a mould in whose stead others stand, below a county."""

# The database fills these itself.
_OWN_COLUMNS = {"event": {"transaction_id", "sequence"}}

GAPS: dict[str, dict[str, str]] = {
    "rectification": {"grams": "\0", "created_at": "\1"},
    "feedback_card": {"grams": "\0", "submission_hash": "\1", "code_hash": "\2"},
}
"""What stands where these columns of a record are filled in: its grams follow from its text, no two items begin in the
same second, and no two senders are the same."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one table, as text to be filled by `%`."""

    table: str
    columns: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Mould:
    """`own` are the ids to be made anew with every cast; `at` is when it began.

    `counts` is what the verbs counted: (place, subject, status) -> count, where a place is one of PLACES.
    """

    step: str | None
    sheets: tuple[Sheet, ...]
    own: tuple[str, ...]
    counts: Mapping[tuple[str, str, str], int]
    at: datetime
    version: int

    def moved(self, days: int) -> "Mould":
        """The same, so many days earlier, once for all casts of that day."""

        def earlier(found: re.Match[str]) -> str:
            return (date.fromisoformat(found[0]) - timedelta(days)).isoformat()

        sheets = tuple(Sheet(one.table, one.columns, _DAY.sub(earlier, one.text)) for one in self.sheets)
        return Mould(self.step, sheets, self.own, self.counts, self.at - timedelta(days), self.version)


_ACTS = "WHERE run_id = (SELECT id FROM procedure_run WHERE subject_id = '{id}') ORDER BY sequence"
_RUN = {
    "procedure_run": "WHERE subject_id = '{id}'",
    "procedure_act": _ACTS,
    "event": "WHERE subject_id = '{id}' ORDER BY sequence",
}
ROWS = {
    "rectification": {
        "rectification": "WHERE id = '{id}'",
        **_RUN,
        "rectification_evidence": "WHERE rectification_id = '{id}'",
    },
    "feedback_card": {"feedback_card": "WHERE id = '{id}'", **_RUN},
}
"""The rows of a record, in an order in which foreign keys allow them."""


async def item_moulds(place: Place, steps: Iterable[str | None]) -> list[Mould]:
    """A mould for an item at each of these open steps; None: closed."""
    moulds = []
    connection = await asyncpg.connect(place.addresses.owner)
    async with place.app() as app:
        for step in steps:
            county = await make_county(app)
            walk = await Walk.start(county)
            await walk.pass_until(step)
            moulds.append(await _mould(connection, county, "rectification", walk.item, walk.item["problem"], step))
            await _close(county, *walk.clients.values())
    await connection.close()
    return moulds


async def card_moulds(place: Place) -> list[Mould]:
    """Moulds for a card that has just come, one that is being handled, and one that is answered and rated."""
    moulds = []
    connection = await asyncpg.connect(place.addresses.owner)
    async with place.app() as app:
        for moves in (0, 2, 5):
            county = await make_county(app)
            case = await Case.sent(county)
            if moves >= 2:
                await (await case.accepted()).signed_for()
            if moves >= 5:
                await (await case.handled()).approved()
                ok(await case.rate(5))
            seen = await case.get()
            moulds.append(await _mould(connection, county, "feedback_card", seen, CONTENT, case.step))
            await _close(county)
    await connection.close()
    return moulds


async def _close(county: County, *clients: httpx.AsyncClient) -> None:
    await county.close()
    for client in clients:
        await client.aclose()


async def _mould(
    connection: asyncpg.Connection, county: County, kind: str, record: Mapping[str, Any], text: str, step: str | None
) -> Mould:
    """The mould of one record, whose `text` and number are places to fill as its ids and its organisations are."""
    key = record["id"]
    sheets, own = [], {key: "id"}
    for table, where in ROWS[kind].items():
        found = where.format(id=key)
        if table != kind:
            keys = await connection.fetch(f"SELECT id FROM {table} {found}")  # noqa: S608 - our own tables
            own |= {str(row["id"]): f"{table}{number}" for number, row in enumerate(keys)}
        sheets.append(await _sheet(connection, table, found))
    fills = {key: f"%({name})s" for key, name in own.items()} | _places(county)
    fills |= {record["number"]: "%(number)s", text: "%(text)s"}
    places = re.compile("|".join(map(re.escape, sorted(fills, key=len, reverse=True))))
    filled = (
        Sheet(one.table, one.columns, places.sub(lambda hit: fills[hit[0]], one.text.replace("%", "%%")))
        for one in sheets
        if one.text
    )
    counts: dict[tuple[str, str, str], int] = {}
    for place in PLACES:
        tallies = await connection.fetch(
            "SELECT subject, status, count FROM organization_tally WHERE organization_id = $1 AND count <> 0",
            getattr(county, place).id,
        )
        counts |= {(place, row["subject"], row["status"]): row["count"] for row in tallies}
    began = await connection.fetchval("SELECT started_at FROM procedure_run WHERE subject_id = $1", UUID(key))
    return Mould(step, tuple(filled), tuple(own.values()), counts, began, record["version"])


async def _sheet(connection: asyncpg.Connection, table: str, where: str) -> Sheet:
    names = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum",
        table,
    )
    columns = tuple(row["attname"] for row in names if row["attname"] not in _OWN_COLUMNS.get(table, ()))
    written = io.BytesIO()
    wanted = ", ".join(f'"{name}"' for name in columns)
    await connection.copy_from_query(f"SELECT {wanted} FROM {table} {where}", output=written)  # noqa: S608 - constants
    text = written.getvalue().decode()
    if table in GAPS:
        fields = text.rstrip("\n").split("\t")
        for name, gap in GAPS[table].items():
            fields[columns.index(name)] = gap
        text = "\t".join(fields) + "\n"
    return Sheet(table, columns, text)


def _places(county: County) -> dict[str, str]:
    found = {str(county.county.id): "%(county)s"}
    for name in PLACES:
        organization = getattr(county, name)
        found |= {str(organization.id): f"%({name})s", mark(organization.path): f"%({name}_mark)s"}
    return found
