"""Creating organisations: one, or a whole county's roster in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from backend.db.base import Session, new_id, utc_now
from backend.db.bulk import copy_rows
from backend.db.event import Event
from backend.db.organization import (
    Organization,
    OrganizationName,
    OrganizationPlace,
    OrganizationStatus,
    codes_taken,
    counties_of,
    county_stands,
    hold_tree,
    names_below,
    new_segments,
    organizations_by_id,
    organizations_held,
)
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Forbidden, Invalid, NotFound, Problem
from backend.domain.event import changed, event_row
from backend.domain.organization import CHANGEABLE, plain, spelling_columns, wrong_parent_kind
from backend.domain.organization_rule import OrganizationValues, first_day, organization_problems

_REPORTED = 100
_CODES: tuple[Literal["region_code", "credit_code"], ...] = ("region_code", "credit_code")


@dataclass(slots=True)
class _Parent:
    """What a row needs to know of the node above it, whether that stands already or comes with the same call."""

    id: UUID
    county_id: UUID
    path: str
    kind: str
    region: str | None
    is_active: bool = True
    is_test: bool = False


@dataclass(slots=True)
class _Census:
    """Names below each parent and codes in each county, those of earlier rows included."""

    names: dict[UUID, set[str]] = field(default_factory=dict)
    codes: set[tuple[UUID, str, str, str]] = field(default_factory=set)

    def name_is_taken(self, parent_id: UUID, name: str) -> bool:
        """Whether the name stands there already; from now on it does."""
        names = self.names.setdefault(parent_id, set())
        taken = name in names
        names.add(name)
        return taken

    def code_is_taken(self, county_id: UUID, column: str, kind: str, code: str) -> bool:
        """Whether the code is borne already; from now on it is."""
        key = (county_id, column, kind, code)
        taken = key in self.codes
        self.codes.add(key)
        return taken


async def create_organization(session: Session, actor: Actor, moment: Moment, values: OrganizationValues) -> UUID:
    """Create one organisation, or a county when it has no parent; see `create_organizations`."""
    return (await _create(session, actor, moment, [values], lambda row: ""))[0]


async def create_organizations(
    session: Session, actor: Actor, moment: Moment, rows: Sequence[OrganizationValues]
) -> list[UUID]:
    """Create organisations, parents before what stands below them; returns their ids in the order of `rows`.

    An organisation is in the tree from the day on which it was founded, if that is known, else from today.  Raises
    NotFound or Forbidden for a parent out of sight or of others, and Invalid with the first hundred problems, pointers
    `/rows/<place>/<field>`: those of `organization_problems`, `wrong_parent_kind`, `parent_required`,
    `parent_not_active`, `name_taken`, `code_taken`, `region_other_county`.
    """
    return await _create(session, actor, moment, rows, lambda row: f"/rows/{row}")


async def _create(
    session: Session,
    actor: Actor,
    moment: Moment,
    rows: Sequence[OrganizationValues],
    prefix: Callable[[int], str],
) -> list[UUID]:
    parents = await _parents(session, actor, rows)
    census = await _census(session, rows, parents)
    today = day_of(moment.now)
    segments = await new_segments(session, len(rows))
    problems: list[Problem] = []
    made: list[dict[str, Any]] = []
    for place, (values, segment) in enumerate(zip(rows, segments, strict=True)):
        found = organization_problems(values, today) + await _misplaced(session, values, parents, census)
        problems += [Problem(prefix(place) + p.pointer, p.code, p.params) for p in found]
        if len(problems) >= _REPORTED:
            break
        if not problems:
            made.append(_row(values, segment, parents, moment, today))
    if problems:
        raise Invalid("invalid", problems=problems[:_REPORTED])
    await _write(session, actor, moment, made)
    return [row["id"] for row in made]


async def _parents(session: Session, actor: Actor, rows: Sequence[OrganizationValues]) -> dict[UUID, _Parent]:
    """Find, lock and check every parent that stands already."""
    coming = {values["id"] for values in rows if "id" in values}
    wanted = {above for values in rows if (above := values.get("parent_id")) is not None} - coming
    if any(values.get("parent_id") is None for values in rows) and not actor.may("county:create", ""):
        raise Forbidden("permission_missing", permission="county:create")
    reach = actor.reach("organization:read")
    counties = await counties_of(session, reach, wanted)
    for county_id in sorted(counties, key=str):
        await hold_tree(session, county_id, exclusive=False)
    held = await organizations_held(session, reach, wanted)
    if len(held) < len(wanted):
        raise NotFound("not_found")
    if not all(actor.may("organization:write", parent.path) for parent in held.values()):
        raise Forbidden("not_yours_to_change")
    roots = await organizations_by_id(session, list(counties))
    return {
        parent.id: _Parent(
            parent.id,
            parent.county_id,
            parent.path,
            parent.kind,
            roots[parent.county_id].region_code,
            parent.status == OrganizationStatus.active,
            parent.is_test,
        )
        for parent in held.values()
    }


async def _census(session: Session, rows: Sequence[OrganizationValues], parents: Mapping[UUID, _Parent]) -> _Census:
    census = _Census(
        {parent_id: set(names) for parent_id, names in (await names_below(session, list(parents))).items()}
    )
    for county_id in {parent.county_id for parent in parents.values()}:
        for column in _CODES:
            codes = {code for values in rows if (code := values.get(column))}
            for kind, code in await codes_taken(session, county_id, column, codes) if codes else ():
                census.codes.add((county_id, column, kind, code))
    return census


async def _misplaced(
    session: Session, values: OrganizationValues, parents: Mapping[UUID, _Parent], census: _Census
) -> list[Problem]:
    """What is wrong with a row because of what stands around it."""
    parent_id, kind, name = values.get("parent_id"), values.get("kind", ""), values.get("name", "")
    if parent_id is None:
        problem = wrong_parent_kind(kind, None)
        if problem is None and await county_stands(session, name, values.get("region_code")):
            problem = Problem("/name", "name_taken", {"name": name})
        return [problem] if problem else []
    parent = parents.get(parent_id)
    if parent is None:
        # The row above was refused and says why.
        return [Problem("/parent_id", "parent_not_active")]
    found = [] if parent.is_active else [Problem("/parent_id", "parent_not_active")]
    if problem := wrong_parent_kind(kind, parent.kind):
        found.append(problem)
    if census.name_is_taken(parent_id, name):
        found.append(Problem("/name", "name_taken", {"name": name}))
    region = values.get("region_code")
    if region and parent.region and region[:6] != parent.region[:6]:
        found.append(Problem("/region_code", "region_other_county", {"value": region, "county": parent.region[:6]}))
    for column in _CODES:
        code = values.get(column)
        if code and census.code_is_taken(parent.county_id, column, kind, code):
            found.append(Problem(f"/{column}", "code_taken", {"value": code}))
    return found


def _row(
    values: OrganizationValues, segment: str, parents: dict[UUID, _Parent], moment: Moment, today: date
) -> dict[str, Any]:
    """Return the columns of one organisation, and let later rows stand below it."""
    key = values.get("id") or new_id()
    parent_id = values.get("parent_id")
    parent = parents[parent_id] if parent_id is not None else None
    founded, starts, ends = (
        first_day(day) if day else None
        for day in (values.get("founded_on"), values.get("term_starts_on"), values.get("term_ends_on"))
    )
    row: dict[str, Any] = {
        "id": key,
        "created_at": moment.now,
        "updated_at": moment.now,
        "version": 1,
        "county_id": parent.county_id if parent else key,
        "parent_id": parent_id,
        "path": (parent.path if parent else "") + segment + "/",
        "name": values["name"],
        "short_name": values.get("short_name"),
        "kind": values["kind"],
        "region_code": values.get("region_code"),
        "credit_code": values.get("credit_code"),
        "founded_on": founded,
        "term_starts_on": starts,
        "term_ends_on": ends,
        "status": OrganizationStatus.active.value,
        "valid_from": founded or today,
        "remark": values.get("remark"),
        "is_test": values.get("is_test", parent.is_test if parent else False),
        **spelling_columns(values["name"]),
    }
    region = parent.region if parent else row["region_code"]
    parents[key] = _Parent(key, row["county_id"], row["path"], row["kind"], region, is_test=row["is_test"])
    return row


async def _write(session: Session, actor: Actor, moment: Moment, rows: Sequence[dict[str, Any]]) -> None:
    await copy_rows(session, Organization, rows)

    def history(*columns: str) -> list[dict[str, Any]]:
        return [
            {"id": new_id(), "created_at": moment.now, "organization_id": row["id"]}
            | {column: row[column] for column in ("valid_from", *columns)}
            for row in rows
        ]

    await copy_rows(session, OrganizationName, history("name"))
    await copy_rows(session, OrganizationPlace, history("parent_id"))
    events = []
    for row in rows:
        told = {column: plain(row[column]) for column in ("kind", "parent_id", *CHANGEABLE) if row[column] is not None}
        event = event_row(
            actor,
            moment,
            "organization.created",
            county_id=row["county_id"],
            organization_id=row["id"],
            subject_id=row["id"],
            data=changed({}, told),
        )
        events.append({"id": new_id(), "created_at": utc_now(), **event})
    await copy_rows(session, Event, events)
