"""Which open items name somebody as their leader or their person."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.organization import Organization, below
from backend.db.rectification import OVER, Rectification


async def items_naming(
    session: Session, name: str, paths: Collection[str], *, lock: bool = False
) -> list[tuple[Rectification, Organization]]:
    """The open items of the organisations at `paths` and below that name somebody, in one order for all."""
    question = (
        sa.select(Rectification, Organization)
        .join(Organization, col(Organization.id) == col(Rectification.organization_id))
        .where(
            sa.or_(col(Rectification.responsible_person) == name, col(Rectification.responsible_leader) == name),
            col(Rectification.status).not_in(OVER),
            sa.or_(sa.false(), *(below(path) for path in sorted(paths))),
        )
        .order_by(col(Rectification.id))
    )
    if lock:
        question = question.with_for_update(of=Rectification).execution_options(populate_existing=True)
    return [(item, organization) for item, organization in (await session.execute(question)).all()]
