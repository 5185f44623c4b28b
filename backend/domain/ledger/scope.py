"""Which county a workbook is about."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from backend.db.base import Session
from backend.db.ledger import counties_in, names_found, places_in
from backend.db.organization import Organization, Reach, organization_in, organizations_by_id
from backend.domain.access import Actor
from backend.domain.errors import Forbidden, Invalid, NotFound, Problem
from backend.domain.identity import compact
from backend.domain.ledger.adapter import Adapter, Mentions, Root, Scope


def folded(name: str) -> str:
    """`name` as names of organisations are compared."""
    return compact(name).casefold()


async def find_scope(
    session: Session,
    actor: Actor,
    adapter: Adapter,
    organization_id: UUID | None,
    today: date,
    mentions: Callable[[], Awaitable[Mentions]],
) -> Scope:
    """Find the county of a file: that of `organization_id`, else the only one within reach, else the one that its rows
    found or name.  `mentions` reads the file, so it is asked only when it is needed.

    Raises NotFound or Forbidden for an organisation out of sight or of others, Invalid `county_missing` (there is none)
    and `county_unclear` (the names fit several counties equally well, or none) at `/organization_id`.
    """
    reach = actor.reach("ledger:import")
    if organization_id is not None:
        chosen = await importable(session, actor, adapter, organization_id)
        county = (await organizations_by_id(session, [chosen.county_id]))[chosen.county_id]
        return await _scope(session, reach, county, chosen.id, today)
    counties = await counties_in(session, reach)
    founding = adapter.founds and actor.may("county:create", "")
    if founding and (roots := (await mentions()).roots):
        fitting = [county for county in counties if any(_is(county, root) for root in roots)]
        if not fitting:
            return Scope(None, None, (), today)
        counties = fitting
    if not counties:
        raise _unclear("county_missing")
    if len(counties) == 1:
        return await _scope(session, reach, counties[0], None, today)
    names = (await mentions()).names
    if not names:
        # Not one row could be read, so no row can land in a wrong county: the file's own faults are what to tell.
        return await _scope(session, reach, counties[0], None, today)
    votes = await names_found(session, reach, names)
    most = max(votes.values(), default=0)
    elected = [county for county in counties if most and votes.get(county.id) == most]
    if len(elected) != 1:
        raise _unclear("county_unclear")
    return await _scope(session, reach, elected[0], None, today)


async def importable(session: Session, actor: Actor, adapter: Adapter, organization_id: UUID) -> Organization:
    """The organisation under which the actor wants to import; raises NotFound or Forbidden."""
    chosen = await organization_in(session, actor.reach("organization:read"), organization_id)
    if chosen is None:
        raise NotFound("not_found")
    if not (actor.may("ledger:import", chosen.path) and actor.may(adapter.permission, chosen.path)):
        raise Forbidden("not_yours_to_change")
    return chosen


async def topmost(session: Session, reach: Reach) -> Organization | None:
    """The uppermost organisation within `reach`, None when it has none or several counties."""
    counties = await counties_in(session, reach)
    if len(counties) != 1:
        return None
    places = [place for place in await places_in(session, reach, counties[0].id) if place.reached]
    return (await organizations_by_id(session, [places[0].id]))[places[0].id] if places else None


def _unclear(code: str) -> Invalid:
    return Invalid(code, problems=[Problem("/organization_id", code)])


def _is(county: Organization, root: Root) -> bool:
    """Names of counties occur in several provinces; where both sides have a code, it decides."""
    codes = {code for code in (county.region_code, root.region_code) if code}
    return folded(county.name) == folded(root.name) and len(codes) < 2


async def _scope(session: Session, reach: Reach, county: Organization, under: UUID | None, today: date) -> Scope:
    places = await places_in(session, reach, county.id)
    # Without a choice the import is listed under the uppermost organisation of the actor in this county.
    own = next((place.id for place in places if place.reached), None)
    if own is None:
        raise NotFound("not_found")
    return Scope(county, under or own, tuple(places), today)
