"""What an item says beside its problem: changed in place, or for the problem itself, appended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.rectification import (
    OVER,
    Rectification,
    RectificationCorrection,
    RectificationSource,
    RectificationStatus,
    corrections_of,
    merged_in,
)
from backend.domain.access import Actor, Moment
from backend.domain.condition.wording import holds_personal_data
from backend.domain.errors import Conflict, Forbidden, Invalid, invalid
from backend.domain.event import changed, record_about
from backend.domain.procedures.rectification.parts import VERIFIERS
from backend.domain.rectification.counts import count_rectification, counted
from backend.domain.rectification.facts import people_in
from backend.domain.rectification.find import rectification_for, refuse_own_unit, refuse_proposed_unit
from backend.domain.rectification.register import nobody_affected_problems
from backend.domain.rectification.strictness import easers, is_lower
from backend.domain.text import is_blank

CHANGEABLE = (
    "category",
    "severity",
    "facts",
    "source_document",
    "source_clause",
    "affects_people",
    "nobody_affected_reason",
    "systemic",
    "remark",
)
# They decide who has to agree to a closing, so they stand once the unit has asked for it.
_WEIGHTY = ("severity", "affects_people")
_ASKED = (RectificationStatus.close_requested, RectificationStatus.verified)


async def change_rectification(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, changes: Mapping[str, Any], reason: str = ""
) -> Rectification:
    """Change what is said about an open item; its problem, number, source and day of registration stay.

    Whoever makes it milder says why; that nobody is affected any more has its own reason, and is for supervision to
    say. Raises NotFound, Forbidden
    (also for its own unit once it is assigned, and for the proposed one when it would make it milder), Stale, Conflict
    when it is over or the unit has asked for closing and the change would decide who has to agree, and Invalid.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:write", version)
    refuse_own_unit(actor, item, organization)
    if item.status in OVER:
        raise Conflict("item_over")
    given = {name: value for name, value in changes.items() if name in CHANGEABLE}
    before = {name: getattr(item, name) for name in given}
    told = changed(before, given)
    if not told:
        return item
    if item.status in _ASKED and any(name in told for name in _WEIGHTY):
        raise Conflict("closing_is_asked_for")
    if milder := _milder(item, given):
        await refuse_proposed_unit(session, actor, item)
    for name in ("facts", "remark"):
        await _refuse_number(session, item, f"/{name}", given.get(name, ""))
    was = counted(item)
    for name, value in given.items():
        setattr(item, name, value)
    taken_over = await merged_in(session, item.id) if milder else []
    if not item.affects_people and ("affects_people" in told or "nobody_affected_reason" in told):
        _refuse_unasked(actor, item, organization, taken_over)
    if milder:
        _refuse_owner(actor, item)
        _refuse_laxer(item, taken_over)
        item.eased_by = easers(actor, item.eased_by)
    if milder == {"affects_people"}:
        reason = reason or given.get("nobody_affected_reason", "")
    if milder and is_blank(reason):
        raise invalid("/reason", "milder_needs_reason")
    item.updated_at = moment.now
    item.version += 1
    await session.flush()
    await count_rectification(session, was, counted(item))
    record_about(session, actor, moment, "rectification.changed", item, told, reason)
    return item


def _refuse_unasked(
    actor: Actor, item: Rectification, organization: Organization, taken_over: Sequence[Rectification]
) -> None:
    """Raise Forbidden and Invalid where people are not to be asked and may not be passed over: by supervision only,
    and not at all where people brought it up themselves, be it in what was merged into it."""
    from_people = _from_people(item, taken_over)
    if problems := nobody_affected_problems(item.nobody_affected_reason, from_people=from_people):
        raise Invalid("invalid", problems=problems)
    if not actor.roles_at(organization.path).intersection(VERIFIERS):
        raise Forbidden("supervision_says_nobody_affected")


async def _refuse_number(session: Session, item: Rectification, pointer: str, text: str) -> None:
    """Raise Invalid for a number by which a sender can be reached or known: more people read an item than a card."""
    if holds_personal_data(text) and _from_people(item, await merged_in(session, item.id)):
        raise invalid(pointer, "item_holds_number")


def _from_people(item: Rectification, taken_over: Sequence[Rectification]) -> bool:
    """Whether people brought it up themselves, be it in what was merged into it."""
    return any(
        one.source is RectificationSource.feedback or one.feedback_card_id is not None for one in (item, *taken_over)
    )


def _refuse_owner(actor: Actor, item: Rectification) -> None:
    if (people_in(item.responsible_leader) | people_in(item.responsible_person)) & actor.own:
        raise Forbidden("own_item")


def _refuse_laxer(item: Rectification, taken_over: Sequence[Rectification]) -> None:
    """Raise Invalid for what would ask less than an item that was merged into it: it stands for that one too."""
    for one in taken_over:
        if one.affects_people and not item.affects_people:
            raise invalid("/affects_people", "merged_in_asks_more", number=one.number)
        if is_lower(item.severity, one.severity):
            raise invalid("/severity", "merged_in_asks_more", number=one.number)


def _milder(item: Rectification, given: Mapping[str, Any]) -> set[str]:
    """Which of the changes ask less of whoever puts the item right, or of those who have to agree."""
    less = {"severity"} if is_lower(given.get("severity", item.severity), item.severity) else set()
    return less | ({"affects_people"} if item.affects_people and not given.get("affects_people", True) else set())


async def correct_rectification(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, text: str, reason: str
) -> RectificationCorrection:
    """Append what has to be put right in the problem's text. Raises NotFound, Forbidden and Stale."""
    item, organization = await rectification_for(session, actor, id, "rectification:write", version)
    refuse_own_unit(actor, item, organization)
    await _refuse_number(session, item, "/text", text)
    before = await corrections_of(session, item.id)
    correction = RectificationCorrection(
        rectification_id=item.id,
        text=text,
        reason=reason,
        by=actor.account_id,
        by_name=actor.name,
        at=moment.now,
        created_at=moment.now,
    )
    session.add(correction)
    item.updated_at = moment.now
    item.version += 1
    # The text that was registered stays where it is: its last correction is what is read instead of it.
    told = {"correction": {"old": before[-1].text if before else item.problem, "new": text}}
    record_about(session, actor, moment, "rectification.corrected", item, told, reason)
    return correction
