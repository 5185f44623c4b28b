"""The passwords that an account had before, as hashes, and the names around it that none may contain."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.base import Row, Session, erasable
from backend.db.organization import Organization


class PastPassword(Row, table=True):
    """One password that was chosen for an account, the present one too."""

    __table_args__ = (
        sa.Index("ix_past_password_account", "account_id", sa.text("created_at DESC")),
        erasable("nobody chooses a password for a closed account"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    password_hash: str


async def past_hashes(session: Session, account_id: UUID, most: int) -> list[str]:
    """The newest hashes, the newest first."""
    question = (
        select(PastPassword.password_hash)
        .where(PastPassword.account_id == account_id)
        .order_by(col(PastPassword.created_at).desc(), col(PastPassword.id).desc())
        .limit(most)
    )
    return list(await session.exec(question))


async def names_above(session: Session, organization_id: UUID) -> list[str]:
    """The name of an organisation and of everything above it."""
    own = sa.select(col(Organization.path)).where(col(Organization.id) == organization_id).scalar_subquery()
    question = sa.select(col(Organization.name)).where(own.startswith(col(Organization.path)))
    return list((await session.execute(question)).scalars())
