"""What imports look like to those who ask."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from backend.api import examples
from backend.api.language import say
from backend.api.shapes import Answer, Body, Why
from backend.db.base import Json
from backend.db.ledger import ImportState, RowAction


class ProgressOut(Answer):
    """How far the work is; both numbers count rows, of the file and, in a commit, of the records."""

    done: int
    total: int


class CountsOut(Answer):
    """Data rows of the file.  Before the commit `created`, `updated` and `unchanged` say what it would do."""

    total: int
    acceptable: int
    refused: int
    created: int
    updated: int
    unchanged: int


class RefusedCell(Answer):
    """Why a row is not taken: `row` counts from 1 as the sheet shows it, `column` is the title as the sheet has it."""

    sheet: str
    row: int
    column: str | None
    code: str
    message: str


class ImportOut(Answer):
    """One workbook that was brought in.  `refused` holds the first 10,000 reasons; in a list of imports it is empty."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "id": "019a2048-ac42-7cb1-a666-e47c24805b2d",
                "ledger": "member",
                "file_name": "党员花名册.xlsx",
                "state": "checked",
                "progress": {"done": 1200, "total": 1200},
                "rows": {
                    "total": 1200,
                    "acceptable": 1199,
                    "refused": 1,
                    "created": 1199,
                    "updated": 0,
                    "unchanged": 0,
                },
                "refused": [
                    {
                        "sheet": "党员花名册",
                        "row": 96,
                        "column": "公民身份号码",
                        "code": "id_number_checksum",
                        "message": "公民身份号码校验位不正确，请核对是否抄错",
                    }
                ],
                "created_at": "2026-07-01T01:00:00Z",
                "committed_at": None,
                "undo_until": None,
                "error": None,
            }
        },
    )

    id: UUID
    ledger: str
    file_name: str
    state: ImportState
    progress: ProgressOut
    rows: CountsOut
    refused: list[RefusedCell]
    created_at: datetime
    committed_at: datetime | None
    undo_until: datetime | None
    error: str | None


class ImportPage(Answer):
    items: list[ImportOut]
    next_cursor: str | None


class PreviewColumn(Answer):
    """A column that the ledger knows, with the title that the sheet gives it."""

    key: str
    title: str


class CellError(Answer):
    code: str
    message: str


class PreviewRow(Answer):
    """One row of the file: its cells and what is wrong with them, by title; personal numbers are masked."""

    sheet: str
    row: int
    action: RowAction
    cells: dict[str, str]
    errors: dict[str, CellError]


class PreviewPage(Answer):
    columns: list[PreviewColumn]
    items: list[PreviewRow]
    next_cursor: str | None


def shown_import(run: Any, refused: Sequence[tuple[str, int, list[Json]]], language: str) -> ImportOut:
    """An import as it is answered; `run` has the columns of the table."""
    return ImportOut(
        id=run.id,
        ledger=run.ledger,
        file_name=run.file_name,
        state=run.state,
        progress=ProgressOut(done=run.done, total=run.total),
        rows=CountsOut(
            total=run.row_count,
            acceptable=run.row_count - run.refused,
            refused=run.refused,
            created=run.created,
            updated=run.updated,
            unchanged=run.unchanged,
        ),
        refused=[
            RefusedCell(
                sheet=sheet,
                row=row,
                column=error["column"] or None,
                code=error["code"],
                message=said(error, language),
            )
            for sheet, row, errors in refused
            for error in errors
        ],
        created_at=run.created_at,
        committed_at=run.committed_at,
        undo_until=run.undo_until,
        error=say(run.error, run.error_params, language) if run.error else None,
    )


def shown_row(item: Mapping[str, Any], language: str) -> PreviewRow:
    """A stored row as it is answered."""
    errors = {error["column"]: {"code": error["code"], "message": said(error, language)} for error in item["errors"]}
    return PreviewRow.model_validate({**item, "errors": errors})


def said(error: Mapping[str, Any], language: str) -> str:
    return say(error["code"], error["params"], language)


class ClearExport(Body):
    """Which organisation's records (and those below it) are needed in clear, and what for."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"organization_id": examples.BRANCH, "reason": "上级核对党员信息"}}
    )

    organization_id: UUID | None = None
    reason: Annotated[Why, Field(max_length=200)]
