"""What stands against an act on a card beside the rules of its procedure: who may handle it, and what it goes into."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard, card_in, cards_in, chain_of
from backend.db.feedback_family import family_of, items_made_of
from backend.db.feedback_receipt import active_organizations
from backend.db.organization import Organization
from backend.domain.access import SYSTEM, Actor, mark
from backend.domain.calendar import day_of, shipped_calendar
from backend.domain.errors import Problem
from backend.domain.feedback.accusing import accuses, is_of_conduct
from backend.domain.feedback.choice import DISSATISFIED, OVER
from backend.domain.feedback.desk import COUNTY, choose_desk, is_about
from backend.domain.feedback.family import wholes_of
from backend.domain.feedback.kin import kin_of
from backend.domain.feedback.meant import offices_of, units_out, unnamed_at
from backend.domain.feedback.sight import sight_of
from backend.domain.procedure.trail import Position
from backend.domain.run import Standing, Wish
from backend.domain.text import is_blank

OBJECTION_DAYS = 5
"""Working days from the day when a unit got a card to the last on which it may send it back (petition rules, 22)."""
TIMES_HANDLED_ANEW = 2

_OUTSIDE = frozenset({"supervisor", "county_admin"})
IN_HAND = frozenset({CardStatus.received, CardStatus.accepted, CardStatus.processing, CardStatus.replying})
"""Nobody has answered the case yet: another card may still be handled with it."""


def handled_anew(here: Position) -> int:
    """How often the sender's dissatisfaction has opened the case again in this round."""
    return sum(1 for origin, target in here.returns if (origin, target) == ("rating", "processing"))


def rerouted(here: Position, wish: Wish) -> Wish:
    """A rating as it works: dissatisfied, the case is handled anew by itself; from the third time on it is reviewed."""
    grade = _grade(wish)
    if wish.step != "rating" or wish.outcome != "done" or grade not in DISSATISFIED:
        return wish
    if handled_anew(here) >= TIMES_HANDLED_ANEW:
        return wish
    return Wish(step="rating", outcome="returned", to="processing", reason="反映人不满意，重新办理", record=wish.record)


async def card_problems_of(
    session: Session,
    actor: Actor,
    card: FeedbackCard,
    standing: Standing,
    wish: Wish,
    now: datetime,
    *,
    called: bool = False,
) -> list[Problem]:
    """Everything that only the tables know: units, other cards, and who speaks for the sender."""
    record = wish.record or {}
    if wish.step == "triage" and wish.outcome == "done":
        problems = await _dissatisfied_problems(session, card, standing, record)
        problems += _note_problems(card, record) or await _alone_problems(session, actor, card, record)
        if record.get("outcome") == "accept" and "handling_unit_id" in record:
            problems += await _unit_problems(session, card, record)
        if record.get("outcome") == "seal":
            problems += await _sealing_problems(session, actor, card)
        if problems:
            return problems
        if record.get("outcome") == "merge" and "merged_into_id" in record:
            return await _merge_problems(session, actor, card, str(record["merged_into_id"]))
    if wish.outcome == "returned" and wish.to == "triage" and wish.step in ("sign_for", "processing"):
        return await _objection_problems(session, actor, card, standing.here, now)
    if wish.step == "rating" and wish.outcome in ("done", "returned"):
        return _rating_problems(actor, card, wish, called=called)
    return []


def _rating_problems(actor: Actor, card: FeedbackCard, wish: Wish, *, called: bool) -> list[Problem]:
    """The sender rates for the sender, a call-back asks, and only time makes a rating of nobody."""
    record = wish.record or {}
    by = "sender" if actor.account_id == card.id else "nobody" if actor == SYSTEM else "call_back"
    if wish.outcome == "returned" and _grade(wish) not in DISSATISFIED:
        return [Problem("/outcome", "rating_decides")]
    if "by" in record and record["by"] != by:
        return [Problem("/record/by", "rating_by_other")]
    if (record.get("grade") == "none") != (by == "nobody"):
        return [Problem("/record/grade", "rating_missing")]
    # Staff know a grade from nowhere but a call, and an anonymous sender has no number to call.
    if by == "call_back" and not called:
        return [Problem("/step", "rating_without_call")]
    return []


async def _objection_problems(
    session: Session, actor: Actor, card: FeedbackCard, here: Position, now: datetime
) -> list[Problem]:
    """The unit objects in time; the desk may take a card back at any time."""
    opened = here.of("sign_for").opened_at
    unit = await session.get(Organization, card.handling_unit_id) if card.handling_unit_id else None
    if opened is None or unit is None or mark(unit.path) not in actor.own:
        return []
    last = shipped_calendar().add(day_of(opened), OBJECTION_DAYS, "working")
    if day_of(now) > last:
        return [Problem("/to", "objection_too_late", {"last": last.isoformat()})]
    return []


def _note_problems(card: FeedbackCard, record: dict[str, Any]) -> list[Problem]:
    """Whom a sender means in words that no name was found in, the desk says before anything is decided."""
    decides = record.get("outcome") in ("accept", "not_accept", "transfer")
    if not decides or card.about or not card.noted or not is_blank(str(record.get("about_nobody") or "")):
        return []
    return [Problem("/record/about_nobody", "about_whom_unsaid")]


async def _dissatisfied_problems(
    session: Session, card: FeedbackCard, standing: Standing, record: dict[str, Any]
) -> list[Problem]:
    """Whom an answer left dissatisfied is handled anew, by another unit if need be; only a review ends that."""
    if record.get("outcome") not in ("not_accept", "transfer", "merge"):
        return []
    rated = any(act.step == "rating" and act.outcome == "returned" for act in standing.acts)
    if not rated and card.split_from_id is not None:
        whole = await session.get_one(FeedbackCard, card.split_from_id)
        rated = whole.status is CardStatus.merged and whole.grade in DISSATISFIED
    return [Problem("/record/outcome", "dissatisfied_ends_by_review")] if rated else []


async def _sealing_problems(session: Session, actor: Actor, card: FeedbackCard) -> list[Problem]:
    """What a card says stands in its wholes, word for word: whoever is given one would read it, so that it is sealed
    first, once what is ordinary in it was split off. A part that says it all is for the desk alone meanwhile, which
    seals it next. The items of the ledger go up to where the report is kept."""
    at, family = "/record/outcome", {one.id: one for one in await family_of(session, card.id)}
    holding = wholes_of(card.id, kin_of(list(family.values())))
    above, here = set(), card.split_from_id
    while here is not None:
        above.add(here)
        here = family[here].split_from_id
    in_hand = [
        one
        for one in family.values()
        if one.id in holding and one.status not in OVER and (one.id in above or one.status is not CardStatus.received)
    ]
    if in_hand:
        known = {one.id for one in await cards_in(session, sight_of(actor), col(FeedbackCard.id).in_(holding))}
        if any(one.id not in known for one in in_hand):
            return [Problem(at, "sealed_after_unseen_whole")]
        return [Problem(at, "sealed_after_its_whole", {"number": one.number}) for one in in_hand]
    desk = await session.get_one(Organization, card.desk_id)
    if desk.parent_id is None and await items_made_of(session, {card.id, *holding}):
        return [Problem(at, "sealed_with_its_item", {"desk": desk.name})]
    return []


async def _alone_problems(session: Session, actor: Actor, card: FeedbackCard, record: dict[str, Any]) -> list[Problem]:
    """Where somebody may be meant whom nobody found, or who works at the desk, the desk ends nothing by itself."""
    at = "about_nobody" if not is_blank(str(record.get("about_nobody") or "")) else "outcome"
    ends = at == "about_nobody" or record.get("outcome") in ("not_accept", "transfer")
    if not ends or not (card.noted or accuses(card.wish, card.of_conduct)):
        return []
    desk = await session.get_one(Organization, card.desk_id)
    if card.about:
        meant = {*card.about, *await offices_of(session, card.about)}
        if choose_desk(await chain_of(session, desk.path), meant) == desk:
            return []
    if actor.roles_at(desk.path) & _OUTSIDE and (desk.kind in COUNTY or actor.organization_id != desk.id):
        return []
    return [Problem(f"/record/{at}", "outside_account_needed", {"desk": desk.name})]


async def _unit_problems(session: Session, card: FeedbackCard, record: dict[str, Any]) -> list[Problem]:
    at = "/record/handling_unit_id"
    unit = await _organization(session, str(record["handling_unit_id"]))
    desk = await session.get_one(Organization, card.desk_id)
    if unit is None or not unit.path.startswith(desk.path):
        return [Problem(at, "unit_not_below_desk", {"desk": desk.name})]
    if is_about(unit.path, await units_out(session, card, of_conduct=False)):
        return [Problem(at, "unit_complained_about", {"unit": unit.name})]
    category = str(record.get("category") or card.category)
    of_conduct = card.of_conduct or is_of_conduct(card.wish, category)
    if of_conduct and is_about(unit.path, await unnamed_at(session, card)):
        return [Problem(at, "conduct_handled_outside", {"unit": unit.name})]
    return []


async def _organization(session: Session, given: str) -> Organization | None:
    key = as_uuid(given)
    return (await active_organizations(session, [key])).get(key) if key else None


async def _merge_problems(session: Session, actor: Actor, card: FeedbackCard, given: str) -> list[Problem]:
    """Cards go together only when the main one is in hand, of the same place, and handled past everybody whom the other
    is about, too: a case that is answered, or one from elsewhere, is no place for what somebody says now.
    """
    at, key = "/record/merged_into_id", as_uuid(given)
    if key is None or key == card.id:
        return [Problem(at, "main_card_not_found")]
    found = await session.get(FeedbackCard, key) if actor == SYSTEM else None
    if found is None:
        seen = await card_in(session, sight_of(actor), key)
        found = seen[0] if seen else None
    if found is None or found.county_id != card.county_id:
        return [Problem(at, "main_card_not_found")]
    if found.status not in IN_HAND or found.sealed_at is not None:
        return [Problem(at, "main_card_is_none", {"number": found.number})]
    # The same words about the same people, which the machine puts together, are one matter wherever they come from.
    if found.desk_id != card.desk_id or (found.place_id != card.place_id and actor != SYSTEM):
        return [Problem(at, "main_card_from_elsewhere", {"number": found.number})]
    if not set(card.about) <= set(found.about):
        return [Problem(at, "main_card_about_others", {"number": found.number})]
    return []


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _grade(wish: Wish) -> int | None:
    value: Any = (wish.record or {}).get("grade")
    return int(value) if isinstance(value, str) and value.isdecimal() else None
