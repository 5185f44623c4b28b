"""The bodies and answers of rectifications."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from backend.api import rectification_examples as shown
from backend.api.run import EvidenceOut, Light, PersonRef, RunOut, evidence_out
from backend.api.run_shapes import ActIn
from backend.api.shapes import Answer, Body, OptionalText, Text
from backend.api.shapes import Name as PlainName
from backend.api.shapes import OptionalName as OptionalPlainName
from backend.db.rectification import (
    DeadlineKind,
    RectificationSource,
    RectificationStatus,
    RelookFound,
    RelookKind,
    Severity,
)
from backend.domain.rectification.assignment import BULK_LIMIT, Assignment
from backend.domain.rectification.category import Category
from backend.domain.rectification.register import NewRectification
from backend.domain.rectification.view import RectificationView

Name = Annotated[PlainName, StringConstraints(max_length=100)]
OptionalName = Annotated[OptionalPlainName, StringConstraints(max_length=100)]
OptionalLine = Annotated[OptionalText, StringConstraints(max_length=200)]
Area = Annotated[Text, StringConstraints(max_length=10_000)]
OptionalArea = Annotated[OptionalText, StringConstraints(max_length=10_000)]
Reason = Annotated[Text, StringConstraints(max_length=2000)]
Why = Annotated[OptionalText, StringConstraints(max_length=1000)]


class RectificationIn(Body):
    """A problem as it is found. The triad and the limit are proposals for whoever assigns it."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.RECTIFICATION]})

    organization_id: UUID
    source: RectificationSource
    problem: Area
    category: Category
    severity: Severity = Severity.general
    facts: OptionalArea = ""
    source_document: OptionalLine = ""
    source_clause: OptionalLine = ""
    affects_people: Annotated[bool, Field(description="Then they are asked before it is closed.")] = True
    nobody_affected_reason: Annotated[Why, Field(description="Needed when nobody is affected.")] = ""
    responsible_unit_id: UUID | None = None
    responsible_leader: OptionalName = ""
    responsible_person: OptionalName = ""
    deadline_kind: DeadlineKind | None = None
    due_on: date | None = None
    remark: OptionalArea = ""
    systemic: bool = False
    relapse_of_id: UUID | None = None

    def new(self) -> NewRectification:
        return NewRectification(**self.model_dump())


class RectificationChange(Body):
    """What may change beside the problem. Once the unit asks for closing, severity and who is affected stay.

    Whoever lowers the severity says why; who says that nobody is affected gives that reason.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [shown.RECTIFICATION_CHANGE]})

    category: Category | None = None
    severity: Severity | None = None
    facts: OptionalArea | None = None
    source_document: OptionalLine | None = None
    source_clause: OptionalLine | None = None
    affects_people: bool | None = None
    nobody_affected_reason: Why | None = None
    systemic: bool | None = None
    remark: OptionalArea | None = None
    reason: Annotated[OptionalText, StringConstraints(max_length=2000)] = ""

    def changes(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.model_dump(exclude_unset=True, exclude={"reason"}).items()
            if value is not None
        }


class RectificationCorrectionIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.CORRECTION]})

    text: Area
    reason: Reason


class RectificationAct(ActIn):
    """One act on the open step of an item."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [shown.ACT]})


class RectificationExtensionIn(Body):
    """More time: asked for by the unit before the limit, granted by somebody above it with the exact day."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.EXTENSION]})

    until: date
    reason: Reason


class RectificationMergeIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.MERGE]})

    into_id: UUID
    reason: Reason


class TransferIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.TRANSFER]})

    responsible_unit_id: UUID
    responsible_leader: OptionalName = ""
    responsible_person: OptionalName = ""
    reason: Reason


class SupervisionIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.SUPERVISION]})

    reason: Reason


class AssignmentsIn(Body):
    """What items are given with; what is left out is taken from what each item proposes."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.ASSIGNMENTS]})

    ids: list[UUID] = Field(min_length=1, max_length=BULK_LIMIT)
    responsible_unit_id: UUID | None = None
    responsible_leader: Name | None = None
    responsible_person: Name | None = None
    deadline_kind: DeadlineKind | None = None
    due_on: date | None = None
    emergency: Annotated[Why, Field(description="Why it is due in fewer than 3 working days.")] = ""
    reason: Annotated[OptionalText, StringConstraints(max_length=2000)] = ""

    def wanted(self) -> Assignment:
        return Assignment(**self.model_dump(exclude={"ids"}))


class Refused(Answer):
    code: str
    message: str


class AssignedOut(Answer):
    """What became of one item: `refusal` is the one reason why it was not assigned, null when it was."""

    id: UUID
    number: str | None
    assigned: bool
    refusal: Refused | None


class AssignmentsOut(Answer):
    items: list[AssignedOut]


class Place(Answer):
    id: UUID
    name: str


class ItemRef(Answer):
    """Another item, or a feedback card."""

    id: UUID
    number: str


class RectificationRow(Answer):
    """An item in a list. What is due today is not overdue.

    `overdue_days` is the responsible unit's, counted from the item's limit in force while the unit has it or has given
    it back; `step_late_days` is of whoever holds the open step; `handed_in_late_days` says how late the unit was when
    it asked for closing, and stays. The light is blue while others check, however long they take.
    """

    id: UUID
    number: str
    organization: Place
    registered_at: Place
    registered_on: date
    source: RectificationSource
    severity: Severity
    category: Category
    problem: str
    responsible_unit: Place | None
    responsible_leader: str | None
    responsible_person: str | None
    deadline_kind: DeadlineKind | None
    original_due_on: date | None
    due_on: date | None
    status: RectificationStatus
    step: str | None
    step_title: str | None
    light: Light
    overdue_days: int
    step_late_days: int
    handed_in_late_days: int
    holders: list[PersonRef]
    extensions: int
    supervised: bool
    systemic: bool
    relapsed: bool
    affects_people: bool
    feedback_card_number: str | None
    closed_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime


class RectificationPage(Answer):
    items: list[RectificationRow]
    next_cursor: str | None


class CorrectionOut(Answer):
    id: UUID
    text: str
    reason: str
    by: PersonRef
    at: datetime


class RelookOut(Answer):
    """A look at a closed item; `found` is null while it is still to be done."""

    id: UUID
    kind: RelookKind
    due_on: date
    found: RelookFound | None
    findings: str | None
    evidence: list[EvidenceOut]
    done_at: datetime | None
    done_by: PersonRef | None


class RectificationOut(RectificationRow):
    """An item with its procedure, as this caller may see and act on it."""

    source_document: str | None
    source_clause: str | None
    facts: str | None
    nobody_affected_reason: str | None
    claimed_closed: bool
    measures: str | None
    result: str | None
    remark: str | None
    corrections: list[CorrectionOut]
    merged_into: ItemRef | None
    relapse_of: ItemRef | None
    relooks: list[RelookOut]
    feedback: ItemRef | None
    procedure: RunOut


class RelookItem(Answer):
    id: UUID
    number: str
    problem: str
    severity: Severity
    category: Category
    closed_on: date | None
    version: int


class RelookRow(Answer):
    """A look that is due or was done, in a list."""

    id: UUID
    kind: RelookKind
    due_on: date
    item: RelookItem
    organization: Place
    found: RelookFound | None
    findings: str | None
    done_at: datetime | None
    done_by: PersonRef | None


class RelookPage(Answer):
    items: list[RelookRow]
    next_cursor: str | None


class RelookIn(Body):
    """`relapsed` opens the item again, by `due_on` or within 30 days."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.RELOOK_FOUND]})

    found: Literal["held", "relapsed"]
    findings: Area
    evidence: list[UUID] = Field(default_factory=list, max_length=50)
    due_on: date | None = None


def rectification_out(view: RectificationView, row: dict[str, Any], run: RunOut) -> RectificationOut:
    """The whole item: what lists show of it, as PostgreSQL wrote it, and the rest."""
    item = view.item
    return RectificationOut.model_validate(
        {
            **row,
            "source_document": item.source_document or None,
            "source_clause": item.source_clause or None,
            "facts": item.facts or None,
            "nobody_affected_reason": item.nobody_affected_reason or None,
            "claimed_closed": item.claimed_closed,
            "measures": item.measures or None,
            "result": item.result or None,
            "remark": item.remark or None,
            "corrections": [
                CorrectionOut(
                    id=one.id, text=one.text, reason=one.reason, by=PersonRef(id=one.by, name=one.by_name), at=one.at
                )
                for one in view.corrections
            ],
            "merged_into": _ref(view.merged_into),
            "relapse_of": _ref(view.relapse_of),
            "relooks": [_relook(view, relook) for relook in view.relooks],
            "feedback": ItemRef(id=item.feedback_card_id, number=row["feedback_card_number"])
            if item.feedback_card_id and row["feedback_card_number"]
            else None,
            "procedure": run,
        }
    )


def _ref(item: Any) -> ItemRef | None:
    return ItemRef(id=item.id, number=item.number) if item else None


def _relook(view: RectificationView, relook: Any) -> RelookOut:
    return RelookOut(
        id=relook.id,
        kind=relook.kind,
        due_on=relook.due_on,
        found=relook.found,
        findings=relook.findings or None,
        evidence=[evidence_out(one, view.attachments[UUID(one["id"])]) for one in relook.evidence],
        done_at=relook.done_at,
        done_by=PersonRef(id=relook.done_by, name=relook.done_by_name) if relook.done_by else None,
    )
