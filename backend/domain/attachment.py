"""Files that prove something: bringing them in and reading them."""

from pathlib import Path
from uuid import UUID

from backend.db.attachment import Attachment, attachment_in
from backend.db.base import Session, new_id
from backend.db.organization import organization_in
from backend.domain.access import Actor, Moment
from backend.domain.errors import Forbidden, NotFound
from backend.domain.event import record
from backend.domain.storage import media_type_of, store


def plain_name(name: str | None) -> str:
    """Keep the last part of a file's name, without anything that a path or a header would trip over."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:200].strip(". ") or "file"


async def upload_attachment(
    session: Session,
    actor: Actor,
    moment: Moment,
    folder: Path,
    *,
    organization_id: UUID,
    name: str | None,
    data: bytes,
    id: UUID | None = None,
) -> Attachment:
    """Keep a file for an organisation; what it is is read from its content.

    `id` is for loaders that have to know it beforehand.
    """
    organization = await organization_in(session, actor.reach("organization:read"), organization_id)
    if organization is None:
        raise NotFound("not_found")
    if not actor.may("attachment:write", organization.path):
        raise Forbidden("not_yours_to_change")
    attachment = Attachment(
        id=id or new_id(),
        county_id=organization.county_id,
        organization_id=organization.id,
        name=plain_name(name),
        media_type=media_type_of(data),
        size=len(data),
        sha256=store(folder, data),
        uploaded_by=actor.account_id,
        uploaded_by_name=actor.name,
        created_at=moment.now,
    )
    session.add(attachment)
    record(
        session,
        actor,
        moment,
        "attachment.uploaded",
        county_id=organization.county_id,
        organization_id=organization.id,
        subject_id=attachment.id,
        data={"name": attachment.name, "sha256": attachment.sha256, "size": attachment.size},
    )
    return attachment


async def get_attachment(session: Session, actor: Actor, id: UUID) -> Attachment:
    found = await attachment_in(session, actor.reach("attachment:read"), id)
    if found is None:
        raise NotFound("not_found")
    return found
