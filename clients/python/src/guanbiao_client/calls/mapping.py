"""Calls about mapping; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def queue(
    *, state: models.WaitingState | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.WaitingPage, models.WaitingOut]:
    """The records that wait, of programs that reach a place of the caller's, in the order in which they came."""
    return PageCall(
        operation="mapping_queue",
        method="GET",
        path="/api/v1/mapping-queue",
        query={"state": state, "limit": limit, "cursor": cursor},
    )


def codes() -> Call[models.UnknownList]:
    """The codes that wait to be mapped, those with the most records first."""
    return Call(operation="mapping_codes", method="GET", path="/api/v1/mapping-queue/codes")


def dismiss(
    *, id: UUID | str, version: int | str, body: models.DismissalIn, idempotency_key: str | None = None
) -> Call[models.WaitingOut]:
    """Say that a record shall not come in. Those under its id that came later go on."""
    return Call(
        operation="mapping_dismiss",
        method="POST",
        path=f"/api/v1/mapping-queue/{segment(id)}/dismissal",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def retry(*, id: UUID | str, version: int | str, idempotency_key: str | None = None) -> Call[models.WaitingOut]:
    """Have a record that was refused tried once more, within a minute."""
    return Call(
        operation="mapping_retry",
        method="POST",
        path=f"/api/v1/mapping-queue/{segment(id)}/retry",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
    )


def list_(
    *, client_id: UUID | str | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.MappingPage, models.MappingOut]:
    """The codes that are mapped, of programs that reach a place of the caller's; the newest first."""
    return PageCall(
        operation="mapping_list",
        method="GET",
        path="/api/v1/mappings",
        query={"client_id": client_id, "limit": limit, "cursor": cursor},
    )


def make(*, body: models.MappingIn, idempotency_key: str | None = None) -> Call[models.MappingOut]:
    """Say what a code means. What waits for it comes in within a minute, in its order."""
    return Call(
        operation="mapping_make",
        method="POST",
        path="/api/v1/mappings",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def fields() -> Call[models.FieldList]:
    """The fields that have codes, with what a code may mean."""
    return Call(operation="mapping_fields", method="GET", path="/api/v1/mappings/fields")


def change(*, id: UUID | str, version: int | str, body: models.MappingChange) -> Call[models.MappingOut]:
    """Say that a code means something else from now on; what came in before stays as it is."""
    return Call(
        operation="mapping_change",
        method="PATCH",
        path=f"/api/v1/mappings/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )
