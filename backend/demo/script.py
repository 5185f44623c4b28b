"""What a story of a decision is made of: its beginning, and moves that people made one after another.

Moments are written `06-10 14:30` and lie in 2026, Shanghai time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.db.decision import SubjectClass
from backend.demo.calendar import at as moment
from backend.demo.records import Record, day
from backend.domain.decision.start import NewDecision
from backend.domain.demo_id import demo_id
from backend.domain.run import Wish

CLERK, SECRETARY, REVIEWER, INSPECTOR = "clerk", "secretary", "legal_reviewer", "inspector"
# Who finishes a step, where it is not the clerk.
_HANDS = {"legality_review": REVIEWER, "evaluation": INSPECTOR}


@dataclass(frozen=True, slots=True)
class Acting:
    """An act; its papers are made from the record when it is played."""

    at: datetime
    by: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Saying:
    """An opinion that came in; `number` counts within the decision from 1."""

    at: datetime
    by: str
    number: int
    channel: str
    kind: str
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Answering:
    at: datetime
    by: str
    number: int
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Amending:
    at: datetime
    by: str
    body: str
    material: bool
    reason: str


Move = Acting | Saying | Answering | Amending
Moves = tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One decision, from its beginning to where the demonstration shows it."""

    at: datetime
    by: str
    new: NewDecision
    moves: Moves

    @property
    def title(self) -> str:
        return self.new.title


def clock(text: str) -> datetime:
    return moment(day(text))


def goal(
    what: str, why: str, days: str, where: str, who: str, measure: tuple[str, str, str, str]
) -> Mapping[str, object]:
    """The six answers: `days` is `2026-07-20 2026-10-31`, `who` the owner and then the helpers, `measure` what is
    measured, where it stands, where it should, and its unit."""
    start, due = days.split()
    owner, *helpers = who.split()
    name, baseline, target, unit = measure
    return {
        "what": what,
        "why": why,
        "when": {"start_on": start, "due_on": due},
        "where": where,
        "who": {"owner": owner, "helpers": helpers},
        "how_far": {"measure": name, "baseline": baseline, "target": target, "unit": unit},
    }


def story(
    title: str,
    begins: str,
    *moves: Moves,
    sponsor: str,
    subject: str,
    proposer: str,
    background: str,
    goal: Mapping[str, object],
    body: str,
    by: str = CLERK,
    organization: str = "榆桥镇党委",
) -> Story:
    """A decision that was begun at `begins`, with the moves in the order in which they happened."""
    new = NewDecision(
        organization_id=demo_id("organization", organization),
        sponsor_unit_id=demo_id("organization", sponsor),
        title=title,
        subject_class=SubjectClass(subject),
        five_w_one_h=goal,
        text_title=f"{organization.removesuffix('党委')}{title.removeprefix('镇')}",
        text_body=body,
        proposer=proposer,
        background=background,
    )
    return Story(clock(begins), by, new, tuple(move for group in moves for move in group))


def done(step: str, when: str, record: Record, by: str | None = None) -> Moves:
    return (Acting(clock(when), by or _HANDS.get(step, CLERK), Wish(step=step, outcome="done", record=record)),)


def voted(when: str, signed: str, record: Record, by: str = SECRETARY) -> Moves:
    """The clerk brings the meeting's record, the secretary signs it."""
    return (*done("resolution", when, record), Acting(clock(signed), by, Wish(step="resolution", outcome="done")))


def waived(step: str, asked: str, approved: str, reason: str, rule: str) -> Moves:
    """The clerk asks to skip a step and the secretary agrees."""
    ask = Wish(step=step, outcome="skipped", reason=reason, rule=rule)
    agree = Wish(step=step, outcome="skipped", reason="同意。", rule=rule)
    return Acting(clock(asked), CLERK, ask), Acting(clock(approved), SECRETARY, agree)


def waiver_declined(step: str, asked: str, refused: str, reason: str, rule: str, why: str) -> Moves:
    """The clerk asks to skip a step and the secretary does not agree."""
    ask = Wish(step=step, outcome="skipped", reason=reason, rule=rule)
    refuse = Wish(step=step, outcome="returned", to=step, reason=why)
    return Acting(clock(asked), CLERK, ask), Acting(clock(refused), SECRETARY, refuse)


def returned(step: str, when: str, to: str, why: str, record: Record | None = None, by: str | None = None) -> Moves:
    wish = Wish(step=step, outcome="returned", to=to, reason=why, record=record)
    return (Acting(clock(when), by or _HANDS.get(step, CLERK), wish),)


def withdrawn(step: str, when: str, why: str) -> Moves:
    return (Acting(clock(when), SECRETARY, Wish(step=step, outcome="withdrawn", reason=why)),)


def amended(when: str, body: str, why: str, *, material: bool) -> Moves:
    return (Amending(clock(when), CLERK, body, material, why),)


def opinions(
    *told: tuple[str, str, str, str, str], answers: Mapping[int, tuple[str, str, str]], by: str = CLERK
) -> Moves:
    """Opinions as moment, channel, kind of sender, name, words; answers by number: moment, outcome, reason.

    A web opinion of 曾广耀 is handed in by himself, the others are recorded by the clerk.
    """
    said = tuple(
        Saying(clock(when), "member" if name == "曾广耀" else by, number, channel, kind, name, words)
        for number, (when, channel, kind, name, words) in enumerate(told, 1)
    )
    answered = tuple(
        Answering(clock(when), by, number, outcome, reason) for number, (when, outcome, reason) in answers.items()
    )
    return (*said, *answered)
