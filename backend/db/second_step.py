"""The second step of a sign-in: an authenticator's secret per account, and codes for the day it is lost."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select, update

from backend.db.base import Row, Session, erasable, timestamp
from backend.db.encrypted import encrypted


class SecondStep(Row, table=True):
    """An account's authenticator: `secret` is a ciphertext; `last_counter` the newest half minute whose code was used.

    Without `confirmed_at` it is being set up, and no sign-in asks for it.
    """

    __table_args__ = (erasable("an authenticator that was given up is of no use to anybody"),)

    account_id: UUID = Field(foreign_key="account.id", unique=True)
    secret: bytes = Field(sa_column_kwargs=encrypted("second_step.secret"))
    confirmed_at: datetime | None = Field(default=None, sa_type=timestamp)
    last_counter: int = Field(default=0, sa_type=sa.BigInteger)


class RecoveryCode(Row, table=True):
    """A code that stands in for the authenticator once, as a keyed hash."""

    __table_args__ = (
        sa.Index("ix_recovery_code_account", "account_id"),
        erasable("new codes take the place of the old ones"),
    )

    account_id: UUID = Field(foreign_key="account.id")
    code_hash: bytes
    used_at: datetime | None = Field(default=None, sa_type=timestamp)


async def second_step_of(session: Session, account_id: UUID) -> SecondStep | None:
    return (await session.exec(select(SecondStep).where(SecondStep.account_id == account_id))).one_or_none()


async def spend_counter(session: Session, step: SecondStep, counter: int) -> bool:
    """Use a half minute's code; False when it or a later one was used before, by whichever process."""
    spent = await session.execute(
        update(SecondStep)
        .where(col(SecondStep.id) == step.id, col(SecondStep.last_counter) < counter)
        .values(last_counter=counter)
        .returning(col(SecondStep.id))
    )
    return spent.scalar_one_or_none() is not None


async def spend_recovery_code(session: Session, account_id: UUID, code_hash: bytes, at: datetime) -> bool:
    """Use a recovery code; False when there is none such, or no longer."""
    spent = await session.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.code_hash) == code_hash,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=at)
        .returning(col(RecoveryCode.id))
    )
    return spent.scalar_one_or_none() is not None


async def recovery_codes_left(session: Session, account_id: UUID) -> int:
    question = sa.select(sa.func.count()).where(
        col(RecoveryCode.account_id) == account_id, col(RecoveryCode.used_at).is_(None)
    )
    return int((await session.execute(question)).scalar_one())


async def replace_recovery_codes(session: Session, account_id: UUID, hashes: list[bytes]) -> None:
    await session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    session.add_all(RecoveryCode(account_id=account_id, code_hash=one) for one in hashes)


async def remove_second_step(session: Session, account_id: UUID) -> None:
    await session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    await session.execute(sa.delete(SecondStep).where(col(SecondStep.account_id) == account_id))
