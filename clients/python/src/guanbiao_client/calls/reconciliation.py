"""Calls about reconciliation; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from typing import Literal

from guanbiao_client import models
from guanbiao_client.call import PageCall


def list_(
    *,
    resource: Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"],
    by: Literal["organization,day"] | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> PageCall[models.GroupPage, models.GroupOut]:
    """How many records there are and a hash of them, by organisation and by day of creation (Asia/Shanghai; of cards
    the day on which they were received, of organisations the one above them).

    Counted is what the list of the resource shows to this caller, now. A mirror that has read the feed to its end gets
    the same from the rows that it holds; where a group differs, it reads that organisation's records anew.
    """
    return PageCall(
        operation="reconciliation_list",
        method="GET",
        path="/api/v1/reconciliation",
        query={"resource": resource, "by": by, "limit": limit, "cursor": cursor},
    )
