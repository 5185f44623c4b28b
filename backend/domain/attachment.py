"""Files that prove something: bringing them in and reading them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from backend.db.attachment import Attachment, attachment_in, attachments_in
from backend.db.base import Session, new_id
from backend.db.feedback import is_evidence_out_of_sight
from backend.db.organization import organization_in
from backend.domain.access import Actor, Moment
from backend.domain.content.kind import EXTENSIONS, taken_in
from backend.domain.errors import Forbidden, NotFound
from backend.domain.event import record
from backend.domain.feedback.sight import sight_of
from backend.domain.storage import Storage, digest_of
from backend.domain.text import hides_something

_RESERVED = frozenset('<>:"|?*')


def plain_name(name: str | None) -> str:
    """Keep the last part of a file's name, without anything that a path, a header or a reader would trip over: control
    characters, those that turn the direction of writing or are not seen, and those that no file system takes."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return (
        "".join(c for c in last if c.isprintable() and not hides_something(c) and c not in _RESERVED)[:200].strip(". ")
        or "file"
    )


def fitting_name(name: str, media_type: str) -> str:
    """A name whose ending says what the file is: a page that calls itself a picture is opened as what it is."""
    endings = EXTENSIONS[media_type]
    return name if name.casefold().endswith(endings) else name[:190] + endings[0]


async def upload_attachment(
    session: Session,
    actor: Actor,
    moment: Moment,
    storage: Storage,
    *,
    organization_id: UUID,
    name: str | None,
    data: bytes,
    id: UUID | None = None,
) -> Attachment:
    """Keep a file for an organisation; what it is is read from its content, and pictures are drawn anew.

    `id` is for loaders that have to know it beforehand.
    """
    organization = await organization_in(session, actor.reach("organization:read"), organization_id)
    if organization is None:
        raise NotFound("not_found")
    if not actor.may("attachment:write", organization.path):
        raise Forbidden("not_yours_to_change")
    taken = await asyncio.to_thread(taken_in, data)
    attachment = Attachment(
        id=id or new_id(),
        county_id=organization.county_id,
        organization_id=organization.id,
        name=fitting_name(plain_name(name), taken.media_type),
        media_type=taken.media_type,
        size=len(taken.data),
        sha256=await asyncio.to_thread(digest_of, taken.data),
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
    # Row and event first: what cannot be recorded leaves no file either. Where the commit itself fails, the file has no
    # row and goes as a stray.
    await session.flush()
    await asyncio.to_thread(storage.keep, taken.data)
    return attachment


async def get_attachment(session: Session, actor: Actor, id: UUID) -> Attachment:
    """A file within reach. Raises NotFound also for what was brought to a card out of the caller's sight."""
    found = await attachment_in(session, actor.reach("attachment:read"), id)
    if found is None or await is_evidence_out_of_sight(session, sight_of(actor), found.county_id, id):
        raise NotFound("not_found")
    return found


async def attachments_seen(session: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Attachment]:
    """Those of the files that the actor may read, as `get_attachment` would show them one by one."""
    found = await attachments_in(session, actor.reach("attachment:read"), list(ids))
    sight = sight_of(actor)
    return {
        key: one for key, one in found.items() if not await is_evidence_out_of_sight(session, sight, one.county_id, key)
    }
