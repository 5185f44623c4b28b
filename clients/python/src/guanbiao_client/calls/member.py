"""Calls about member; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def list_(
    *,
    organization_id: UUID | str | None = None,
    status: Sequence[models.MemberStatus] | None = None,
    is_mobile: bool | None = None,
    sex: models.Sex | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    search_name: str | None = None,
) -> PageCall[models.MemberPage, models.MemberOut]:
    """Members in the order of their names' pinyin, surnames read as surnames."""
    return PageCall(
        operation="member_list",
        method="GET",
        path="/api/v1/members",
        query={
            "organization_id": organization_id,
            "status": status,
            "is_mobile": is_mobile,
            "sex": sex,
            "limit": limit,
            "cursor": cursor,
        },
        headers={"X-Search-Name": search_name},
    )


def register(*, body: models.MemberNew, idempotency_key: str | None = None) -> Call[models.MemberDetail]:
    """Put a person on the roster of a branch."""
    return Call(
        operation="member_register",
        method="POST",
        path="/api/v1/members",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def search(
    *,
    body: models.MemberSearch,
    limit: int | None = None,
    cursor: str | None = None,
    idempotency_key: str | None = None,
) -> PageCall[models.MemberPage, models.MemberOut]:
    """Members with exactly this ID number or phone; in a body, because addresses are logged and remembered.

    For those alone who may see the numbers in clear, where they may: an answer confirms a number that was guessed, and
    beside a masked one there are few to guess.
    """
    return PageCall(
        operation="member_search",
        method="POST",
        path="/api/v1/members/search",
        repeatable=True,
        query={"limit": limit, "cursor": cursor},
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def get(*, id: UUID | str) -> Call[models.MemberDetail]:
    """One member, numbers masked, with what the caller may do."""
    return Call(operation="member_get", method="GET", path=f"/api/v1/members/{segment(id)}")


def change(*, id: UUID | str, version: int | str, body: models.MemberChange) -> Call[models.MemberDetail]:
    """Change fields; only those that are sent."""
    return Call(
        operation="member_change",
        method="PATCH",
        path=f"/api/v1/members/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def branches(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.BranchPage, models.BranchStay]:
    """The branches that a member belonged to, the newest first."""
    return PageCall(
        operation="member_branches",
        method="GET",
        path=f"/api/v1/members/{segment(id)}/branches",
        query={"limit": limit, "cursor": cursor},
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """What happened to a member's record, the newest first; personal data is masked in it."""
    return PageCall(
        operation="member_events",
        method="GET",
        path=f"/api/v1/members/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def transfer(
    *, id: UUID | str, version: int | str, body: models.Transfer, idempotency_key: str | None = None
) -> Call[models.MemberDetail]:
    """Transfer a member to another branch; both must be the caller's."""
    return Call(
        operation="member_transfer",
        method="POST",
        path=f"/api/v1/members/{segment(id)}/transfer",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def unmask(*, id: UUID | str, body: models.Unmasking, idempotency_key: str | None = None) -> Call[models.ClearNumbers]:
    """Show personal numbers in clear; who did it, when and why is recorded."""
    return Call(
        operation="member_unmask",
        method="POST",
        path=f"/api/v1/members/{segment(id)}/unmask",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )
