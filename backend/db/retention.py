"""What has been kept long enough, and letting it go: by table and column, for the rules of `domain/retention.py`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from backend.db.account import Account, AccountInvitation, RefreshToken
from backend.db.attachment import Attachment
from backend.db.base import Row, Session
from backend.db.feedback import FeedbackCard
from backend.db.feedback_channel import HotlineCall
from backend.db.feedback_vault import FeedbackContact, FeedbackPhoto, SealedReport
from backend.db.kept_answer import KeptAnswer
from backend.db.mapping import WaitingRecord, WaitingState
from backend.db.member import ENDED, Member, MemberBranch
from backend.db.member_correction import CorrectionState, MemberCorrection
from backend.db.notice import Notice
from backend.db.password import PastPassword
from backend.db.row_security import KEEPER, open_vault
from backend.db.second_step import RecoveryCode, SecondStep

PART = 500
"""Rows that one transaction lets go."""

Gone = list[UUID | None]
"""The counties of the rows that went, one for each row; None where a row belongs to none."""


async def _gone(session: Session, statement: Any) -> Gone:
    return list((await session.execute(statement)).scalars())


async def _drop_before(session: Session, table: type[Row], moment: Any, before: datetime) -> Gone:
    """Rows of no county whose `moment` is before another."""
    due = sa.select(col(table.id)).where(moment < before).limit(PART)
    statement = (
        sa.delete(table)
        .where(col(table.id).in_(due.with_for_update(skip_locked=True).scalar_subquery()))
        .returning(sa.cast(sa.null(), sa.Uuid))
    )
    return await _gone(session, statement.execution_options(synchronize_session=False))


async def drop_contacts(session: Session, closed_before: date) -> Gone:
    """Contact details of cards that were closed before a day."""
    await open_vault(session, KEEPER)
    due = (
        sa.select(col(FeedbackContact.card_id))
        .join(FeedbackCard, col(FeedbackCard.id) == col(FeedbackContact.card_id))
        .where(col(FeedbackCard.closed_on) < closed_before)
        .limit(PART)
        .with_for_update(of=FeedbackContact, skip_locked=True)
    )
    statement = (
        sa.delete(FeedbackContact)
        .where(
            col(FeedbackContact.card_id).in_(due.scalar_subquery()),
            col(FeedbackCard.id) == col(FeedbackContact.card_id),
        )
        .returning(col(FeedbackCard.county_id))
    )
    return await _gone(session, statement.execution_options(synchronize_session=False))


async def sealed_before(session: Session, handed_over_before: date, after: UUID | None) -> list[SealedReport]:
    """The next reports that were handed over before a day, locked, in the order of their ids."""
    await open_vault(session, KEEPER)
    question = (
        select(SealedReport)
        .where(col(SealedReport.handed_over_on) < handed_over_before)
        .order_by(col(SealedReport.card_id))
        .limit(PART)
        .with_for_update(skip_locked=True)
    )
    if after is not None:
        question = question.where(col(SealedReport.card_id) > after)
    return list(await session.exec(question))


async def empty_call_notes(session: Session, closed_before: date) -> Gone:
    """Notes of calls about cards that were closed before a day."""
    due = (
        sa.select(col(HotlineCall.id))
        .join(FeedbackCard, col(FeedbackCard.id) == col(HotlineCall.card_id))
        .where(col(FeedbackCard.closed_on) < closed_before, col(HotlineCall.note) != "")
        .limit(PART)
        .with_for_update(of=HotlineCall, skip_locked=True)
    )
    statement = (
        sa.update(HotlineCall)
        .where(col(HotlineCall.id).in_(due.scalar_subquery()), col(FeedbackCard.id) == col(HotlineCall.card_id))
        .values(note="")
        .returning(col(FeedbackCard.county_id))
    )
    return await _gone(session, statement.execution_options(synchronize_session=False))


async def empty_phones(session: Session, ended_before: date) -> Gone:
    """Phones of members who left before a day, in whichever way they are kept."""
    stay = sa.select(sa.func.max(col(MemberBranch.valid_to))).where(col(MemberBranch.member_id) == col(Member.id))
    due = (
        sa.select(col(Member.id))
        .where(
            col(Member.phone).is_not(None),
            col(Member.status).in_(sorted(ENDED)),
            stay.correlate(Member).scalar_subquery() < ended_before,
        )
        .limit(PART)
        .with_for_update(of=Member, skip_locked=True)
    )
    statement = (
        sa.update(Member)
        .where(col(Member.id).in_(due.scalar_subquery()))
        .values(phone=None, phone_hash=None, phone_mask=None, version=Member.version + 1)
        .returning(col(Member.county_id))
    )
    return await _gone(session, statement.execution_options(synchronize_session=False))


async def corrections_before(session: Session, settled_before: datetime) -> list[MemberCorrection]:
    """Corrections settled before a moment whose content is still there, locked."""
    question = (
        select(MemberCorrection)
        .where(
            MemberCorrection.state != CorrectionState.open,
            col(MemberCorrection.settled_at) < settled_before,
            MemberCorrection.evidence != "",
        )
        .limit(PART)
        .with_for_update(skip_locked=True)
    )
    return list(await session.exec(question))


async def drop_sessions(session: Session, expired_before: datetime) -> Gone:
    """Links of sessions that expired before a moment."""
    return await _drop_before(session, RefreshToken, col(RefreshToken.expires_at), expired_before)


async def drop_invitations(session: Session, expired_before: datetime) -> Gone:
    """Codes for choosing a password that ran out before a moment, used or not."""
    return await _drop_before(session, AccountInvitation, col(AccountInvitation.expires_at), expired_before)


async def drop_answers(session: Session, kept_before: datetime) -> Gone:
    """Answers that nobody may ask for again."""
    return await _drop_before(session, KeptAnswer, col(KeptAnswer.kept_at), kept_before)


async def drop_dismissed(session: Session, before: datetime) -> Gone:
    """Records of partners' programs that were dismissed before a moment."""
    over = sa.delete(WaitingRecord).where(
        col(WaitingRecord.state) == WaitingState.dismissed, col(WaitingRecord.updated_at) < before
    )
    return await _gone(session, over.returning(col(WaitingRecord.county_id)))


async def drop_credentials(session: Session, closed_before: datetime) -> Gone:
    """Everything by which the persons of accounts that were closed before a moment were known."""
    closed = sa.select(col(Account.id)).where(col(Account.closed_at) < closed_before).scalar_subquery()
    gone: Gone = []
    for table in (PastPassword, RecoveryCode, SecondStep):
        statement = sa.delete(table).where(col(table.account_id).in_(closed)).returning(sa.cast(sa.null(), sa.Uuid))
        gone += await _gone(session, statement.execution_options(synchronize_session=False))
    return gone


async def drop_unconfirmed(session: Session, made_before: datetime) -> Gone:
    """Secrets of a second step that were made before a moment and never confirmed."""
    due = (
        sa.select(col(SecondStep.id))
        .where(col(SecondStep.confirmed_at).is_(None), col(SecondStep.created_at) < made_before)
        .limit(PART)
    )
    statement = (
        sa.delete(SecondStep)
        .where(col(SecondStep.id).in_(due.with_for_update(skip_locked=True).scalar_subquery()))
        .returning(sa.cast(sa.null(), sa.Uuid))
    )
    return await _gone(session, statement.execution_options(synchronize_session=False))


async def drop_notices(session: Session, sent_before: date) -> Gone:
    """Notices that were sent before a day."""
    due = sa.select(col(Notice.id)).where(col(Notice.day) < sent_before).limit(PART)
    statement = (
        sa.delete(Notice)
        .where(col(Notice.id).in_(due.with_for_update(skip_locked=True).scalar_subquery()))
        .returning(sa.cast(sa.null(), sa.Uuid))
    )
    return await _gone(session, statement.execution_options(synchronize_session=False))


async def known_digests(session: Session, digests: Sequence[str]) -> set[str]:
    """Which of `digests` are those of an attachment."""
    question = select(Attachment.sha256).where(col(Attachment.sha256).in_(digests))
    return set(await session.exec(question))


async def known_photos(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of `ids` are photos of a card."""
    question = select(FeedbackPhoto.id).where(col(FeedbackPhoto.id).in_(ids))
    return set(await session.exec(question))
