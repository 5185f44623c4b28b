"""Answers to requests that carried an `Idempotency-Key`, kept so that asking again does nothing again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.base import Row, Session, erasable, timestamp
from backend.db.encrypted import encrypted


class KeptAnswer(Row, table=True):
    """What was answered to a key of an account or a client.  Of the key and of what was sent it holds keyed hashes.

    `subject_*`: the record that it was about, which has to be in sight for it to be told again.  `answer` is a
    ciphertext of the body in base64; None where the answer held a secret and is told only once, or was about
    what has left somebody's sight since.
    """

    __table_args__ = (
        sa.UniqueConstraint("caller_id", "key_hash"),
        sa.Index("ix_kept_answer_kept_at", "kept_at"),
        erasable("kept for as long as a caller may ask again"),
    )

    caller_id: UUID
    key_hash: bytes
    request_hash: bytes
    kept_at: datetime = Field(sa_type=timestamp)
    status: int = Field(sa_type=sa.SmallInteger)
    subject_kind: str | None = Field(default=None, max_length=32)
    subject_id: UUID | None = None
    etag: str | None = Field(default=None, max_length=64)
    answer: bytes | None = Field(default=None, sa_column_kwargs=encrypted("kept_answer.answer"))


async def hold_key(session: Session, key_hash: bytes) -> bool:
    """Keep a key for this transaction; False when another one that has not ended holds it."""
    number = int.from_bytes(key_hash[:8], signed=True)
    held = await session.execute(sa.select(sa.func.pg_try_advisory_xact_lock(sa.cast(number, sa.BigInteger))))
    return bool(held.scalar_one())


async def forget_answers(session: Session, subject_ids: Collection[UUID]) -> None:
    """Drop what was answered about records that leave somebody's sight; their keys stay, so that nothing is done
    twice."""
    dropped = sa.update(KeptAnswer).where(col(KeptAnswer.subject_id).in_(subject_ids)).values(answer=None, etag=None)
    await session.execute(dropped.execution_options(synchronize_session=False))


async def answer_kept(session: Session, caller_id: UUID, key_hash: bytes) -> KeptAnswer | None:
    question = select(KeptAnswer).where(col(KeptAnswer.caller_id) == caller_id, col(KeptAnswer.key_hash) == key_hash)
    return (await session.exec(question)).one_or_none()
