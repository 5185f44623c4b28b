"""Calls about change; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from guanbiao_client import models
from guanbiao_client.call import Call


def list_(
    *,
    after: str | None = None,
    resource: Sequence[Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"]]
    | None = None,
    limit: int | None = None,
    wait: int | None = None,
) -> Call[models.ChangesOut]:
    """What changed after a cursor, in the order in which it was committed: ordered, at least once, none left out.

    A cursor is good for the resources that it was read with, or for fewer; others begin anew, with a snapshot.

    What people sent, rated or withdrew comes when its day is over, in mixed order: nobody shall see when somebody came.

    A record that changed several times is told once, as it is now. What was committed long ago in a transaction that
    took long comes where it belongs, since nobody is told what others may still come before.
    """
    return Call(
        operation="change_list",
        method="GET",
        path="/api/v1/changes",
        query={"after": after, "resource": resource, "limit": limit, "wait": wait},
    )
