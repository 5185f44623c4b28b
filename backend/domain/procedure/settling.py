"""What an act brings about beside being done: the result of its step, and which step is next.

Both are stored with the act, not recomputed: what was decided stays decided whatever is known of the subject later.
"""

from collections.abc import Mapping
from dataclasses import replace

from backend.domain.calendar import WorkCalendar
from backend.domain.condition import counted_vote
from backend.domain.procedure.definition import Procedure, Step
from backend.domain.procedure.position import position
from backend.domain.procedure.trail import END, Act, Position, Trail
from backend.domain.scene import SUBJECT, Facts, Record, found_in, split_reference


def settled(procedure: Procedure, trail: Trail, act: Act, facts: Facts, calendar: WorkCalendar) -> Act:
    """The act as it is to be stored. Only an act that closes its step gets a result and leads anywhere."""
    here = position(procedure, trail, calendar)
    if act.step != here.step or not _closes(procedure, here, act):
        return act
    step, record = procedure.step(act.step), None
    if act.outcome == "done":
        record = _closing_record(trail, here, act)
        act = replace(act, result=result_of(step, record))
        if step.outlet and act.result == step.outlet.failed and step.outlet.failed_ends:
            return act
    return replace(act, to=_next(procedure, here, step, record, facts))


def result_of(step: Step, record: Record | None) -> str | None:
    """What the record makes of the run: the name of its vote's end, or the value of the field that holds the result."""
    if step.outlet:
        _, count = counted_vote(step.outlet.vote.params, record or {})
        return step.outlet.passed if count.passed else step.outlet.failed
    if step.result_field:
        return next((str(value)[:64] for _, value in found_in(record, step.result_field)), None)
    return None


def applies(step: Step, records: Mapping[str, Record], facts: Facts) -> bool:
    """Whether the step is for this run at all, by the records in force and what is known of the subject."""
    for guard in step.applies:
        key, path = split_reference(guard.field)
        holder = facts.subject if key == SUBJECT else records.get(key)
        if not any(value in guard.values for _, value in found_in(holder, path)):
            return False
    return True


def may_return_to(procedure: Procedure, here: Position, key: str, facts: Facts) -> bool:
    """Whether the step would be for this run if it were opened again."""
    place = procedure.place(key)
    records = {s.key: s.record for s in here.in_force() if s.record is not None and procedure.place(s.key) < place}
    return applies(procedure.steps[place], records, facts)


def first_step(procedure: Procedure, facts: Facts) -> str | None:
    """Where a run begins; None when nothing in the procedure applies."""
    return next((step.key for step in procedure.steps if applies(step, {}, facts)), None)


def _closes(procedure: Procedure, here: Position, act: Act) -> bool:
    pending, sign = here.pending, procedure.step(act.step).countersign
    if act.outcome == "skipped":
        return pending is not None and pending.kind == "waiver"
    if act.outcome != "done":
        return False
    return (pending.missing if pending and pending.kind == "countersign" else sign.count if sign else 1) <= 1


def _closing_record(trail: Trail, here: Position, act: Act) -> Record | None:
    signed = here.pending is not None and here.pending.kind == "countersign"
    return trail.acts[here.pending.acts[0]].record if signed and here.pending else act.record


def _next(procedure: Procedure, here: Position, step: Step, record: Record | None, facts: Facts) -> str | None:
    """The key of the next step; None when it is the following one, or when after the last one things go their way."""
    records = {state.key: state.record for state in here.in_force() if state.record is not None}
    if record is not None:
        records[step.key] = record
    place = procedure.place(step.key)
    for ahead in range(place + 1, len(procedure.steps)):
        if applies(procedure.steps[ahead], records, facts):
            return procedure.steps[ahead].key if ahead > place + 1 else None
    is_last = place + 1 == len(procedure.steps)
    if not procedure.repeats:
        return None if is_last else END
    first = first_step(procedure, facts)
    return None if is_last and first == procedure.steps[0].key else first or END
