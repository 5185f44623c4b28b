"""Calls about webhook; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def list_(
    *, client_id: UUID | str | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.WebhookPage, models.WebhookOut]:
    """The webhooks of clients within reach, the newest first, with how each goes."""
    return PageCall(
        operation="webhook_list",
        method="GET",
        path="/api/v1/webhooks",
        query={"client_id": client_id, "limit": limit, "cursor": cursor},
    )


def register(*, body: models.WebhookIn, idempotency_key: str | None = None) -> Call[models.WebhookSecretOut]:
    """Set up a webhook of a client, and be told its secret this once; somebody else confirms where it leads."""
    return Call(
        operation="webhook_register",
        method="POST",
        path="/api/v1/webhooks",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def types() -> Call[models.TypeList]:
    """What there is to subscribe to."""
    return Call(operation="webhook_types", method="GET", path="/api/v1/webhooks/types")


def get(*, id: UUID | str) -> Call[models.WebhookOut]:
    """One webhook, and how it goes."""
    return Call(operation="webhook_get", method="GET", path=f"/api/v1/webhooks/{segment(id)}")


def change(*, id: UUID | str, version: int | str, body: models.WebhookPatch) -> Call[models.WebhookOut]:
    """Change where a webhook leads, or what it is told; another address is confirmed anew by somebody else."""
    return Call(
        operation="webhook_change",
        method="PATCH",
        path=f"/api/v1/webhooks/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def close(
    *, id: UUID | str, version: int | str, body: models.ClientReasonIn, idempotency_key: str | None = None
) -> Call[models.WebhookOut]:
    """End a webhook for good."""
    return Call(
        operation="webhook_close",
        method="POST",
        path=f"/api/v1/webhooks/{segment(id)}/closing",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def confirm(
    *, id: UUID | str, version: int | str, body: models.ConfirmationIn, idempotency_key: str | None = None
) -> Call[models.WebhookOut]:
    """Say that the address is the partner's: the security administrator's word, without which nothing is sent."""
    return Call(
        operation="webhook_confirm",
        method="POST",
        path=f"/api/v1/webhooks/{segment(id)}/confirmation",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def deliveries(
    *,
    id: UUID | str,
    state: Literal["waiting", "delivered", "dead", "void"] | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> PageCall[models.DeliveryPage, models.DeliveryOut]:
    """The messages of a webhook, the newest first."""
    return PageCall(
        operation="webhook_deliveries",
        method="GET",
        path=f"/api/v1/webhooks/{segment(id)}/deliveries",
        query={"state": state, "limit": limit, "cursor": cursor},
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """What was done to a webhook, the newest first."""
    return PageCall(
        operation="webhook_events",
        method="GET",
        path=f"/api/v1/webhooks/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def pause(
    *, id: UUID | str, version: int | str, body: models.ClientReasonIn, idempotency_key: str | None = None
) -> Call[models.WebhookOut]:
    """Send nothing for now; whatever happens meanwhile is sent after the resumption."""
    return Call(
        operation="webhook_pause",
        method="POST",
        path=f"/api/v1/webhooks/{segment(id)}/pause",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def redeliver_some(
    *, id: UUID | str, body: models.RedeliveriesIn, idempotency_key: str | None = None
) -> Call[models.Redelivered]:
    """Send again what happened between two moments, the oldest first, 10,000 messages at once at the most."""
    return Call(
        operation="webhook_redeliver_some",
        method="POST",
        path=f"/api/v1/webhooks/{segment(id)}/redeliveries",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def redeliver(
    *, id: UUID | str, body: models.RedeliveryIn, idempotency_key: str | None = None
) -> Call[models.Redelivered]:
    """Send one message again, under the same id."""
    return Call(
        operation="webhook_redeliver",
        method="POST",
        path=f"/api/v1/webhooks/{segment(id)}/redelivery",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def resume(
    *, id: UUID | str, version: int | str, body: models.ClientReasonIn, idempotency_key: str | None = None
) -> Call[models.WebhookOut]:
    """Send again, from where it was paused."""
    return Call(
        operation="webhook_resume",
        method="POST",
        path=f"/api/v1/webhooks/{segment(id)}/resumption",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def make_secret(
    *, id: UUID | str, version: int | str, body: models.WebhookSecretIn, idempotency_key: str | None = None
) -> Call[models.WebhookSecretOut]:
    """Make another signing secret; for some time messages bear two signatures, so that nothing is missed."""
    return Call(
        operation="webhook_make_secret",
        method="POST",
        path=f"/api/v1/webhooks/{segment(id)}/secrets",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )
