"""Calls about snapshot; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, key, segment


def order(*, body: models.SnapshotIn, idempotency_key: str | None = None) -> Call[models.SnapshotOut]:
    """Ask for a snapshot; a worker writes it. One at a time for each caller, and twelve within a day."""
    return Call(
        operation="snapshot_order",
        method="POST",
        path="/api/v1/snapshots",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def get(*, id: UUID | str) -> Call[models.SnapshotOut]:
    """How far it is; only who asked for it reads this."""
    return Call(operation="snapshot_get", method="GET", path=f"/api/v1/snapshots/{segment(id)}")


def content(*, id: UUID | str) -> Call[bytes]:
    """The file: gzip, UTF-8, one JSON object a line, each an `upsert` as the change feed tells it.

    Only who asked for it gets it, and only while it may see all that the file shows: otherwise ask for a new one. Each
    taking is an event.
    """
    return Call(
        operation="snapshot_content", method="GET", path=f"/api/v1/snapshots/{segment(id)}/content", reads="bytes"
    )
