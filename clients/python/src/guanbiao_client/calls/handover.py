"""Calls about handover; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, key, segment, tag


def read(*, id: UUID | str, successor_id: UUID | str | None = None) -> Call[models.PackageOut]:
    """What a person holds: open matters, records that name them, and colleagues; without the matters' titles."""
    return Call(
        operation="handover_read",
        method="GET",
        path=f"/api/v1/accounts/{segment(id)}/handover",
        query={"successor_id": successor_id},
    )


def hand_over(
    *, id: UUID | str, version: int | str, body: models.HandoverIn, idempotency_key: str | None = None
) -> Call[models.HandoverRow]:
    """Hand everything over to a successor, in one act; refused while the successor could not act on all of it."""
    return Call(
        operation="handover_hand_over",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/handover",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def own() -> Call[models.PackageOut]:
    """One's own open work with its titles, to go through with whoever comes next."""
    return Call(operation="handover_own", method="GET", path="/api/v1/me/handover")
