"""Entering a problem into the ledger."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.db.base import Session, new_id
from backend.db.numbering import next_number
from backend.db.organization import Organization, OrganizationStatus, organizations_held
from backend.db.rectification import (
    DeadlineKind,
    Rectification,
    RectificationSource,
    RectificationStatus,
    Severity,
    rectification_in,
)
from backend.domain.access import Actor, Moment, mark
from backend.domain.calendar import day_of
from backend.domain.condition.wording import has_substance
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, invalid
from backend.domain.event import record_about
from backend.domain.feedback.desk import COUNTY, TOWNSHIP
from backend.domain.pinyin import grams
from backend.domain.procedures.registry import current
from backend.domain.rectification.category import Category
from backend.domain.rectification.counts import count_rectification, counted
from backend.domain.rectification.facts import facts_of
from backend.domain.rectification.status import status_at, status_of
from backend.domain.rectification.strictness import easers
from backend.domain.rectification.words import SOURCE_TITLES
from backend.domain.run import Subject, start_run
from backend.domain.text import is_blank

PROCEDURE = "rectification"
RECOGNITION = "rectification_recognition"
"""What an item goes through that a ledger from before says is closed already."""
SERIES = "ZG"
INSPECTED = frozenset(
    {
        RectificationSource.inspection_tour,
        RectificationSource.party_building_patrol,
        RectificationSource.supervision,
        RectificationSource.assessment,
        RectificationSource.inspection,
        RectificationSource.audit,
        RectificationSource.county_transfer,
    }
)
"""Sources that find what others have to put right."""
# "Nobody is affected because nobody is affected."
_SAYS_NOTHING = "不没未有涉及影响到受任何群众村民居民"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRectification:
    """What an item begins with.

    The triad and the limit are proposals until somebody assigns it. `registered_on` is the day that a ledger from
    before says (None: today), and with `limit_is_set` so is the limit: it is the item's original one, passed or not.
    `claimed_closed`: that ledger says that it is closed; its unit has to be known.
    """

    organization_id: UUID
    source: RectificationSource
    problem: str
    category: Category = Category.other
    severity: Severity = Severity.general
    facts: str = ""
    source_document: str = ""
    source_clause: str = ""
    affects_people: bool = True
    nobody_affected_reason: str = ""
    responsible_unit_id: UUID | None = None
    responsible_leader: str = ""
    responsible_person: str = ""
    deadline_kind: DeadlineKind | None = None
    due_on: date | None = None
    measures: str = ""
    result: str = ""
    remark: str = ""
    systemic: bool = False
    claimed_closed: bool = False
    limit_is_set: bool = False
    registered_on: date | None = None
    feedback_card_id: UUID | None = None
    relapse_of_id: UUID | None = None


async def register_rectification(
    session: Session, actor: Actor, moment: Moment, new: NewRectification, *, id: UUID | None = None
) -> Rectification:
    """Enter a problem; it waits to be assigned, or to be recognised when it is said to be closed.

    `id` is for loaders that have to know it beforehand. Raises NotFound, Forbidden, Conflict for an organisation that
    is no longer, and Invalid with a pointer to each field.
    """
    wanted = {new.organization_id, *({new.responsible_unit_id} if new.responsible_unit_id else ())}
    held = await organizations_held(session, actor.reach("organization:read"), wanted)
    organization = held.get(new.organization_id)
    if organization is None:
        raise NotFound("not_found")
    if not actor.may("rectification:write", organization.path):
        raise Forbidden("not_yours_to_change")
    if organization.status is not OrganizationStatus.active:
        raise Conflict("organization_over", name=organization.name)
    unit = held.get(new.responsible_unit_id) if new.responsible_unit_id else None
    today = day_of(moment.now)
    problems = [
        *_unit_problems(actor, organization, unit, new),
        *_source_problems(actor, organization, new),
        *_field_problems(new, today),
    ]
    if problems:
        raise Invalid("invalid", problems=problems)
    if not new.affects_people:
        _refuse_own(actor, organization, unit)
    if new.relapse_of_id is not None:
        await _seen_before(session, actor, organization, new.relapse_of_id)
    place = unit if new.claimed_closed and unit else organization
    procedure = current(RECOGNITION if new.claimed_closed else PROCEDURE)
    begins = status_at(procedure.steps[0].key)
    item = await _stored(session, actor, moment, organization, place, new, today, begins, id or new_id())
    facts = await facts_of(session, item, actor, today)
    standing = await start_run(session, moment, procedure, subject_of(item, place), facts)
    item.status = status_of(item, standing.here)
    await session.flush()
    await count_rectification(session, None, counted(item))
    record_about(
        session,
        actor,
        moment,
        "rectification.registered",
        item,
        data={
            "number": item.number,
            "source": item.source.value,
            "severity": item.severity.value,
            "category": item.category,
            "registered_at": organization.name,
            "claimed_closed": item.claimed_closed,
        },
    )
    return item


def _unit_problems(
    actor: Actor, organization: Organization, unit: Organization | None, new: NewRectification
) -> list[Problem]:
    at = "/responsible_unit_id"
    if new.responsible_unit_id is None:
        return [Problem(at, "unit_needed")] if new.claimed_closed else []
    if unit is None or unit.county_id != organization.county_id:
        return [Problem(at, "unit_not_found")]
    if unit.status is not OrganizationStatus.active:
        return [Problem(at, "organization_over", {"name": unit.name})]
    if unit.parent_id is None:
        return [Problem(at, "unit_without_verifier", {"name": unit.name})]
    if new.claimed_closed and not actor.may("rectification:write", unit.path):
        return [Problem(at, "unit_out_of_reach", {"name": unit.name})]
    return []


def _refuse_own(actor: Actor, organization: Organization, unit: Organization | None) -> None:
    """Raise Forbidden for whoever says of their own unit that nobody is affected by what it has to put right."""
    # A township or a county registers what others are to put right.
    own = organization if organization.kind not in TOWNSHIP | COUNTY else None
    if any(place is not None and mark(place.path) in actor.own for place in (own, unit)):
        raise Forbidden("own_unit_says_nobody_affected")


def _source_problems(actor: Actor, organization: Organization, new: NewRectification) -> list[Problem]:
    if may_register(actor, organization.path, organization.kind, new.source):
        return []
    return [Problem("/source", "source_is_of_inspectors", {"source": SOURCE_TITLES[new.source]})]


def may_register(actor: Actor, path: str, kind: str, source: RectificationSource) -> bool:
    """Whether somebody may say that this source found a problem at an organisation: what was inspected is entered by
    those who inspect, who work above the unit, and not by the unit about itself."""
    if source not in INSPECTED or kind in TOWNSHIP | COUNTY:
        return True
    return mark(path) not in actor.own


def _field_problems(new: NewRectification, today: date) -> list[Problem]:
    problems = []
    since = new.registered_on or today
    if since > today:
        problems.append(Problem("/registered_on", "registered_in_future", {"today": today.isoformat()}))
    if new.due_on is not None and new.due_on < since and not new.limit_is_set:
        problems.append(Problem("/due_on", "due_before_registration", {"day": since.isoformat()}))
    if new.due_on is not None and new.deadline_kind is DeadlineKind.standing:
        problems.append(Problem("/due_on", "standing_has_no_day"))
    if not new.affects_people:
        asked = new.source is RectificationSource.feedback or new.feedback_card_id is not None
        problems += nobody_affected_problems(new.nobody_affected_reason, from_people=asked)
    return problems


def nobody_affected_problems(reason: str, *, from_people: bool) -> list[Problem]:
    """What stands against closing an item without asking people: it came from them (`from_people`), or no reason."""
    if from_people:
        return [Problem("/affects_people", "people_spoke_up")]
    if is_blank(reason):
        return [Problem("/nobody_affected_reason", "nobody_affected_needs_reason")]
    if not has_substance(reason, beside=_SAYS_NOTHING):
        return [Problem("/nobody_affected_reason", "nobody_affected_not_concrete")]
    return []


async def _seen_before(session: Session, actor: Actor, organization: Organization, id: UUID) -> None:
    found = await rectification_in(session, actor.reach("rectification:read"), id)
    if found is None or found[0].county_id != organization.county_id:
        raise invalid("/relapse_of_id", "item_not_found")


async def _stored(
    session: Session,
    actor: Actor,
    moment: Moment,
    organization: Organization,
    place: Organization,
    new: NewRectification,
    today: date,
    begins: RectificationStatus,
    id: UUID,
) -> Rectification:
    item = Rectification(
        status=begins,
        id=id,
        county_id=organization.county_id,
        organization_id=place.id,
        registered_at_id=organization.id,
        registered_on=new.registered_on or today,
        number=await next_number(session, organization.county_id, SERIES, today.year),
        source=new.source,
        source_document=new.source_document,
        source_clause=new.source_clause,
        severity=new.severity,
        category=new.category.value,
        problem=new.problem,
        grams=grams(new.problem),
        facts=new.facts,
        responsible_unit_id=new.responsible_unit_id if new.claimed_closed else None,
        proposed_unit_id=new.responsible_unit_id,
        responsible_leader=new.responsible_leader,
        responsible_person=new.responsible_person,
        deadline_kind=new.deadline_kind,
        original_due_on=new.due_on if new.limit_is_set else None,
        due_on=new.due_on,
        affects_people=new.affects_people,
        nobody_affected_reason=new.nobody_affected_reason,
        systemic=new.systemic,
        claimed_closed=new.claimed_closed,
        eased_by=easers(actor) if new.claimed_closed else [],
        feedback_card_id=new.feedback_card_id,
        relapse_of_id=new.relapse_of_id,
        measures=new.measures,
        result=new.result,
        remark=new.remark,
        created_at=moment.now,
        updated_at=moment.now,
    )
    session.add(item)
    await session.flush()
    return item


def subject_of(item: Rectification, organization: Organization) -> Subject:
    """The item as its run sees it; lists of tasks show the problem as far as there is room."""
    return Subject(
        kind="rectification",
        id=item.id,
        county_id=item.county_id,
        organization_id=organization.id,
        path=organization.path,
        number=item.number,
        title=item.problem[:200],
    )
