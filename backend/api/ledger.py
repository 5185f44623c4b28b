"""Ledgers as workbooks: bringing them in (checked first, then committed, undone for a day) and taking them out."""

import asyncio
import hashlib
from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response, UploadFile
from sqlmodel import col

from backend.api import examples
from backend.api.deps import (
    CipherDep,
    DatabaseDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SessionDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.ledger_shapes import ClearExport, ImportOut, ImportPage, PreviewPage, said, shown_import, shown_row
from backend.api.rectification_filter import RectificationQuery, given_filters
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.db.base import Session
from backend.db.ledger import (
    ImportState,
    LedgerImport,
    LedgerImportRow,
    RowAction,
    import_in,
    imports_in,
    refused_rows,
    rows_of,
)
from backend.db.read import Order, page_of
from backend.domain.access import Actor
from backend.domain.errors import Forbidden, NotFound, invalid
from backend.domain.ledger.undo import undo_ledger
from backend.domain.ledger.upload import keep_upload, kept_upload
from backend.domain.ledger.work import Deed, begin_commit, leave_to_worker, receive_ledger
from backend.workbook.archive import Limits
from backend.workbook.exporting import Download, export_in_clear, export_ledger, result, template
from backend.workbook.importing import SMALL, is_small, work_on
from backend.workbook.ledgers import LEDGERS

router = APIRouter(tags=["ledger"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("ledger:read")]
Importer = Annotated[Actor, needs("ledger:import")]
Exporter = Annotated[Actor, needs("ledger:export")]
Unmasker = Annotated[Actor, needs("member:unmask")]
ClearKey = Annotated[str, Path(examples=["member"])]
LedgerKey = Annotated[str, Path(examples=["member"], json_schema_extra={"enum": sorted(LEDGERS)})]
ExportKey = Annotated[str, Path(examples=["rectification"], json_schema_extra={"enum": sorted(LEDGERS)})]
ImportId = Annotated[UUID, Path(description="The id of an import.", examples=[examples.CHECKED_IMPORT])]
CommittedId = Annotated[UUID, Path(description="The id of an import.", examples=[examples.COMMITTED_IMPORT])]

Responses = dict[int | str, dict[str, Any]]
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AS_SHEET: Responses = {200: {"content": {_SHEET: {"schema": {"type": "string", "format": "binary"}}}}}
_AS_JOB: Responses = {202: {"model": ImportOut, "description": "Too large for a request: a job goes on with it"}}
_LISTED_REASONS = 10_000


async def _nobody_waits(done: int, total: int) -> None:
    """What is done within a request has no progress that anybody could see."""


async def _answer(session: Session, id: UUID, language: str) -> ImportOut:
    run = await session.get_one(LedgerImport, id, populate_existing=True)
    return shown_import(run, await refused_rows(session, id, _LISTED_REASONS), language)


def _download(file: Download) -> Response:
    return Response(
        file.content,
        media_type=_SHEET,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )


@router.post("/imports", status_code=201, response_model=ImportOut, responses=refusals(403, 404, 413) | _AS_JOB)
async def upload(
    request: Request,
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    language: LanguageDep,
    file: UploadFile,
    actor: Importer,
    ledger: Annotated[str, Query(examples=["member"], json_schema_extra={"enum": sorted(LEDGERS)})],
    dry_run: Annotated[bool, Query(description="Only check; false commits the acceptable rows at once.")] = True,
    organization_id: Annotated[
        UUID | None,
        Query(
            examples=[examples.TOWNSHIP],
            description="Whose county the file is about; needed only when its names do not tell.",
        ),
    ] = None,
) -> ImportOut:
    """Check a workbook (.xlsx, .xls or CSV, by content): every row with what would become of it and what is wrong.

    Nothing but the import itself is changed by a check.  Larger files (more than 2000 rows, 150 of the ledger of
    problems) are answered with 202 and worked on by a job; look at the import again for its progress.
    """
    if ledger not in LEDGERS:
        raise invalid("/ledger", "field_enum", expected="、".join(sorted(LEDGERS)))
    data = await file.read(Limits().file_bytes + 1)
    small = await is_small(data, ledger)
    run = await receive_ledger(
        session,
        actor,
        moment,
        ledger=ledger,
        organization_id=organization_id,
        file_name=file.filename,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        commits_at_once=not dry_run,
    )
    deed: Deed = "check" if dry_run else "commit"
    if small:
        await work_on(session, actor, moment, cipher, run, data, deed, _nobody_waits)
    else:
        run.state = ImportState.checking if dry_run else ImportState.committing
        await leave_to_worker(session, actor, run, deed)
        response.status_code = 202
    # Rows and event first: what cannot be recorded leaves no file either.
    await session.flush()
    await asyncio.to_thread(keep_upload, request.app.state.settings.imports, cipher, run.id, data)
    return await _answer(session, run.id, language)


@router.get("/imports", response_model=ImportPage, responses=refusals(403))
async def list_(database: DatabaseDep, paging: PagingDep, language: LanguageDep, actor: Reader) -> Response:
    """Imports, the newest first, without the reasons for refusals."""
    question = imports_in(actor.reach("ledger:read"), actor.account_id)
    order = [Order(col(LedgerImport.created_at), descending=True), Order(col(LedgerImport.id), descending=True)]
    async with database.reader() as reader:
        page = orjson.loads(await page_of(reader, question, order, paging))
    items = [shown_import(SimpleNamespace(**item), (), language).model_dump() for item in page["items"]]
    return json_bytes(orjson.dumps({**page, "items": items}))


@router.get("/imports/{id}", response_model=ImportOut, responses=refusals(403, 404))
async def get(session: SessionDep, language: LanguageDep, id: ImportId, actor: Reader) -> ImportOut:
    """One import with its progress, and why rows are refused."""
    await _found(session, actor, "ledger:read", id)
    return await _answer(session, id, language)


async def _found(session: Session, actor: Actor, permission: str, id: UUID) -> LedgerImport:
    run = await import_in(session, actor.reach(permission), actor.account_id, id)
    if run is None:
        raise NotFound("not_found")
    return run


@router.get("/imports/{id}/preview", response_model=PreviewPage, responses=refusals(403, 404))
async def preview(
    session: SessionDep,
    database: DatabaseDep,
    paging: PagingDep,
    language: LanguageDep,
    id: ImportId,
    actor: Reader,
    action: Annotated[RowAction | None, Query(description="Only the rows with which this is or would be done.")] = None,
) -> Response:
    """The rows of the file in their order, with personal numbers masked."""
    run = await _found(session, actor, "ledger:read", id)
    async with database.reader() as reader:
        page = orjson.loads(await page_of(reader, rows_of(id, action), [Order(col(LedgerImportRow.ordinal))], paging))
    items = [shown_row(item, language).model_dump() for item in page["items"]]
    return json_bytes(orjson.dumps({"columns": run.columns, "items": items, "next_cursor": page["next_cursor"]}))


@router.post(
    "/imports/{id}/commit", status_code=201, response_model=ImportOut, responses=refusals(403, 404, 409) | _AS_JOB
)
async def commit(
    request: Request,
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    language: LanguageDep,
    id: ImportId,
    actor: Importer,
) -> ImportOut:
    """Bring the acceptable rows in, all of them or none; they are judged again by what is on record now."""
    run = await begin_commit(session, actor, moment, id)
    if run.row_count <= LEDGERS[run.ledger].small_rows and run.size <= SMALL.file_bytes:
        data = await asyncio.to_thread(kept_upload, request.app.state.settings.imports, cipher, id)
        await work_on(session, actor, moment, cipher, run, data, "commit", _nobody_waits)
    else:
        await leave_to_worker(session, actor, run, "commit")
        response.status_code = 202
    return await _answer(session, id, language)


@router.post("/imports/{id}/undo", status_code=201, response_model=ImportOut, responses=refusals(403, 404, 409))
async def undo(
    request: Request,
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    language: LanguageDep,
    id: CommittedId,
    actor: Importer,
) -> ImportOut:
    """Take an import back within 24 hours, unless its records have been used since (the refusal names the rows)."""
    await undo_ledger(session, actor, moment, cipher, request.app.state.settings.imports, id)
    return await _answer(session, id, language)


@router.get("/imports/{id}/result.xlsx", response_class=Response, responses=refusals(403, 404, 409) | _AS_SHEET)
async def result_(
    request: Request,
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    language: LanguageDep,
    id: ImportId,
    actor: Importer,
) -> Response:
    """The uploaded workbook with a column that says what is wrong, to be put right and uploaded again.

    It holds personal numbers as they were uploaded, so only the uploader gets it, its pages bear who took it, and that
    is an event.
    """
    run = await _found(session, actor, "ledger:import", id)
    if run.created_by != actor.account_id:
        raise Forbidden("result_for_uploader")
    data = await asyncio.to_thread(kept_upload, request.app.state.settings.imports, cipher, id)
    remarks = {
        (sheet, row): [(error["column"], said(error, language)) for error in errors]
        for sheet, row, errors in await refused_rows(session, id)
    }
    return _download(await result(session, actor, moment, run, data, remarks))


@router.get("/templates/{ledger}.xlsx", response_class=Response, responses=refusals(403, 404) | _AS_SHEET)
async def template_(ledger: LedgerKey, actor: Reader) -> Response:
    """An empty workbook to fill in, with a sample row, choices and instructions."""
    return _download(await asyncio.to_thread(template, ledger))


@router.post(
    "/exports/{ledger}/in-clear",
    response_class=Response,
    responses=refusals(403, 404, 409) | _AS_SHEET,
    openapi_extra=NOT_KEPT,
)
async def export_clear(
    session: SessionDep, moment: MomentDep, cipher: CipherDep, ledger: ClearKey, body: ClearExport, actor: Unmasker
) -> Response:
    """The records with personal numbers in clear, at most 2000, for a reason: every page and row bears who took it,
    when and why, those concerned can see it, and the export is an event with the number of rows."""
    file = await export_in_clear(session, actor, moment, cipher, ledger, body.organization_id, body.reason)
    return _download(file)


@router.get("/exports/{ledger}.xlsx", response_class=Response, responses=refusals(403, 404) | _AS_SHEET)
async def export(
    session: SessionDep,
    database: DatabaseDep,
    moment: MomentDep,
    ledger: ExportKey,
    actor: Exporter,
    problems: Annotated[RectificationQuery, Depends()],
    organization_id: Annotated[
        UUID | None, Query(examples=[examples.TOWNSHIP], description="This organisation and everything below it.")
    ] = None,
) -> Response:
    """The records as the ledger that clerks know, with personal numbers masked; the export is an event. The ledger of
    problems is narrowed as its list is; other ledgers refuse these filters."""
    address = database.engine.url.render_as_string(hide_password=False)
    filters = given_filters(problems)
    return _download(await export_ledger(session, actor, moment, address, ledger, organization_id, filters))
