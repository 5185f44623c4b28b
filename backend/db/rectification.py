"""Items of the rectification ledger: what was found, whose it is, by when, and what was added to its text since."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, col, select

from backend.db.append_only import append_only
from backend.db.base import Row, Session, Table, Versioned, choice, erasable, jsonb, timestamp
from backend.db.held import found_with_organization
from backend.db.organization import Organization, Reach, under


class RectificationSource(StrEnum):
    """Where a problem was found: the nine of the report, and what other work brings."""

    inspection_tour = "inspection_tour"
    party_building_patrol = "party_building_patrol"
    thematic_education = "thematic_education"
    epidemic_control = "epidemic_control"
    supervision = "supervision"
    assessment = "assessment"
    self_review = "self_review"
    democratic_life_meeting = "democratic_life_meeting"
    organizational_life_meeting = "organizational_life_meeting"
    feedback = "feedback"
    inspection = "inspection"
    audit = "audit"
    county_transfer = "county_transfer"
    management_review = "management_review"


class RectificationStatus(StrEnum):
    registered = "registered"
    assigned = "assigned"
    signed_for = "signed_for"
    planned = "planned"
    rectifying = "rectifying"
    close_requested = "close_requested"
    verified = "verified"
    closed = "closed"
    merged = "merged"
    withdrawn = "withdrawn"


OVER = (RectificationStatus.closed, RectificationStatus.merged, RectificationStatus.withdrawn)
"""Every other status is open."""


class Severity(StrEnum):
    general = "general"
    important = "important"
    major = "major"


class DeadlineKind(StrEnum):
    """A day; at once (立行立改); or for good (长期坚持), by milestones."""

    dated = "dated"
    immediate = "immediate"
    standing = "standing"


class RelookKind(StrEnum):
    sample = "sample"
    major = "major"


class RelookFound(StrEnum):
    held = "held"
    relapsed = "relapsed"


class Rectification(Versioned, table=True):
    """A problem and what becomes of it.

    `organization_id` is the unit that the item is with: the one that registered it until it is assigned, then the
    responsible unit. Until it is assigned, or assigned anew, leader, person and limit are what was proposed, and
    `proposed_unit_id` is the unit. `status` follows from its run, and so do
    the days: `closed_on` and `close_requested_on` are emptied when the item is open again. `original_due_on` is the
    limit that was set first, by the first assignment or in the ledger that was brought in, whatever extensions
    followed. `claimed_closed`: such a ledger said so. `eased_by`: ids and names of whoever made it milder or said that
    nobody is affected or that it is closed already: they do not check it.
    """

    __table_args__ = (
        sa.UniqueConstraint("county_id", "number"),
        sa.Index("ix_rectification_organization_status", "organization_id", "status"),
        sa.Index("ix_rectification_organization_created", "organization_id", sa.desc("created_at"), sa.desc("id")),
        sa.Index("ix_rectification_created", sa.desc("created_at"), sa.desc("id")),
        sa.Index("ix_rectification_closed", "closed_at"),
        sa.Index("ix_rectification_feedback_card", "feedback_card_id"),
        sa.Index("ix_rectification_grams", "grams", postgresql_using="gin"),
        erasable("an import may be undone"),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    registered_at_id: UUID = Field(foreign_key="organization.id")
    registered_on: date
    number: str = Field(max_length=32)
    source: RectificationSource = Field(sa_type=choice(RectificationSource))
    source_document: str = Field(default="", max_length=200)
    source_clause: str = Field(default="", max_length=200)
    severity: Severity = Field(default=Severity.general, sa_type=choice(Severity))
    category: str = Field(max_length=48)
    problem: str
    grams: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    facts: str = ""
    responsible_unit_id: UUID | None = Field(default=None, foreign_key="organization.id")
    proposed_unit_id: UUID | None = Field(default=None, foreign_key="organization.id")
    responsible_leader: str = Field(default="", max_length=100)
    responsible_person: str = Field(default="", max_length=100)
    assigned_on: date | None = None
    deadline_kind: DeadlineKind | None = Field(default=None, sa_type=choice(DeadlineKind))
    original_due_on: date | None = None
    due_on: date | None = None
    extensions: int = 0
    affects_people: bool = True
    nobody_affected_reason: str = Field(default="", max_length=1000)
    status: RectificationStatus = Field(default=RectificationStatus.registered, sa_type=choice(RectificationStatus))
    close_requested_on: date | None = None
    milestone_due_on: date | None = None
    closed_on: date | None = None
    closed_at: datetime | None = Field(default=None, sa_type=timestamp)
    supervised_at: datetime | None = Field(default=None, sa_type=timestamp)
    systemic: bool = False
    claimed_closed: bool = False
    eased_by: list[str] = Field(
        default_factory=list, sa_type=ARRAY(sa.Text), sa_column_kwargs={"server_default": sa.text("'{}'")}
    )
    feedback_card_id: UUID | None = None
    merged_into_id: UUID | None = Field(default=None, foreign_key="rectification.id")
    relapse_of_id: UUID | None = Field(default=None, foreign_key="rectification.id")
    measures: str = ""
    result: str = ""
    remark: str = ""


class RectificationCorrection(Row, table=True):
    """What was put right in a problem's text afterwards. The text itself stays as it was registered."""

    __table_args__ = (sa.Index("ix_rectification_correction_item", "rectification_id", "at", "id"),)

    rectification_id: UUID = Field(foreign_key="rectification.id")
    text: str
    reason: str = Field(max_length=2000)
    by: UUID
    by_name: str = Field(max_length=100)
    at: datetime = Field(sa_type=timestamp)


CORRECTIONS_ARE_APPEND_ONLY = append_only("rectification_correction")

PROBLEM_IS_IMMUTABLE = (
    """
    CREATE FUNCTION rectification_problem_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the problem of a rectification stays as it was registered'
        USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE TRIGGER rectification_problem_immutable BEFORE UPDATE ON rectification
    FOR EACH ROW WHEN (
        NEW.problem IS DISTINCT FROM OLD.problem
        OR NEW.number IS DISTINCT FROM OLD.number
        OR NEW.source IS DISTINCT FROM OLD.source
        OR NEW.registered_on IS DISTINCT FROM OLD.registered_on
        OR NEW.registered_at_id IS DISTINCT FROM OLD.registered_at_id
    ) EXECUTE FUNCTION rectification_problem_is_immutable()
    """,
)
"""What a problem was, and where and when it was found, is written once."""


class RectificationEvidence(Row, table=True):
    """A file that an act on an item named, by its hash: the same picture proves one thing, not several."""

    __table_args__ = (sa.Index("ix_rectification_evidence_hash", "county_id", "sha256"),)

    county_id: UUID
    rectification_id: UUID = Field(foreign_key="rectification.id")
    attachment_id: UUID
    sha256: str = Field(max_length=64)


class RectificationRelook(Versioned, table=True):
    """A closed item that is looked at once more (回头看): drawn for it, and later what was found.

    `round` is the round of the run that had been closed; an item is drawn once for each kind and round.
    """

    __table_args__ = (
        sa.UniqueConstraint("rectification_id", "round", "kind"),
        sa.Index("ix_rectification_relook_due", "organization_id", "due_on"),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    rectification_id: UUID = Field(foreign_key="rectification.id")
    kind: RelookKind = Field(sa_type=choice(RelookKind))
    round: int = 1
    due_on: date
    found: RelookFound | None = Field(default=None, sa_type=choice(RelookFound))
    findings: str = ""
    evidence: list[dict[str, str]] = Field(default_factory=list, sa_type=jsonb)
    done_at: datetime | None = Field(default=None, sa_type=timestamp)
    done_by: UUID | None = None
    done_by_name: str | None = Field(default=None, max_length=100)


def id_of_relook(item_id: UUID, kind: RelookKind, closed_round: int) -> UUID:
    """The id of the look at an item after one of its closings; there is one of each kind."""
    return uuid5(item_id, f"{kind.value}/{closed_round}")


class RectificationRelookKey(Table, table=True):
    """A county's secret, by which the closed items to look at again are drawn: nobody can tell beforehand which."""

    county_id: UUID = Field(primary_key=True)
    key: bytes


async def rectification_in(
    session: Session, reach: Reach, id: UUID, *, lock: bool = False
) -> tuple[Rectification, Organization] | None:
    """The item with the organisation it is with; `lock` keeps every other change away until the transaction ends."""
    return await found_with_organization(session, Rectification, id, under(reach), lock=lock)


async def rectification_held(session: Session, id: UUID) -> Rectification | None:
    """The item, locked, whoever may see it: for what happens to it by itself."""
    question = select(Rectification).where(Rectification.id == id).with_for_update()
    return (await session.exec(question.execution_options(populate_existing=True))).one_or_none()


async def merged_in(session: Session, id: UUID) -> list[Rectification]:
    """The items that were merged into this one, or into one of those."""
    item = Rectification
    found = sa.select(col(item.id)).where(col(item.merged_into_id) == id).cte("merged_in", recursive=True)
    found = found.union(sa.select(col(item.id)).where(col(item.merged_into_id) == found.c.id))
    return list(await session.exec(select(item).where(col(item.id).in_(sa.select(found.c.id)))))


async def move_relooks(session: Session, id: UUID, organization_id: UUID) -> None:
    """The looks at an item are where it is."""
    table = RectificationRelook
    await session.execute(
        sa.update(table).where(col(table.rectification_id) == id).values(organization_id=organization_id)
    )


async def corrections_of(session: Session, rectification_id: UUID) -> list[RectificationCorrection]:
    question = select(RectificationCorrection).where(RectificationCorrection.rectification_id == rectification_id)
    return list(await session.exec(question.order_by(col(RectificationCorrection.at), col(RectificationCorrection.id))))


async def relooks_of(session: Session, rectification_id: UUID) -> list[RectificationRelook]:
    question = select(RectificationRelook).where(RectificationRelook.rectification_id == rectification_id)
    return list(await session.exec(question.order_by(col(RectificationRelook.due_on), col(RectificationRelook.id))))


async def relook_of(session: Session, rectification_id: UUID, id: UUID) -> RectificationRelook | None:
    question = select(RectificationRelook).where(
        RectificationRelook.rectification_id == rectification_id, RectificationRelook.id == id
    )
    return (await session.exec(question.with_for_update())).one_or_none()


async def used_elsewhere(
    session: Session, reach: Reach, item: Rectification, hashes: Collection[str]
) -> dict[str, str | None]:
    """Which of these files prove another item of the county too: hash to its number, None when it is out of sight."""
    question = (
        sa.select(col(RectificationEvidence.sha256), col(Rectification.number), under(reach))
        .join(Rectification, col(Rectification.id) == col(RectificationEvidence.rectification_id))
        .join(Organization, col(Organization.id) == col(Rectification.organization_id))
        .where(
            col(RectificationEvidence.county_id) == item.county_id,
            col(RectificationEvidence.sha256).in_(hashes),
            col(RectificationEvidence.rectification_id) != item.id,
        )
        .order_by(col(Rectification.number).desc())
    )
    return {sha256: number if seen else None for sha256, number, seen in (await session.execute(question)).all()}
