"""Calls about audit; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment


def kinds() -> Call[models.KindList]:
    """Every kind of event that is recorded, with its title."""
    return Call(operation="audit_kinds", method="GET", path="/api/v1/event-kinds")


def list_events(
    *,
    limit: int | None = None,
    cursor: str | None = None,
    subject_kind: str | None = None,
    subject_id: UUID | str | None = None,
    actor_id: UUID | str | None = None,
    organization_id: UUID | str | None = None,
    kind: Sequence[str] | None = None,
    sensitive: bool | None = None,
    since: dt.datetime | str | None = None,
    until: dt.datetime | str | None = None,
    origin: str | None = None,
) -> PageCall[models.AuditedPage, models.AuditedEvent]:
    """The log within reach, the newest first: by subject, person, organisation, kind, time, address; who read what."""
    return PageCall(
        operation="audit_list_events",
        method="GET",
        path="/api/v1/events",
        query={
            "limit": limit,
            "cursor": cursor,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "actor_id": actor_id,
            "organization_id": organization_id,
            "kind": kind,
            "sensitive": sensitive,
            "since": since,
            "until": until,
            "origin": origin,
        },
    )


def export(*, body: models.ExportIn, idempotency_key: str | None = None) -> Call[bytes]:
    """Events as a file, with the newest seal in it so that it can be checked later; the export is an event itself."""
    return Call(
        operation="audit_export",
        method="POST",
        path="/api/v1/events/exports",
        reads="bytes",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def get_event(*, id: UUID | str) -> Call[models.AuditedEvent]:
    """One event."""
    return Call(operation="audit_get_event", method="GET", path=f"/api/v1/events/{segment(id)}")


def prove(*, id: UUID | str) -> Call[models.ProofOut]:
    """The proof that an event stands in the log as it was sealed; refused with 409 until its seal has come."""
    return Call(operation="audit_prove", method="GET", path=f"/api/v1/events/{segment(id)}/proof")


def list_seals(*, limit: int | None = None, cursor: str | None = None) -> PageCall[models.SealPage, models.SealRow]:
    """The seals, the newest first."""
    return PageCall(
        operation="audit_list_seals", method="GET", path="/api/v1/seals", query={"limit": limit, "cursor": cursor}
    )


def latest_seal() -> Call[models.SealNote]:
    """The newest seal, to be kept where nobody who can change the database can change it."""
    return Call(operation="audit_latest_seal", method="GET", path="/api/v1/seals/latest")


def state() -> Call[models.LogState]:
    """What is sealed, what of it within reach waits for its seal, and when the log was last checked and with what
    outcome. What senders do is not counted among what waits.
    """
    return Call(operation="audit_state", method="GET", path="/api/v1/seals/state")
