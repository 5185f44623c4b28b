"""Looking again (回头看): which closed items are drawn for it, and what was found."""

import os
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.rectification import (
    Rectification,
    RectificationRelook,
    RectificationStatus,
    RelookFound,
    RelookKind,
    id_of_relook,
    relook_of,
)
from backend.db.rectification_relook import counties_without_key, due_for_relook, keep_key
from backend.domain.access import SYSTEM, Actor, Moment
from backend.domain.attachment import attachments_seen
from backend.domain.calendar import day_of, shipped_calendar
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from backend.domain.event import changed, record_about
from backend.domain.procedures.rectification.parts import VERIFIERS
from backend.domain.rectification.act import done
from backend.domain.rectification.find import rectification_for, refuse_own_unit
from backend.domain.rectification.reopen import reopening
from backend.domain.run import standing_of

MONTHS = {RelookKind.sample: 3, RelookKind.major: 6}
SAMPLE_PERCENT = 20
RELOOK_DAYS = 10
"""Working days within which a drawn item is to be looked at: ours."""
_BATCH = 200


async def draw_relooks(session: Session, moment: Moment) -> int:
    """Draw the closed items that are to be looked at again today, and return how many; 0 when none is left.

    A fifth of all three months after closing, by a secret of the county, and every major one after six. Each item is
    drawn once for each closing, however often this is asked.
    """
    today = day_of(moment.now)
    for county_id in await counties_without_key(session):
        await keep_key(session, county_id, os.urandom(32))
    due_on = shipped_calendar().limit(today, RELOOK_DAYS, "working")
    drawn = 0
    for kind, months in MONTHS.items():
        percent = SAMPLE_PERCENT if kind is RelookKind.sample else 100
        found = await due_for_relook(session, kind, months, percent, today, _BATCH - drawn)
        for item, closed_round in found:
            session.add(
                RectificationRelook(
                    id=id_of_relook(item.id, kind, closed_round),
                    county_id=item.county_id,
                    organization_id=item.organization_id,
                    rectification_id=item.id,
                    kind=kind,
                    round=closed_round,
                    due_on=due_on,
                    created_at=moment.now,
                    updated_at=moment.now,
                )
            )
            data = {"kind": kind.value, "due_on": due_on.isoformat()}
            record_about(session, SYSTEM, moment, "rectification.relook_drawn", item, data)
        drawn += len(found)
        await session.flush()
    return drawn


async def relook_rectification(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    relook_id: UUID,
    *,
    found: RelookFound,
    findings: str,
    evidence: Sequence[UUID] = (),
    due_on: date | None = None,
) -> Rectification:
    """Say whether a drawn item held; one that has relapsed is opened again, by `due_on`, and its relook says so.

    Raises NotFound, Forbidden for others than the office of supervision and for the unit itself, Conflict when it was
    done already or the item is not closed any more, and Invalid for evidence that is not there.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:act")
    relook = await relook_of(session, item.id, relook_id)
    if relook is None:
        raise NotFound("not_found")
    refuse_own_unit(actor, item, organization)
    if not actor.roles_at(organization.path) & set(VERIFIERS):
        raise Forbidden("relook_for_supervisors")
    if relook.found is not None:
        raise Conflict("relook_done")
    standing = await standing_of(session, item.id, lock=True)
    if item.status is not RectificationStatus.closed or standing.here.round != relook.round:
        raise Conflict("relook_outdated")
    relook.evidence = await _proof(session, actor, organization, evidence)
    relook.found, relook.findings = found, findings
    relook.done_at, relook.done_by, relook.done_by_name = moment.now, actor.account_id, actor.name
    relook.updated_at = moment.now
    relook.version += 1
    data = {
        "relook_id": str(relook.id),
        **changed({"found": None, "findings": ""}, {"found": found.value, "findings": findings}),
        "evidence": relook.evidence,
    }
    if found is RelookFound.relapsed:
        again = reopening(standing, findings, due_on, day_of(moment.now))
        data |= await done(session, actor, moment, item, organization, again)
    else:
        item.updated_at = moment.now
        item.version += 1
    record_about(session, actor, moment, "rectification.relooked", item, data)
    return item


async def _proof(
    session: Session, actor: Actor, organization: Organization, ids: Sequence[UUID]
) -> list[dict[str, str]]:
    found = await attachments_seen(session, actor, ids)
    problems = [
        Problem(f"/evidence/{place}", "evidence_not_found") for place, key in enumerate(ids) if key not in found
    ]
    if problems:
        raise Invalid("invalid", problems=problems)
    return [{"kind": "relook", "id": str(key), "sha256": found[key].sha256} for key in dict.fromkeys(ids)]
