"""The sealed lane: what a report of misconduct says leaves the tables of cards and is kept as one ciphertext.

Only discipline officers at or above the place where it is kept can open it, each time with a reason, and each opening
is an event. That place lies above whoever it is about.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_family import family_of, note_on, root_of
from backend.db.feedback_vault import (
    FeedbackPhoto,
    SealedReport,
    contact_of,
    forget_contacts,
    give_photos,
    photos_of,
    sealed_report_in,
)
from backend.db.kept_answer import forget_answers
from backend.db.organization import Organization
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Conflict, Forbidden, NotFound, Stale
from backend.domain.feedback.arrival import note
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.family import wholes_of
from backend.domain.feedback.kin import kin_of
from backend.domain.feedback.sight import sight_of
from backend.domain.feedback.vault import Sealed, Vault, locked_report, opened_contact, opened_report


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed report as an officer reads it."""

    report: SealedReport
    card: FeedbackCard
    said: Sealed
    photos: list[FeedbackPhoto]


def store_sealed(
    session: Session, vault: Vault, card: FeedbackCard, said: Sealed, place: Organization, today: date
) -> None:
    """Keep what a card says as a sealed report; the card itself is stored already, and empty."""
    session.add(
        SealedReport(
            card_id=card.id,
            county_id=card.county_id,
            organization_id=place.id,
            about=list(card.about),
            payload=locked_report(vault.cipher, card.id, said),
            sealed_on=today,
        )
    )


async def seal_card(session: Session, vault: Vault, moment: Moment, card: FeedbackCard, place: Organization) -> None:
    """Move what an ordinary card says into the sealed lane: nothing of it is left where staff read.

    What a part says stands in its wholes as well, which go along; one that is still in hand is sealed itself before
    (`check`).
    """
    family = await family_of(session, card.id)
    wholes = wholes_of(card.id, kin_of(family))
    along = sorted(
        (one for one in family if one.id in wholes and one.status in OVER and one.sealed_at is None),
        key=lambda one: len(one.content),
    )
    root, about_note = await root_of(session, card), await note_on(session, card)
    kept = await contact_of(session, root.id)
    contact = opened_contact(vault.cipher, kept) if kept else None
    said = Sealed(
        "\n\n".join(dict.fromkeys((card.content, *(one.content for one in along)))),
        about_note,
        card.location_text,
        contact.name if contact else "",
        contact.phone if contact else "",
    )
    store_sealed(session, vault, card, said, place, day_of(moment.now))
    emptied = [card, *along]
    await forget_contacts(session, [one.id for one in emptied])
    await forget_answers(session, [one.id for one in emptied])
    for one in along:
        await give_photos(session, one.id, card.id)
        one.version += 1
    for one in emptied:
        one.content = one.about_note = one.location_text = one.public_reply = ""
        one.grams, one.text_hash, one.printed_number = [], None, None
        one.published = False
        one.sealed_at = one.updated_at = moment.now


async def read_sealed(session: Session, vault: Vault, actor: Actor, moment: Moment, id: UUID, reason: str) -> Opened:
    """Open a sealed report; that it was opened, by whom and why, is an event.

    Raises NotFound for a report that is missing or not this officer's to know of.
    """
    report, card = await _held(session, actor, id)
    report.reading_count += 1
    report.last_read_at = moment.now
    note(session, card, actor, moment, "feedback.sealed_read", reason=reason)
    return Opened(report, card, opened_report(vault.cipher, card.id, report.payload), await photos_of(session, card.id))


async def hand_over(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, to: str, reason: str
) -> FeedbackCard:
    """Note that the discipline body has taken a report over; it is not handed over twice.

    Raises NotFound, Forbidden, Stale and Conflict.
    """
    report, card = await _held(session, actor, id)
    if card.version != version:
        raise Stale("stale")
    if report.handed_over_on is not None:
        raise Conflict("handed_over_already", to=report.handed_over_to)
    report.handed_over_to, report.handed_over_on, report.handed_over_by = to, day_of(moment.now), actor.account_id
    card.status, card.closed_on = CardStatus.handed_over, day_of(moment.now)
    card.updated_at = moment.now
    card.version += 1
    note(session, card, actor, moment, "feedback.handed_over", {"to": to}, reason)
    return card


async def _held(session: Session, actor: Actor, id: UUID) -> tuple[SealedReport, FeedbackCard]:
    found = await sealed_report_in(session, sight_of(actor, "feedback:seal"), id)
    if found is None:
        raise NotFound("not_found")
    place = await session.get_one(Organization, found[0].organization_id)
    if not actor.may("feedback:seal", place.path):
        raise Forbidden("not_yours_to_change")
    return found
