"""A definition's data, once it is known to be right, as the values that the engine works with."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.condition import Condition
from backend.domain.procedure.definition import (
    Countersign,
    DueBy,
    DueFrom,
    EvidenceKind,
    Extension,
    Guard,
    Outlet,
    Period,
    Reopening,
    ReturnLimit,
    Rung,
    Step,
    Wait,
    Waiver,
    Withdrawal,
)

Data = Mapping[str, Any]


def build_step(data: Data, conditions: Sequence[Condition]) -> Step:
    """One step; the last of `conditions` is the vote of its result when it has one."""
    result, sign, waiver = data.get("result", {}), data.get("countersign"), data.get("waiver")
    return Step(
        key=data["key"],
        title=data["title"],
        help=data["help"],
        roles=tuple(data["roles"]),
        schema=data.get("record"),
        evidence=tuple(
            EvidenceKind(kind["kind"], kind["title"], kind.get("required", False), kind.get("required_with"))
            for kind in data.get("evidence", ())
        ),
        waits=tuple(
            Wait(_period(wait, off_rest_days=False), wait.get("shortened_by")) for wait in data.get("waits", ())
        ),
        due=_period(data["due"], off_rest_days=True) if "due" in data else None,
        countersign=Countersign(sign["count"], tuple(sign["roles"])) if sign else None,
        waiver=Waiver(tuple(waiver["asked_by"]), tuple(waiver["approved_by"])) if waiver else None,
        back_to=tuple(data.get("back_to", ())),
        barred=tuple(data.get("barred", ())),
        conditions=tuple(conditions),
        outlet=_outlet(result, conditions),
        content=data.get("content", "none"),
        record_on_return=data.get("record_on_return", False),
        applies=tuple(Guard(guard["field"], tuple(guard["in"])) for guard in guards_of(data)),
        only=tuple(data.get("only", ())),
        recalled_by=tuple(data.get("recalled_by", ())),
        other_than=tuple(data.get("other_than", ())),
        due_by=_due_by(data.get("due_by")),
        due_from=_due_from(data.get("due_from")),
        extension=_extension(data.get("extension")),
        note=data.get("note"),
        result_field=result.get("field"),
        checking=data.get("checking", False),
        limit=data.get("limit", False),
        returns_at_most=_return_limit(data.get("returns_at_most")),
        evidence_at_least=data.get("evidence_at_least", 0),
    )


def guards_of(data: Data) -> list[Data]:
    """What `applies` says, as a list: one guard may stand by itself."""
    applies = data.get("applies", ())
    return [applies] if isinstance(applies, Mapping) else list(applies)


def build_withdrawal(data: Data | None) -> Withdrawal | None:
    if data is None:
        return None
    return Withdrawal(tuple(data["roles"]), data.get("before"), tuple(data.get("barred", ())))


def build_reopening(data: Data | None) -> Reopening | None:
    if data is None:
        return None
    return Reopening(tuple(data["roles"]), data["to"], tuple(data.get("barred", ())), data.get("record"))


def build_rung(data: Data) -> Rung:
    return Rung(
        data["rung"],
        tuple(data["to"]),
        data.get("days"),
        data.get("percent"),
        data.get("above", False),
        data.get("title"),
    )


def _outlet(result: Data, conditions: Sequence[Condition]) -> Outlet | None:
    if "vote" not in result:
        return None
    return Outlet(conditions[-1], result["passed"], result["failed"], result["failed_ends"])


def _period(data: Data, *, off_rest_days: bool) -> Period:
    return Period(data["days"], data["unit"], data.get("off_rest_days", off_rest_days))


def _due_by(data: Data | None) -> DueBy | None:
    if data is None:
        return None
    return DueBy(data["field"], {value: _period(part, off_rest_days=True) for value, part in data["periods"].items()})


def _due_from(data: Data | None) -> DueFrom | None:
    return DueFrom(data["day"], data.get("milestones"), data.get("reopened")) if data else None


def _extension(data: Data | None) -> Extension | None:
    if data is None:
        return None
    return Extension(
        tuple(data["asked_by"]),
        tuple(data["approved_by"]),
        data["at_most"],
        data["share_percent"],
        tuple(data.get("barred", ())),
    )


def _return_limit(data: int | Data | None) -> ReturnLimit | None:
    if data is None:
        return None
    return ReturnLimit(data) if isinstance(data, int) else ReturnLimit(data["count"], tuple(data["from"]))
