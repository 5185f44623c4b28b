"""What has been done in a run, and where that leaves it: plain values, easy to build from rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from backend.domain.scene import Title

Outcome = Literal["done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened"]
OUTCOMES: tuple[Outcome, ...] = ("done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened")
END = "$end"
"""Where an act leads to that closes the run before its last step, because no later one applies."""
RunState = Literal["open", "closed", "ended", "withdrawn"]
"""open; closed: every step done or waived; ended: a result ended it early; withdrawn: given up with a reason."""
STATE_TITLES: Mapping[RunState, Title] = {
    "open": {"zh-CN": "进行中", "en": "open"},
    "closed": {"zh-CN": "已办结", "en": "closed"},
    "ended": {"zh-CN": "已终结", "en": "ended"},
    "withdrawn": {"zh-CN": "已撤回", "en": "withdrawn"},
}


@dataclass(frozen=True, slots=True)
class Attached:
    """One piece of evidence: which kind it is given as, and the attachment's id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act on the open step. `content_sha256` is the hash of the subject's text at that time.

    `by` did it, `on_behalf_of` is whose role it was done in when that had been delegated: both have done it, wherever
    two different people are wanted.

    The first of several signers brings the `record`; the others bring none, or the same. `settled` sets the `result`
    and, when the next step is not simply the following one, `to`.
    """

    step: str
    outcome: Outcome
    by: str
    at: datetime
    by_organization: str | None = None
    reason: str = ""
    rule: str = ""
    record: dict[str, Any] | None = None
    evidence: tuple[Attached, ...] = ()
    to: str | None = None
    content_sha256: str | None = None
    result: str | None = None
    on_behalf_of: str | None = None
    names: frozenset[str] = frozenset()

    @property
    def people(self) -> frozenset[str]:
        return frozenset({self.by} if self.on_behalf_of is None else {self.by, self.on_behalf_of})

    @property
    def known(self) -> frozenset[str]:
        """The same with `names`, as parties tell of people: somebody may have a second account, and a namesake is
        taken for the same person."""
        return self.people | self.names


@dataclass(frozen=True, slots=True)
class Trail:
    """When a run began, on which text, at which step if not at the first, and every act since, oldest first."""

    started_at: datetime
    acts: tuple[Act, ...] = ()
    content_sha256: str | None = None
    started_step: str | None = None

    def with_act(self, act: Act) -> "Trail":
        return replace(self, acts=(*self.acts, act))


@dataclass(frozen=True, slots=True)
class Extended:
    """A limit that was moved: its new last day, and the places in the trail of asking and granting."""

    until: date
    asked: int
    granted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """One step as the run stands. `acts` are places in the trail; `superseded` those that a return has made stale.

    `record` is the record in force, `content_sha256` the text it was closed on, `times` how often the step was opened.
    `due_at` is the limit with its `extensions`, `original_due_at` without them; `limit_from` is when the original
    period began, None for a limit that cannot be moved.
    """

    key: str
    state: Literal["waiting", "open", "done", "skipped", "passed"] = "waiting"
    times: int = 0
    opened_at: datetime | None = None
    opened_content: str | None = None
    closed_at: datetime | None = None
    earliest_at: datetime | None = None
    due_at: datetime | None = None
    original_due_at: datetime | None = None
    limit_from: datetime | None = None
    extensions: tuple[Extended, ...] = ()
    granted: int = 0
    acts: tuple[int, ...] = ()
    superseded: tuple[int, ...] = ()
    record: Mapping[str, Any] | None = None
    by: str | None = None
    content_sha256: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Something begun on the open step that needs other people.

    `acts` are places in the trail, `missing` how many more people are needed, `roles` which of them may; `until` is
    the day that an extension was asked for.
    """

    kind: Literal["countersign", "waiver", "extension"]
    acts: tuple[int, ...]
    people: frozenset[str]
    missing: int
    roles: tuple[str, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a run stands. `roles` may act next on the open step.

    `provisional`: the open step's limits touch a year whose calendar is not published. `limit_at` is the matter's
    limit, `checking`: the open step waits for somebody to verify. `returns` are the returns of this round, from and to.
    `milestones` are those that are not reached; from `behind_at` on the matter is behind them (None: it has none).
    """

    state: RunState
    round: int
    steps: tuple[StepState, ...]
    step: str | None = None
    pending: Pending | None = None
    roles: tuple[str, ...] = ()
    result: str | None = None
    closed_at: datetime | None = None
    provisional: bool = False
    limit_at: datetime | None = None
    checking: bool = False
    returns: tuple[tuple[str, str], ...] = ()
    milestones: frozenset[date] = frozenset()
    behind_at: datetime | None = None

    def of(self, key: str) -> StepState:
        """The state of one step. Raises KeyError for a step that is not there."""
        for state in self.steps:
            if state.key == key:
                return state
        raise KeyError(key)

    @property
    def open(self) -> StepState | None:
        return self.of(self.step) if self.step else None

    @property
    def opened_at(self) -> datetime | None:
        return self.open.opened_at if self.open else None

    @property
    def earliest_at(self) -> datetime | None:
        return self.open.earliest_at if self.open else None

    @property
    def due_at(self) -> datetime | None:
        return self.open.due_at if self.open else None

    def in_force(self) -> list[StepState]:
        """The steps done or waived that nothing has undone, in order."""
        return [state for state in self.steps if state.state in ("done", "skipped")]


def doers(trail: Trail, state: StepState) -> frozenset[str]:
    """Who did the step, by the acts that are in force, and what they are called."""
    done = [trail.acts[place] for place in state.acts if trail.acts[place].outcome == "done"]
    return frozenset(person for act in done for person in act.known)


class BrokenTrail(ValueError):
    """A trail that no sequence of accepted acts can have made; `place` is the first act that does not fit."""

    def __init__(self, place: int, why: str) -> None:
        super().__init__(f"act {place}: {why}")
        self.place = place
