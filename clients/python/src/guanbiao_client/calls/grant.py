"""Calls about grant; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, key, segment, tag


def give(*, body: models.GrantIn, idempotency_key: str | None = None) -> Call[models.GrantOut]:
    """Give somebody a role; never oneself, never beside a duty that it excludes."""
    return Call(
        operation="grant_give",
        method="POST",
        path="/api/v1/grants",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def roles() -> Call[models.RoleList]:
    """The roles there are, where each may be held, and which exclude each other."""
    return Call(operation="grant_roles", method="GET", path="/api/v1/grants/roles")


def get(*, id: UUID | str) -> Call[models.GrantOut]:
    """One role that somebody within reach holds, will hold or held."""
    return Call(operation="grant_get", method="GET", path=f"/api/v1/grants/{segment(id)}")


def end(
    *, id: UUID | str, version: int | str, body: models.EndIn, idempotency_key: str | None = None
) -> Call[models.GrantOut]:
    """End a role now or with a day; it is refused everywhere within a second, and so is what was lent from it."""
    return Call(
        operation="grant_end",
        method="POST",
        path=f"/api/v1/grants/{segment(id)}/end",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )
