"""Decisions: what is to be decided, every version of its text, and what people said to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, col, select

from backend.db.append_only import append_only
from backend.db.base import Json, Row, Session, Versioned, choice, jsonb, timestamp
from backend.db.held import found_with_organization
from backend.db.organization import Organization, Reach, below, under
from backend.db.procedure import ProcedureRun, holders, light, step_title


class DecisionStatus(StrEnum):
    running = "running"
    adopted = "adopted"
    rejected = "rejected"
    executing = "executing"
    evaluated = "evaluated"
    closed = "closed"
    withdrawn = "withdrawn"


class SubjectClass(StrEnum):
    public_works = "public_works"
    public_service = "public_service"
    charges = "charges"
    land_resettlement = "land_resettlement"
    environment = "environment"
    rules = "rules"
    other = "other"


class OpinionChannel(StrEnum):
    meeting = "meeting"
    household_visit = "household_visit"
    phone = "phone"
    letter = "letter"
    web = "web"
    notice_board = "notice_board"
    opinion_card = "opinion_card"
    suggestion_box = "suggestion_box"
    other = "other"


class OpinionSource(StrEnum):
    resident = "resident"
    member = "member"
    organization = "organization"
    expert = "expert"
    deputy = "deputy"


class OpinionOutcome(StrEnum):
    adopted = "adopted"
    partly_adopted = "partly_adopted"
    not_adopted = "not_adopted"
    merged = "merged"


class Decision(Versioned, table=True):
    """A matter going through the steps of a decision.

    `status` follows from its run; `text_version` and `text_sha256` are those of its newest text.
    """

    __table_args__ = (
        sa.UniqueConstraint("county_id", "number"),
        sa.Index("ix_decision_organization_created", "organization_id", sa.desc("created_at"), sa.desc("id")),
        sa.Index("ix_decision_organization_status", "organization_id", "status"),
        sa.Index("ix_decision_created", sa.desc("created_at"), sa.desc("id")),
        sa.Index("ix_decision_grams", "grams", postgresql_using="gin"),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    number: str = Field(max_length=32)
    title: str = Field(max_length=200)
    grams: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    subject_class: SubjectClass = Field(sa_type=choice(SubjectClass))
    sponsor_unit_id: UUID = Field(foreign_key="organization.id")
    proposer: str = Field(default="", max_length=100)
    background: str = Field(default="", max_length=10_000)
    five_w_one_h: Json = Field(sa_type=jsonb)
    status: DecisionStatus = Field(default=DecisionStatus.running, sa_type=choice(DecisionStatus))
    text_version: int = 1
    text_sha256: str = Field(max_length=64)
    closed_at: datetime | None = Field(default=None, sa_type=timestamp)


class DecisionText(Row, table=True):
    """A version of a decision's text.  `material` is what its author said of the change; the first version is."""

    __table_args__ = (sa.UniqueConstraint("decision_id", "number"),)

    decision_id: UUID = Field(foreign_key="decision.id")
    number: int
    title: str = Field(max_length=200)
    body: str
    sha256: str = Field(max_length=64)
    material: bool
    by: UUID
    by_name: str = Field(max_length=100)
    at: datetime = Field(sa_type=timestamp)


TEXTS_ARE_APPEND_ONLY = append_only("decision_text")


class Opinion(Versioned, table=True):
    """What somebody said to a decision, and what became of it.  `from_name` is empty for one who gave no name."""

    __table_args__ = (sa.Index("ix_opinion_decision", "decision_id", "created_at", "id"),)

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    decision_id: UUID = Field(foreign_key="decision.id")
    channel: OpinionChannel = Field(sa_type=choice(OpinionChannel))
    content: str
    from_kind: OpinionSource = Field(sa_type=choice(OpinionSource))
    from_name: str = Field(default="", max_length=100)
    outcome: OpinionOutcome | None = Field(default=None, sa_type=choice(OpinionOutcome))
    reason: str = Field(default="", max_length=2000)
    answered_at: datetime | None = Field(default=None, sa_type=timestamp)
    answered_by: UUID | None = None
    answered_by_name: str | None = Field(default=None, max_length=100)


async def decision_in(
    session: Session, reach: Reach, id: UUID, *, lock: bool = False
) -> tuple[Decision, Organization] | None:
    """The decision with its organisation; `lock` keeps every other change of it away until the transaction ends."""
    return await found_with_organization(session, Decision, id, under(reach), lock=lock)


async def text_of(session: Session, decision: Decision) -> DecisionText:
    """The newest text."""
    question = select(DecisionText).where(
        DecisionText.decision_id == decision.id, DecisionText.number == decision.text_version
    )
    return (await session.exec(question)).one()


async def texts_of(session: Session, decision_id: UUID) -> list[DecisionText]:
    question = select(DecisionText).where(DecisionText.decision_id == decision_id)
    return list(await session.exec(question.order_by(col(DecisionText.number))))


async def text_authors(session: Session, decision_id: UUID) -> set[UUID]:
    """Who wrote a version of the text."""
    question = select(DecisionText.by).where(DecisionText.decision_id == decision_id).distinct()
    return set(await session.exec(question))


async def opinions_of(session: Session, decision_id: UUID) -> list[Opinion]:
    question = select(Opinion).where(Opinion.decision_id == decision_id)
    return list(await session.exec(question.order_by(col(Opinion.created_at), col(Opinion.id))))


async def opinion_of(session: Session, decision_id: UUID, id: UUID) -> Opinion | None:
    question = select(Opinion).where(Opinion.decision_id == decision_id, Opinion.id == id).with_for_update()
    return (await session.exec(question)).one_or_none()


async def opinion_counts(session: Session, decision_id: UUID) -> tuple[int, int]:
    """How many came in, and how many of them have an outcome."""
    counts = sa.select(sa.func.count(), sa.func.count(col(Opinion.outcome))).where(
        col(Opinion.decision_id) == decision_id
    )
    received, answered = (await session.execute(counts)).one()
    return received, answered


async def subtree_names(session: Session, path: str) -> list[tuple[UUID, str, str | None]]:
    """Id, name and short name of the organisation at `path` and of everything below it."""
    question = sa.select(col(Organization.id), col(Organization.name), col(Organization.short_name)).where(below(path))
    return [(key, name, short_name) for key, name, short_name in (await session.execute(question)).all()]


def opinion_rows(decision_id: UUID, *, names_in_clear: bool) -> sa.Select[Any]:
    """The opinions on a decision as they are answered; residents' names are masked unless `names_in_clear`."""
    name = col(Opinion.from_name)
    masked = sa.func.concat(
        sa.func.left(name, 1), sa.func.repeat("*", sa.func.greatest(sa.func.char_length(name) - 1, 1))
    )
    shown = sa.case(
        (name == "", sa.null()),
        (sa.and_(sa.literal(not names_in_clear), col(Opinion.from_kind) == OpinionSource.resident), masked),
        else_=name,
    )
    return sa.select(
        col(Opinion.id),
        col(Opinion.channel),
        col(Opinion.content),
        col(Opinion.from_kind),
        shown.label("from_name"),
        col(Opinion.outcome),
        sa.func.nullif(col(Opinion.reason), "").label("reason"),
        col(Opinion.answered_at),
        col(Opinion.answered_by_name).label("answered_by"),
        col(Opinion.version),
        col(Opinion.created_at),
        col(Opinion.updated_at),
    ).where(col(Opinion.decision_id) == decision_id)


_SPONSOR = sa.orm.aliased(Organization)


def decision_rows(
    reach: Reach, now: datetime, real_now: datetime, yellow_days: int, titles: Mapping[str, str]
) -> sa.Select[Any]:
    """The decisions within reach as lists show them; `now` is the county's clock, `real_now` the machine's."""
    sponsor = _SPONSOR
    return (
        sa.select(
            col(Decision.id),
            col(Decision.number),
            col(Decision.organization_id),
            col(Organization.name).label("organization_name"),
            col(Decision.title),
            col(Decision.subject_class),
            col(Decision.status),
            sa.func.json_build_object("id", col(sponsor.id), "name", col(sponsor.name)).label("sponsor_unit"),
            sa.func.nullif(col(Decision.proposer), "").label("proposer"),
            col(ProcedureRun.step),
            step_title(titles).label("step_title"),
            col(ProcedureRun.opened_at),
            col(ProcedureRun.due_at),
            light(now, yellow_days).label("light"),
            holders(real_now).label("holders"),
            col(Decision.version),
            col(Decision.created_at),
            col(Decision.updated_at),
            col(Decision.closed_at),
        )
        .join(Organization, col(Organization.id) == col(Decision.organization_id))
        .join(sponsor, col(sponsor.id) == col(Decision.sponsor_unit_id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(Decision.id))
        .where(under(reach))
    )


def titled(folded: str, grams: Sequence[str]) -> sa.ColumnElement[bool]:
    """Match decisions whose number or title contains `folded`; the grams of it are what the index serves."""
    plain = sa.func.lower(sa.func.normalize(col(Decision.title), sa.literal_column("NFKC")))
    bare = sa.func.regexp_replace(plain, r"[\s·]", "", "g")
    in_title = sa.and_(col(Decision.grams).contains(list(grams)), sa.func.strpos(bare, folded) > 0)
    return sa.or_(in_title, sa.func.strpos(sa.func.lower(col(Decision.number)), folded) > 0)
