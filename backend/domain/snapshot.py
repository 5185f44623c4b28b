"""Snapshots: asking for one, who may have it, and letting it go."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.db.base import Session, new_id
from backend.db.event import Position
from backend.db.job import enqueue
from backend.db.organization import organizations_by_id
from backend.db.snapshot import (
    UNFINISHED,
    Snapshot,
    SnapshotState,
    lock_snapshots,
    note_snapshot,
    snapshot_of,
    snapshots_since,
    was_kept_from_since,
)
from backend.domain.access import CLIENT, Actor, Moment
from backend.domain.change import BY_NAME
from backend.domain.errors import Conflict, NotFound
from backend.domain.event import record, record_about
from backend.domain.retention import BY_KEY

SNAPSHOT_JOB = "snapshot"
"""The job that writes a snapshot."""

MOST_A_DAY = 12
"""Snapshots that one caller may ask for within a day: each reads everything in its reach."""

KEPT_FROM = frozenset({"feedback-cards", "rectifications"})
"""Resources of which a record may leave somebody's sight while their reach stays."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: lines by resource, the file's size and hashes, and from where the feed goes on."""

    counts: Mapping[str, int]
    size: int
    sha256: str
    content_sha256: str
    position: Position
    day: date
    at: datetime


def rights_of(actor: Actor, resources: Collection[str]) -> dict[str, Any]:
    """How far the actor sees, as far as it matters for these resources: its reach and what it is barred by."""
    permissions = {BY_NAME[name].permission for name in resources}
    if "rectifications" in resources:
        # An item names the card that it came from to whoever sees the card.
        permissions.add("feedback:read")
    if "feedback-cards" in resources:
        # And a card the item that was made of it.
        permissions.add("rectification:read")
    return {
        "reach": {permission: sorted(actor.reach(permission)) for permission in sorted(permissions)},
        "own": sorted(actor.own) if "feedback:read" in permissions else [],
    }


def covers(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Whether whoever has the rights `now` may see everything that the rights `then` showed."""
    within = all(
        any(path.startswith(prefix) for prefix in now["reach"].get(permission, ()))
        for permission, paths in then["reach"].items()
        for path in paths
    )
    return within and set(now["own"]) <= set(then["own"])


async def order_snapshot(
    session: Session,
    actor: Actor,
    moment: Moment,
    resources: Sequence[str],
    language: str,
    *,
    id: UUID | None = None,
) -> Snapshot:
    """Ask for a snapshot; the worker begins when this transaction commits.  `id` is for loaders that have to know it.

    Raises Conflict `snapshot_unfinished` while another one of the caller is not finished, `snapshots_enough` when it
    asked for too many within a day.
    """
    await lock_snapshots(session, actor.account_id)
    asked = await snapshots_since(session, actor.account_id, moment.now - _DAY)
    if any(state in UNFINISHED for state in asked):
        raise Conflict("snapshot_unfinished")
    if len(asked) >= MOST_A_DAY:
        raise Conflict("snapshots_enough", most=MOST_A_DAY)
    rule = BY_KEY["snapshot"]
    assert rule.period is not None
    place_id = _place_of(actor, resources)
    place = (await organizations_by_id(session, [place_id])).get(place_id) if place_id else None
    made = Snapshot(
        id=id or new_id(),
        caller_id=actor.account_id,
        is_client=actor.is_client,
        scopes=sorted(scope for grant in actor.grants if grant.role == CLIENT for scope in grant.scopes),
        on_behalf_of=actor.on_behalf_of,
        county_id=place.county_id if place else None,
        organization_id=place_id,
        resources=list(resources),
        language=language,
        rights=rights_of(actor, resources),
        created_at=moment.now,
        keep_until=moment.now + timedelta(hours=rule.period.hours),
        request_id=moment.request_id,
        origin=moment.origin,
    )
    session.add(made)
    await session.flush()
    record_about(session, actor, moment, "snapshot.ordered", made, {"resources": made.resources})
    task = json.dumps({"snapshot_id": str(made.id)}).encode()
    await enqueue(session, SNAPSHOT_JOB, task, once=f"{SNAPSHOT_JOB} {made.id}")
    return made


def _place_of(actor: Actor, resources: Sequence[str]) -> UUID | None:
    """The uppermost organisation that the snapshot is of, as the log names it; None for all counties."""
    permissions = {BY_NAME[name].permission for name in resources}
    reaching = [grant for grant in actor.grants if permissions & grant.permissions]
    return min(reaching, key=lambda grant: len(grant.path)).organization_id if reaching else actor.organization_id


async def finish_snapshot(session: Session, actor: Actor, moment: Moment, made: Snapshot, written: Written) -> None:
    """Note what was written: from now on the caller may take it."""
    data = {"resources": made.resources, "counts": dict(written.counts), "sha256": written.sha256}
    await note_snapshot(
        session,
        made.id,
        state=SnapshotState.ready,
        done=sum(written.counts.values()),
        counts=dict(written.counts),
        size=written.size,
        sha256=written.sha256,
        content_sha256=written.content_sha256,
        transaction_id=written.position.transaction_id,
        sequence=written.position.sequence,
        day=written.day,
        taken_at=written.at,
    )
    record(
        session,
        actor,
        moment,
        "snapshot.made",
        county_id=made.county_id,
        organization_id=made.organization_id,
        subject_id=made.id,
        data=data,
    )


async def fail_snapshot(session: Session, id: UUID, code: str) -> None:
    """Give a snapshot up that cannot be written; whoever asked for it reads why."""
    await note_snapshot(session, id, state=SnapshotState.failed, error=code)


async def own_snapshot(session: Session, actor: Actor, id: UUID) -> Snapshot:
    """A snapshot that the actor asked for.  Raises NotFound."""
    found = await snapshot_of(session, actor.account_id, actor.on_behalf_of, id)
    if found is None:
        raise NotFound("not_found")
    return found


async def take_snapshot(session: Session, actor: Actor, moment: Moment, id: UUID) -> Snapshot:
    """Let the actor have the file; that it was taken is an event.

    Raises Conflict `snapshot_not_ready`, and `snapshot_rights_changed` for whoever may no longer see all that it shows,
    and where anything in the county was marked, sealed or moved up since: whom that is about is not said by it.
    """
    found = await own_snapshot(session, actor, id)
    if found.state != SnapshotState.ready:
        raise Conflict("snapshot_not_ready")
    if not covers(rights_of(actor, found.resources), found.rights):
        raise Conflict("snapshot_rights_changed")
    if KEPT_FROM.intersection(found.resources) and await was_kept_from_since(session, found):
        raise Conflict("snapshot_rights_changed")
    data: dict[str, Any] = {"resources": found.resources, "counts": found.counts, "sha256": found.sha256}
    if "members" in found.resources:
        # Whoever stands on the roster finds it among those who read their record.
        data["ledger"] = "member"
    record_about(session, actor, moment, "snapshot.taken", found, data)
    return found
