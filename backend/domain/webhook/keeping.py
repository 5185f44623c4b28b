"""Keeping webhooks: set up by whoever keeps clients, confirmed by the security administrator, paused, closed.

Where a webhook leads is as sensitive as a secret: whoever sets it could have everything that happens told to a machine
of their own. So nothing is sent before somebody else has said that the address is the partner's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.db.base import Session, new_id, utc_now
from backend.db.change import last_settled
from backend.db.client import client_in
from backend.db.event import START
from backend.db.webhook import Webhook, WebhookProgress, WebhookSecret, open_webhooks_of, signing_secrets, webhook_in
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale, invalid
from backend.domain.event import WITHOUT_TIME, record_about
from backend.domain.webhook.message import new_secret
from backend.domain.webhook.rule import LONGEST_OVERLAP, SECRETS, subscription_problems
from backend.domain.webhook.target import TargetRules, target_problems

PLACE = "webhook_secret.secret"
"""To which column a secret's ciphertext is bound."""
MOST = 20
"""Subscriptions that a client has at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A subscription of the client `client_id`; see `Webhook` for the rest."""

    client_id: UUID
    url: str
    resources: Sequence[str]
    types: Sequence[str] = ()


async def register_webhook(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    rules: TargetRules,
    new: NewWebhook,
    *,
    id: UUID | None = None,
) -> tuple[Webhook, str]:
    """Set up a subscription; its secret is told here and never again. Nothing is sent before `confirm_webhook`.

    Raises NotFound and Forbidden for a client that is not the caller's to keep, Conflict when it has enough of them,
    Invalid at the field that is wrong. `id` is for loaders.
    """
    found = await client_in(session, actor.reach("client:read"), new.client_id, lock=True)
    if found is None:
        raise NotFound("not_found")
    client, place = found
    if not actor.may("client:write", place.path):
        raise Forbidden("not_yours_to_change")
    if problems := target_problems(new.url, rules) + subscription_problems(new.resources, new.types):
        raise Invalid("invalid", problems=problems)
    if await open_webhooks_of(session, client.id) >= MOST:
        raise Conflict("webhooks_enough", most=MOST)
    webhook = Webhook(
        id=id or new_id(),
        county_id=client.county_id,
        organization_id=client.organization_id,
        client_key=client.id,
        url=new.url,
        resources=sorted(set(new.resources)),
        types=sorted(set(new.types)),
    )
    session.add(webhook)
    await session.flush()
    secret = _add_secret(session, cipher, webhook)
    data = {"client": client.client_id, "url": webhook.url, "resources": webhook.resources, "types": webhook.types}
    record_about(session, actor, moment, "webhook.registered", webhook, data)
    return webhook, secret


def _add_secret(session: Session, cipher: FieldCipher, webhook: Webhook) -> str:
    secret, key = new_secret(), new_id()
    kept = WebhookSecret(id=key, webhook_id=webhook.id, secret=cipher.encrypt(secret, PLACE, key))
    session.add(kept)
    return secret


async def change_webhook(
    session: Session,
    actor: Actor,
    moment: Moment,
    rules: TargetRules,
    id: UUID,
    version: int,
    changes: Mapping[str, Any],
) -> Webhook:
    """Change where a subscription leads, or what it is told of; another address has to be confirmed anew.

    What is wider than before is told from now on. Raises NotFound, Forbidden, Stale, Conflict `webhook_closed` and
    Invalid.
    """
    webhook = await _held(session, actor, id, version, "client:write")
    after = {"url": webhook.url, "resources": webhook.resources, "types": webhook.types, **changes}
    if problems := target_problems(after["url"], rules) + subscription_problems(after["resources"], after["types"]):
        raise Invalid("invalid", problems=problems)
    if after["url"] != webhook.url:
        webhook.confirmed_at = None
    webhook.url = after["url"]
    webhook.resources, webhook.types = sorted(set(after["resources"])), sorted(set(after["types"]))
    return _changed(session, actor, moment, webhook, "webhook.changed")


async def confirm_webhook(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, url: str, reason: str
) -> Webhook:
    """Say that the address is the partner's. The first time the subscription begins at the end of the log.

    `url` is what the confirming person was told by the partner, and has to be the same. Raises NotFound, Forbidden,
    Stale, Conflict `webhook_closed` or `webhook_confirmed`, Invalid for another address.
    """
    webhook = await _held(session, actor, id, version, "grant:write")
    if webhook.confirmed_at is not None:
        raise Conflict("webhook_confirmed")
    if url != webhook.url:
        raise invalid("/url", "webhook_url_differs")
    webhook.confirmed_at = utc_now()
    await begin_following(session, webhook, moment)
    return _changed(session, actor, moment, webhook, "webhook.confirmed", reason=reason)


async def begin_following(session: Session, webhook: Webhook, moment: Moment) -> None:
    """Have a subscription begin at the end of the log as it is now, unless it has begun."""
    if await session.get(WebhookProgress, webhook.id) is not None:
        return
    end = await last_settled(await session.connection(), but=WITHOUT_TIME) or START
    session.add(
        WebhookProgress(
            webhook_id=webhook.id,
            after_transaction=end.transaction_id,
            after_sequence=end.sequence,
            after_day=day_of(moment.now),
            after_mixed="",
            followed_at=utc_now(),
        )
    )


async def pause_webhook(session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str) -> Webhook:
    """Send nothing for now. Raises NotFound, Forbidden, Stale, Conflict `webhook_closed` or `webhook_paused`."""
    webhook = await _held(session, actor, id, version, "client:write")
    if webhook.paused_at is not None:
        raise Conflict("webhook_paused")
    return pause(session, actor, moment, webhook, reason)


def pause(session: Session, actor: Actor, moment: Moment, webhook: Webhook, reason: str) -> Webhook:
    webhook.paused_at, webhook.paused_for = utc_now(), reason
    return _changed(session, actor, moment, webhook, "webhook.paused", reason=reason)


async def resume_webhook(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str
) -> Webhook:
    """Send again: what waited, and whatever happened meanwhile, from where the log was left.

    Raises NotFound, Forbidden, Stale, Conflict `webhook_closed` or `webhook_not_paused`.
    """
    webhook = await _held(session, actor, id, version, "client:write")
    if webhook.paused_at is None:
        raise Conflict("webhook_not_paused")
    webhook.paused_at = webhook.paused_for = None
    progress = await session.get(WebhookProgress, webhook.id, with_for_update=True)
    if progress is not None:
        progress.failing_since = None
    return _changed(session, actor, moment, webhook, "webhook.resumed", reason=reason)


async def close_webhook(session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str) -> Webhook:
    """End a subscription for good. Raises NotFound, Forbidden, Stale, Conflict `webhook_closed`."""
    webhook = await _held(session, actor, id, version, "client:write")
    webhook.closed_at, webhook.closed_for = utc_now(), reason
    return _changed(session, actor, moment, webhook, "webhook.closed", reason=reason)


async def renew_secret(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    id: UUID,
    version: int,
    overlap: timedelta,
    reason: str,
) -> tuple[Webhook, str]:
    """Make another secret, told here and never again; the one before signs beside it for `overlap`, none at once.

    Raises NotFound, Forbidden, Stale, Conflict `webhook_closed`, and `webhook_secrets_enough` while two sign already
    and the older ones are to go on.
    """
    assert timedelta() <= overlap <= LONGEST_OVERLAP
    webhook = await _held(session, actor, id, version, "client:write")
    now = utc_now()
    living = await signing_secrets(session, webhook.id, now)
    if overlap and len(living) >= SECRETS:
        raise Conflict("webhook_secrets_enough")
    for kept in living:
        kept.ends_at = now + overlap
    secret = _add_secret(session, cipher, webhook)
    data = {"overlap_hours": int(overlap / timedelta(hours=1))}
    return _changed(session, actor, moment, webhook, "webhook.secret_made", data, reason), secret


async def held_webhook(session: Session, actor: Actor, id: UUID) -> Webhook:
    """An open subscription, locked, for whoever keeps its client. Raises NotFound, Forbidden, Conflict."""
    return await _held(session, actor, id, None, "client:write")


async def _held(session: Session, actor: Actor, id: UUID, version: int | None, permission: str) -> Webhook:
    found = await webhook_in(session, actor.reach("client:read"), id, lock=True)
    if found is None:
        raise NotFound("not_found")
    webhook, place = found
    if not actor.may(permission, place.path):
        raise Forbidden("not_yours_to_change")
    if version is not None and webhook.version != version:
        raise Stale("stale")
    if webhook.closed_at is not None:
        raise Conflict("webhook_closed")
    return webhook


def _changed(
    session: Session,
    actor: Actor,
    moment: Moment,
    webhook: Webhook,
    kind: str,
    data: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> Webhook:
    webhook.version += 1
    webhook.updated_at = utc_now()
    record_about(session, actor, moment, kind, webhook, data, reason)
    return webhook
