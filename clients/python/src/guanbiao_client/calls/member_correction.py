"""Calls about member correction; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def own_record() -> Call[models.OwnRecordOut]:
    """One's own record, field by field with its source; who looked at its numbers; what was called wrong in it."""
    return Call(operation="member_correction_own_record", method="GET", path="/api/v1/me/record")


def ask_correction(
    *, body: models.MemberCorrectionIn, idempotency_key: str | None = None
) -> Call[models.OwnCorrection]:
    """Call one field of one's own record wrong; it is marked as disputed until somebody else has settled it."""
    return Call(
        operation="member_correction_ask_correction",
        method="POST",
        path="/api/v1/me/record/corrections",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def list_corrections(
    *,
    state: models.CorrectionState | None = None,
    overdue: bool | None = None,
    organization_id: UUID | str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> PageCall[models.MemberCorrectionPage, models.MemberCorrectionOut]:
    """What members within reach call wrong, the soonest due first."""
    return PageCall(
        operation="member_correction_list_corrections",
        method="GET",
        path="/api/v1/member-corrections",
        query={
            "state": state,
            "overdue": overdue,
            "organization_id": organization_id,
            "limit": limit,
            "cursor": cursor,
        },
    )


def settle_correction(
    *, id: UUID | str, version: int | str, body: models.Settlement, idempotency_key: str | None = None
) -> Call[models.MemberCorrectionOut]:
    """Put what the person asks for into the record, or say why not; nobody settles what they asked for themselves."""
    return Call(
        operation="member_correction_settle_correction",
        method="POST",
        path=f"/api/v1/member-corrections/{segment(id)}/settlement",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )
