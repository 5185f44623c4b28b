"""Calls about decision; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def list_(
    *,
    organization_id: UUID | str | None = None,
    status: models.DecisionStatus | None = None,
    step: str | None = None,
    q: str | None = None,
    overdue: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> PageCall[models.DecisionPage, models.DecisionRow]:
    """Decisions within reach, the newest first."""
    return PageCall(
        operation="decision_list",
        method="GET",
        path="/api/v1/decisions",
        query={
            "organization_id": organization_id,
            "status": status,
            "step": step,
            "q": q,
            "overdue": overdue,
            "limit": limit,
            "cursor": cursor,
        },
    )


def start(*, body: models.DecisionIn, idempotency_key: str | None = None) -> Call[models.DecisionOut]:
    """Begin a decision with its six answers (5W1H) and a first version of its text; the first step opens at once."""
    return Call(
        operation="decision_start",
        method="POST",
        path="/api/v1/decisions",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def get(*, id: UUID | str) -> Call[models.DecisionOut]:
    """One decision: its text, its steps with all acts, who holds it, and what you may do next."""
    return Call(operation="decision_get", method="GET", path=f"/api/v1/decisions/{segment(id)}")


def change(*, id: UUID | str, version: int | str, body: models.DecisionChange) -> Call[models.DecisionOut]:
    """Change the background or the class, or write a new version of the text.

    A new text sends the decision back to the first step that saw another one: a material change as far as the
    opinions, any change as far as the legality review.
    """
    return Call(
        operation="decision_change",
        method="PATCH",
        path=f"/api/v1/decisions/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def act(
    *,
    id: UUID | str,
    version: int | str,
    body: models.DecisionAct,
    dry_run: bool | None = None,
    idempotency_key: str | None = None,
) -> Call[models.DecisionOut | models.JudgedOut]:
    """Do one act on the open step: finish it, ask to skip it, return it to an earlier step, or withdraw the matter."""
    return Call(
        operation="decision_act",
        method="POST",
        path=f"/api/v1/decisions/{segment(id)}/acts",
        repeatable=True,
        query={"dry_run": dry_run},
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def dossier(*, id: UUID | str) -> Call[None]:
    """Everything that the decision rests on, signed: texts, records, evidence, vote, opinions and events.

    `guanbiao verify` says offline whether anything in it was altered. A decision that goes on has a dossier too.
    """
    return Call(
        operation="decision_dossier", method="GET", path=f"/api/v1/decisions/{segment(id)}/dossier.zip", reads="nothing"
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """All that was ever done to the decision, the newest first."""
    return PageCall(
        operation="decision_events",
        method="GET",
        path=f"/api/v1/decisions/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def opinions(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.OpinionPage, models.OpinionOut]:
    """The opinions received, in order. Residents' names are masked for those who do not work on the decision."""
    return PageCall(
        operation="decision_opinions",
        method="GET",
        path=f"/api/v1/decisions/{segment(id)}/opinions",
        query={"limit": limit, "cursor": cursor},
    )


def receive_opinion(
    *, id: UUID | str, body: models.OpinionIn, idempotency_key: str | None = None
) -> Call[models.OpinionOut]:
    """Hand in an opinion, or record one that came by another way, until the step that answers them is closed."""
    return Call(
        operation="decision_receive_opinion",
        method="POST",
        path=f"/api/v1/decisions/{segment(id)}/opinions",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def answer_opinion(
    *, id: UUID | str, opinion_id: UUID | str, version: int | str, body: models.OpinionAnswer
) -> Call[models.OpinionOut]:
    """Say what became of an opinion, and why. The step closes only when each has its outcome."""
    return Call(
        operation="decision_answer_opinion",
        method="PATCH",
        path=f"/api/v1/decisions/{segment(id)}/opinions/{segment(opinion_id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def resolution_as_docx(*, id: UUID | str) -> Call[None]:
    """The resolution as a Word file."""
    return Call(
        operation="decision_resolution_as_docx",
        method="GET",
        path=f"/api/v1/decisions/{segment(id)}/resolution.docx",
        reads="nothing",
    )


def resolution_as_pdf(*, id: UUID | str) -> Call[None]:
    """The resolution in the layout of an official document; before adoption it is marked as a draft (送审稿)."""
    return Call(
        operation="decision_resolution_as_pdf",
        method="GET",
        path=f"/api/v1/decisions/{segment(id)}/resolution.pdf",
        reads="nothing",
    )
