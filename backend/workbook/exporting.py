"""Ledgers as workbooks that leave the house: exports of live records, and results of imports."""

import asyncio
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from backend.apart import apart
from backend.db.base import Session
from backend.db.engine import open_database
from backend.db.organization import Reach, organization_in
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Forbidden, NotFound
from backend.domain.event import record
from backend.domain.ledger.adapters import ADAPTERS
from backend.domain.ledger.scope import topmost
from backend.workbook.export import write_export
from backend.workbook.importing import SMALL_ROWS
from backend.workbook.ledgers import LEDGERS
from backend.workbook.result import Remark, write_result
from backend.workbook.template import write_template


class Download(NamedTuple):
    """A file and the name that it is offered under."""

    name: str
    content: bytes


class _Heading(NamedTuple):
    title: str
    subtitle: str


@cache
def template(ledger: str) -> Download:
    """The template of a ledger; raises NotFound."""
    if ledger not in LEDGERS:
        raise NotFound("not_found")
    return Download(f"{LEDGERS[ledger].title}模板.xlsx", write_template(LEDGERS[ledger]))


async def export_ledger(
    session: Session, actor: Actor, moment: Moment, address: str, ledger: str, organization_id: UUID | None
) -> Download:
    """The records of a ledger at and below an organisation, masked, as a workbook; without one, all within reach of
    the uppermost.  `address` is the database for the process that writes a large one.

    Raises NotFound for a ledger or organisation that there is not, Forbidden for one that may be seen but not exported.
    """
    adapter = ADAPTERS.get(ledger)
    reach = actor.reach("ledger:export")
    if organization_id is None:
        organization = await topmost(session, reach)
    else:
        organization = await organization_in(session, actor.reach("organization:read"), organization_id)
    if adapter is None or organization is None:
        raise NotFound("not_found")
    if not actor.may("ledger:export", organization.path):
        raise Forbidden("not_yours_to_change")
    title = LEDGERS[ledger].title
    heading = _Heading(f"{organization.name}{title}", f"导出日期：{day_of(moment.now).isoformat()}")
    found = await _records(session, ledger, reach, organization.path, SMALL_ROWS + 1)
    if len(found) <= SMALL_ROWS:
        content = await asyncio.to_thread(_written, ledger, found, heading)
    else:
        content = await apart(_export, address, ledger, reach, organization.path, heading)
    record(
        session,
        actor,
        moment,
        "ledger.exported",
        county_id=organization.county_id,
        organization_id=organization.id,
        subject_id=organization.id,
        data={"ledger": ledger, "organization": organization.name},
    )
    return Download(f"{heading.title}.xlsx", content)


async def result(
    ledger: str, file_name: str, data: bytes, remarks: Mapping[tuple[str, int], Sequence[Remark]], rows: int
) -> Download:
    """The uploaded workbook with its rows in order and the reasons of refusal beside them."""
    beside = asyncio.to_thread if rows <= SMALL_ROWS else apart
    content = await beside(_result, ledger, data, remarks)
    return Download(f"{file_name.rpartition('.')[0] or file_name}-结果.xlsx", content)


def _result(ledger: str, data: bytes, remarks: Mapping[tuple[str, int], Sequence[Remark]]) -> bytes:
    target = io.BytesIO()
    write_result(data, LEDGERS[ledger], remarks, target)
    return target.getvalue()


async def _records(
    session: Session, ledger: str, reach: Reach, path: str, limit: int | None = None
) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    async for each in ADAPTERS[ledger].records(session, reach, path):
        found.append(each)
        if len(found) == limit:
            break
    return found


def _written(ledger: str, records: Iterable[Mapping[str, Any]], heading: _Heading) -> bytes:
    target = io.BytesIO()
    write_export(LEDGERS[ledger], records, target, title=heading.title, subtitle=heading.subtitle)
    return target.getvalue()


def _export(address: str, ledger: str, reach: Reach, path: str, heading: _Heading) -> bytes:
    """In a process of its own: read the records again and write them."""

    async def read() -> list[Mapping[str, Any]]:
        database = open_database(address, pool_size=1)
        try:
            async with database.transaction() as session:
                return await _records(session, ledger, reach, path)
        finally:
            await database.close()

    return _written(ledger, asyncio.run(read()), heading)
