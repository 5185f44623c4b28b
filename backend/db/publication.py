"""What anybody may read without an account: places, what is open to comment, what was resolved, what was answered.

There is no reach here; what is public is said by these questions alone, so nothing else may be read without one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.base import Session
from backend.db.decision import Decision, DecisionText
from backend.db.feedback import FeedbackCard
from backend.db.feedback_channel import FeedbackBatch
from backend.db.organization import Organization, OrganizationStatus, below
from backend.db.procedure import ProcedureAct, ProcedureRun
from backend.db.search import NameQuery, matches_name

MOST = 50
"""How many of each kind a place shows at the most: the newest."""

Step = tuple[str, int, str]
"""A step of one version of a procedure: key, version, step."""


@dataclass(frozen=True, slots=True)
class PublicDecision:
    """A decision as anybody may read it; `published_on` only for a resolution that was published."""

    decision: Decision
    organization: Organization
    body: str
    run: ProcedureRun
    published_on: date | None


async def place_by_token(session: Session, token: str) -> Organization | None:
    """The place that posters or cards with this token were printed for."""
    question = (
        select(Organization)
        .join(FeedbackBatch, col(FeedbackBatch.organization_id) == col(Organization.id))
        .where(FeedbackBatch.token == token)
    )
    return (await session.exec(question)).one_or_none()


async def place_by_id(session: Session, id: UUID, kinds: Collection[str]) -> Organization | None:
    question = select(Organization).where(
        Organization.id == id,
        col(Organization.kind).in_(kinds),
        Organization.status == OrganizationStatus.active,
    )
    return (await session.exec(question)).one_or_none()


async def places_named(
    session: Session, wanted: NameQuery, kinds: Collection[str], most: int
) -> Sequence[Organization]:
    question = (
        select(Organization)
        .where(
            matches_name(Organization, wanted),
            col(Organization.kind).in_(kinds),
            Organization.status == OrganizationStatus.active,
        )
        .order_by(col(Organization.sort_key), col(Organization.id))
        .limit(most)
    )
    return (await session.exec(question)).all()


async def names_above(session: Session, paths: Collection[str]) -> dict[str, str]:
    """Path to name of the organisations at `paths` and all above them."""
    wanted = {prefix for path in paths for prefix in prefixes(path)}
    question = select(Organization.path, Organization.name).where(col(Organization.path).in_(wanted))
    return dict((await session.exec(question)).all())


def prefixes(path: str) -> list[str]:
    """`c1/t3/v7/` -> `c1/`, `c1/t3/`, itself."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:count]) + "/" for count in range(1, len(parts) + 1)]


def _public(step: str) -> sa.Select[tuple[Decision, Organization, str, ProcedureRun, str | None]]:
    """Decisions with their newest text and the day in the record of `step`, once that is done."""
    done = (
        sa.select(col(ProcedureAct.record).op("->>")("published_on"))
        .where(col(ProcedureAct.run_id) == col(ProcedureRun.id), col(ProcedureAct.step) == step)
        .where(col(ProcedureAct.outcome) == "done")
        .order_by(col(ProcedureAct.sequence).desc())
        .limit(1)
        .correlate(ProcedureRun)
        .scalar_subquery()
    )
    return (
        sa.select(Decision, Organization, col(DecisionText.body), ProcedureRun, done.label("published_on"))
        .join(Organization, col(Organization.id) == col(Decision.organization_id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(Decision.id))
        .join(
            DecisionText,
            sa.and_(
                col(DecisionText.decision_id) == col(Decision.id),
                col(DecisionText.number) == col(Decision.text_version),
            ),
        )
    )


def _commented(steps: Collection[Step]) -> sa.ColumnElement[bool]:
    place = sa.tuple_(col(ProcedureRun.procedure), col(ProcedureRun.procedure_version), col(ProcedureRun.step))
    return place.in_(list(steps))


def _published(step: str) -> sa.ColumnElement[bool]:
    """A resolution whose publication was done, and that is not on its way through the earlier steps again."""
    done = sa.exists().where(
        col(ProcedureAct.run_id) == col(ProcedureRun.id),
        col(ProcedureAct.step) == step,
        col(ProcedureAct.outcome) == "done",
    )
    return sa.and_(col(ProcedureRun.result) == "adopted", col(ProcedureRun.step).is_distinct_from(step), done)


async def _decisions(
    session: Session, question: sa.Select[tuple[Decision, Organization, str, ProcedureRun, str | None]]
) -> list[PublicDecision]:
    return [
        PublicDecision(decision, organization, body, run, date.fromisoformat(on) if on else None)
        for decision, organization, body, run, on in (await session.execute(question)).all()
    ]


async def in_comment(session: Session, path: str, steps: Collection[Step], step: str) -> list[PublicDecision]:
    """Decisions of the organisation at `path` or above it whose open step asks the public, the soonest over first."""
    question = _public(step).where(col(Organization.path).in_(prefixes(path)), _commented(steps))
    return await _decisions(session, question.order_by(col(ProcedureRun.earliest_at), col(Decision.id)).limit(MOST))


async def resolutions(session: Session, path: str, step: str) -> list[PublicDecision]:
    """Published resolutions of the organisation at `path` or above it, the newest first."""
    question = _public(step).where(col(Organization.path).in_(prefixes(path)), _published(step))
    return await _decisions(session, question.order_by(sa.desc("published_on"), sa.desc(col(Decision.id))).limit(MOST))


async def public_decision(session: Session, id: UUID, steps: Collection[Step], step: str) -> PublicDecision | None:
    """One decision that is open to comment or published."""
    question = _public(step).where(col(Decision.id) == id, sa.or_(_commented(steps), _published(step)))
    found = await _decisions(session, question)
    return found[0] if found else None


async def published_replies(session: Session, path: str) -> list[tuple[str, str, date]]:
    """Category, reply and day of the answers at and below a place that are published: nothing that a sender wrote."""
    at = sa.select(col(Organization.id)).where(below(path))
    question = (
        sa.select(col(FeedbackCard.category), col(FeedbackCard.public_reply), col(FeedbackCard.answered_on))
        .where(
            col(FeedbackCard.place_id).in_(at),
            col(FeedbackCard.published),
            col(FeedbackCard.sealed_at).is_(None),
            sa.func.cardinality(col(FeedbackCard.about)) == 0,
            col(FeedbackCard.merged_into_id).is_(None),
            col(FeedbackCard.public_reply) != "",
            col(FeedbackCard.answered_on).is_not(None),
        )
        .order_by(col(FeedbackCard.answered_on).desc(), col(FeedbackCard.id))
        .limit(MOST)
    )
    return [(category, reply, on) for category, reply, on in (await session.execute(question)).all()]
