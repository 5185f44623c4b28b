"""The bodies and answers of what partners' programs bring; each kind of record has them with its own fields."""

from typing import Annotated, Any, Literal, Optional
from uuid import UUID

from pydantic import Field, SkipValidation, StringConstraints, create_model

from backend.api.shapes import Answer, Body, OptionalText, Refusal, Text
from backend.api.source_table import Line

MOST = 1000
"""Records that one batch brings, at the most."""

Code = Annotated[Text, StringConstraints(max_length=64)]
Reason = Annotated[OptionalText, StringConstraints(max_length=1000)]


class SourceRef(Answer):
    """What the partner calls a record."""

    system: str
    id: str


class TrackedBy(Answer):
    """What the sender of a card follows it with, to be told to the sender."""

    code: str
    pin: str


class UnknownCode(Answer):
    """A code of the partner's that nobody here has mapped yet."""

    field: str
    code: str


class PushedOut(Answer):
    """What became of one push. `waiting`: some codes are `unknown`, or another record under the id waits; it comes in
    by itself once they are mapped. `dismissed`: somebody here has said that it shall not.

    `partner_status` is the partner's word for our `status`, where one is mapped.

    `number`, `status` and `version` are null where the record is out of the program's sight; so is everything but
    `source`, `result` and `problem` of one that was refused. `receipt` comes with cards, whenever they are brought.
    """

    source: SourceRef
    result: Literal["created", "updated", "unchanged", "waiting", "refused", "dismissed"]
    id: UUID | None
    number: str | None
    status: str | None
    partner_status: str | None
    version: int | None
    unknown: list[UnknownCode]
    receipt: TrackedBy | None
    problem: Refusal | None


class BroughtOut(Answer):
    """An answer for each record, in the order in which they came, and how many there are of each."""

    results: dict[str, int]
    items: list[PushedOut]


def body_of(line: Line) -> type[Body]:
    """The body of one push: that of making one by hand, with fields as the partner's codes, and a reason."""
    inward = [name for name, coded in line.sourced.coded.items() if not coded.outward]
    fields: dict[str, Any] = {
        name: (Optional[field.annotation], None)  # noqa: UP045 - a shape's annotation is known only here
        for name in inward
        if (field := line.shape.model_fields[name]).is_required()
    }
    told = f"The partner's own codes, for any of {', '.join(inward)}; unknown ones wait to be mapped."
    fields["codes"] = (Annotated[dict[str, Code], Field(max_length=len(inward), description=told)], {})
    fields["reason"] = (Annotated[Reason, Field(description="Why something is said otherwise than before.")], "")
    return _made(line, "BySource", line.shape, fields, dict(line.example))


def batch_of(line: Line, body: type[Body]) -> type[Body]:
    """The body of a batch. Its records are looked at one by one, so that a bad one spoils no other."""
    source_id = Annotated[str, Field(description="What the partner calls the record.")]
    item = _made(line, "BatchItem", Body, {"source_id": (source_id, ...), "record": (body, ...)})
    most = Field(min_length=1, json_schema_extra={"maxItems": MOST})
    fields: dict[str, Any] = {"source_system": (str, ...), "items": (list[SkipValidation[item]], most)}  # type: ignore[valid-type]
    example = {"source_system": "grid", "items": [{"source_id": "2026-0118", "record": dict(line.example)}]}
    return _made(line, "Batch", Body, fields, example)


def answer_of(line: Line) -> type[PushedOut]:
    """The answer to one push, with the record as the program may see it."""
    fields: dict[str, Any] = {"record": (line.out | None, ...)}
    return create_model(_named(line, "Pushed"), __base__=PushedOut, **fields)


def _made(
    line: Line, what: str, base: type[Body], fields: dict[str, Any], example: dict[str, Any] | None = None
) -> type[Body]:
    made: type[Body] = create_model(_named(line, what), __base__=base, **fields)
    if example is not None:
        made.model_config = {**made.model_config, "json_schema_extra": {"examples": [example]}}
        made.model_rebuild(force=True)
    return made


def _named(line: Line, what: str) -> str:
    return "".join(part.capitalize() for part in line.name.removesuffix("s").split("-")) + what
