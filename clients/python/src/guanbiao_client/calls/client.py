"""Calls about client; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def list_(*, limit: int | None = None, cursor: str | None = None) -> PageCall[models.ClientPage, models.ClientOut]:
    """The clients of organisations within reach, the newest first."""
    return PageCall(
        operation="client_list", method="GET", path="/api/v1/clients", query={"limit": limit, "cursor": cursor}
    )


def register(*, body: models.ClientIn, idempotency_key: str | None = None) -> Call[models.ClientOut]:
    """Register a client; somebody else gives it its scopes."""
    return Call(
        operation="client_register",
        method="POST",
        path="/api/v1/clients",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def scopes() -> Call[models.ScopeList]:
    """The scopes that there are for clients."""
    return Call(operation="client_scopes", method="GET", path="/api/v1/clients/scopes")


def get(*, id: UUID | str) -> Call[models.ClientOut]:
    """One client."""
    return Call(operation="client_get", method="GET", path=f"/api/v1/clients/{segment(id)}")


def change(*, id: UUID | str, version: int | str, body: models.ClientPatch) -> Call[models.ClientOut]:
    """Change what a client is called, where it may come from or how long it lasts."""
    return Call(
        operation="client_change",
        method="PATCH",
        path=f"/api/v1/clients/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """What happened to a client and when it signed in, the newest first."""
    return PageCall(
        operation="client_events",
        method="GET",
        path=f"/api/v1/clients/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def resume(
    *, id: UUID | str, version: int | str, body: models.ClientReasonIn, idempotency_key: str | None = None
) -> Call[models.ClientOut]:
    """Let a suspended client in again."""
    return Call(
        operation="client_resume",
        method="POST",
        path=f"/api/v1/clients/{segment(id)}/resumption",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def set_scopes(*, id: UUID | str, version: int | str, body: models.ScopesIn) -> Call[models.ClientOut]:
    """Say what a client may do from now on: the security administrator's word; none means nothing."""
    return Call(
        operation="client_set_scopes",
        method="PUT",
        path=f"/api/v1/clients/{segment(id)}/scopes",
        headers={"if-match": tag(version)},
        json=body,
    )


def make_secret(
    *, id: UUID | str, version: int | str, body: models.SecretIn | None = None, idempotency_key: str | None = None
) -> Call[models.SecretOut]:
    """Make a secret, or take a key for assertions or signed requests. Two of each may live at one time, so that a
    client changes over without a gap; none opens anything before another administrator has confirmed it. Once a key
    for requests is confirmed, every request of the client has to be signed.
    """
    return Call(
        operation="client_make_secret",
        method="POST",
        path=f"/api/v1/clients/{segment(id)}/secrets",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def confirm_one_secret(
    *, id: UUID | str, version: int | str, body: models.SecretEnd, idempotency_key: str | None = None
) -> Call[models.ClientOut]:
    """Say that a secret is the partner's: the security administrator's word, without which it opens nothing."""
    return Call(
        operation="client_confirm_one_secret",
        method="POST",
        path=f"/api/v1/clients/{segment(id)}/secrets/confirmation",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def end_one_secret(
    *, id: UUID | str, version: int | str, body: models.SecretEnd, idempotency_key: str | None = None
) -> Call[models.ClientOut]:
    """End a secret; every token of the client ends with it."""
    return Call(
        operation="client_end_one_secret",
        method="POST",
        path=f"/api/v1/clients/{segment(id)}/secrets/end",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def suspend(
    *, id: UUID | str, version: int | str, body: models.ClientReasonIn, idempotency_key: str | None = None
) -> Call[models.ClientOut]:
    """Refuse a client; every process does within a second."""
    return Call(
        operation="client_suspend",
        method="POST",
        path=f"/api/v1/clients/{segment(id)}/suspension",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )
