"""Saying what a partner's codes mean here, and telling those who can say it that codes wait."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from backend.db.base import Session, new_id, utc_now
from backend.db.mapping import CodeMapping, client_mapped, clients_waiting, mapping_in, mapping_of, words_for
from backend.db.notice import MAPPING, add_notices, seated
from backend.db.organization import Organization
from backend.domain.access import ROLE_PERMISSIONS, SYSTEM, Actor, Moment
from backend.domain.calendar import day_of, start_of
from backend.domain.errors import Conflict, NotFound, Stale, invalid
from backend.domain.event import record, record_about
from backend.domain.notice.recipients import upwards
from backend.domain.source.resource import Sourced

WRITE = "mapping:write"
_RUNG = {"zh-CN": "待对照代码", "en": "Codes to be mapped"}
_STEP = {"zh-CN": "请到“代码对照”中选择对应项", "en": "Choose what they mean on the page of codes"}


async def make_mapping(
    session: Session,
    actor: Actor,
    moment: Moment,
    resources: Mapping[str, Sourced],
    *,
    client_id: UUID,
    resource: str,
    field: str,
    code: str,
    value: str,
) -> CodeMapping:
    """Say what a client's code means; what waits for it goes on.

    Raises NotFound for a client that reaches no place of the actor's, Conflict `mapping_exists`, and Invalid.
    """
    found = await client_mapped(session, actor.reach(WRITE), client_id)
    if found is None:
        raise NotFound("not_found")
    client, place = found
    await _check(session, resources, place, resource, field, value)
    if await mapping_of(session, client.id, resource, field, code) is not None:
        raise Conflict("mapping_exists")
    if resources[resource].coded[field].outward and value in await words_for(session, client.id, resource, field):
        # One value of ours has one word of the partner's.
        raise Conflict("mapping_exists")
    mapping = CodeMapping(
        id=new_id(),
        county_id=place.county_id,
        organization_id=place.id,
        client_key=client.id,
        resource=resource,
        field=field,
        code=code,
        value=value,
    )
    session.add(mapping)
    await session.flush()
    data = {"client": client.client_id, "resource": resource, "field": field, "code": code, "value": value}
    record_about(session, actor, moment, "mapping.made", mapping, data)
    return mapping


async def change_mapping(
    session: Session, actor: Actor, moment: Moment, resources: Mapping[str, Sourced], id: UUID, version: int, value: str
) -> CodeMapping:
    """Say that a code means something else from now on; what came in before stays as it is.

    Raises NotFound, Stale and Invalid.
    """
    mapping = await mapping_in(session, actor.reach(WRITE), id)
    if mapping is None:
        raise NotFound("not_found")
    if mapping.version != version:
        raise Stale("stale")
    place = await session.get_one(Organization, mapping.organization_id)
    await _check(session, resources, place, mapping.resource, mapping.field, value)
    mapping.value = value
    mapping.version += 1
    mapping.updated_at = utc_now()
    session.add(mapping)
    record_about(session, actor, moment, "mapping.changed", mapping)
    return mapping


async def _check(
    session: Session, resources: Mapping[str, Sourced], place: Organization, resource: str, field: str, value: str
) -> None:
    """Raise Invalid for a resource, a field or a value that there is not; an organisation lies below the place."""
    if resource not in resources:
        raise invalid("/resource", "resource_not_coded")
    coded = resources[resource].coded.get(field)
    if coded is None:
        raise invalid("/field", "field_not_coded")
    if coded.values is not None:
        if value not in coded.values:
            raise invalid("/value", "mapping_value_unknown")
        return
    try:
        key = UUID(value)
    except ValueError:
        raise invalid("/value", "field_uuid_parsing") from None
    found = await session.get(Organization, key)
    if found is None or not found.path.startswith(place.path):
        raise invalid("/value", "mapping_value_unknown")


async def tell_of_codes(session: Session, moment: Moment) -> int:
    """Tell those who map codes, once a day for each client that has some nobody knows; returns how many were told."""
    roles = {role for role, permissions in ROLE_PERMISSIONS.items() if WRITE in permissions}
    told = 0
    for key, name, county_id, place_id, path, count in await clients_waiting(session):
        seats = await seated(session, roles, upwards(path), utc_now())
        nearest = next((at for at in upwards(path) if any(seat[2] == at for seat in seats)), None)
        day = day_of(moment.now)
        alarm_id = uuid5(key, f"codes {day.isoformat()}")
        rows = [
            {
                "id": new_id(),
                "created_at": moment.now,
                "account_id": account_id,
                "run_id": alarm_id,
                "subject_kind": MAPPING,
                "subject_id": key,
                "number": "",
                "title": f"{name}有不认识的代码，{count}条记录在等待"[:200],
                "step": "",
                "step_title": _STEP,
                "rung": "codes",
                "rung_title": _RUNG,
                "opened_at": start_of(day),
                "limit_at": start_of(day),
                "day": day,
            }
            for account_id in sorted({seat[0] for seat in seats if seat[2] == nearest})
        ]
        if new := await add_notices(session, rows):
            told += new
            record(
                session,
                SYSTEM,
                moment,
                "notice.sent",
                county_id=county_id,
                organization_id=place_id,
                subject_id=key,
                subject_kind=MAPPING,
                data={"step": "", "rung": "codes", "people": new},
            )
    return told
