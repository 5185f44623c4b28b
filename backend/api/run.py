"""How a run is answered: its steps with their acts, and what the caller may do next, in the caller's language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from backend.api.attachment import AttachmentOut
from backend.api.language import say
from backend.api.shapes import Answer
from backend.db.attachment import Attachment
from backend.db.procedure import ProcedureAct
from backend.domain.calendar import light
from backend.domain.errors import Problem
from backend.domain.procedure.definition import EvidenceKind
from backend.domain.procedure.options import Option
from backend.domain.procedure.trail import StepState
from backend.domain.procedures.registry import every_version
from backend.domain.run import Standing

Light = Literal["green", "yellow", "red", "blue", "grey"]
Outcome = Literal["done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened"]


class PersonRef(Answer):
    """Someone with an account."""

    id: UUID
    name: str


class EvidenceOut(AttachmentOut):
    """An attachment and what it was given as."""

    kind: str


class ActOut(Answer):
    """One act. `on_behalf_of` is whose role it was done in, when a colleague had lent it.

    `in_force` is false when a return has made it stale; `text_sha256` is the text that it was about.
    """

    id: UUID
    outcome: Outcome
    by: PersonRef
    on_behalf_of: PersonRef | None
    at: datetime
    reason: str | None
    rule: str | None
    record: dict[str, Any] | None
    evidence: list[EvidenceOut]
    to: str | None
    text_sha256: str | None
    result: str | None
    in_force: bool


class ExtensionOut(Answer):
    """A limit moved to the end of the day `until`, why, who asked for it, and who approved it, if anybody has yet."""

    until: date
    reason: str
    asked_by: PersonRef
    asked_at: datetime
    approved_by: PersonRef | None
    approved_at: datetime | None


class StepOut(Answer):
    """One step as the run stands; `by` is who closed it, `times` how often it was opened.

    `passed`: it does not apply here. `due_at` is the limit with its extensions, `original_due_at` without them.
    """

    key: str
    title: str
    help: str
    state: Literal["waiting", "open", "done", "skipped", "passed"]
    times: int
    opened_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    original_due_at: datetime | None
    extensions: list[ExtensionOut]
    earliest_at: datetime | None
    by: PersonRef | None
    acts: list[ActOut]


class Need(Answer):
    """Something that is missing or pointed out; `pointer` leads into the body of the act, empty for no field."""

    code: str
    message: str
    pointer: str


class EvidenceWanted(Answer):
    kind: str
    title: str
    required: bool


class OptionOut(Answer):
    """Something that may come next. `allowed`: by this caller, once what the form lacks is filled in."""

    outcome: Outcome
    step: str
    to: list[str] | None
    title: str
    allowed: bool
    missing: list[Need]
    warnings: list[Need]
    record_schema: dict[str, Any] | None
    evidence: list[EvidenceWanted]


class PendingOut(Answer):
    """Something begun on the open step that lacks so many more people; `until` is the day of an extension."""

    kind: Literal["countersign", "waiver", "extension"]
    missing: int
    until: date | None
    by: list[PersonRef]


class RunOut(Answer):
    """A run of a procedure, with what this caller may do next.

    `due_at` is the limit of the open step, `limit_at` that of the whole matter, which the light is about.
    """

    key: str
    version: int
    title: str
    round: int
    step: str | None
    state: Literal["open", "closed", "ended", "withdrawn"]
    result: str | None
    opened_at: datetime | None
    due_at: datetime | None
    earliest_at: datetime | None
    limit_at: datetime | None
    light: Light
    provisional: bool
    pending: PendingOut | None
    holders: list[PersonRef]
    steps: list[StepOut]
    options: list[OptionOut]


def run_out(
    standing: Standing,
    options: Sequence[Option],
    holders: Iterable[Mapping[str, Any]],
    attachments: Mapping[UUID, Attachment],
    language: str,
    now: datetime,
) -> RunOut:
    """Put a run into the caller's words."""
    here, procedure = standing.here, standing.procedure
    people = {str(act.by): PersonRef(id=act.by, name=act.by_name) for act in standing.acts} | {
        str(act.on_behalf_of): PersonRef(id=act.on_behalf_of, name=act.on_behalf_of_name or "")
        for act in standing.acts
        if act.on_behalf_of
    }
    pending = here.pending
    return RunOut(
        key=procedure.key,
        version=procedure.version,
        title=procedure.title[language],
        round=here.round,
        step=here.step,
        state=here.state,
        result=here.result,
        opened_at=here.opened_at,
        due_at=here.due_at,
        earliest_at=here.earliest_at,
        limit_at=here.limit_at,
        light=light(here.limit_at, now, closed=here.step is None, checking=here.checking),
        provisional=here.provisional,
        pending=PendingOut(
            kind=pending.kind,
            missing=pending.missing,
            until=pending.until,
            by=[people[person] for person in sorted(pending.people)],
        )
        if pending
        else None,
        holders=[PersonRef.model_validate(holder) for holder in holders],
        steps=[_step(standing, state, people, attachments, language) for state in here.steps],
        options=[option_out(option, language) for option in options],
    )


def _step(
    standing: Standing,
    state: StepState,
    people: Mapping[str, PersonRef],
    attachments: Mapping[UUID, Attachment],
    language: str,
) -> StepOut:
    step = standing.procedure.step(state.key)
    in_force = set(state.acts)
    return StepOut(
        key=state.key,
        title=step.title[language],
        help=step.help[language],
        state=state.state,
        times=state.times,
        opened_at=state.opened_at,
        closed_at=state.closed_at,
        due_at=state.due_at,
        original_due_at=state.original_due_at,
        extensions=_extensions(standing, state),
        earliest_at=state.earliest_at,
        by=people[state.by] if state.by else None,
        acts=[
            _act(standing.acts[place], attachments, in_force=place in in_force)
            for place in sorted({*state.acts, *state.superseded})
        ],
    )


def _extensions(standing: Standing, state: StepState) -> list[ExtensionOut]:
    pending = standing.here.pending
    acts = standing.acts
    found = [_extension(one.until, acts[one.asked], acts[one.granted]) for one in state.extensions]
    if pending and pending.until and standing.here.step == state.key:
        found.append(_extension(pending.until, acts[pending.acts[0]], None))
    return found


def _extension(until: date, asked: ProcedureAct, approved: ProcedureAct | None) -> ExtensionOut:
    return ExtensionOut(
        until=until,
        reason=asked.reason,
        asked_by=PersonRef(id=asked.by, name=asked.by_name),
        asked_at=asked.at,
        approved_by=PersonRef(id=approved.by, name=approved.by_name) if approved else None,
        approved_at=approved.at if approved else None,
    )


def _act(act: ProcedureAct, attachments: Mapping[UUID, Attachment], *, in_force: bool) -> ActOut:
    return ActOut(
        id=act.id,
        outcome=act.outcome,
        by=PersonRef(id=act.by, name=act.by_name),
        on_behalf_of=PersonRef(id=act.on_behalf_of, name=act.on_behalf_of_name or "") if act.on_behalf_of else None,
        at=act.at,
        reason=act.reason or None,
        rule=act.rule or None,
        record=act.record,
        evidence=[evidence_out(item, attachments[UUID(item["id"])]) for item in act.evidence],
        to=act.to,
        text_sha256=act.content_sha256,
        result=act.result,
        in_force=in_force,
    )


def evidence_out(item: Mapping[str, str], attachment: Attachment) -> EvidenceOut:
    return EvidenceOut(
        kind=item["kind"],
        id=attachment.id,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=item["sha256"],
        created_at=attachment.created_at,
    )


def option_out(option: Option, language: str) -> OptionOut:
    return OptionOut(
        outcome=option.outcome,
        step=option.step,
        to=list(option.to) if option.to else None,
        title=say(option.title, {}, language),
        allowed=option.allowed,
        missing=needs_out(option.missing, language),
        warnings=needs_out(option.warnings, language),
        record_schema=dict(option.record_schema) if option.record_schema is not None else None,
        evidence=[_wanted(kind, language) for kind in option.evidence],
    )


def _wanted(kind: EvidenceKind, language: str) -> EvidenceWanted:
    return EvidenceWanted(kind=kind.kind, title=kind.title[language], required=kind.required)


def needs_out(problems: Iterable[Problem], language: str) -> list[Need]:
    """Problems in words."""
    return [Need(code=p.code, message=say(p.code, p.params, language), pointer=p.pointer) for p in problems]


def step_titles(language: str) -> dict[str, str]:
    """Every step's title by `key/version/step`, for lists that PostgreSQL writes."""
    return {
        f"{procedure.key}/{procedure.version}/{step.key}": step.title[language]
        for procedure in every_version()
        for step in procedure.steps
    }
