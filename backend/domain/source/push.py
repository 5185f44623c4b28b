"""Bringing a record under the partner's own id: made when it is new, changed where it may be, and never made twice.

What is compared is what the partner said last, not how the record stands now: what people here have changed since is
not undone by a program that says the same again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.source import SourceRecord, hold_source, record_of_source
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, start_of
from backend.domain.canonical import canonical_json
from backend.domain.errors import Conflict, NotFound, Problem
from backend.domain.feedback.tracking import Receipt
from backend.domain.feedback.vault import Vault
from backend.domain.source.resource import Change, Sourced, SourceKey, Standing


class Outcome(StrEnum):
    created = "created"
    updated = "updated"
    unchanged = "unchanged"


@dataclass(frozen=True, slots=True)
class Said:
    """What was sent for a record: its fields as they came, those that came as the partner's codes, and why something
    is said otherwise than before."""

    values: Mapping[str, Any]
    codes: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a push. `standing` is None where the program may not see the record."""

    outcome: Outcome
    id: UUID
    standing: Standing | None
    receipt: Receipt | None = None


async def push(
    session: Session,
    vault: Vault,
    actor: Actor,
    moment: Moment,
    resource: Sourced,
    key: SourceKey,
    said: Said,
) -> Pushed:
    """Make the record that a partner calls by `key`, or have it say what was sent.

    Two who push the same at once wait for one another. Raises Invalid; Conflict `source_field_fixed` at each field that
    stands as it was pushed first, `source_record_over` for what is closed, merged or withdrawn, `source_record_gone`
    for what is deleted or out of sight; and what the record's own verbs raise.
    """
    await hold_source(session, vault.tracking.source_hash(key.text))
    body = resource.read(said.values)
    digests = _digests(vault, key, resource.told(body))
    known = await record_of_source(session, key.client_key, key.resource, key.system, key.id)
    if known is None:
        return await _made(session, vault, actor, moment, resource, key, body, digests)
    standing = await resource.standing(session, actor, known.record_id)
    fields = digests.keys() | known.digests.keys()
    differing = sorted(name for name in fields if known.digests.get(name) != digests.get(name))
    if not differing:
        return Pushed(Outcome.unchanged, known.record_id, standing, _receipt(vault, resource, key))
    _refuse_fixed(resource, standing, differing)
    assert standing is not None
    change = Change(known.record_id, standing.version, differing, body, said.reason)
    await resource.change(session, actor, moment, key, change)
    known.digests, known.updated_at = digests, start_of(day_of(moment.now))
    session.add(known)
    await session.flush()
    changed = await resource.standing(session, actor, known.record_id)
    return Pushed(Outcome.updated, known.record_id, changed)


async def pushed_before(session: Session, actor: Actor, resource: Sourced, key: SourceKey) -> Pushed:
    """The record that a partner calls by `key`, and how it stands. Raises NotFound when it was never brought."""
    known = await record_of_source(session, key.client_key, key.resource, key.system, key.id)
    if known is None:
        raise NotFound("not_found")
    return Pushed(Outcome.unchanged, known.record_id, await resource.standing(session, actor, known.record_id))


def _refuse_fixed(resource: Sourced, standing: Standing | None, differing: list[str]) -> None:
    if standing is None:
        raise Conflict("source_record_gone")
    version, number = standing.version, standing.number
    if standing.over:
        raise Conflict("source_record_over", version=version, number=number)
    if fixed := [name for name in differing if name not in resource.changeable]:
        told = {"version": version, "number": number}
        problems = [Problem(f"/{name}", "source_field_fixed", told) for name in fixed]
        raise Conflict("source_differs", problems=problems, version=version, number=number)


async def _made(
    session: Session,
    vault: Vault,
    actor: Actor,
    moment: Moment,
    resource: Sourced,
    key: SourceKey,
    body: Any,
    digests: Mapping[str, str],
) -> Pushed:
    made = await resource.create(session, vault, actor, moment, key, body)
    today = start_of(day_of(moment.now))
    row = SourceRecord(
        client_key=key.client_key,
        county_id=made.county_id,
        resource=key.resource,
        system=key.system,
        source_id=key.id,
        record_id=made.id,
        digests=dict(digests),
        created_at=today,
        updated_at=today,
    )
    session.add(row)
    await session.flush()
    standing = await resource.standing(session, actor, made.id)
    return Pushed(Outcome.created, made.id, standing, _receipt(vault, resource, key))


def _receipt(vault: Vault, resource: Sourced, key: SourceKey) -> Receipt | None:
    return resource.receipt(vault, key) if resource.receipt else None


def _digests(vault: Vault, key: SourceKey, told: Mapping[str, Any]) -> dict[str, str]:
    """A keyed hash for each field: bound to its place, so that nobody can tell that two records say the same."""
    return {
        name: vault.tracking.source_hash(f"{key.text}\n{name}\n{canonical_json(value).decode()}").hex()
        for name, value in told.items()
    }
