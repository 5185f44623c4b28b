"""What a caller may do next with a run, and what is still missing for it, to be said in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.domain.calendar import WorkCalendar
from backend.domain.errors import Problem
from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.check import check
from backend.domain.procedure.content import stale_steps
from backend.domain.procedure.definition import EvidenceKind, Procedure, Step
from backend.domain.procedure.example import with_examples
from backend.domain.procedure.going_on import EXTENSION
from backend.domain.procedure.limits import latest_extension
from backend.domain.procedure.position import position
from backend.domain.procedure.remarks import remarks
from backend.domain.procedure.settling import may_return_to
from backend.domain.procedure.trail import Act, Outcome, Position, Trail
from backend.domain.procedure.turning import returns_used_up
from backend.domain.scene import Facts

FORM_FIELDS = ("/record", "/evidence", "/reason", "/rule", "/to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to do next. `title` is a key of the message catalogue; `to` the steps that a return may name.

    `missing` is everything still lacking, form contents included; `allowed` says that the caller may do it once the
    form is filled in. `record_schema` (with an example that holds now, and what is known already as `default`) and
    `evidence` are that form.
    """

    outcome: Outcome
    step: str
    title: str
    allowed: bool
    missing: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    to: tuple[str, ...] | None = None
    record_schema: Mapping[str, Any] | None = None
    evidence: tuple[EvidenceKind, ...] = ()


def options(
    procedure: Procedure, trail: Trail, caller: Caller, facts: Facts, now: datetime, calendar: WorkCalendar
) -> list[Option]:
    """Finishing the open step always, with what stands in the way; the rest as far as the caller's roles go.

    Of a run that is over only the reopening, when the procedure knows one.
    """
    here = position(procedure, trail, calendar)
    found = []
    for step, outcome, title, to in _possible(procedure, here, caller, facts):
        act = Act(
            step=step.key,
            outcome=outcome,
            by=caller.person,
            on_behalf_of=caller.on_behalf_of,
            at=max(now, trail.acts[-1].at if trail.acts else now),
            to=to[0] if to else None,
            content_sha256=facts.content_sha256,
        )
        missing = tuple(check(procedure, trail, act, caller, facts, calendar))
        found.append(
            Option(
                outcome=outcome,
                step=step.key,
                title=title,
                to=to,
                allowed=all(problem.pointer.startswith(FORM_FIELDS) for problem in missing),
                missing=missing,
                warnings=tuple(remarks(procedure, trail, act, caller, facts, calendar)),
                record_schema=_form(procedure, here, step, outcome, facts, now),
                evidence=step.evidence if outcome in ("done", "noted") else (),
            )
        )
    return found


Possible = tuple[Step, Outcome, str, tuple[str, ...] | None]


def _possible(procedure: Procedure, here: Position, caller: Caller, facts: Facts) -> Iterator[Possible]:
    pending, roles = here.pending, caller.roles
    if here.step is None:
        again = procedure.reopening
        may = again and here.state == "closed" and may_return_to(procedure, here, again.to, facts)
        if again and may and roles & set(again.roles):
            yield procedure.step(again.to), "reopened", "option.reopen", None
        return
    step = procedure.step(here.step)
    kind = pending.kind if pending else None
    yield step, "done", "option.countersign" if kind == "countersign" else "option.done", None
    if step.note and roles & set(step.roles):
        yield step, "noted", "option.note", None
    yield from _asked(step, here, caller)
    may_return = roles & {*step.roles, *step.recalled_by}
    targets = set(_targets(procedure, here, step, facts)) if may_return else set()
    if roles & set(procedure.revised_by):
        targets |= set(stale_steps(procedure, here, facts.content_sha256, material=True))
    if pending:
        targets.discard(step.key)
        if caller.people & pending.people or roles & set(pending.roles):
            yield step, "returned", "option.decline", (step.key,)
    if targets:
        yield step, "returned", "option.return", tuple(other.key for other in procedure.steps if other.key in targets)
    withdrawal = procedure.withdrawal
    if withdrawal and roles & set(withdrawal.roles):
        before = withdrawal.before
        if before is None or procedure.place(step.key) < procedure.place(before):
            yield step, "withdrawn", "option.withdraw", None


def _asked(step: Step, here: Position, caller: Caller) -> Iterator[Possible]:
    """What one person asks for and another grants: a later limit, skipping the step."""
    kind = here.pending.kind if here.pending else None
    extension, waiver, roles = step.extension, step.waiver, caller.roles
    if extension and kind in (None, "extension") and here.of(step.key).limit_from:
        granting = kind == "extension"
        if roles & set(extension.approved_by if granting else extension.asked_by):
            yield step, "extended", "option.grant_extension" if granting else "option.ask_extension", None
    if waiver and kind != "countersign":
        approving = kind == "waiver"
        if roles & set(waiver.approved_by if approving else waiver.asked_by):
            yield step, "skipped", "option.approve_waiver" if approving else "option.ask_waiver", None


def _targets(procedure: Procedure, here: Position, step: Step, facts: Facts) -> Iterator[str]:
    for key in step.back_to:
        if may_return_to(procedure, here, key, facts) and not returns_used_up(here, step.key, procedure.step(key)):
            yield key


def _form(
    procedure: Procedure, here: Position, step: Step, outcome: Outcome, facts: Facts, now: datetime
) -> dict[str, Any] | None:
    schema: Mapping[str, Any] | None = None
    known: Mapping[str, Any] = {}
    if outcome == "extended":
        asked, latest = here.pending.until if here.pending else None, latest_extension(step, here.of(step.key))
        day = asked or latest
        schema, known = EXTENSION, {"until": day.isoformat()} if day else {}
        schema = {**schema, "examples": [known]}
    elif outcome == "noted":
        schema = step.note
    elif outcome == "reopened":
        schema = procedure.reopening.schema if procedure.reopening else None
    elif outcome == "done" and not (here.pending and here.pending.kind == "countersign"):
        schema, known = step.schema, facts.prefill.get(step.key, {})
    elif outcome == "returned" and step.record_on_return:
        schema = step.schema
    if schema is None:
        return None
    return _prefilled(with_examples(schema, now, here.opened_at or now), known)


def _prefilled(schema: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with what is known as the default of its fields; what has no field there is left out."""
    fields = {
        key: {**part, "default": known[key]} if known.get(key) is not None else part
        for key, part in schema["properties"].items()
    }
    return {**schema, "properties": fields}
