"""What the engine is told about an item: its parties, what it is, and what to say about an act that somebody wants."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.organization import Organization, OrganizationStatus, offices_called, organizations_held
from backend.db.rectification import Rectification, used_elsewhere
from backend.domain.access import Actor, mark, named
from backend.domain.attachment import attachments_seen
from backend.domain.calendar import day_of
from backend.domain.feedback.desk import is_about
from backend.domain.feedback.meant import units_out_of_item
from backend.domain.rectification.limit import limit_facts
from backend.domain.run import Wish
from backend.domain.scene import Facts, Title

Flag = dict[str, Any]

_APART = re.compile(r"[、,，;；/\n]+")
_BRACKETS = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]")
# 县委组织部, 镇组织科, 组织办, 组织人事股: the office that a committee's organisation work is done by.
_ORGANIZATION_OFFICE = "组织(人事)?(部|科|办|办公室|股|处)$"
_ELSEWHERE: Title = {"zh-CN": "其他事项", "en": "another item"}


async def facts_of(session: Session, item: Rectification, actor: Actor, today: date, wish: Wish | None = None) -> Facts:
    """The facts at this moment. To be read behind the run's lock when an act depends on them.

    With a `wish` they say too what the definition's `flagged` conditions refuse or point out about it: a unit that
    cannot be given the item, a limit that moves by extension only, files that prove something else already, a closing
    on the day of assignment.
    """
    parties: dict[str, frozenset[str]] = {
        "current_unit": await _proposed(session, item),
        "owners": people_in(item.responsible_leader) | people_in(item.responsible_person),
        "person": people_in(item.responsible_person),
        "easers": frozenset(item.eased_by),
    }
    asked = item.responsible_unit_id or item.organization_id
    parties["organization_office"] = await _organization_offices(session, await session.get_one(Organization, asked))
    if item.responsible_unit_id is not None:
        unit = await session.get_one(Organization, item.responsible_unit_id)
        own = frozenset({mark(unit.path), str(unit.id)})
        parties["responsible_unit"] = own
        parties["inspected"] = own | {_below_county(unit.path)}
        if item.assigned_on is not None:
            parties["current_unit"] |= own
    return Facts(
        subject={
            "severity": item.severity.value,
            "source": item.source.value,
            "affects_people": item.affects_people,
            "unit": await _unit_flags(session, item, actor, wish) if wish else [],
            "evidence": await _evidence_flags(session, item, actor, wish) if wish else [],
            "closing": _closing_flags(item, today, wish) if wish else [],
            **limit_facts(item, today, wish),
        },
        parties=parties,
        prefill=_prefill(item),
    )


def people_in(names: str) -> frozenset[str]:
    """Whom a ledger's cell means, as bars know them: `曾立德（支书）、解小满` are two. A namesake is meant too."""
    bare = _BRACKETS.sub("", names)
    return frozenset(named(name) for name in _APART.split(bare) if name.strip())


async def _proposed(session: Session, item: Rectification) -> frozenset[str]:
    """The unit that the item is to be given to: its people decide as little about it as those who have it."""
    if item.proposed_unit_id is None:
        return frozenset()
    unit = await session.get_one(Organization, item.proposed_unit_id)
    return frozenset({mark(unit.path), str(unit.id)})


async def _organization_offices(session: Session, unit: Organization) -> frozenset[str]:
    """The organisation offices of the unit's township and of its county; where there is none, the county committee."""
    parts = unit.path.split("/")
    found = await offices_called(session, unit, "/".join(parts[:2]) + "/", _ORGANIZATION_OFFICE)
    return frozenset(mark(office.path) for office in found) or frozenset({str(unit.county_id)})


def _below_county(path: str) -> str:
    """The mark of the organisation directly below the county that `path` lies in: what the county inspects."""
    parts = path.split("/")
    return "@" + (parts[1] or parts[0])


def _prefill(item: Rectification) -> dict[str, dict[str, Any]]:
    unit = item.proposed_unit_id or item.responsible_unit_id
    known = {
        "responsible_unit_id": str(unit) if unit else None,
        "responsible_leader": item.responsible_leader,
        "responsible_person": item.responsible_person,
        "deadline_kind": item.deadline_kind.value if item.deadline_kind else None,
        "due_on": item.due_on.isoformat() if item.due_on else None,
    }
    filled: dict[str, dict[str, Any]] = {"assignment": {key: value for key, value in known.items() if value}}
    if item.measures:
        filled["plan"] = {"measures": [{"what": item.measures[:200], "owner": item.responsible_person}]}
    return filled


async def _unit_flags(session: Session, item: Rectification, actor: Actor, wish: Wish) -> list[Flag]:
    given = (wish.record or {}).get("responsible_unit_id")
    if wish.step != "assignment" or wish.outcome != "done" or not isinstance(given, str):
        return []
    try:
        key = UUID(given)
    except ValueError:
        return []
    # Held, so that the unit is not dissolved while the item is being given to it.
    unit = (await organizations_held(session, actor.reach("organization:read"), {key})).get(key)
    if unit is None or unit.county_id != item.county_id:
        return [{"code": "unit_not_found"}]
    if unit.status is not OrganizationStatus.active:
        return [{"code": "organization_over", "name": unit.name}]
    if not actor.may("rectification:act", unit.path):
        return [{"code": "unit_out_of_reach", "name": unit.name}]
    if unit.parent_id is None:
        return [{"code": "unit_without_verifier", "name": unit.name}]
    if mark(unit.path) in actor.own:
        return [{"code": "unit_is_own", "name": unit.name}]
    if is_about(unit.path, await units_out_of_item(session, item)):
        return [{"code": "unit_complained_about", "unit": unit.name}]
    return []


async def _evidence_flags(session: Session, item: Rectification, actor: Actor, wish: Wish) -> list[Flag]:
    found = await attachments_seen(session, actor, [one.id for one in wish.evidence])
    if not found:
        return []
    used = await used_elsewhere(
        session, actor.reach("rectification:read"), item, {one.sha256 for one in found.values()}
    )
    flags: list[Flag] = []
    for one in found.values():
        if one.sha256 in used:
            other = used[one.sha256] or _ELSEWHERE
            flags.append({"code": "evidence_used_elsewhere", "name": one.name, "number": other})
        if day_of(one.created_at) < item.registered_on:
            flags.append({"code": "evidence_older", "name": one.name, "day": item.registered_on.isoformat()})
    return flags


def _closing_flags(item: Rectification, today: date, wish: Wish) -> list[Flag]:
    if wish.step == "closing" and item.assigned_on == today:
        return [{"code": "closed_same_day", "day": today.isoformat()}]
    return []
