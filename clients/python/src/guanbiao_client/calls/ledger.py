"""Calls about ledger; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, File, PageCall, key, segment


def export(
    *,
    ledger: Literal["member", "organization", "rectification"],
    organization_id: UUID | str | None = None,
    q: str | None = None,
    source: models.RectificationSource | None = None,
    category: models.Category | None = None,
    severity: models.Severity | None = None,
    status: models.RectificationStatus | None = None,
    step: str | None = None,
    light: Literal["green", "yellow", "red", "blue", "grey"] | None = None,
    deadline_kind: models.DeadlineKind | None = None,
    registered_at_id: UUID | str | None = None,
    responsible_unit_id: UUID | str | None = None,
    source_document: str | None = None,
    source_clause: str | None = None,
    measures: str | None = None,
    result: str | None = None,
    remark: str | None = None,
    due_from: dt.date | str | None = None,
    due_to: dt.date | str | None = None,
    original_due_from: dt.date | str | None = None,
    original_due_to: dt.date | str | None = None,
    registered_from: dt.date | str | None = None,
    registered_to: dt.date | str | None = None,
    closed_from: dt.date | str | None = None,
    closed_to: dt.date | str | None = None,
    overdue: bool | None = None,
    supervised: bool | None = None,
    affects_people: bool | None = None,
    has_extension: bool | None = None,
    systemic: bool | None = None,
    relapsed: bool | None = None,
    relook: bool | None = None,
    responsible_person: str | None = None,
    responsible_leader: str | None = None,
) -> Call[bytes]:
    """The records as the ledger that clerks know, with personal numbers masked; the export is an event. The ledger of
    problems is narrowed as its list is; other ledgers refuse these filters.
    """
    return Call(
        operation="ledger_export",
        method="GET",
        path=f"/api/v1/exports/{segment(ledger)}.xlsx",
        reads="bytes",
        query={
            "organization_id": organization_id,
            "q": q,
            "source": source,
            "category": category,
            "severity": severity,
            "status": status,
            "step": step,
            "light": light,
            "deadline_kind": deadline_kind,
            "registered_at_id": registered_at_id,
            "responsible_unit_id": responsible_unit_id,
            "source_document": source_document,
            "source_clause": source_clause,
            "measures": measures,
            "result": result,
            "remark": remark,
            "due_from": due_from,
            "due_to": due_to,
            "original_due_from": original_due_from,
            "original_due_to": original_due_to,
            "registered_from": registered_from,
            "registered_to": registered_to,
            "closed_from": closed_from,
            "closed_to": closed_to,
            "overdue": overdue,
            "supervised": supervised,
            "affects_people": affects_people,
            "has_extension": has_extension,
            "systemic": systemic,
            "relapsed": relapsed,
            "relook": relook,
        },
        headers={"X-Responsible-Person": responsible_person, "X-Responsible-Leader": responsible_leader},
    )


def export_clear(*, ledger: str, body: models.ClearExport, idempotency_key: str | None = None) -> Call[bytes]:
    """The records with personal numbers in clear, at most 2000, for a reason: every page and row bears who took it,
    when and why, those concerned can see it, and the export is an event with the number of rows.
    """
    return Call(
        operation="ledger_export_clear",
        method="POST",
        path=f"/api/v1/exports/{segment(ledger)}/in-clear",
        reads="bytes",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def list_(*, limit: int | None = None, cursor: str | None = None) -> PageCall[models.ImportPage, models.ImportOut]:
    """Imports, the newest first, without the reasons for refusals."""
    return PageCall(
        operation="ledger_list", method="GET", path="/api/v1/imports", query={"limit": limit, "cursor": cursor}
    )


def upload(
    *,
    ledger: Literal["member", "organization", "rectification"],
    file: File,
    dry_run: bool | None = None,
    organization_id: UUID | str | None = None,
    idempotency_key: str | None = None,
) -> Call[models.ImportOut]:
    """Check a workbook (.xlsx, .xls or CSV, by content): every row with what would become of it and what is wrong.

    Nothing but the import itself is changed by a check.  Larger files (more than 2000 rows, 150 of the ledger of
    problems) are answered with 202 and worked on by a job; look at the import again for its progress.
    """
    return Call(
        operation="ledger_upload",
        method="POST",
        path="/api/v1/imports",
        repeatable=True,
        query={"ledger": ledger, "dry_run": dry_run, "organization_id": organization_id},
        headers={"idempotency-key": key(idempotency_key)},
        file=file,
    )


def get(*, id: UUID | str) -> Call[models.ImportOut]:
    """One import with its progress, and why rows are refused."""
    return Call(operation="ledger_get", method="GET", path=f"/api/v1/imports/{segment(id)}")


def commit(*, id: UUID | str, idempotency_key: str | None = None) -> Call[models.ImportOut]:
    """Bring the acceptable rows in, all of them or none; they are judged again by what is on record now."""
    return Call(
        operation="ledger_commit",
        method="POST",
        path=f"/api/v1/imports/{segment(id)}/commit",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
    )


def preview(
    *, id: UUID | str, action: models.RowAction | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.PreviewPage, models.PreviewRow]:
    """The rows of the file in their order, with personal numbers masked."""
    return PageCall(
        operation="ledger_preview",
        method="GET",
        path=f"/api/v1/imports/{segment(id)}/preview",
        query={"action": action, "limit": limit, "cursor": cursor},
    )


def result(*, id: UUID | str) -> Call[bytes]:
    """The uploaded workbook with a column that says what is wrong, to be put right and uploaded again.

    It holds personal numbers as they were uploaded, so only the uploader gets it, its pages bear who took it, and that
    is an event.
    """
    return Call(
        operation="ledger_result", method="GET", path=f"/api/v1/imports/{segment(id)}/result.xlsx", reads="bytes"
    )


def undo(*, id: UUID | str, idempotency_key: str | None = None) -> Call[models.ImportOut]:
    """Take an import back within 24 hours, unless its records have been used since (the refusal names the rows)."""
    return Call(
        operation="ledger_undo",
        method="POST",
        path=f"/api/v1/imports/{segment(id)}/undo",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
    )


def template(*, ledger: Literal["member", "organization", "rectification"]) -> Call[bytes]:
    """An empty workbook to fill in, with a sample row, choices and instructions."""
    return Call(
        operation="ledger_template", method="GET", path=f"/api/v1/templates/{segment(ledger)}.xlsx", reads="bytes"
    )
