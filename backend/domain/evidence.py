"""Evidence of an act: which attachments it names, whether the caller may name them, and as what."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.organization import organizations_by_id
from backend.domain.access import Actor
from backend.domain.attachment import attachments_seen
from backend.domain.calendar import shipped_calendar
from backend.domain.errors import Problem
from backend.domain.procedure.attempt import OTHER
from backend.domain.procedure.definition import Procedure, Step
from backend.domain.procedure.position import position
from backend.domain.procedure.trail import Act, Attached, Trail


@dataclass(frozen=True, slots=True)
class Given:
    """An attachment as the caller names it; without a kind it is what the step still lacks."""

    id: UUID
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Evidenced:
    """The act with its evidence, the same with hashes for storing, and what is wrong with it."""

    act: Act
    items: list[dict[str, str]]
    problems: list[Problem]


async def attach(
    session: Session,
    actor: Actor,
    path: str,
    procedure: Procedure,
    trail: Trail,
    act: Act,
    given: tuple[Given, ...],
) -> Evidenced:
    """Put the attachments into the act.

    They have to be within the caller's sight and to belong to the organisation at `path` or one below it: nobody
    proves a matter with the papers of another place.
    """
    found = await attachments_seen(session, actor, [one.id for one in given])
    owners = await organizations_by_id(session, [attachment.organization_id for attachment in found.values()])
    problems: list[Problem] = []
    items: list[dict[str, str]] = []
    attached: list[Attached] = []
    seen: set[UUID] = set()
    lacking = _lacking(procedure, trail, act, {one.kind for one in given if one.kind})
    for place, one in enumerate(given):
        pointer = f"/evidence/{place}"
        attachment = found.get(one.id)
        if attachment is None:
            problems.append(Problem(pointer, "evidence_not_found"))
            continue
        if not owners[attachment.organization_id].path.startswith(path):
            problems.append(Problem(pointer, "evidence_elsewhere", {"name": attachment.name}))
        if one.id in seen:
            problems.append(Problem(pointer, "evidence_repeats", {"name": attachment.name}))
        seen.add(one.id)
        kind = one.kind or (lacking[0] if lacking else OTHER)
        if one.kind is None and len(lacking) > 1:
            problems.append(Problem(pointer, "evidence_kind_needed", {"name": attachment.name}))
        attached.append(Attached(kind, str(one.id)))
        items.append({"kind": kind, "id": str(one.id), "sha256": attachment.sha256})
    return Evidenced(replace(act, evidence=tuple(attached)), items, problems)


def _lacking(procedure: Procedure, trail: Trail, act: Act, named: set[str]) -> list[str]:
    """The kinds of evidence that the open step needs and that neither the act nor an earlier signature brings."""
    here = position(procedure, trail, shipped_calendar())
    if act.outcome != "done" or act.step != here.step:
        return []
    signed = here.pending.acts if here.pending and here.pending.kind == "countersign" else ()
    before = {item.kind for place in signed for item in trail.acts[place].evidence}
    record = trail.acts[signed[0]].record if signed else act.record
    step = procedure.step(act.step)
    needed = [kind for kind in needed_kinds(step, record) if kind not in before | named]
    if not needed and step.evidence_at_least:
        # Any of the step's kinds proves it; which one, only the caller can say when there are several.
        return [kind.kind for kind in step.evidence]
    return needed


def needed_kinds(step: Step, record: dict[str, Any] | None) -> list[str]:
    """The kinds that the step asks for with this record: some only when a field is filled."""
    return [
        kind.kind
        for kind in step.evidence
        if kind.required or (kind.required_with is not None and bool(_at(record, kind.required_with)))
    ]


def _at(record: Any, path: str) -> Any:
    for key in path.strip("/").split("/"):
        record = record.get(key) if isinstance(record, dict) else None
    return record
