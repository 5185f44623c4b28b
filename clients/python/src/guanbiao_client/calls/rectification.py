"""Calls about rectification; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def list_(
    *,
    organization_id: UUID | str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
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
) -> PageCall[models.RectificationPage, models.RectificationRow]:
    """Items within reach, the newest first."""
    return PageCall(
        operation="rectification_list",
        method="GET",
        path="/api/v1/rectifications",
        query={
            "organization_id": organization_id,
            "limit": limit,
            "cursor": cursor,
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


def register(*, body: models.RectificationIn, idempotency_key: str | None = None) -> Call[models.RectificationOut]:
    """Register a problem; it waits to be assigned. Its words stay as they are: corrections are appended."""
    return Call(
        operation="rectification_register",
        method="POST",
        path="/api/v1/rectifications",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def assign(*, body: models.AssignmentsIn, idempotency_key: str | None = None) -> Call[models.AssignmentsOut]:
    """Assign up to 200 registered items at once. Each is judged by itself; those that are refused say why."""
    return Call(
        operation="rectification_assign",
        method="POST",
        path="/api/v1/rectifications/assignments",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def bring(*, body: models.RectificationBatch) -> Call[models.BroughtOut]:
    """Bring up to 1,000 records. Each is done or refused on its own, in their order; send again what you please:
    what is there already is `unchanged`.
    """
    return Call(
        operation="rectification_bring",
        method="POST",
        path="/api/v1/rectifications/batches",
        repeatable=True,
        seconds=300.0,
        json=body,
    )


def bulletin_as_docx(*, organization_id: UUID | str, month: str) -> Call[bytes]:
    """The same to edit."""
    return Call(
        operation="rectification_bulletin_as_docx",
        method="GET",
        path="/api/v1/rectifications/bulletin.docx",
        reads="bytes",
        query={"organization_id": organization_id, "month": month},
    )


def bulletin_as_pdf(*, organization_id: UUID | str, month: str) -> Call[bytes]:
    """The month's bulletin, drawn up from the counts of today and marked as a draft (送审稿)."""
    return Call(
        operation="rectification_bulletin_as_pdf",
        method="GET",
        path="/api/v1/rectifications/bulletin.pdf",
        reads="bytes",
        query={"organization_id": organization_id, "month": month},
    )


def get_by_source(*, system: str, id: str) -> Call[models.RectificationPushed]:
    """The record that the partner has brought under its own id, as the program may see it; or how it waits."""
    return Call(
        operation="rectification_get_by_source",
        method="GET",
        path=f"/api/v1/rectifications/by-source/{segment(system)}/{segment(id)}",
    )


def put_by_source(*, system: str, id: str, body: models.RectificationBySource) -> Call[models.RectificationPushed]:
    """Bring a record under the partner's own id: made when it is new; `unchanged` when it says the same; 202
    `waiting` where a code in `codes` is not mapped yet, or an earlier push of this id waits.

    Where a record says something else, what may change is changed; what stands as it was pushed first is refused at
    its field (409, with the version as ETag). Whatever people here have changed since is not undone.
    """
    return Call(
        operation="rectification_put_by_source",
        method="PUT",
        path=f"/api/v1/rectifications/by-source/{segment(system)}/{segment(id)}",
        json=body,
    )


def relooks(
    *,
    organization_id: UUID | str | None = None,
    kind: models.RelookKind | None = None,
    done: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> PageCall[models.RelookPage, models.RelookRow]:
    """Closed items that were drawn to be looked at again, the soonest due first."""
    return PageCall(
        operation="rectification_relooks",
        method="GET",
        path="/api/v1/rectifications/relooks",
        query={"organization_id": organization_id, "kind": kind, "done": done, "limit": limit, "cursor": cursor},
    )


def get(*, id: UUID | str) -> Call[models.RectificationOut]:
    """One item: its problem with corrections, its steps with all acts, who holds it, and what you may do next."""
    return Call(operation="rectification_get", method="GET", path=f"/api/v1/rectifications/{segment(id)}")


def change(*, id: UUID | str, version: int | str, body: models.RectificationChange) -> Call[models.RectificationOut]:
    """Change what is said beside the problem; its own unit may not, once it is assigned, nor make it milder before."""
    return Call(
        operation="rectification_change",
        method="PATCH",
        path=f"/api/v1/rectifications/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def act(
    *,
    id: UUID | str,
    version: int | str,
    body: models.RectificationAct,
    dry_run: bool | None = None,
    idempotency_key: str | None = None,
) -> Call[models.RectificationOut | models.JudgedOut]:
    """Do one act on the open step: finish it, note progress, ask for more time, return it, or open a closed item."""
    return Call(
        operation="rectification_act",
        method="POST",
        path=f"/api/v1/rectifications/{segment(id)}/acts",
        repeatable=True,
        query={"dry_run": dry_run},
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def closing_sheet_of(*, id: UUID | str) -> Call[bytes]:
    """What closing rests on, on one paper to be signed; of an item that is not closed it says so."""
    return Call(
        operation="rectification_closing_sheet_of",
        method="GET",
        path=f"/api/v1/rectifications/{segment(id)}/closing-sheet.pdf",
        reads="bytes",
    )


def correct(
    *, id: UUID | str, version: int | str, body: models.RectificationCorrectionIn, idempotency_key: str | None = None
) -> Call[models.RectificationOut]:
    """Append what has to be put right in the problem's text; the text itself stays as it was registered."""
    return Call(
        operation="rectification_correct",
        method="POST",
        path=f"/api/v1/rectifications/{segment(id)}/corrections",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """All that was ever done to the item, the newest first."""
    return PageCall(
        operation="rectification_events",
        method="GET",
        path=f"/api/v1/rectifications/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def extend(
    *, id: UUID | str, version: int | str, body: models.RectificationExtensionIn, idempotency_key: str | None = None
) -> Call[models.RectificationOut]:
    """Ask for more time, before the limit, or grant what was asked for; at most twice, each by half the period."""
    return Call(
        operation="rectification_extend",
        method="POST",
        path=f"/api/v1/rectifications/{segment(id)}/extensions",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def merge(
    *, id: UUID | str, version: int | str, body: models.RectificationMergeIn, idempotency_key: str | None = None
) -> Call[models.RectificationOut]:
    """End an item that is another one's double, and point it there."""
    return Call(
        operation="rectification_merge",
        method="POST",
        path=f"/api/v1/rectifications/{segment(id)}/merge",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def relook(
    *, id: UUID | str, relook_id: UUID | str, body: models.RelookIn, idempotency_key: str | None = None
) -> Call[models.RectificationOut]:
    """Say whether a closed item held. One that has relapsed is opened again; the earlier closing stays on record."""
    return Call(
        operation="rectification_relook",
        method="POST",
        path=f"/api/v1/rectifications/{segment(id)}/relooks/{segment(relook_id)}",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def supervise(
    *, id: UUID | str, version: int | str, body: models.SupervisionIn, idempotency_key: str | None = None
) -> Call[models.RectificationOut]:
    """Put an open item under supervision by name (督办): for the office of supervision."""
    return Call(
        operation="rectification_supervise",
        method="POST",
        path=f"/api/v1/rectifications/{segment(id)}/supervision",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def transfer(
    *, id: UUID | str, version: int | str, body: models.TransferIn, idempotency_key: str | None = None
) -> Call[models.RectificationOut]:
    """Give an item back so that it is assigned to another unit, which agrees by signing for it."""
    return Call(
        operation="rectification_transfer",
        method="POST",
        path=f"/api/v1/rectifications/{segment(id)}/transfer",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )
