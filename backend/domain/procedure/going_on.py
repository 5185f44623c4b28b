"""What stands against acts that leave the step open: notes on how it goes, and a later limit."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from backend.domain.calendar import day_of, overdue
from backend.domain.errors import Problem
from backend.domain.procedure.attempt import Attempt, fit_person, given, has_role, of_none
from backend.domain.procedure.finishing import form
from backend.domain.procedure.limits import latest_extension
from backend.domain.procedure.record import schema_problems
from backend.domain.procedure.words import day_in_words

EXTENSION: dict[str, Any] = {
    "type": "object",
    "required": ["until"],
    "additionalProperties": False,
    "properties": {
        "until": {
            "type": "string",
            "format": "date",
            "title": "延期至",
            "x-title-en": "New limit",
            "x-widget": "date",
            "x-day": {"not_past": True},
        }
    },
}
"""The record of asking for an extension and of granting it: the exact day."""


def noting(attempt: Attempt) -> Iterator[Problem]:
    if attempt.step.note is None:
        yield Problem("/outcome", "note_not_possible", {"step": attempt.step.title})
        return
    yield from has_role(attempt, attempt.step.roles)
    yield from fit_person(attempt)
    yield from form(attempt, attempt.step.note)


def extending(attempt: Attempt) -> Iterator[Problem]:
    extension, pending, act, state = attempt.step.extension, attempt.here.pending, attempt.act, attempt.state
    if extension is None or state.limit_from is None:
        yield Problem("/outcome", "extension_not_possible", {"step": attempt.step.title})
        return
    if pending and pending.kind == "countersign":
        yield Problem("/outcome", "signatures_pending", {"missing": pending.missing})
        return
    if pending and pending.kind == "waiver":
        yield Problem("/outcome", "waiver_pending", {})
        return
    if pending:
        yield from has_role(attempt, extension.approved_by)
        yield from of_none(attempt, extension.barred)
        if act.known & attempt.asked_by:
            yield Problem("", "extension_same_person", {})
        if overdue(state.due_at, act.at):
            yield Problem("", "extension_grant_too_late", {"due": _due(attempt)})
    else:
        yield from has_role(attempt, extension.asked_by)
        yield from fit_person(attempt)
        yield from given(act, "reason")
        if overdue(state.due_at, act.at):
            yield Problem("", "extension_too_late", {"due": _due(attempt)})
        # Counted over all limits of the round: another assignment does not give new ones.
        if state.granted >= extension.at_most:
            yield Problem("/outcome", "extensions_used_up", {"count": extension.at_most})
    yield from _until(attempt)


def _until(attempt: Attempt) -> Iterator[Problem]:
    yield from form(attempt, EXTENSION)
    record, latest = attempt.act.record, latest_extension(attempt.step, attempt.state)
    if record is None or latest is None or attempt.state.due_at is None or schema_problems(EXTENSION, record, ""):
        return
    until = date.fromisoformat(record["until"])
    if until <= day_of(attempt.state.due_at):
        yield Problem("/record/until", "extension_not_later", {"due": _due(attempt)})
    elif until > latest:
        yield Problem("/record/until", "extension_too_long", {"latest": day_in_words(latest)})


def _due(attempt: Attempt) -> Any:
    return day_in_words(day_of(attempt.state.due_at)) if attempt.state.due_at else ""
