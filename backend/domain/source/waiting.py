"""Records whose codes nobody knows yet: kept as they came, in their order, until somebody has mapped them.

Nothing is lost: a record leaves the queue when it has come in, and else stays until a clerk has dismissed it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy.exc

from backend.db.base import Session, new_id
from backend.db.mapping import WaitingRecord, WaitingState, next_ready, values_of, waiting_in, waiting_of
from backend.db.organization import Organization
from backend.db.source import hold_source, record_of_source
from backend.domain.access import Actor, Moment
from backend.domain.canonical import canonical_json
from backend.domain.client.sign_in import client_by_itself
from backend.domain.crypto import Unreadable
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Refused, Stale
from backend.domain.event import record_about
from backend.domain.feedback.vault import Vault
from backend.domain.source.push import Pushed, Said, push
from backend.domain.source.resource import Sourced, SourceKey

_BODY = "waiting_record.body"


@dataclass(frozen=True, slots=True)
class Held:
    """A record that waits: for codes that nobody knows, or behind another one under its id."""

    record: WaitingRecord

    @property
    def unknown(self) -> Sequence[Mapping[str, str]]:
        return self.record.unknown


async def bring(
    session: Session, vault: Vault, actor: Actor, moment: Moment, resource: Sourced, key: SourceKey, said: Said
) -> Pushed | Held:
    """Bring a record, or keep it until its codes are known and those before it have come in.

    The same again, while it waits, is kept once. Raises Invalid for a code where none may be, and what `push` raises.
    """
    if problems := _code_problems(resource, said):
        raise Invalid("invalid", problems=problems)
    await hold_source(session, vault.tracking.source_hash(key.text))
    body_hash = vault.tracking.source_hash(f"{key.text}\n{canonical_json([said.values, said.codes]).decode()}")
    ahead = await waiting_before(session, key)
    if ahead and ahead[-1].body_hash == body_hash:
        return Held(ahead[-1])
    known = await values_of(session, key.client_key, key.resource, said.codes)
    unknown = [{"field": name, "code": code} for name, code in sorted(said.codes.items()) if name not in known]
    if ahead or unknown:
        return Held(await _keep(session, vault, actor, resource, key, said, body_hash, unknown))
    return await push(session, vault, actor, moment, resource, key, Said({**said.values, **known}, {}, said.reason))


async def waiting_before(session: Session, key: SourceKey) -> list[WaitingRecord]:
    """The records under an id that wait or were refused, in their order."""
    found = await waiting_of(session, key.client_key, key.resource, key.system, key.id)
    return [row for row in found if row.state is not WaitingState.dismissed]


async def what_waits(session: Session, key: SourceKey) -> WaitingRecord | None:
    """What keeps a partner's record from coming in: the first that waits, or, where nothing under the id has ever come
    in, the last that was dismissed."""
    if ahead := await waiting_before(session, key):
        return ahead[0]
    if await record_of_source(session, key.client_key, key.resource, key.system, key.id) is not None:
        return None
    return next(reversed(await waiting_of(session, key.client_key, key.resource, key.system, key.id)), None)


async def enter_waiting(session: Session, moment: Moment, *, vault: Vault, resources: Mapping[str, Sourced]) -> int:
    """Bring in the first record that may come in, under the rights that its client has now; returns 0 when none may.

    One that is refused stays, with its problem, and whatever waits behind it.
    """
    row = await next_ready(session)
    if row is None:
        return 0
    key = SourceKey(row.client_key, row.resource, row.system, row.source_id)
    actor: Actor | None = None
    try:
        said = opened(vault, row)
        actor = await client_by_itself(await session.connection(), row.client_key)
        resource = resources[row.resource]
        if not actor.reach(resource.permission):
            raise Forbidden("permission_missing", permission=resource.permission)
        async with session.begin_nested():
            known = await values_of(session, row.client_key, row.resource, said.codes)
            values = {**said.values, **known}
            await push(session, vault, actor, moment, resource, key, Said(values, {}, said.reason))
    except Refused as refused:
        _refuse(session, actor, moment, row, refused)
    except Unreadable:
        # One whose key is lost, or that somebody altered, must not hold up everybody else's.
        _refuse(session, actor, moment, row, Conflict("record_unreadable"))
    except sqlalchemy.exc.IntegrityError:
        _refuse(session, actor, moment, row, Conflict("done_meanwhile"))
    else:
        await session.delete(row)
    await session.flush()
    return 1


def _refuse(session: Session, actor: Actor | None, moment: Moment, row: WaitingRecord, refused: Refused) -> None:
    row.state, row.version, row.updated_at = WaitingState.refused, row.version + 1, moment.now
    row.problem = {
        "code": refused.code,
        "params": _plain(refused.params),
        "errors": [{"pointer": p.pointer, "code": p.code, "params": _plain(p.params)} for p in refused.problems],
    }
    session.add(row)
    record_about(session, actor, moment, "waiting_record.refused", row, {"code": refused.code})


async def dismiss_waiting(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str
) -> WaitingRecord:
    """Say that a record shall not come in; those behind it go on. Raises NotFound, Stale, Conflict when it is over."""
    row = await _held(session, actor, id, version)
    row.state, row.reason = WaitingState.dismissed, reason
    return _changed(session, actor, moment, row, "waiting_record.dismissed", reason)


async def retry_waiting(session: Session, actor: Actor, moment: Moment, id: UUID, version: int) -> WaitingRecord:
    """Have a record that was refused tried once more. Raises NotFound, Stale, Conflict when it was not refused."""
    row = await _held(session, actor, id, version)
    if row.state is not WaitingState.refused:
        raise Conflict("waiting_not_refused")
    row.state, row.problem = WaitingState.waiting, None
    return _changed(session, actor, moment, row, "waiting_record.tried_again", "")


async def _held(session: Session, actor: Actor, id: UUID, version: int) -> WaitingRecord:
    row = await waiting_in(session, actor.reach("mapping:write"), id)
    if row is None:
        raise NotFound("not_found")
    if row.version != version:
        raise Stale("stale")
    if row.state is WaitingState.dismissed:
        raise Conflict("waiting_over")
    return row


def _changed(
    session: Session, actor: Actor, moment: Moment, row: WaitingRecord, kind: str, reason: str
) -> WaitingRecord:
    row.version += 1
    row.updated_at = moment.now
    session.add(row)
    record_about(session, actor, moment, kind, row, {"resource": row.resource, "unknown": row.unknown}, reason)
    return row


def _code_problems(resource: Sourced, said: Said) -> list[Problem]:
    """Codes for what has none, and for what was said outright too."""
    problems = []
    for name in said.codes:
        coded = resource.coded.get(name)
        if coded is None or coded.outward:
            problems.append(Problem(f"/codes/{name[:60]}", "field_not_coded"))
        elif name in said.values:
            problems.append(Problem(f"/codes/{name}", "code_and_value"))
    return problems


async def _keep(
    session: Session,
    vault: Vault,
    actor: Actor,
    resource: Sourced,
    key: SourceKey,
    said: Said,
    body_hash: bytes,
    unknown: list[dict[str, str]],
) -> WaitingRecord:
    (grant,) = actor.grants
    assert grant.organization_id is not None
    place = await session.get_one(Organization, grant.organization_id)
    key_of_row = new_id()
    text = canonical_json({"values": said.values, "codes": said.codes, "reason": said.reason}).decode()
    row = WaitingRecord(
        id=key_of_row,
        county_id=place.county_id,
        organization_id=place.id,
        client_key=key.client_key,
        resource=resource.name,
        system=key.system,
        source_id=key.id,
        body=vault.cipher.encrypt(text, _BODY, key_of_row),
        body_hash=body_hash,
        unknown=unknown,
    )
    session.add(row)
    await session.flush()
    return row


def opened(vault: Vault, row: WaitingRecord) -> Said:
    """What a client sent, as it came."""
    sent = json.loads(vault.cipher.decrypt(row.body, _BODY, row.id))
    return Said(sent["values"], sent["codes"], sent["reason"])


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """What fills the words of a refusal, as JSON keeps it."""
    return {name: value if isinstance(value, dict | int) else str(value) for name, value in params.items()}
