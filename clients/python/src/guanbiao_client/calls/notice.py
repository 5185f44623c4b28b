"""Calls about notice; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment


def list_(
    *, unread: bool | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.NoticePage, models.NoticeDay]:
    """The days on which something came, those with anything not confirmed first, then the newest first."""
    return PageCall(
        operation="notice_list",
        method="GET",
        path="/api/v1/me/notices",
        query={"unread": unread, "limit": limit, "cursor": cursor},
    )


def count() -> Call[models.NoticeCount]:
    """How many notices are not confirmed yet."""
    return Call(operation="notice_count", method="GET", path="/api/v1/me/notices/count")


def receive_day(*, body: models.DayReceipt, idempotency_key: str | None = None) -> Call[models.Received]:
    """Confirm all notices of a day; to do so again changes nothing."""
    return Call(
        operation="notice_receive_day",
        method="POST",
        path="/api/v1/me/notices/receipts",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def receive(*, id: UUID | str, idempotency_key: str | None = None) -> Call[models.Received]:
    """Confirm one notice; to do so again changes nothing."""
    return Call(
        operation="notice_receive",
        method="POST",
        path=f"/api/v1/me/notices/{segment(id)}/receipt",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
    )
