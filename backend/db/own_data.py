"""Everything that is held about one account and whoever it is on the rosters, for that person's own copy."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from backend.db.account import Account, Delegation, RoleGrant
from backend.db.attachment import Attachment
from backend.db.event import Event
from backend.db.feedback import FeedbackCard
from backend.db.ledger import LedgerImport
from backend.db.notice import Notice
from backend.db.organization import Organization
from backend.db.procedure import ProcedureAct, ProcedureRun
from backend.db.rectification import Rectification
from backend.db.session import AccountSession

MOST = 10_000
"""Rows of one part that a copy holds; the newest."""

_SIGN_INS = ("account.signed_in", "account.session_ended")


def _question(*columns: Any) -> sa.Select[Any]:
    """A select whose columns the type checker need not follow: they go out by their names."""
    return sa.select(*columns)


def account_row(account_id: UUID) -> sa.Select[Any]:
    return (
        _question(
            col(Account.username),
            col(Account.name),
            col(Organization.name).label("organization"),
            col(Account.created_at),
            col(Account.suspended_at),
        )
        .join(Organization, col(Organization.id) == col(Account.organization_id), isouter=True)
        .where(col(Account.id) == account_id)
    )


def grant_rows(account_id: UUID) -> sa.Select[Any]:
    return (
        _question(
            col(RoleGrant.role),
            col(Organization.name).label("organization"),
            col(RoleGrant.starts_at),
            col(RoleGrant.ends_at),
        )
        .join(Organization, col(Organization.id) == col(RoleGrant.organization_id), isouter=True)
        .where(col(RoleGrant.account_id) == account_id)
        .order_by(col(RoleGrant.starts_at), col(RoleGrant.id))
    )


def delegation_rows(account_id: UUID) -> sa.Select[Any]:
    """What the account lent and was lent."""
    lender, deputy = sa.orm.aliased(Account), sa.orm.aliased(Account)
    return (
        _question(
            col(lender.name).label("lender"),
            col(deputy.name).label("deputy"),
            col(Delegation.starts_at),
            col(Delegation.ends_at),
            col(Delegation.reason),
        )
        .join(lender, col(lender.id) == col(Delegation.from_id))
        .join(deputy, col(deputy.id) == col(Delegation.to_id))
        .where(sa.or_(col(Delegation.from_id) == account_id, col(Delegation.to_id) == account_id))
        .order_by(col(Delegation.starts_at).desc(), col(Delegation.id))
        .limit(MOST)
    )


def session_rows(account_id: UUID) -> sa.Select[Any]:
    return (
        _question(
            col(AccountSession.created_at),
            col(AccountSession.used_at),
            col(AccountSession.ends_at),
            col(AccountSession.ended_at),
            col(AccountSession.device),
            col(AccountSession.second_step),
        )
        .where(col(AccountSession.account_id) == account_id)
        .order_by(col(AccountSession.created_at).desc(), col(AccountSession.id))
        .limit(MOST)
    )


def sign_in_rows(account_id: UUID) -> sa.Select[Any]:
    return (
        _question(col(Event.kind), col(Event.at), col(Event.origin))
        .where(
            col(Event.subject_kind) == "account", col(Event.subject_id) == account_id, col(Event.kind).in_(_SIGN_INS)
        )
        .order_by(col(Event.sequence).desc())
        .limit(MOST)
    )


def act_rows(account_id: UUID, own: Collection[str] = ()) -> sa.Select[Any]:
    """What the account did in matters; what others wrote there is the matter's, not the person's.

    A matter that turned out to be about who is known by `own`, or was sealed, bears neither number nor title: both are
    as they are now.
    """
    hidden = _is_kept_from(own, ProcedureRun.subject_id)
    return (
        _question(
            col(ProcedureAct.at),
            sa.case((hidden, sa.null()), else_=col(ProcedureRun.number)).label("number"),
            sa.case((hidden, sa.null()), else_=col(ProcedureRun.title)).label("title"),
            col(ProcedureAct.step),
            col(ProcedureAct.outcome),
        )
        .join(ProcedureRun, col(ProcedureRun.id) == col(ProcedureAct.run_id))
        .where(col(ProcedureAct.by) == account_id)
        .order_by(col(ProcedureAct.at).desc(), col(ProcedureAct.id))
        .limit(MOST)
    )


def _is_kept_from(own: Collection[str], subject_id: Any) -> sa.ColumnElement[bool]:
    """Whether a subject is a card, or an item made of one, that is about somebody known by `own` or was sealed."""
    marks = sa.cast(sorted(own), ARRAY(sa.Text))
    about: sa.ColumnElement[bool] = col(FeedbackCard.about).op("&&", is_comparison=True)(marks)
    kept = sa.select(col(FeedbackCard.id)).where(sa.or_(about, col(FeedbackCard.sealed_at).is_not(None)))
    items = sa.select(col(Rectification.id)).where(col(Rectification.feedback_card_id).in_(kept))
    return sa.or_(col(subject_id).in_(kept), col(subject_id).in_(items))


def notice_rows(account_id: UUID, own: Collection[str] = ()) -> sa.Select[Any]:
    hidden = _is_kept_from(own, Notice.subject_id)
    return (
        _question(
            col(Notice.day),
            sa.case((hidden, sa.null()), else_=col(Notice.number)).label("number"),
            sa.case((hidden, sa.null()), else_=col(Notice.title)).label("title"),
            col(Notice.limit_at),
            col(Notice.received_at),
        )
        .where(col(Notice.account_id) == account_id)
        .order_by(col(Notice.day).desc(), col(Notice.id))
        .limit(MOST)
    )


def attachment_rows(account_id: UUID) -> sa.Select[Any]:
    return (
        _question(col(Attachment.created_at), col(Attachment.name), col(Attachment.media_type), col(Attachment.size))
        .where(col(Attachment.uploaded_by) == account_id)
        .order_by(col(Attachment.created_at).desc(), col(Attachment.id))
        .limit(MOST)
    )


def import_rows(account_id: UUID) -> sa.Select[Any]:
    return (
        _question(col(LedgerImport.created_at), col(LedgerImport.ledger), col(LedgerImport.file_name))
        .where(col(LedgerImport.created_by) == account_id)
        .order_by(col(LedgerImport.created_at).desc(), col(LedgerImport.id))
        .limit(MOST)
    )


def trace_rows(account_id: UUID) -> sa.Select[Any]:
    """Every event of the account: what the audit log says that this person did."""
    return (
        _question(col(Event.at), col(Event.kind), col(Event.origin), col(Event.reason))
        .where(col(Event.actor_id) == account_id)
        .order_by(col(Event.sequence).desc())
        .limit(MOST)
    )
