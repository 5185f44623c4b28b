"""Calls about delegation; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def list_() -> Call[models.DelegationList]:
    """What one lent and was lent, the newest first, and what of one's own may be lent."""
    return Call(operation="delegation_list", method="GET", path="/api/v1/me/delegations")


def lend(*, body: models.DelegationIn, idempotency_key: str | None = None) -> Call[models.DelegationList]:
    """Lend one's own roles; the colleague then acts for oneself, and every act says so. It ends by itself."""
    return Call(
        operation="delegation_lend",
        method="POST",
        path="/api/v1/me/delegations",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def colleagues(
    *, limit: int | None = None, cursor: str | None = None, search_name: str | None = None
) -> PageCall[models.ColleaguePage, models.ColleagueOut]:
    """Whom one may lend roles to: those who work in the same organisation or near it."""
    return PageCall(
        operation="delegation_colleagues",
        method="GET",
        path="/api/v1/me/delegations/colleagues",
        query={"limit": limit, "cursor": cursor},
        headers={"X-Search-Name": search_name},
    )


def end(
    *, id: UUID | str, version: int | str, body: models.EndDelegationIn, idempotency_key: str | None = None
) -> Call[models.DelegationList]:
    """Take back what one lent, or give back what one was lent."""
    return Call(
        operation="delegation_end",
        method="POST",
        path=f"/api/v1/me/delegations/{segment(id)}/end",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )
