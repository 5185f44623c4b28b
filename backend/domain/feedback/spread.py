"""Bringing a family of cards, and the items made of it, in line with whom one of them is about."""

from collections.abc import Collection

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard, chain_of
from backend.db.feedback_family import family_of, items_made_of, mark_sealed
from backend.db.kept_answer import forget_answers
from backend.db.organization import Organization
from backend.db.rectification import rectification_held
from backend.domain.access import SYSTEM, Actor, Grant, Moment
from backend.domain.event import changed
from backend.domain.feedback.arrival import note
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.desk import choose_desk, is_about
from backend.domain.feedback.effect import follow_run, rewrite_run
from backend.domain.feedback.family import Marks, marks_of, reached
from backend.domain.feedback.kin import kin_of
from backend.domain.feedback.meant import offices_of, units_out
from backend.domain.feedback.route import accounts_in, how_many
from backend.domain.feedback.route import marks_of as places_of
from backend.domain.feedback.subject import facts_of, subject_of
from backend.domain.rectification.withdraw_from import keep_from
from backend.domain.run import Wish, add_act, standing_of

_IN_HAND_AT = {CardStatus.accepted: "sign_for", CardStatus.processing: "processing"}


async def set_marks(
    session: Session,
    actor: Actor,
    moment: Moment,
    card: FeedbackCard,
    *,
    chosen: Collection[str] = (),
    matched: Collection[str] = (),
    in_act: bool = False,
) -> None:
    """Say that a card is about these, besides: `chosen`, or only `matched` by name; without any, its family is brought
    in line after the card came to it. Marks are only ever added.

    Whatever state a card is in, those who are meant lose sight of it; one in hand leaves a unit that is meant and a
    desk beside whoever is. Items follow. What the caller does with `card` itself bears the event and the version of
    it; `in_act`: that is an act, and its unit and desk are the act's. Every relative has an event of its own.
    """
    family = await family_of(session, card.id)
    own, found = frozenset(card.about_own), frozenset(matched)
    card.about_own = sorted({*own, *chosen, *found})
    card.about_matched = sorted({*card.about_matched, *(found - own)} - set(chosen))
    if found:
        # A name that is found anew is meant here, whatever was said of it elsewhere.
        here = reached([card.id], kin_of(family))
        for one in (one for one in family if one.id in here):
            one.about_lifted = [mark for mark in one.about_lifted if mark not in found]
    marks = marks_of(kin_of(family))
    gained = [one for one in family if not marks[one.id].about <= set(one.about)]
    for one in gained:
        about = {*one.about, *marks[one.id].about}
        if one.id == card.id:
            if not in_act:
                await leave_unit(session, actor, moment, one, about)
            _take(one, about, marks[one.id])
            if not in_act:
                await leave_desk(session, one)
        else:
            await _relative(session, actor, moment, one, about, marks[one.id])
    moved = {one.id for one in gained}
    for one in family:
        if one.id not in moved:
            _take(one, set(one.about), marks[one.id])
    await session.flush()
    await _items(session, actor, moment, gained)


def _take(card: FeedbackCard, about: set[str], marks: Marks) -> None:
    """Let a card be about these; what is about somebody keeps no printed number and is not published."""
    card.about_matched = sorted(marks.matched | (set(card.about_matched) - marks.about))
    if about != set(card.about):
        card.about = sorted(about)
    if about:
        card.printed_number, card.published = None, False


async def _relative(
    session: Session, actor: Actor, moment: Moment, card: FeedbackCard, about: set[str], marks: Marks
) -> None:
    before = how_many(card.about)
    if card.sealed_at is not None:
        _take(card, about, marks)
        await mark_sealed(session, card.id, card.about)
    elif card.status in OVER:
        _take(card, about, marks)
    else:
        await leave_unit(session, await _rule(session, card), moment, card, about)
        _take(card, about, marks)
        await leave_desk(session, card)
        await rewrite_run(session, card, await standing_of(session, card.id, lock=True), moment)
    card.updated_at = moment.now
    card.version += 1
    told = changed({"about": before}, {"about": how_many(card.about)})
    note(session, card, actor, moment, "feedback.changed", told)


async def _rule(session: Session, card: FeedbackCard) -> Actor:
    """Who takes a relative from its unit: the rule, with the rights that the desk's own supervision would have."""
    desk = await session.get_one(Organization, card.desk_id)
    return Actor(SYSTEM.account_id, SYSTEM.name, None, (Grant("supervisor", desk.id, desk.path),))


async def leave_unit(
    session: Session, actor: Actor, moment: Moment, card: FeedbackCard, about: Collection[str] | None = None
) -> None:
    """Take a card that is in hand from a unit that has to stay out of it: it is sorted anew. `about`: whom it will be
    about."""
    if card.handling_unit_id is None or card.status not in _IN_HAND_AT:
        return
    unit = await session.get_one(Organization, card.handling_unit_id)
    out = await units_out(session, card)
    out |= {*(about or ()), *await offices_of(session, about or ())}
    if not is_about(unit.path, out):
        return
    place = await session.get_one(Organization, card.place_id)
    organization = await session.get_one(Organization, card.organization_id)
    wish = Wish(step=_IN_HAND_AT[card.status], outcome="returned", to="triage", reason="承办单位被反映，收回重新分办。")
    subject = subject_of(card, organization, place.name)
    acted = await add_act(session, actor, moment, subject, wish, lambda: facts_of(session, card))
    await follow_run(session, None, moment, card, acted)


async def leave_desk(session: Session, card: FeedbackCard) -> None:
    """Give a card that is not over to the desk that nobody who is meant is of, nor works beside."""
    if card.status in OVER or not card.about:
        return
    place = await session.get_one(Organization, card.place_id)
    desk = await session.get_one(Organization, card.desk_id)
    chain = await chain_of(session, place.path)
    apart = choose_desk(chain, {*card.about, *await offices_of(session, card.about)}) or chain[-1]
    if len(apart.path) < len(desk.path):
        if card.organization_id == card.desk_id:
            card.organization_id = apart.id
        card.desk_id = apart.id


async def _items(session: Session, actor: Actor, moment: Moment, gained: Collection[FeedbackCard]) -> None:
    """Items made of cards that came to be about somebody go to where those do not see them."""
    if not gained:
        return
    # What was answered about it before lies with whoever asked, and they may be meant.
    await forget_answers(session, [one.id for one in gained])
    for one in gained:
        found = await items_made_of(session, [one.id])
        await forget_answers(session, found)
        meant = {*one.about, *await places_of(session, accounts_in(one.about))}
        for key in found:
            item = await rectification_held(session, key)
            if item is not None:
                await keep_from(session, actor, moment, item, meant)
