"""Moulds: real items, taken along by the API's own requests, whose rows are cast again and again.

What the verbs wrote is read as PostgreSQL's COPY writes it.  Ids, numbers and moments are found in that text and become
places to fill, so that a copy differs from what a verb would have written in nothing but these.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg

from backend.domain.access import mark
from benchmarks.place import Place
from tests.api.rectifications import Walk
from tests.factories import County, make_county

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
# The database fills these itself.
_OWN_COLUMNS = {"event": {"transaction_id", "sequence"}}

GAPS = {"grams": "\0", "created_at": "\1"}
"""What stands where these columns of an item are filled in."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one table, as text to be filled by `%`."""

    table: str
    columns: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Mould:
    """`own` are the ids to be made anew with every cast; `at` is when it began.

    `counts` is what the verbs counted: (place, subject, status) -> count, where a place is "village" or "township".
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


QUESTIONS = {
    "rectification": "SELECT {} FROM rectification WHERE id = '{id}'",
    "procedure_run": "SELECT {} FROM procedure_run WHERE subject_id = '{id}'",
    "procedure_act": "SELECT {} FROM procedure_act"
    " WHERE run_id = (SELECT id FROM procedure_run WHERE subject_id = '{id}') ORDER BY sequence",
    "rectification_evidence": "SELECT {} FROM rectification_evidence WHERE rectification_id = '{id}'",
    "event": "SELECT {} FROM event WHERE subject_id = '{id}' ORDER BY sequence",
}
"""The rows of an item, in an order in which foreign keys allow them."""


async def cast_moulds(place: Place, steps: Iterable[str | None]) -> list[Mould]:
    """A mould for an item at each of these open steps; None: closed."""
    moulds = []
    connection = await asyncpg.connect(place.addresses.owner)
    async with place.app() as app:
        for step in steps:
            county = await make_county(app)
            walk = await Walk.start(county)
            await walk.pass_until(step)
            moulds.append(await _mould(connection, county, walk.item, step))
            await county.close()
            for client in walk.clients.values():
                await client.aclose()
    await connection.close()
    return moulds


async def _mould(connection: asyncpg.Connection, county: County, item: Mapping[str, Any], step: str | None) -> Mould:
    read = [
        await _sheet(connection, table, question.format("*", id=item["id"])) for table, question in QUESTIONS.items()
    ]
    own = {item["id"]: "id"}
    for table, name in (("procedure_run", "run"), ("procedure_act", "act"), ("event", "event")):
        question = QUESTIONS[table].format("id", id=item["id"])
        for number, row in enumerate(await connection.fetch(question)):
            own[str(row["id"])] = f"{name}{number}"
    question = QUESTIONS["rectification_evidence"].format("id", id=item["id"])
    own |= {str(row["id"]): f"evidence{number}" for number, row in enumerate(await connection.fetch(question))}
    fills = {key: f"%({name})s" for key, name in own.items()} | _places(county)
    fills |= {item["number"]: "%(number)s", item["problem"]: "%(problem)s"}
    found = re.compile("|".join(map(re.escape, sorted(fills, key=len, reverse=True))))
    sheets = [
        Sheet(sheet.table, sheet.columns, found.sub(lambda hit: fills[hit[0]], sheet.text.replace("%", "%%")))
        for sheet in read
        if sheet.text
    ]
    counts: dict[tuple[str, str, str], int] = {}
    for place in ("township", "village"):
        tallies = await connection.fetch(
            "SELECT subject, status, count FROM organization_tally WHERE organization_id = $1 AND count <> 0",
            getattr(county, place).id,
        )
        counts |= {(place, row["subject"], row["status"]): row["count"] for row in tallies}
    at = datetime.fromisoformat(item["created_at"])
    return Mould(step, tuple(sheets), tuple(own.values()), counts, at, item["version"])


async def _sheet(connection: asyncpg.Connection, table: str, question: str) -> Sheet:
    names = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum",
        table,
    )
    columns = tuple(row["attname"] for row in names if row["attname"] not in _OWN_COLUMNS.get(table, ()))
    written = io.BytesIO()
    await connection.copy_from_query(question.replace("*", ", ".join(f'"{name}"' for name in columns)), output=written)
    return Sheet(table, columns, _with_gaps(table, columns, written.getvalue().decode()))


def _with_gaps(table: str, columns: Sequence[str], text: str) -> str:
    """An item's grams follow from its problem, and no two begin in the same second: these are filled in later."""
    if table != "rectification":
        return text
    fields = text.rstrip("\n").split("\t")
    for name, gap in GAPS.items():
        fields[columns.index(name)] = gap
    return "\t".join(fields) + "\n"


def _places(county: County) -> dict[str, str]:
    found = {}
    for name in ("county", "township", "village"):
        organization = getattr(county, name)
        found[str(organization.id)] = f"%({name})s"
        if name != "county":
            found[mark(organization.path)] = f"%({name}_mark)s"
    return found
