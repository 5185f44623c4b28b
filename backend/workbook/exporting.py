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
from backend.db.ledger import LedgerImport
from backend.db.organization import Organization, Reach, organization_in
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, Forbidden, NotFound, invalid
from backend.domain.event import record
from backend.domain.identity import mask_persons
from backend.domain.ledger.adapter import Adapter, Asked
from backend.domain.ledger.adapters import ADAPTERS
from backend.domain.ledger.scope import topmost
from backend.workbook.export import write_export
from backend.workbook.ledger import SMALL_ROWS
from backend.workbook.ledgers import LEDGERS
from backend.workbook.result import Remark, write_result
from backend.workbook.template import write_template
from backend.workbook.watermark import Watermark


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
    session: Session,
    actor: Actor,
    moment: Moment,
    address: str,
    ledger: str,
    organization_id: UUID | None,
    filters: Mapping[str, Any] | None = None,
) -> Download:
    """The records of a ledger at and below an organisation, masked, as a workbook; without one, all within reach of
    the uppermost.  `address` is the database for the process that writes a large one; `filters` narrow it.

    Raises Invalid for a filter that the ledger does not have, NotFound for a ledger or organisation that there is not,
    Forbidden for one that may be seen but not exported.
    """
    adapter, organization = await _asked_for(session, actor, ledger, organization_id)
    reach = actor.reach_of_both("ledger:export", adapter.read_permission)
    asked = Asked(organization.path, moment.now, filters or {})
    if stray := sorted(asked.filters.keys() - adapter.filters):
        raise invalid(f"/{stray[0]}", "filter_of_another_ledger")
    title = LEDGERS[ledger].title
    heading = _Heading(f"{organization.name}{title}", f"导出日期：{day_of(moment.now).isoformat()}")
    found = await _records(session, ledger, reach, asked, SMALL_ROWS + 1)
    if len(found) <= SMALL_ROWS:
        content = await asyncio.to_thread(_written, ledger, found, heading)
    else:
        content = await apart(_export, address, ledger, reach, asked, heading)
    record(
        session,
        actor,
        moment,
        "ledger.exported",
        county_id=organization.county_id,
        organization_id=organization.id,
        subject_id=organization.id,
        data={
            "ledger": ledger,
            "organization": organization.name,
            "count": await _count(session, ledger, reach, asked) if len(found) > SMALL_ROWS else len(found),
            **({"filters": _told(adapter, filters)} if filters else {}),
        },
    )
    return Download(f"{heading.title}.xlsx", content)


def _told(adapter: Adapter, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters as an event carries them: what somebody typed may be anybody's name, so only that it was asked."""
    shown = {name: value if isinstance(value, bool) else str(value) for name, value in filters.items()}
    return {name: value if adapter.filters[name] else "*" for name, value in shown.items()}


async def export_in_clear(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    ledger: str,
    organization_id: UUID | None,
    reason: str,
) -> Download:
    """The same with personal numbers in clear, for a reason: every page and every row says who took it, when and why,
    and so does the event, with the number of rows.

    Raises what `export_ledger` raises, Forbidden where the numbers may not be shown, and Conflict `export_too_many` for
    more rows than anybody needs in clear at once.
    """
    adapter, organization = await _asked_for(session, actor, ledger, organization_id)
    if adapter.clear_permission is None:
        raise NotFound("not_found")
    if not actor.may(adapter.clear_permission, organization.path):
        raise Forbidden("not_yours_to_unmask")
    asked = Asked(organization.path, moment.now, {})
    found = await _records(session, ledger, actor.reach(adapter.clear_permission), asked, SMALL_ROWS + 1)
    if len(found) > SMALL_ROWS:
        raise Conflict("export_too_many", limit=SMALL_ROWS)
    clear = await adapter.in_clear(session, cipher, [each["id"] for each in found])
    opened = [{**each, **clear.get(each["id"], {})} for each in found]
    event = record(
        session,
        actor,
        moment,
        "ledger.exported_in_clear",
        county_id=organization.county_id,
        organization_id=organization.id,
        subject_id=organization.id,
        data={
            "ledger": ledger,
            "organization": organization.name,
            "count": len(opened),
            "fields": sorted(_fields(clear)),
        },
        reason=reason,
    )
    title = LEDGERS[ledger].title
    heading = _Heading(f"{organization.name}{title}", f"导出日期：{day_of(moment.now).isoformat()}")
    watermark = Watermark(actor.name, actor.username, moment.now, mask_persons(reason), event.id)
    content = await asyncio.to_thread(_written, ledger, opened, heading, watermark)
    return Download(f"{heading.title}（未遮盖）.xlsx", content)


def _fields(clear: Mapping[UUID, Mapping[str, Any]]) -> set[str]:
    return {field for each in clear.values() for field in each}


async def _asked_for(
    session: Session, actor: Actor, ledger: str, organization_id: UUID | None
) -> tuple[Adapter, Organization]:
    adapter = ADAPTERS.get(ledger)
    if organization_id is None:
        may = adapter.read_permission if adapter else "ledger:export"
        organization = await topmost(session, actor.reach_of_both("ledger:export", may))
        if organization is None and actor.reach("ledger:export"):
            raise Forbidden("not_yours_to_change")
    else:
        organization = await organization_in(session, actor.reach("organization:read"), organization_id)
    if adapter is None or organization is None:
        raise NotFound("not_found")
    # What leaves with a file is what the list would show.
    if not all(actor.may(one, organization.path) for one in ("ledger:export", adapter.read_permission)):
        raise Forbidden("not_yours_to_change")
    return adapter, organization


async def _count(session: Session, ledger: str, reach: Reach, asked: Asked) -> int:
    return sum([1 async for _ in ADAPTERS[ledger].records(session, reach, asked)])


async def result(
    session: Session,
    actor: Actor,
    moment: Moment,
    run: LedgerImport,
    data: bytes,
    remarks: Mapping[tuple[str, int], Sequence[Remark]],
) -> Download:
    """The uploaded workbook with its rows in order and the reasons of refusal beside them.

    It holds the numbers as they were uploaded, so its pages bear who took it and when, and it is an event.
    """
    event = record(
        session,
        actor,
        moment,
        "ledger.result_taken",
        county_id=run.county_id,
        organization_id=run.organization_id,
        subject_id=run.id,
        data={"ledger": run.ledger, "count": run.row_count},
    )
    watermark = Watermark(actor.name, actor.username, moment.now, "修改后重新导入", event.id)
    beside = asyncio.to_thread if run.row_count <= SMALL_ROWS else apart
    content = await beside(_result, run.ledger, data, remarks, watermark)
    return Download(f"{run.file_name.rpartition('.')[0] or run.file_name}-结果.xlsx", content)


def _result(
    ledger: str, data: bytes, remarks: Mapping[tuple[str, int], Sequence[Remark]], watermark: Watermark
) -> bytes:
    target = io.BytesIO()
    write_result(data, LEDGERS[ledger], remarks, target, watermark=watermark)
    return target.getvalue()


async def _records(
    session: Session, ledger: str, reach: Reach, asked: Asked, limit: int | None = None
) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    async for each in ADAPTERS[ledger].records(session, reach, asked):
        found.append(each)
        if len(found) == limit:
            break
    return found


def _written(
    ledger: str, records: Iterable[Mapping[str, Any]], heading: _Heading, watermark: Watermark | None = None
) -> bytes:
    target = io.BytesIO()
    write_export(LEDGERS[ledger], records, target, title=heading.title, subtitle=heading.subtitle, watermark=watermark)
    return target.getvalue()


def _export(address: str, ledger: str, reach: Reach, asked: Asked, heading: _Heading) -> bytes:
    """In a process of its own: read the records again and write them."""

    async def read() -> list[Mapping[str, Any]]:
        database = open_database(address, pool_size=1)
        try:
            async with database.transaction() as session:
                return await _records(session, ledger, reach, asked)
        finally:
            await database.close()

    return _written(ledger, asyncio.run(read()), heading)
