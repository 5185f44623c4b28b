"""What stands against finishing the open step: people, time, evidence, and the record with its conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from backend.domain.calendar import last_day_before
from backend.domain.condition import UNIT_TITLES
from backend.domain.errors import Problem
from backend.domain.procedure.attempt import Attempt, fit_person, has_role
from backend.domain.procedure.limits import period_end
from backend.domain.procedure.record import day_problems, schema_problems, unfit_values
from backend.domain.procedure.settling import result_of
from backend.domain.procedure.words import day_in_words


def finishing(attempt: Attempt) -> Iterator[Problem]:
    act, step, signed = attempt.act, attempt.step, attempt.signed
    yield from has_role(attempt, step.countersign.roles if step.countersign and signed else step.roles)
    yield from fit_person(attempt)
    if any(act.people & other.people for other in signed):
        yield Problem("", "already_signed", {})
    if signed and act.record is not None and act.record != signed[0].record:
        yield Problem("/record", "record_differs", {})
    if signed and signed[0].content_sha256 != attempt.facts.content_sha256:
        yield Problem("", "content_changed_since_signing", {})
    yield from _too_early(attempt)
    yield from _evidence(attempt)
    yield from _record(attempt)


def form(attempt: Attempt, schema: Mapping[str, Any] | None) -> Iterator[Problem]:
    """The record by itself: its shape, its texts and its days."""
    record = attempt.record
    if schema is None:
        if record is not None:
            yield Problem("/record", "record_not_expected", {})
        return
    if record is None:
        yield Problem("/record", "record_missing", {"step": attempt.step.title})
        return
    found = schema_problems(schema, record, "/record")
    yield from found
    if not found:
        yield from unfit_values(schema, record, "/record")
        schemas = {other.key: other.schema for other in attempt.procedure.steps if other.schema is not None}
        yield from day_problems(replace(attempt.scene(), schema=schema), schemas)


def _record(attempt: Attempt) -> Iterator[Problem]:
    step, record, scene = attempt.step, attempt.record, attempt.scene()
    yield from form(attempt, step.schema)
    readable = record is not None and step.schema is not None and not schema_problems(step.schema, record, "")
    for condition in step.conditions:
        if not condition.warns and (readable or not condition.reads_record):
            yield from condition.problems(scene)
    if readable and attempt.act.result is not None and attempt.act.result != result_of(step, record):
        yield Problem("", "result_wrong", {})


def _too_early(attempt: Attempt) -> Iterator[Problem]:
    scene = attempt.scene()
    for wait in attempt.step.waits:
        ends = period_end(wait.period, attempt.opened_at, attempt.calendar)
        if attempt.act.at >= ends:
            continue
        params = {
            "step": attempt.step.title,
            "until": day_in_words(last_day_before(ends)),
            "passed": attempt.calendar.days_between(scene.opened_on, scene.today, wait.period.unit),
            "needed": wait.period.days,
            "unit": UNIT_TITLES[wait.period.unit],
        }
        if wait.shortened_by is None:
            yield Problem("", "too_early", params)
        elif not scene.first(wait.shortened_by)[1]:
            shorter = {**params, "field": scene.title(wait.shortened_by)}
            yield Problem("/record" + wait.shortened_by, "too_early_unless_shortened", shorter)


def _evidence(attempt: Attempt) -> Iterator[Problem]:
    kinds, scene, step = [item.kind for item in attempt.evidence], attempt.scene(), attempt.step
    for kind in step.evidence:
        needed = kind.required or (kind.required_with is not None and bool(scene.first(kind.required_with)[1]))
        if needed and kind.kind not in kinds:
            yield Problem("/evidence", "evidence_missing", {"evidence": kind.title})
    have = sum(kind in {own.kind for own in step.evidence} for kind in kinds)
    if have < step.evidence_at_least:
        yield Problem("/evidence", "evidence_too_few", {"needed": step.evidence_at_least, "have": have})
