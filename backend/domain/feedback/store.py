"""A card's rows: the card itself, its sender's contact apart, its run; or, for misconduct, only what is sealed."""

from datetime import datetime
from uuid import UUID, uuid4

from backend.db.base import Session
from backend.db.feedback import Anonymity, CardStatus, CardWish, FeedbackCard
from backend.db.feedback_channel import CallDirection, HotlineCall
from backend.db.feedback_receipt import free_number
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, start_of
from backend.domain.feedback.accusing import is_of_conduct
from backend.domain.feedback.arrival import arrival
from backend.domain.feedback.new import NewCard
from backend.domain.feedback.route import Route
from backend.domain.feedback.seal import store_sealed
from backend.domain.feedback.subject import PROCEDURE, facts_of, subject_of
from backend.domain.feedback.vault import Sealed, Vault, locked_contact
from backend.domain.pinyin import grams
from backend.domain.procedures.registry import current
from backend.domain.run import start_run


async def store_card(
    session: Session, vault: Vault, moment: Moment, new: NewCard, route: Route, id: UUID | None = None
) -> FeedbackCard:
    """Store a new card and begin its run. A report of misconduct is never written but encrypted, and has no run."""
    came, today, sealed = arrival(moment), day_of(moment.now), new.wish is CardWish.misconduct
    card = FeedbackCard(
        id=id or uuid4(),
        county_id=route.place.county_id,
        organization_id=route.desk.id,
        desk_id=route.desk.id,
        place_id=route.place.id,
        number=await free_number(session, route.place.county_id, today.year),
        channel=new.channel,
        voice=new.voice,
        wish=new.wish,
        category=new.category,
        content="" if sealed else new.content,
        about_note="" if sealed else new.about_note,
        location_text="" if sealed else new.location_text,
        grams=[] if sealed else grams(new.content),
        anonymity=Anonymity.contact if new.contact else Anonymity.anonymous,
        about=sorted(route.about),
        about_matched=sorted(route.matched),
        about_own=sorted(route.own),
        of_conduct=is_of_conduct(new.wish, new.category, new.content, new.about_note),
        noted=bool(new.about_note),
        urgency=new.urgency,
        status=CardStatus.sealed if sealed else CardStatus.received,
        opinion=new.opinion,
        batch_id=new.batch_id,
        # Whoever handed the cards out may know who got which: what is about somebody keeps no number.
        printed_number=None if sealed or route.about else new.printed_number,
        box_opening_id=new.box_opening_id,
        received_on=new.received_on or today,
        sealed_at=came.now if sealed else None,
        created_at=came.now,
        updated_at=came.now,
    )
    session.add(card)
    await session.flush()
    contact = new.contact
    if sealed:
        name, phone = (contact.name, contact.phone) if contact else ("", "")
        said = Sealed(new.content, new.about_note, new.location_text, name, phone)
        store_sealed(session, vault, card, said, route.seal_at, today)
        return card
    card.text_hash = vault.tracking.text_hash(card.desk_id, card.about, new.content)
    if contact is not None:
        session.add(locked_contact(vault.cipher, card.id, contact))
    subject = subject_of(card, route.desk, route.place.name)
    standing = await start_run(session, came, current(PROCEDURE), subject, await facts_of(session, card))
    # Other runs have ids that begin with the time.
    standing.run.id = uuid4()
    await session.flush()
    return card


def call_row(
    card: FeedbackCard,
    operator: Actor,
    started_at: datetime,
    ended_at: datetime,
    direction: CallDirection,
    *,
    reached: bool = True,
    note: str = "",
    grade: int | None = None,
) -> HotlineCall:
    """A call about a card; of an anonymous caller only the day and the length are kept."""
    anonymous = card.anonymity is Anonymity.anonymous
    return HotlineCall(
        card_id=card.id,
        direction=direction,
        started_at=start_of(day_of(started_at)) if anonymous else started_at,
        seconds=int((ended_at - started_at).total_seconds()),
        reached=reached,
        note=note,
        grade=grade,
        operator_id=None if operator.is_client else operator.account_id,
        operator_client=operator.account_id if operator.is_client else None,
    )
