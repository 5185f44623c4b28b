"""A card as one person sees it: with its run, its photos, its relatives, and what that person may do next."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col

from backend.db.account_view import accounts_named
from backend.db.attachment import Attachment, attachments_by_id
from backend.db.base import Session, utc_now
from backend.db.feedback import FeedbackCard, card_in, cards_in, organizations_marked
from backend.db.feedback_channel import FeedbackBatch, HotlineCall, calls_of
from backend.db.feedback_family import root_of
from backend.db.feedback_vault import FeedbackPhoto, contact_of, photos_of
from backend.db.organization import Organization, organizations_by_id
from backend.db.procedure import holders_of_run
from backend.db.rectification import Rectification, RectificationStatus, rectification_in
from backend.domain.access import Actor, Moment
from backend.domain.feedback.route import accounts_in
from backend.domain.feedback.sight import sight_of
from backend.domain.feedback.subject import facts_of, subject_of
from backend.domain.procedure.options import Option
from backend.domain.run import Standing, options_of, standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """`about_note` is what the sender wrote of whom it is about, as far as the card that says so is in sight; `about`
    are the organisations complained about, `people_about` how many people; `matched` are those of
    both who were only found by name in the note; `relatives` are cards within
    sight that were merged into this one, are parts of it, or that it was merged into or split from."""

    card: FeedbackCard
    organization: Organization
    places: dict[UUID, Organization]
    about_note: str
    about: list[Organization]
    people_about: int
    matched: list[tuple[UUID, str]]
    relatives: list[FeedbackCard]
    has_contact: bool
    photos: list[FeedbackPhoto]
    calls: list[tuple[HotlineCall, str]]
    batch: FeedbackBatch | None
    rectification: Rectification | None
    standing: Standing
    options: list[Option]
    holders: list[dict[str, Any]]
    attachments: dict[UUID, Attachment]


async def view_card(
    session: Session, actor: Actor, moment: Moment, card: FeedbackCard, organization: Organization
) -> CardView:
    """Everything that the page of a card shows."""
    standing = await standing_of(session, card.id)
    ids = [card.place_id, card.desk_id, *([card.handling_unit_id] if card.handling_unit_id else [])]
    places = await organizations_by_id(session, ids)
    subject = subject_of(card, organization, places[card.place_id].name)
    options = options_of(standing, actor, subject, await facts_of(session, card), moment.now)
    evidence = [UUID(item["id"]) for act in standing.acts for item in act.evidence]
    return CardView(
        card=card,
        organization=organization,
        places=places,
        about_note=await _note(session, actor, card),
        about=await organizations_marked(session, card.county_id, [one[1:] for one in card.about if one[:1] == "@"]),
        people_about=len(accounts_in(card.about)),
        matched=await _matched(session, card),
        relatives=await _relatives(session, actor, card),
        has_contact=await contact_of(session, (await root_of(session, card)).id) is not None,
        photos=await photos_of(session, card.id),
        calls=await calls_of(session, card.id),
        batch=await session.get(FeedbackBatch, card.batch_id) if card.batch_id else None,
        rectification=await _rectification(session, actor, card),
        standing=standing,
        # Staff rate by nothing but a call, which is no act of theirs.
        options=[option for option in options if option.step != "rating"],
        holders=await holders_of_run(session, card.id, utc_now()),
        attachments=await attachments_by_id(session, evidence),
    )


async def _note(session: Session, actor: Actor, card: FeedbackCard) -> str:
    root = await root_of(session, card)
    seen = root is card or await card_in(session, sight_of(actor), root.id)
    return root.about_note if seen else ""


async def _relatives(session: Session, actor: Actor, card: FeedbackCard) -> list[FeedbackCard]:
    named = [one for one in (card.merged_into_id, card.split_from_id) if one]
    related = (
        (col(FeedbackCard.merged_into_id) == card.id)
        | (col(FeedbackCard.split_from_id) == card.id)
        | col(FeedbackCard.id).in_(named)
    )
    return await cards_in(session, sight_of(actor), related)


async def _rectification(session: Session, actor: Actor, card: FeedbackCard) -> Rectification | None:
    if card.rectification_id is None:
        return None
    found = await rectification_in(session, actor.reach("rectification:read"), card.rectification_id)
    # One that was withdrawn gives the card back, to be converted again.
    return found[0] if found and found[0].status is not RectificationStatus.withdrawn else None


async def _matched(session: Session, card: FeedbackCard) -> list[tuple[UUID, str]]:
    units = await organizations_marked(session, card.county_id, [m[1:] for m in card.about_matched if m[:1] == "@"])
    people = await accounts_named(session, accounts_in(card.about_matched))
    return [*((unit.id, unit.name) for unit in units), *sorted(people.items(), key=lambda one: one[1])]
