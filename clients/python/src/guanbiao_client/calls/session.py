"""Calls about session; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, key, segment


def own() -> Call[models.SessionPage]:
    """My sessions that are open, the last used first."""
    return Call(operation="session_own", method="GET", path="/api/v1/me/sessions")


def end_others(*, idempotency_key: str | None = None) -> Call[models.Ended]:
    """End all of my sessions but the present one."""
    return Call(
        operation="session_end_others",
        method="POST",
        path="/api/v1/me/sessions/end-others",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
    )


def end(*, id: UUID | str, idempotency_key: str | None = None) -> Call[models.Ended]:
    """End one of my sessions, the present one too: a device that was lost, or left open somewhere."""
    return Call(
        operation="session_end",
        method="POST",
        path=f"/api/v1/me/sessions/{segment(id)}/end",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
    )
