"""Runs of procedures: beginning one, acting on it, and saying where it stands and what may come next.

What is being decided, put right or built is not known here. The record system names the subject and supplies its
`Facts`; the pure engine judges; this module locks, loads, stores and rewrites the copies that lists read.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from backend.db.base import Session, new_id
from backend.db.procedure import ProcedureAct, ProcedureRun, RunState, acts_of, run_of
from backend.domain.access import Actor, Moment, named
from backend.domain.calendar import shipped_calendar
from backend.domain.errors import Conflict, Forbidden, Problem, Unready
from backend.domain.evidence import Given, attach
from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.check import check
from backend.domain.procedure.definition import Procedure
from backend.domain.procedure.options import Option, options
from backend.domain.procedure.position import position
from backend.domain.procedure.remarks import remarks
from backend.domain.procedure.settling import first_step, settled
from backend.domain.procedure.trail import STATE_TITLES, Act, Attached, Position, Trail, doers
from backend.domain.procedures.registry import procedure as procedure_of_version
from backend.domain.scene import Facts

# Nobody becomes another person by filling in a form: these are refusals of the caller, not of what was sent.
WRONG_PERSON = frozenset({"role_not_allowed", "party_barred", "party_only", "same_person_as_step"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a run is about. `path` is that of the organisation it belongs to; `number` and `title` are for lists."""

    kind: str
    id: UUID
    county_id: UUID
    organization_id: UUID
    path: str
    number: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An act as somebody wants it, before anything is known about whether it may be."""

    step: str
    outcome: str
    to: str | None = None
    reason: str = ""
    rule: str = ""
    record: dict[str, Any] | None = None
    evidence: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A run with its acts, oldest first, and the position that follows from them."""

    run: ProcedureRun
    procedure: Procedure
    acts: tuple[ProcedureAct, ...]
    trail: Trail
    here: Position


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands against an act (nothing: it may be done), and what is only pointed out."""

    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Acted:
    """Where the run stood before an act, and where it stands now."""

    before: Position
    after: Standing


FactsOf = Callable[[], Awaitable[Facts]]


async def start_run(session: Session, moment: Moment, procedure: Procedure, subject: Subject, facts: Facts) -> Standing:
    """Begin a run at the procedure's first step that applies. The subject's row has to be stored already.

    Raises ValueError when none does.
    """
    first = first_step(procedure, facts)
    if first is None:
        raise ValueError(f"no step of {procedure.key} applies")
    run = ProcedureRun(
        procedure=procedure.key,
        procedure_version=procedure.version,
        subject_kind=subject.kind,
        subject_id=subject.id,
        organization_id=subject.organization_id,
        county_id=subject.county_id,
        number=subject.number,
        title=subject.title,
        started_at=moment.now,
        started_content=facts.content_sha256,
        started_step=None if first == procedure.steps[0].key else first,
        created_at=moment.now,
    )
    standing = _standing(run, [])
    rewrite_copies(standing, facts, moment)
    session.add(run)
    await session.flush()
    return standing


async def standing_of(session: Session, subject_id: UUID, *, lock: bool = False, share: bool = False) -> Standing:
    """Where the subject's run stands; `lock` and `share` hold it there until the transaction ends."""
    run = await run_of(session, subject_id, lock=lock, share=share)
    return _standing(run, await acts_of(session, run.id))


async def add_act(
    session: Session, actor: Actor, moment: Moment, subject: Subject, wish: Wish, facts_of: FactsOf
) -> Acted:
    """Do one act, or refuse it with everything that stands against it.

    Raises Conflict when the run is over, Forbidden when the act is for other people, Unready otherwise.
    """
    # Facts are read behind the lock: what they say stays true until the act is stored.
    standing = await standing_of(session, subject.id, lock=True)
    facts = await facts_of()
    act, items, problems = await _prepared(session, actor, moment, subject, standing, wish, facts)
    refuse(problems)
    after = await store_act(session, actor, standing, act, items)
    rewrite_copies(after, facts, moment)
    return Acted(standing.here, after)


async def judge_act(
    session: Session, actor: Actor, moment: Moment, subject: Subject, wish: Wish, facts_of: FactsOf
) -> Judged:
    """What `add_act` would refuse, and what it would point out; nothing is locked and nothing changes."""
    standing = await standing_of(session, subject.id)
    facts = await facts_of()
    act, _, problems = await _prepared(session, actor, moment, subject, standing, wish, facts)
    caller = caller_of(actor, subject.path)
    remarked = remarks(standing.procedure, standing.trail, act, caller, facts, shipped_calendar())
    return Judged(tuple(problems), tuple(remarked))


async def _prepared(
    session: Session,
    actor: Actor,
    moment: Moment,
    subject: Subject,
    standing: Standing,
    wish: Wish,
    facts: Facts,
) -> tuple[Act, list[dict[str, str]], list[Problem]]:
    """The act as it would be stored, its evidence with hashes, and all that stands against it."""
    act = Act(
        step=wish.step,
        # The engine refuses an outcome that it does not know; until then any text may stand here.
        outcome=wish.outcome,  # type: ignore[arg-type]  # any text comes in; the engine refuses an unknown one
        by=str(actor.account_id),
        on_behalf_of=str(actor.on_behalf_of) if actor.on_behalf_of else None,
        by_organization=str(actor.organization_id) if actor.organization_id else None,
        at=moment.now,
        reason=wish.reason,
        rule=wish.rule,
        record=wish.record,
        to=wish.to,
        content_sha256=facts.content_sha256,
        names=_names(actor.name, actor.on_behalf_of_name),
    )
    caller = caller_of(actor, subject.path)
    calendar = shipped_calendar()
    found = await attach(session, actor, subject.path, standing.procedure, standing.trail, act, wish.evidence)
    problems = check(standing.procedure, standing.trail, found.act, caller, facts, calendar)
    if any(problem.code == "run_over" for problem in problems):
        return found.act, found.items, problems
    act = settled(standing.procedure, standing.trail, found.act, facts, calendar) if not problems else found.act
    return act, found.items, [*problems, *found.problems]


def refuse(problems: Sequence[Problem]) -> None:
    """Raise the refusal that fits the problems; without any, nothing happens."""
    for problem in problems:
        if problem.code == "run_over":
            raise Conflict(problem.code, problems=problems, **problem.params)
    for problem in problems:
        if problem.code in WRONG_PERSON:
            raise Forbidden(problem.code, problems=problems, **problem.params)
    if problems:
        raise Unready("unready", problems=problems)


async def store_act(
    session: Session, actor: Actor, standing: Standing, act: Act, items: list[dict[str, str]]
) -> Standing:
    """Append an act that `check` has let in. The run has to be locked."""
    # A sender stays unknown: ids of other acts begin with the time, and the machine's clock is finer than `act.at`.
    anonymous = any(grant.role == "sender" for grant in actor.grants)
    row = ProcedureAct(
        id=uuid4() if anonymous else new_id(),
        created_at=act.at,
        run_id=standing.run.id,
        sequence=len(standing.acts) + 1,
        step=act.step,
        outcome=act.outcome,
        by=actor.account_id,
        by_name=actor.name,
        on_behalf_of=actor.on_behalf_of,
        on_behalf_of_name=actor.on_behalf_of_name,
        by_organization=actor.organization_id,
        at=act.at,
        reason=act.reason,
        rule=act.rule,
        record=act.record,
        evidence=items,
        to=act.to,
        content_sha256=act.content_sha256,
        result=act.result,
    )
    session.add(row)
    await session.flush()
    return _standing(standing.run, [*standing.acts, row])


def rewrite_copies(standing: Standing, facts: Facts, moment: Moment) -> None:
    """Bring what lists read of the run in line with its acts and the facts, in the transaction of the change."""
    run, here = standing.run, standing.here
    run.state, run.round, run.step, run.result = RunState(here.state), here.round, here.step, here.result
    run.opened_at, run.due_at, run.earliest_at, run.closed_at = (
        here.opened_at,
        here.due_at,
        here.earliest_at,
        here.closed_at,
    )
    run.limit_at, run.behind_at, run.under_check = here.limit_at, here.behind_at, here.checking
    run.roles = list(here.roles)
    run.not_for, run.only_for = _not_for(standing, facts), _only_for(standing, facts)
    run.awaiting_since = standing.acts[here.pending.acts[-1]].at if here.pending else here.opened_at
    run.updated_at = moment.now
    if standing.acts:
        run.version = len(standing.acts) + 1


def _not_for(standing: Standing, facts: Facts) -> list[str]:
    here = standing.here
    if here.step is None:
        return []
    step, pending = standing.procedure.step(here.step), here.pending
    asked = {person for n in (pending.acts if pending else ()) for person in standing.trail.acts[n].known}
    if pending and pending.kind == "extension":
        barred = step.extension.barred if step.extension else ()
        return sorted(_members(barred, facts) | asked)
    judged = {person for key in step.other_than for person in doers(standing.trail, here.of(key))}
    return sorted(_members(step.barred, facts) | judged | asked)


def _only_for(standing: Standing, facts: Facts) -> list[str]:
    """Whose people may do what is awaited; what others grant, nobody is asked for by party."""
    here = standing.here
    if here.step is None or (here.pending and here.pending.kind != "countersign"):
        return []
    return sorted(_members(standing.procedure.step(here.step).only, facts))


def _members(parties: Iterable[str], facts: Facts) -> set[str]:
    """The ids and marks of the parties, and whom they mean by name; plain names are for records, not for accounts."""
    return {name for party in parties for name in facts.parties.get(party, ()) if name[:1] in "@=" or _is_id(name)}


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def caller_of(actor: Actor, path: str) -> Caller:
    """The actor as the engine sees one: with the roles held at the subject's organisation."""
    absent = str(actor.on_behalf_of) if actor.on_behalf_of else None
    return Caller(str(actor.account_id), actor.roles_at(path), actor.own, actor.name, absent)


def own_ids(actor: Actor) -> list[str]:
    """What makes an actor one of a party's people: ids of the person and the organisation, marks of places."""
    return sorted(actor.own)


def options_of(standing: Standing, actor: Actor, subject: Subject, facts: Facts, now: datetime) -> list[Option]:
    """What the actor may do next with the run, and what is still missing for it."""
    caller = caller_of(actor, subject.path)
    return options(standing.procedure, standing.trail, caller, facts, now, shipped_calendar())


def _standing(run: ProcedureRun, rows: Sequence[ProcedureAct]) -> Standing:
    definition = procedure_of_version(run.procedure, run.procedure_version)
    trail = Trail(run.started_at, tuple(_act(row) for row in rows), run.started_content, run.started_step)
    return Standing(run, definition, tuple(rows), trail, position(definition, trail, shipped_calendar()))


def _act(row: ProcedureAct) -> Act:
    return Act(
        step=row.step,
        outcome=row.outcome,  # type: ignore[arg-type]  # stored only after the engine let it in
        by=str(row.by),
        on_behalf_of=str(row.on_behalf_of) if row.on_behalf_of else None,
        by_organization=str(row.by_organization) if row.by_organization else None,
        at=row.at,
        reason=row.reason,
        rule=row.rule,
        record=row.record,
        evidence=tuple(Attached(item["kind"], item["id"]) for item in row.evidence),
        to=row.to,
        content_sha256=row.content_sha256,
        result=row.result,
        names=_names(row.by_name, row.on_behalf_of_name),
    )


def _names(*people: str | None) -> frozenset[str]:
    return frozenset(named(name) for name in people if name)


def run_is_over(standing: Standing) -> Conflict:
    """The refusal of whatever needs a run that goes on."""
    return Conflict("run_over", state=STATE_TITLES[standing.here.state])
