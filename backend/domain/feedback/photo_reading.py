"""Reading a card's photo."""

import asyncio
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback_vault import photos_of
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.feedback.photo import kept_photo
from backend.domain.feedback.sight import seen_card
from backend.domain.feedback.vault import Vault


async def read_photo(session: Session, vault: Vault, actor: Actor, card_id: UUID, photo_id: UUID) -> bytes:
    """A photo of a card within the actor's sight. Raises NotFound otherwise, as for one that is not there."""
    card, _ = await seen_card(session, actor, card_id)
    if photo_id not in {photo.id for photo in await photos_of(session, card.id)}:
        raise NotFound("not_found")
    try:
        return await asyncio.to_thread(kept_photo, vault.photos, vault.cipher, photo_id)
    except FileNotFoundError:
        raise NotFound("not_found") from None
