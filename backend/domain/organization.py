"""Creating, changing, moving, merging and dissolving organisations.

Nothing is deleted: an organisation ends on a day, and the histories of names and places keep every tree there was.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.decision_inheritance import has_open_decisions, inherit_decisions
from backend.db.feedback_inheritance import has_open_feedback, inherit_feedback
from backend.db.member import has_current_members, inherit_members
from backend.db.organization import (
    Organization,
    OrganizationName,
    OrganizationPlace,
    OrganizationStatus,
    codes_taken,
    counties_of,
    hold_tree,
    names_below,
    open_history,
    organizations_held,
    rewrite_paths,
    tally_all,
)
from backend.db.rectification_inheritance import has_open_rectifications, inherit_rectifications
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, invalid
from backend.domain.event import changed, record
from backend.domain.organization_kind import ORGANIZATION_KINDS, kind_title, may_stand_under
from backend.domain.organization_rule import organization_problems
from backend.domain.pinyin import grams, spell_organization
from backend.domain.staff.meeting import refuse_meeting_duties

CHANGEABLE = (
    "name",
    "short_name",
    "region_code",
    "credit_code",
    "founded_on",
    "term_starts_on",
    "term_ends_on",
    "remark",
)


@dataclass(frozen=True, slots=True)
class Inheritance:
    """A record system whose items belong to an organisation: what becomes of the open ones when it ends.

    `has_open` asks whether there are any, and `refusal` says so to who would dissolve it.  `hand_over` gives them to
    another organisation and answers how many it moved, by state; where counts `are_kept`, these move along.
    """

    subject: str
    has_open: Callable[[Session, UUID], Awaitable[bool]]
    refusal: str
    hand_over: Callable[[Session, UUID, UUID, datetime, date, str], Awaitable[dict[str, int]]]
    are_kept: bool = False


# What an organisation leaves to the one that it merges into, and what keeps it from being dissolved.
INHERITED = (
    Inheritance("member", has_current_members, "has_active_members", inherit_members, are_kept=True),
    Inheritance("decision", has_open_decisions, "has_open_items", inherit_decisions),
    Inheritance("feedback", has_open_feedback, "has_open_feedback", inherit_feedback),
    Inheritance(
        "rectification", has_open_rectifications, "has_open_rectifications", inherit_rectifications, are_kept=True
    ),
)


def plain(value: Any) -> Any:
    """A field as an event carries it."""
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def spelling_columns(name: str) -> dict[str, Any]:
    spelt = spell_organization(name)
    return {"pinyin": spelt.full, "initials": spelt.initials, "sort_key": spelt.sort_key, "grams": grams(name)}


def wrong_parent_kind(kind: str, parent_kind: str | None) -> Problem | None:
    """Why a node of `kind` may not stand under one of `parent_kind` (None: at the top), or None when it may."""
    if kind not in ORGANIZATION_KINDS or may_stand_under(kind, parent_kind):
        return None
    if parent_kind is None:
        return Problem("/parent_id", "parent_required", {"kind": _kind_words(kind)})
    words = {"kind": _kind_words(kind), "parent_kind": _kind_words(parent_kind)}
    return Problem("/parent_id", "wrong_parent_kind", words)


def _kind_words(kind: str) -> dict[str, str]:
    return {"zh-CN": kind_title(kind), "en": ORGANIZATION_KINDS[kind].english}


async def _hold(session: Session, actor: Actor, id: UUID, permission: str, *others: UUID) -> dict[UUID, Organization]:
    """Find and lock `id` and `others` for a change of the tree; the permission must reach all of them."""
    reach = actor.reach("organization:read")
    for county_id in sorted(await counties_of(session, reach, [id, *others]), key=str):
        await hold_tree(session, county_id, exclusive=True)
    held = await organizations_held(session, reach, {id, *others}, for_change=True)
    if len(held) < len({id, *others}):
        raise NotFound("not_found")
    if not all(actor.may(permission, organization.path) for organization in held.values()):
        raise Forbidden("not_yours_to_change")
    return held


def _check_current(organization: Organization, version: int) -> None:
    if organization.version != version:
        raise Stale("stale")
    if organization.status != OrganizationStatus.active:
        raise Conflict("organization_not_active")


def _note(
    session: Session,
    actor: Actor,
    moment: Moment,
    kind: str,
    organization: Organization,
    data: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    record(
        session,
        actor,
        moment,
        kind,
        county_id=organization.county_id,
        organization_id=organization.id,
        subject_id=organization.id,
        data=data,
        reason=reason,
    )


async def change_organization(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int | None, changes: Mapping[str, Any]
) -> Organization:
    """Change fields of an active organisation; a new name is kept beside the old ones, with the day it began.

    `version` is the one that the caller read, None for an import, which compared the fields themselves.  Records
    `organization.renamed` when the name is among the changes, else `organization.changed`; nothing when all is equal.
    """
    held = await organizations_held(session, actor.reach("organization:read"), [id], for_change=True)
    organization = held.get(id)
    if organization is None:
        raise NotFound("not_found")
    if not actor.may("organization:write", organization.path):
        raise Forbidden("not_yours_to_change")
    _check_current(organization, organization.version if version is None else version)
    before = {field: getattr(organization, field) for field in CHANGEABLE}
    after = before | {field: value for field, value in changes.items() if field in before}
    differing = {field: value for field, value in after.items() if value != before[field]}
    if not differing:
        return organization
    today = day_of(moment.now)
    # Only what this change makes wrong is held against it: an old record may have faults of its own.
    known = {(p.pointer, p.code) for p in organization_problems(before | {"kind": organization.kind}, today)}
    found = [
        p
        for p in organization_problems(after | {"kind": organization.kind}, today)
        if (p.pointer, p.code) not in known or p.pointer.removeprefix("/") in differing
    ]
    found += await _taken(session, organization, differing)
    if found:
        raise Invalid("invalid", problems=found)
    for field, value in differing.items():
        setattr(organization, field, value)
    if "name" in differing:
        for column, value in spelling_columns(organization.name).items():
            setattr(organization, column, value)
        await _begin(session, OrganizationName, organization.id, today, name=organization.name)
    _touch(session, organization, moment)
    kind = "organization.renamed" if "name" in differing else "organization.changed"
    old, new = ({field: plain(values[field]) for field in differing} for values in (before, after))
    _note(session, actor, moment, kind, organization, changed(old, new))
    return organization


async def _taken(session: Session, organization: Organization, differing: Mapping[str, Any]) -> list[Problem]:
    """Problems with other organisations: a sibling of the same name, one of the same kind with the same code."""
    found = []
    if "name" in differing and organization.parent_id is not None:
        siblings = (await names_below(session, [organization.parent_id])).get(organization.parent_id, {})
        if siblings.get(differing["name"], organization.id) != organization.id:
            found.append(Problem("/name", "name_taken", {"name": differing["name"]}))
    for column in ("region_code", "credit_code"):
        if code := differing.get(column):
            bearers = await codes_taken(session, organization.county_id, column, [code])
            if bearers.get((organization.kind, code), organization.id) != organization.id:
                found.append(Problem(f"/{column}", "code_taken", {"value": code}))
    return found


async def _begin(
    session: Session, table: type[OrganizationName] | type[OrganizationPlace], id: UUID, day: date, **columns: Any
) -> None:
    """Let a new name or place hold from `day`; one that began the same day is replaced, so that no day has two."""
    current = await open_history(session, table, id)
    if current is not None and current.valid_from >= day:
        for column, value in columns.items():
            setattr(current, column, value)
        session.add(current)
        return
    if current is not None:
        current.valid_to = day
        session.add(current)
    session.add(table(organization_id=id, valid_from=day, **columns))


def _touch(session: Session, organization: Organization, moment: Moment) -> None:
    organization.version += 1
    organization.updated_at = moment.now
    session.add(organization)


async def move_organization(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, parent_id: UUID, reason: str
) -> Organization:
    """Hang an organisation with everything below it under another parent of the same county.

    Raises Invalid at `/parent_id`: `cycle`, `other_county`, `wrong_parent_kind`, `name_taken`; Conflict
    `county_root_stays`, `already_there`, `organization_not_active`, `parent_not_active`, `duties_meet`.
    """
    held = await _hold(session, actor, id, "organization:arrange", parent_id)
    organization, parent = held[id], held[parent_id]
    _check_current(organization, version)
    if organization.parent_id is None:
        raise Conflict("county_root_stays")
    if parent.county_id != organization.county_id:
        raise invalid("/parent_id", "other_county")
    if parent.path.startswith(organization.path):
        raise invalid("/parent_id", "cycle")
    if parent.status != OrganizationStatus.active:
        raise Conflict("parent_not_active")
    if organization.parent_id == parent.id:
        raise Conflict("already_there")
    if problem := wrong_parent_kind(organization.kind, parent.kind):
        raise Invalid("invalid", problems=[problem])
    if organization.name in (await names_below(session, [parent.id])).get(parent.id, {}):
        raise invalid("/parent_id", "name_taken", name=organization.name)
    old_parent_id = organization.parent_id
    await _rehang(session, organization, parent, moment)
    await refuse_meeting_duties(session, organization.path)
    _note(
        session,
        actor,
        moment,
        "organization.moved",
        organization,
        changed({"parent_id": str(old_parent_id)}, {"parent_id": str(parent.id)}),
        reason,
    )
    return organization


async def _rehang(session: Session, organization: Organization, parent: Organization, moment: Moment) -> None:
    old = organization.path
    new = parent.path + old.rstrip("/").rpartition("/")[2] + "/"
    organization.parent_id = parent.id
    _touch(session, organization, moment)
    await rewrite_paths(session, old, new, moment.now)
    await session.refresh(organization)
    await _begin(session, OrganizationPlace, organization.id, day_of(moment.now), parent_id=parent.id)


async def merge_organizations(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, into_id: UUID, reason: str
) -> Organization:
    """End an organisation and give its members, children and open items to another of the same kind and county.

    Raises Invalid at `/into_id`: `merge_into_itself` (also into one below it), `other_county`, `kinds_differ`; Conflict
    `county_root_stays`, `child_name_taken`, `organization_not_active`, `target_not_active`, `duties_meet`.
    """
    held = await _hold(session, actor, id, "organization:arrange", into_id)
    source, target = held[id], held[into_id]
    _check_current(source, version)
    if target.path.startswith(source.path):
        raise invalid("/into_id", "merge_into_itself")
    if source.parent_id is None:
        raise Conflict("county_root_stays")
    if target.county_id != source.county_id:
        raise invalid("/into_id", "other_county")
    if target.kind != source.kind:
        raise invalid("/into_id", "kinds_differ")
    if target.status != OrganizationStatus.active:
        raise Conflict("target_not_active")
    below = await names_below(session, [source.id, target.id])
    children, clashing = below.get(source.id, {}), below.get(target.id, {}).keys()
    if twice := sorted(children.keys() & clashing):
        raise Conflict("child_name_taken", name=twice[0])
    reach = actor.reach("organization:read")
    for child in (await organizations_held(session, reach, children.values(), for_change=True)).values():
        await _rehang(session, child, target, moment)
    await refuse_meeting_duties(session, target.path)
    counts: dict[str, dict[str, int]] = {}
    for inheritance in INHERITED:
        moved = await inheritance.hand_over(session, source.id, target.id, moment.now, day_of(moment.now), reason)
        if inheritance.are_kept:
            gone = {(source.id, status): -count for status, count in moved.items()}
            come = {(target.id, status): count for status, count in moved.items()}
            await tally_all(session, inheritance.subject, gone | come)
        counts[inheritance.subject] = moved
    source.merged_into_id = target.id
    await _end(session, source, OrganizationStatus.merged, moment)
    data = {"into_id": str(target.id), "into": target.name, "children": len(children), "handed_over": counts}
    _note(session, actor, moment, "organization.merged", source, data, reason)
    return source


async def _end(session: Session, organization: Organization, status: OrganizationStatus, moment: Moment) -> None:
    today = day_of(moment.now)
    for table in (OrganizationName, OrganizationPlace):
        current = await open_history(session, table, organization.id)
        if current is not None:
            current.valid_to = max(today, current.valid_from)
            session.add(current)
    organization.status = status
    organization.valid_to = max(today, organization.valid_from)
    _touch(session, organization, moment)


async def dissolve_organization(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, reason: str
) -> Organization:
    """End an organisation that nobody belongs to, that has no open items, and below which nothing stands.

    Raises Conflict `has_active_members`, `has_open_items`, `has_active_children`, `organization_not_active`.
    """
    organization = (await _hold(session, actor, id, "organization:arrange"))[id]
    _check_current(organization, version)
    for inheritance in INHERITED:
        if await inheritance.has_open(session, organization.id):
            raise Conflict(inheritance.refusal)
    if (await names_below(session, [organization.id])).get(organization.id):
        raise Conflict("has_active_children")
    await _end(session, organization, OrganizationStatus.dissolved, moment)
    _note(session, actor, moment, "organization.dissolved", organization, {}, reason)
    return organization
