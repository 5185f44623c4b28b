"""Calls about organization; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def list_(
    *,
    parent_id: UUID | str | None = None,
    kind: str | None = None,
    status: models.OrganizationStatus | None = None,
    q: str | None = None,
    at: dt.date | str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> PageCall[models.OrganizationPage, models.OrganizationOut]:
    """Organisations below one parent, or found by kind or name; with none of these, where the caller's own trees begin.

    With `at` the answer has the names and parents of that day, whatever the state now; `member_count` is then null.
    """
    return PageCall(
        operation="organization_list",
        method="GET",
        path="/api/v1/organizations",
        query={
            "parent_id": parent_id,
            "kind": kind,
            "status": status,
            "q": q,
            "at": at,
            "limit": limit,
            "cursor": cursor,
        },
    )


def create(*, body: models.OrganizationNew, idempotency_key: str | None = None) -> Call[models.OrganizationDetail]:
    """Create an organisation below another one; without parent, a county (`county:create`)."""
    return Call(
        operation="organization_create",
        method="POST",
        path="/api/v1/organizations",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def get(*, id: UUID | str) -> Call[models.OrganizationDetail]:
    """One organisation, with what stands above it, the names that it bore and what the caller may do."""
    return Call(operation="organization_get", method="GET", path=f"/api/v1/organizations/{segment(id)}")


def change(*, id: UUID | str, version: int | str, body: models.OrganizationChange) -> Call[models.OrganizationDetail]:
    """Change fields; only those that are sent.  A new name is kept beside the old ones."""
    return Call(
        operation="organization_change",
        method="PATCH",
        path=f"/api/v1/organizations/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def dissolve(
    *, id: UUID | str, version: int | str, body: models.Dissolution, idempotency_key: str | None = None
) -> Call[models.OrganizationDetail]:
    """End an organisation that has neither members nor anything below it; it stays to be read."""
    return Call(
        operation="organization_dissolve",
        method="POST",
        path=f"/api/v1/organizations/{segment(id)}/dissolve",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """What happened to an organisation, the newest first."""
    return PageCall(
        operation="organization_events",
        method="GET",
        path=f"/api/v1/organizations/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def merge(
    *, id: UUID | str, version: int | str, body: models.Merge, idempotency_key: str | None = None
) -> Call[models.OrganizationDetail]:
    """End an organisation and give its members, children and open items to another of the same kind."""
    return Call(
        operation="organization_merge",
        method="POST",
        path=f"/api/v1/organizations/{segment(id)}/merge",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def move(
    *, id: UUID | str, version: int | str, body: models.Move, idempotency_key: str | None = None
) -> Call[models.OrganizationDetail]:
    """Hang an organisation with everything below it under another parent of the same county."""
    return Call(
        operation="organization_move",
        method="POST",
        path=f"/api/v1/organizations/{segment(id)}/move",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )
