"""An item as one person sees it: with what was added to it, its run, and what that person may do next."""

from dataclasses import dataclass, replace
from uuid import UUID

from backend.db.attachment import Attachment, attachments_by_id
from backend.db.base import Session
from backend.db.organization import Organization, organizations_by_id
from backend.db.rectification import (
    Rectification,
    RectificationCorrection,
    RectificationRelook,
    corrections_of,
    rectification_in,
    relooks_of,
)
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.procedure.options import FORM_FIELDS, Option
from backend.domain.rectification.facts import facts_of
from backend.domain.rectification.register import subject_of
from backend.domain.rectification.strictness import asked_back, waits_for_source
from backend.domain.run import Standing, Wish, options_of, standing_of


@dataclass(frozen=True, slots=True)
class RectificationView:
    """`attachments` are the evidence of acts and relooks.

    `unit` is the responsible unit, or the one proposed until there is one. `merged_into` and `relapse_of` are the
    other items, where they are in sight.
    """

    item: Rectification
    organization: Organization
    registered_at: Organization
    unit: Organization | None
    corrections: list[RectificationCorrection]
    relooks: list[RectificationRelook]
    merged_into: Rectification | None
    relapse_of: Rectification | None
    standing: Standing
    options: list[Option]
    attachments: dict[UUID, Attachment]


async def view_rectification(
    session: Session, actor: Actor, moment: Moment, item: Rectification, organization: Organization
) -> RectificationView:
    """Everything that the page of an item shows."""
    standing = await standing_of(session, item.id)
    facts = await facts_of(session, item, actor, day_of(moment.now))
    unit_id = item.responsible_unit_id or item.proposed_unit_id
    places = await organizations_by_id(session, [item.registered_at_id, *([unit_id] if unit_id else [])])
    relooks = await relooks_of(session, item.id)
    options = options_of(standing, actor, subject_of(item, organization), facts, moment.now)
    if waits_for_source(item):
        options = [option for option in options if option.outcome != "withdrawn"]
    else:
        options = [_with_second(option, item, standing, actor, organization.path) for option in options]
    shown = [*(act.evidence for act in standing.acts), *(relook.evidence for relook in relooks)]
    return RectificationView(
        item=item,
        organization=organization,
        registered_at=places[item.registered_at_id],
        unit=places[unit_id] if unit_id else None,
        corrections=await corrections_of(session, item.id),
        relooks=relooks,
        merged_into=await _seen(session, actor, item.merged_into_id),
        relapse_of=await _seen(session, actor, item.relapse_of_id),
        standing=standing,
        options=options,
        attachments=await attachments_by_id(session, [UUID(one["id"]) for evidence in shown for one in evidence]),
    )


async def _seen(session: Session, actor: Actor, id: UUID | None) -> Rectification | None:
    """Another item, which may be out of sight where this one is not."""
    found = await rectification_in(session, actor.reach("rectification:read"), id) if id else None
    return found[0] if found else None


def _with_second(option: Option, item: Rectification, standing: Standing, actor: Actor, path: str) -> Option:
    """The option with what withdrawing an assigned item lacks besides."""
    lacking = asked_back(item, Wish(step=option.step, outcome=option.outcome), standing, actor, path)
    known = {problem.pointer for problem in lacking}
    missing = (*(problem for problem in option.missing if problem.pointer not in known), *lacking)
    if not lacking:
        return option
    may = option.allowed and all(problem.pointer.startswith(FORM_FIELDS) for problem in lacking)
    return replace(option, missing=missing, allowed=may)
