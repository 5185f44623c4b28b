"""What a procedure is: ordered steps, each with who may act, what to record and attach, when, and what is refused.

A `Procedure` is data that survives JSON. `load` (in `loading.py`) checks it; a run keeps the version it began under.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from backend.domain.calendar import Unit
from backend.domain.condition import Condition
from backend.domain.scene import Title

Binding = Literal["none", "material", "any"]
"""What a change of the subject's text undoes: no step, the step if the change is material, the step in any case."""


@dataclass(frozen=True, slots=True)
class Period:
    """A number of days from the act that opened the step, that day not counted.

    `off_rest_days` moves the last day to the next working day when it is a rest day (limits do, minimum waits do not
    unless the definition says so).
    """

    days: int
    unit: Unit
    off_rest_days: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """The least time a step stays open; shorter only with a reason in the record field `shortened_by`."""

    period: Period
    shortened_by: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of attachment; `required_with` names the record field (a path) that makes it required when filled."""

    kind: str
    title: Title
    required: bool = False
    required_with: str | None = None


@dataclass(frozen=True, slots=True)
class Countersign:
    """`count` distinct people act in all: the first by the step's roles, the others by `roles`."""

    count: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who asks to skip a step, with reason and rule, and who, being another person, approves."""

    asked_by: tuple[str, ...]
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    """What a vote in the record makes of the run: the name of passing and failing, and whether failing ends it.

    `vote` is one of the step's conditions too: a vote that is irregular or without a quorum closes nothing.
    """

    vote: Condition
    passed: str
    failed: str
    failed_ends: bool


@dataclass(frozen=True, slots=True)
class Guard:
    """Holds when a value that the reference `field` finds is one of `values`."""

    field: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class DueBy:
    """A limit that an earlier record chose: the period that stands for the value of `field`."""

    field: str
    periods: Mapping[str, Period]


@dataclass(frozen=True, slots=True)
class DueFrom:
    """A limit that an earlier record named: a `day`, or else the first of the `milestones` that no note has reached.

    `reopened` is the field of the reopening's record that names a new day instead.
    """

    day: str
    milestones: str | None = None
    reopened: str | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """Who asks for a later limit before it has passed, and who, being another person, grants it.

    At most `at_most` times, each by at most `share_percent` of the original period; nobody of the `barred` parties
    grants it.
    """

    asked_by: tuple[str, ...]
    approved_by: tuple[str, ...]
    at_most: int
    share_percent: int
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnLimit:
    """A step may be returned to at most `count` times in a round, counting returns from the steps `origins` (all)."""

    count: int
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `schema` is the JSON Schema of its record, with titles, labels and one example of relative days.

    `record_on_return`: a return may carry the record too (the findings that made it necessary).
    `applies`: unless all hold when the step would open, it is passed over. `only`: the parties whose people may act;
    people with the roles of `recalled_by` may return it from outside them. `other_than`: steps whose doers may not act
    here. `note`: the schema of notes made while the step is open. `result_field`: the value of the record that becomes
    the run's result. `checking`: the open step waits for somebody to verify. `limit`: this step's limit is the limit
    of the whole matter.
    """

    key: str
    title: Title
    help: Title
    roles: tuple[str, ...]
    schema: Mapping[str, Any] | None = None
    evidence: tuple[EvidenceKind, ...] = ()
    waits: tuple[Wait, ...] = ()
    due: Period | None = None
    countersign: Countersign | None = None
    waiver: Waiver | None = None
    back_to: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    outlet: Outlet | None = None
    content: Binding = "none"
    record_on_return: bool = False
    applies: tuple[Guard, ...] = ()
    only: tuple[str, ...] = ()
    recalled_by: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    due_by: DueBy | None = None
    due_from: DueFrom | None = None
    extension: Extension | None = None
    note: Mapping[str, Any] | None = None
    result_field: str | None = None
    checking: bool = False
    limit: bool = False
    returns_at_most: ReturnLimit | None = None
    evidence_at_least: int = 0


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who may end a run early, the step from which on nobody may, and the parties whose people may not at all."""

    roles: tuple[str, ...]
    before: str | None = None
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopening:
    """Who may open a closed run again, at which step, and what they record with the reason."""

    roles: tuple[str, ...]
    to: str
    barred: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """When people hear of a limit: `days` after it (before, when negative) or at `percent` of its period.

    `to` names roles, or `holders` for whoever holds the open step; `above`: those above the unit that holds it.
    `title`: what offices call the notice; without one it says how far off the limit is.
    """

    rung: str
    to: tuple[str, ...]
    days: int | None = None
    percent: int | None = None
    above: bool = False
    title: Title | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A versioned definition. `repeats`: after the last step a new round opens at the first.

    `roles` and `parties` are those that steps and conditions speak of, with their titles; `revised_by` the roles that
    may change the subject's text and so send a run back to a step that saw another text.
    """

    key: str
    version: int
    title: Title
    steps: tuple[Step, ...]
    repeats: bool = False
    roles: Mapping[str, Title] = field(default_factory=dict)
    parties: Mapping[str, Title] = field(default_factory=dict)
    withdrawal: Withdrawal | None = None
    revised_by: tuple[str, ...] = ()
    reopening: Reopening | None = None
    ladder: tuple[Rung, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def place(self, key: str) -> int:
        """The position of a step, counted from 0. Raises KeyError for a step that is not there."""
        for place, step in enumerate(self.steps):
            if step.key == key:
                return place
        raise KeyError(key)

    def step(self, key: str) -> Step:
        return self.steps[self.place(key)]

    def to_data(self) -> dict[str, Any]:
        """The definition as plain JSON-able data, exactly as it was loaded."""
        return dict(self.data)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)
