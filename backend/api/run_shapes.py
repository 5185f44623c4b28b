"""The bodies and answers of acting on a run, the same in every record system.

A record system makes a body of its own from `ActIn` only to give it an example.
"""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from backend.api.run import Outcome, needs_out
from backend.api.shapes import Answer, Body, OptionalText, Text, json_value_is_storable
from backend.domain.errors import Problem
from backend.domain.evidence import Given
from backend.domain.run import Judged, Wish


def _storable(value: Any) -> Any:
    if not json_value_is_storable(value):
        raise PydanticCustomError("text_unstorable", "characters that no text may hold, or nested too deeply")
    return value


class EvidenceIn(Body):
    id: UUID
    kind: Annotated[Text, StringConstraints(max_length=64)]


class ActIn(Body):
    """One act on the open step. An attachment named by its id alone is of the kind that the step still lacks."""

    step: Annotated[Text, StringConstraints(max_length=64)]
    outcome: Outcome
    to: Annotated[Text, StringConstraints(max_length=64)] | None = None
    reason: Annotated[OptionalText, StringConstraints(max_length=2000)] = ""
    rule: Annotated[OptionalText, StringConstraints(max_length=400)] = ""
    record: Annotated[dict[str, Any], AfterValidator(_storable)] | None = None
    evidence: list[UUID | EvidenceIn] = Field(default_factory=list, max_length=200)

    def wish(self) -> Wish:
        return Wish(
            step=self.step,
            outcome=self.outcome,
            to=self.to,
            reason=self.reason,
            rule=self.rule,
            record=self.record,
            evidence=tuple(Given(e) if isinstance(e, UUID) else Given(e.id, e.kind) for e in self.evidence),
        )


class ActProblem(Answer):
    pointer: str
    code: str
    message: str


class JudgedOut(Answer):
    """What a dry run found: nothing was done. `warnings` are pointed out and refuse nothing."""

    allowed: bool
    problems: list[ActProblem]
    warnings: list[ActProblem]


def judged_out(judged: Judged, language: str) -> JudgedOut:
    """A dry run in the caller's words."""
    return JudgedOut(
        allowed=not judged.problems,
        problems=_in_words(judged.problems, language),
        warnings=_in_words(judged.remarks, language),
    )


def _in_words(problems: Iterable[Problem], language: str) -> list[ActProblem]:
    return [
        ActProblem(pointer=need.pointer, code=need.code, message=need.message) for need in needs_out(problems, language)
    ]
