"""The bodies and answers of decisions."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from backend.api import decision_examples
from backend.api.run import Light, PersonRef, RunOut
from backend.api.run_shapes import ActIn
from backend.api.shapes import Answer, Body, OptionalName, OptionalText, Text
from backend.db.decision import DecisionStatus, OpinionChannel, OpinionOutcome, OpinionSource, SubjectClass
from backend.domain.decision.start import NewDecision
from backend.domain.decision.view import DecisionView

Line = Annotated[Text, StringConstraints(max_length=200)]
Area = Annotated[Text, StringConstraints(max_length=10_000)]
BODY_LENGTH = 200_000


def _figure(value: Any) -> Any:
    """Figures are kept as they are written; a client may send them as numbers."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Figure = Annotated[Line, BeforeValidator(_figure)]


class When(Body):
    start_on: date
    due_on: date


class Who(Body):
    owner: Line
    helpers: list[Line] = Field(default_factory=list, max_length=100)


class HowFar(Body):
    """A measure that can be checked, where it stands and where it should."""

    measure: Line
    baseline: Figure
    target: Figure
    unit: Annotated[Text, StringConstraints(max_length=50)]


class FiveWOneH(Body):
    """The six answers that a decision cannot begin without."""

    what: Area
    why: Area
    when: When
    where: Line
    who: Who
    how_far: HowFar


class TextIn(Body):
    title: Line
    body: Annotated[Text, StringConstraints(max_length=BODY_LENGTH)]


class DecisionIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [decision_examples.DECISION]})

    organization_id: UUID
    title: Line
    subject_class: SubjectClass
    sponsor_unit_id: UUID
    proposer: Annotated[OptionalName, StringConstraints(max_length=100)] = ""
    background: Annotated[OptionalText, StringConstraints(max_length=10_000)] = ""
    five_w_one_h: FiveWOneH
    text: TextIn

    def new(self) -> NewDecision:
        return NewDecision(
            organization_id=self.organization_id,
            sponsor_unit_id=self.sponsor_unit_id,
            title=self.title,
            subject_class=self.subject_class,
            five_w_one_h=self.five_w_one_h.model_dump(mode="json"),
            text_title=self.text.title,
            text_body=self.text.body,
            proposer=self.proposer,
            background=self.background,
        )


class DecisionChange(Body):
    """What may still change before it is decided. A new text is a version of its own, with `material` beside it."""

    model_config = ConfigDict(json_schema_extra={"examples": [decision_examples.DECISION_CHANGE]})

    background: Annotated[OptionalText, StringConstraints(max_length=10_000)] | None = None
    subject_class: SubjectClass | None = None
    text: TextIn | None = None
    material: Annotated[bool, Field(description="Whether the text changed in what it decides, not only in words.")] = (
        True
    )
    reason: Annotated[OptionalText, StringConstraints(max_length=2000)] = ""


class DecisionAct(ActIn):
    model_config = ConfigDict(json_schema_extra={"examples": [decision_examples.ACT]})


class OrganizationName(Answer):
    id: UUID
    name: str


class TextOut(Answer):
    version: int
    sha256: str
    title: str
    body: str


class DecisionRow(Answer):
    """A decision in a list."""

    id: UUID
    number: str
    organization_id: UUID
    organization_name: str
    title: str
    subject_class: SubjectClass
    status: DecisionStatus
    sponsor_unit: OrganizationName
    proposer: str | None
    step: str | None
    step_title: str | None
    opened_at: datetime | None
    due_at: datetime | None
    light: Light
    holders: list[PersonRef]
    version: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class DecisionPage(Answer):
    items: list[DecisionRow]
    next_cursor: str | None


class DecisionOut(Answer):
    """A decision with its procedure, as this caller may see and act on it."""

    id: UUID
    number: str
    organization_id: UUID
    organization_name: str
    title: str
    subject_class: SubjectClass
    status: DecisionStatus
    sponsor_unit: OrganizationName
    proposer: str | None
    five_w_one_h: dict[str, Any]
    background: str | None
    text: TextOut
    version: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    procedure: RunOut


def decision_out(view: DecisionView, run: RunOut) -> DecisionOut:
    decision = view.decision
    return DecisionOut(
        id=decision.id,
        number=decision.number,
        organization_id=decision.organization_id,
        organization_name=view.organization.name,
        title=decision.title,
        subject_class=decision.subject_class,
        status=decision.status,
        sponsor_unit=OrganizationName(id=view.sponsor.id, name=view.sponsor.name),
        proposer=decision.proposer or None,
        five_w_one_h=decision.five_w_one_h,
        background=decision.background or None,
        text=TextOut(version=view.text.number, sha256=view.text.sha256, title=view.text.title, body=view.text.body),
        version=decision.version,
        created_at=decision.created_at,
        updated_at=decision.updated_at,
        closed_at=decision.closed_at,
        procedure=run,
    )


class OpinionIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [decision_examples.OPINION]})

    channel: OpinionChannel
    content: Area
    from_kind: OpinionSource
    from_name: Annotated[OptionalName, StringConstraints(max_length=100)] = ""


class OpinionAnswer(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [decision_examples.OPINION_ANSWER]})

    outcome: OpinionOutcome
    reason: Annotated[Text, StringConstraints(max_length=2000)]


class OpinionOut(Answer):
    """An opinion; a resident's name is masked for those who do not work on the decision."""

    id: UUID
    channel: OpinionChannel
    content: str
    from_kind: OpinionSource
    from_name: str | None
    outcome: OpinionOutcome | None
    reason: str | None
    answered_at: datetime | None
    answered_by: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class OpinionPage(Answer):
    items: list[OpinionOut]
    next_cursor: str | None
