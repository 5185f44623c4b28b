"""Calls about feedback; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, File, PageCall, key, segment, tag


def list_openings(
    *, organization_id: UUID | str | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.OpeningPage, models.OpeningOut]:
    """The register of box openings within reach, the latest first."""
    return PageCall(
        operation="feedback_list_openings",
        method="GET",
        path="/api/v1/box-openings",
        query={"organization_id": organization_id, "limit": limit, "cursor": cursor},
    )


def open_box(*, body: models.OpeningIn, idempotency_key: str | None = None) -> Call[models.OpeningOut]:
    """Put the opening of a suggestion box on record; once confirmed, its slips are entered as cards that name it."""
    return Call(
        operation="feedback_open_box",
        method="POST",
        path="/api/v1/box-openings",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def confirm_opening(
    *, id: UUID | str, body: models.OpeningAnswer, idempotency_key: str | None = None
) -> Call[models.OpeningOut]:
    """Confirm an opening as its second opener, or object. It takes no permission, and nobody does it for another."""
    return Call(
        operation="feedback_confirm_opening",
        method="POST",
        path=f"/api/v1/box-openings/{segment(id)}/confirmation",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def list_batches(
    *, organization_id: UUID | str | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.BatchPage, models.BatchOut]:
    """The batches within reach, the newest first."""
    return PageCall(
        operation="feedback_list_batches",
        method="GET",
        path="/api/v1/feedback-batches",
        query={"organization_id": organization_id, "limit": limit, "cursor": cursor},
    )


def make_batch(*, body: models.BatchIn, idempotency_key: str | None = None) -> Call[models.BatchOut]:
    """Number a batch for printing, with a code that leads to the place."""
    return Call(
        operation="feedback_make_batch",
        method="POST",
        path="/api/v1/feedback-batches",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def poster(*, id: UUID | str, box: str | None = None, hotline: str | None = None) -> Call[bytes]:
    """The A4 poster of a batch, or its A6 cards, four to a sheet and each with its own number."""
    return Call(
        operation="feedback_poster",
        method="GET",
        path=f"/api/v1/feedback-batches/{segment(id)}/poster.pdf",
        reads="bytes",
        query={"box": box, "hotline": hotline},
    )


def list_(
    *,
    organization_id: UUID | str | None = None,
    q: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    channel: str | None = None,
    voice: models.Voice | None = None,
    category: str | None = None,
    wish: models.CardWish | None = None,
    status: models.CardStatus | None = None,
    step: str | None = None,
    light: Literal["green", "yellow", "red", "blue", "grey"] | None = None,
    overdue: bool | None = None,
    place_id: UUID | str | None = None,
    anonymity: models.Anonymity | None = None,
    received_from: dt.date | str | None = None,
    received_to: dt.date | str | None = None,
    reopened: bool | None = None,
    converted: bool | None = None,
) -> PageCall[models.CardPage, models.CardRow]:
    """Cards within sight, the latest day first; within a day in no order that would tell who was first."""
    return PageCall(
        operation="feedback_list",
        method="GET",
        path="/api/v1/feedback-cards",
        query={
            "organization_id": organization_id,
            "q": q,
            "limit": limit,
            "cursor": cursor,
            "channel": channel,
            "voice": voice,
            "category": category,
            "wish": wish,
            "status": status,
            "step": step,
            "light": light,
            "overdue": overdue,
            "place_id": place_id,
            "anonymity": anonymity,
            "received_from": received_from,
            "received_to": received_to,
            "reopened": reopened,
            "converted": converted,
        },
    )


def send(*, body: models.CardIn) -> Call[models.ReceiptOut]:
    """Send a card. The answer is the only time that code and PIN are shown; sending again gives the same answer."""
    return Call(operation="feedback_send", method="POST", path="/api/v1/feedback-cards", repeatable=True, json=body)


def bring(*, body: models.FeedbackCardBatch) -> Call[models.BroughtOut]:
    """Bring up to 1,000 records. Each is done or refused on its own, in their order; send again what you please:
    what is there already is `unchanged`.
    """
    return Call(
        operation="feedback_bring",
        method="POST",
        path="/api/v1/feedback-cards/batches",
        repeatable=True,
        seconds=300.0,
        json=body,
    )


def get_by_source(*, system: str, id: str) -> Call[models.FeedbackCardPushed]:
    """The record that the partner has brought under its own id, as the program may see it; or how it waits."""
    return Call(
        operation="feedback_get_by_source",
        method="GET",
        path=f"/api/v1/feedback-cards/by-source/{segment(system)}/{segment(id)}",
    )


def put_by_source(*, system: str, id: str, body: models.FeedbackCardBySource) -> Call[models.FeedbackCardPushed]:
    """Bring a record under the partner's own id: made when it is new; `unchanged` when it says the same; 202
    `waiting` where a code in `codes` is not mapped yet, or an earlier push of this id waits.

    Where a record says something else, what may change is changed; what stands as it was pushed first is refused at
    its field (409, with the version as ETag). Whatever people here have changed since is not undone.
    """
    return Call(
        operation="feedback_put_by_source",
        method="PUT",
        path=f"/api/v1/feedback-cards/by-source/{segment(system)}/{segment(id)}",
        json=body,
    )


def choices() -> Call[models.Choices]:
    """Channels, categories, voices, wishes, states and grades, with their words."""
    return Call(operation="feedback_choices", method="GET", path="/api/v1/feedback-cards/choices")


def enter(*, body: models.EntriesIn, idempotency_key: str | None = None) -> Call[models.EntriesOut]:
    """Enter paper cards, slips, calls, visits and letters. Each is answered on its own; sending again adds nothing."""
    return Call(
        operation="feedback_enter",
        method="POST",
        path="/api/v1/feedback-cards/entries",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def track(*, tracking_code: str, tracking_pin: str) -> Call[models.TrackedOut]:
    """Where the card stands and what was answered. Every wrong PIN doubles the time until the next try."""
    return Call(
        operation="feedback_track",
        method="GET",
        path="/api/v1/feedback-cards/track",
        headers={"x-tracking-code": tracking_code, "x-tracking-pin": tracking_pin},
    )


def add_photo(*, tracking_code: str, tracking_pin: str, file: File) -> Call[models.PhotoKept]:
    """Add a photo: JPEG, PNG or WebP, at most 10 MiB, at most nine. Its name and metadata are not kept."""
    return Call(
        operation="feedback_add_photo",
        method="POST",
        path="/api/v1/feedback-cards/track/photos",
        headers={"x-tracking-code": tracking_code, "x-tracking-pin": tracking_pin},
        file=file,
    )


def rate(*, tracking_code: str, tracking_pin: str, body: models.RatingIn) -> Call[models.TrackedOut]:
    """Rate the answer. Dissatisfied (1 or 2), the case is handled anew by itself; from the third time on, reviewed."""
    return Call(
        operation="feedback_rate",
        method="POST",
        path="/api/v1/feedback-cards/track/rating",
        headers={"x-tracking-code": tracking_code, "x-tracking-pin": tracking_pin},
        json=body,
    )


def withdraw(*, tracking_code: str, tracking_pin: str, body: models.WithdrawalIn) -> Call[models.TrackedOut]:
    """Take the card back before it is answered."""
    return Call(
        operation="feedback_withdraw",
        method="POST",
        path="/api/v1/feedback-cards/track/withdrawal",
        headers={"x-tracking-code": tracking_code, "x-tracking-pin": tracking_pin},
        json=body,
    )


def get(*, id: UUID | str) -> Call[models.CardOut]:
    """One card: what was said, its steps with all acts, who holds it, and what you may do next."""
    return Call(operation="feedback_get", method="GET", path=f"/api/v1/feedback-cards/{segment(id)}")


def change(*, id: UUID | str, version: int | str, body: models.CardChange) -> Call[models.CardOut | models.GoneOut]:
    """Correct how a card is sorted, and say whom it is about: they lose sight of it at once."""
    return Call(
        operation="feedback_change",
        method="PATCH",
        path=f"/api/v1/feedback-cards/{segment(id)}",
        headers={"if-match": tag(version)},
        json=body,
    )


def act(
    *,
    id: UUID | str,
    version: int | str,
    body: models.CardAct,
    dry_run: bool | None = None,
    idempotency_key: str | None = None,
) -> Call[models.CardOut | models.GoneOut | models.JudgedOut]:
    """Do one act on the open step: sort the card, sign for it, handle it, check the reply, review it."""
    return Call(
        operation="feedback_act",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/acts",
        repeatable=True,
        query={"dry_run": dry_run},
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def call_back(
    *, id: UUID | str, version: int | str, body: models.CallBackIn, idempotency_key: str | None = None
) -> Call[models.CardOut | models.GoneOut]:
    """Put a call to the sender on record, and with a grade the sender's rating."""
    return Call(
        operation="feedback_call_back",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/calls",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def read_contact(
    *, id: UUID | str, body: models.CardWhyIn, idempotency_key: str | None = None
) -> Call[models.ContactOut]:
    """How the sender can be reached, for the desk and who calls back. Every reading stands in the log."""
    return Call(
        operation="feedback_read_contact",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/contact",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def move(
    *, id: UUID | str, version: int | str, body: models.CardMoveIn, idempotency_key: str | None = None
) -> Call[models.CardOut | models.GoneOut]:
    """Give a card that is still to be sorted to another desk of the county."""
    return Call(
        operation="feedback_move",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/desk",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """All that was ever done to the card, the newest first; nothing of what was said."""
    return PageCall(
        operation="feedback_events",
        method="GET",
        path=f"/api/v1/feedback-cards/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def extend(
    *, id: UUID | str, version: int | str, body: models.CardExtensionIn, idempotency_key: str | None = None
) -> Call[models.CardOut]:
    """Ask for a later limit before it has passed, or, being another person, grant it with an exact day."""
    return Call(
        operation="feedback_extend",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/extensions",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def lift(
    *, id: UUID | str, version: int | str, body: models.LiftIn, idempotency_key: str | None = None
) -> Call[models.CardOut | models.GoneOut]:
    """Take back whom a card is about where only a name in its note was matched, and means somebody else."""
    return Call(
        operation="feedback_lift",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/lifting",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def merge(
    *, id: UUID | str, version: int | str, body: models.CardMergeIn, idempotency_key: str | None = None
) -> Call[models.CardOut | models.GoneOut]:
    """Handle a card together with another one: its sender will read that one's answer."""
    return Call(
        operation="feedback_merge",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/merge",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def photo(*, id: UUID | str, photo_id: UUID | str) -> Call[bytes]:
    """A photo of a card within sight, as it was drawn anew."""
    return Call(
        operation="feedback_photo",
        method="GET",
        path=f"/api/v1/feedback-cards/{segment(id)}/photos/{segment(photo_id)}",
        reads="bytes",
    )


def convert(
    *, id: UUID | str, version: int | str, body: models.ConvertIn, idempotency_key: str | None = None
) -> Call[models.CardOut | models.GoneOut]:
    """Enter the problem that a case shows into the rectification ledger; both stay linked."""
    return Call(
        operation="feedback_convert",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/rectification",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def split(
    *, id: UUID | str, version: int | str, body: models.PartsIn, idempotency_key: str | None = None
) -> Call[models.CardOut | models.GoneOut]:
    """Make cards of their own of what else a card speaks of; the sender follows all with the one code."""
    return Call(
        operation="feedback_split",
        method="POST",
        path=f"/api/v1/feedback-cards/{segment(id)}/split",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def own_openings(
    *, state: models.OpeningState | None = None, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.OpeningPage, models.OpeningOut]:
    """The openings at which one was the second opener, whatever else one may see; by default those that wait."""
    return PageCall(
        operation="feedback_own_openings",
        method="GET",
        path="/api/v1/me/box-openings",
        query={"state": state, "limit": limit, "cursor": cursor},
    )


def list_sealed(
    *, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.SealedPage, models.SealedRow]:
    """The reports that you may open, the latest day first."""
    return PageCall(
        operation="feedback_list_sealed",
        method="GET",
        path="/api/v1/sealed-reports",
        query={"limit": limit, "cursor": cursor},
    )


def sealed_events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """Who opened the report, and when."""
    return PageCall(
        operation="feedback_sealed_events",
        method="GET",
        path=f"/api/v1/sealed-reports/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def hand_over(
    *, id: UUID | str, version: int | str, body: models.HandingOverIn, idempotency_key: str | None = None
) -> Call[models.SealedRow]:
    """Note that the discipline body has taken the report over."""
    return Call(
        operation="feedback_hand_over",
        method="POST",
        path=f"/api/v1/sealed-reports/{segment(id)}/handing-over",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def read_sealed(
    *, id: UUID | str, body: models.ReadingIn, idempotency_key: str | None = None
) -> Call[models.SealedOut]:
    """Open a report. Every opening stands in the log, with its reason."""
    return Call(
        operation="feedback_read_sealed",
        method="POST",
        path=f"/api/v1/sealed-reports/{segment(id)}/reading",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )
