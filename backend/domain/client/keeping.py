"""Keeping clients: registered and given a secret by one administrator, given their scopes by another.

Whoever holds a client's secret must not be who says what it may do: that takes two people, as with accounts.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.base import Session, new_id, utc_now
from backend.db.client import (
    SIGN_IN,
    TOKEN_USES,
    Client,
    ClientSecret,
    client_in,
    client_named,
    has_shown,
    living_secrets,
)
from backend.db.organization import Organization, OrganizationStatus, organization_in
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, end_of
from backend.domain.client.public_key import PUBLIC_KEYS
from backend.domain.client.rule import LONGEST, SECRETS, network_problems, scope_problems
from backend.domain.client.signature import new_hmac_key
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, invalid
from backend.domain.event import record_about

_CLIENT_ID = re.compile(r"[a-z][a-z0-9-]{3,63}")
_SECRET_BYTES = 32
_HINT = 4
SEALED_KEY = "client_secret.sealed_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A program of a partner; both places within reach. `ends_on`: its last day."""

    organization_id: UUID
    reach_id: UUID
    client_id: str
    name: str
    ends_on: date
    networks: Sequence[str] = ()
    contact: str = ""


def secret_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def register_client(
    session: Session, actor: Actor, moment: Moment, new: NewClient, *, id: UUID | None = None
) -> Client:
    """Register a program. It may do nothing before somebody else has given it scopes. `id` is for loaders.

    Raises NotFound and Forbidden for a place where the caller keeps no clients, Invalid at the field that is wrong.
    """
    place = await _place(session, actor, new.organization_id)
    reach = await _place(session, actor, new.reach_id)
    problems = network_problems(new.networks) + _end_problems(new.ends_on)
    if not _CLIENT_ID.fullmatch(new.client_id):
        problems.append(Problem("/client_id", "client_id_malformed"))
    elif await client_named(session, new.client_id) is not None:
        problems.append(Problem("/client_id", "client_id_taken"))
    if problems:
        raise Invalid("invalid", problems=problems)
    client = Client(
        id=id or new_id(),
        county_id=place.county_id,
        organization_id=place.id,
        reach_id=reach.id,
        client_id=new.client_id,
        name=new.name,
        contact=new.contact,
        networks=list(new.networks),
        ends_at=end_of(new.ends_on),
    )
    session.add(client)
    data = {"client_id": client.client_id, "reach": reach.name, "networks": client.networks}
    record_about(session, actor, moment, "client.registered", client, data | {"ends_at": client.ends_at.isoformat()})
    return client


async def change_client(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, changes: Mapping[str, Any]
) -> Client:
    """Change name, contact, networks or last day; after the last two the scopes have to be given anew.

    Raises NotFound, Forbidden, Stale, Invalid.
    """
    client = await _held(session, actor, id, version, "client:write")
    problems = network_problems(changes.get("networks") or ())
    if (ends_on := changes.get("ends_on")) is not None:
        problems += _end_problems(ends_on)
    if problems:
        raise Invalid("invalid", problems=problems)
    for name in ("name", "contact", "networks"):
        if name in changes:
            setattr(client, name, changes[name])
    if ends_on is not None:
        client.ends_at = end_of(ends_on)
    if changes.keys() & {"networks", "ends_on"}:
        # Whoever keeps clients could otherwise let in a program of their own under what others have given.
        client.scopes = []
    return _changed(session, actor, moment, client, "client.changed")


async def give_scopes(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, scopes: Sequence[str], reason: str
) -> Client:
    """Say what a client may do from now on; tokens that it has carry what is left of theirs.

    No secret or key is confirmed by it: that is said of each by itself, with `confirm_secret`. Raises NotFound,
    Forbidden, Stale, Invalid for a scope that no client may carry.
    """
    client = await _held(session, actor, id, version, "grant:write")
    reach = await session.get_one(Organization, client.reach_id)
    if not actor.may("grant:write", reach.path):
        raise Forbidden("beyond_your_reach")
    if problems := scope_problems(scopes):
        raise Invalid("invalid", problems=problems)
    client.scopes = sorted(set(scopes))
    return _changed(session, actor, moment, client, "client.scopes_given", reason=reason)


async def add_secret(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int
) -> tuple[Client, ClientSecret, str]:
    """Make a secret; it is told here and never again, and opens nothing before `confirm_secret`.

    Raises NotFound, Forbidden, Stale, and Conflict `secrets_enough` while two others live.
    """
    client = await _held(session, actor, id, version, "client:write")
    await _leave_room(session, client, SIGN_IN)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    kept = ClientSecret(
        client_key=client.id, secret_hash=secret_hash(secret), hint=secret[:_HINT], ends_at=client.ends_at
    )
    session.add(kept)
    _changed(session, actor, moment, client, "client.secret_made", {"hint": kept.hint})
    return client, kept, secret


async def add_key(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    id: UUID,
    version: int,
    use: str,
    public_key: str | None,
    *,
    key: UUID | None = None,
) -> tuple[Client, ClientSecret, str | None]:
    """Give a client a key, for assertions or for its requests: a shared one, told here and never again, or the
    partner's public one.

    It opens nothing before `confirm_secret`; `key` is for loaders. Once one for requests is confirmed, none without a
    signature is taken. Raises NotFound, Forbidden, Stale, Invalid, and Conflict `secrets_enough` while two others for
    the same live.
    """
    client = await _held(session, actor, id, version, "client:write")
    kind = PUBLIC_KEYS.get(use)
    own = kind.read(public_key) if kind is not None and public_key is not None else None
    if kind is not None and own is None:
        raise invalid("/public_key", kind.refusal)
    if kind is None and public_key is not None:
        raise invalid("/public_key", "key_not_wanted")
    await _leave_room(session, client, use)
    kept = ClientSecret(
        id=key or new_id(), client_key=client.id, secret_hash=b"", hint="", use=use, ends_at=client.ends_at
    )
    if own is None:
        secret = shown = new_hmac_key()
        kept.sealed_key = cipher.encrypt(secret, SEALED_KEY, kept.id)
        kept.hint = shown[:_HINT]
    else:
        secret, shown, kept.public_key, kept.hint = None, own.text, own.text, own.point[:_HINT]
    kept.secret_hash = secret_hash(f"{client.id} {use} {shown}")
    if await has_shown(session, kept.secret_hash):
        raise invalid("/public_key", "key_in_use")
    session.add(kept)
    _changed(session, actor, moment, client, "client.key_added", {"hint": kept.hint, "use": use})
    return client, kept, secret


async def _leave_room(session: Session, client: Client, use: str) -> None:
    """Two live that serve the same: keys for requests serve the same, by whichever algorithm."""
    living = await living_secrets(session, client.id, utc_now())
    if sum(kept.use == use or not {kept.use, use} & set(TOKEN_USES) for kept in living) >= SECRETS:
        raise Conflict("secrets_enough")


async def confirm_secret(
    session: Session, actor: Actor, moment: Moment, id: UUID, secret_id: UUID, version: int, reason: str
) -> Client:
    """Say that a secret is the partner's, so that it opens what the scopes say; a second time changes nothing.

    Raises NotFound, Forbidden, Stale, Conflict `secret_over`.
    """
    client = await _held(session, actor, id, version, "grant:write")
    kept = await _secret(session, client, secret_id)
    kept.confirmed_at = kept.confirmed_at or utc_now()
    return _changed(session, actor, moment, client, "client.secret_confirmed", {"hint": kept.hint}, reason)


async def _secret(session: Session, client: Client, secret_id: UUID) -> ClientSecret:
    kept = await session.get(ClientSecret, secret_id)
    if kept is None or kept.client_key != client.id:
        raise NotFound("not_found")
    if kept.ended_at is not None:
        raise Conflict("secret_over")
    return kept


async def end_secret(
    session: Session, actor: Actor, moment: Moment, id: UUID, secret_id: UUID, version: int, reason: str
) -> Client:
    """End a secret and every token of the client. Raises NotFound, Forbidden, Stale, Conflict `secret_over`."""
    client = await _held(session, actor, id, version, "client:write")
    kept = await _secret(session, client, secret_id)
    kept.ended_at = utc_now()
    client.epoch += 1
    left = [each for each in await living_secrets(session, client.id, utc_now()) if each.use not in TOKEN_USES]
    if kept.use not in TOKEN_USES and kept.confirmed_at is not None and not any(each.confirmed_at for each in left):
        # It would be let in unsigned, which is for who gives scopes to say.
        client.scopes = []
    return _changed(session, actor, moment, client, "client.secret_ended", {"hint": kept.hint}, reason)


async def suspend_client(session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str) -> Client:
    """Refuse a client from now on. Raises NotFound, Forbidden, Stale, Conflict `client_suspended`."""
    client = await _held(session, actor, id, version, "client:write")
    if client.suspended_at is not None:
        raise Conflict("client_suspended")
    client.suspended_at, client.suspended_for = utc_now(), reason
    client.epoch += 1
    return _changed(session, actor, moment, client, "client.suspended", reason=reason)


async def resume_client(session: Session, actor: Actor, moment: Moment, id: UUID, version: int, reason: str) -> Client:
    """Let a suspended client in again, once its scopes are given anew.

    Raises NotFound, Forbidden, Stale, Conflict `client_not_suspended`.
    """
    client = await _held(session, actor, id, version, "client:write")
    if client.suspended_at is None:
        raise Conflict("client_not_suspended")
    client.suspended_at = client.suspended_for = None
    client.scopes = []
    return _changed(session, actor, moment, client, "client.resumed", reason=reason)


async def _place(session: Session, actor: Actor, id: UUID) -> Organization:
    place = await organization_in(session, actor.reach("organization:read"), id, lock=True)
    if place is None:
        raise NotFound("not_found")
    if not actor.may("client:write", place.path):
        raise Forbidden("not_yours_to_change")
    if place.status is not OrganizationStatus.active:
        raise Conflict("organization_over", name=place.name)
    return place


async def _held(session: Session, actor: Actor, id: UUID, version: int, permission: str) -> Client:
    found = await client_in(session, actor.reach("client:read"), id, lock=True)
    if found is None:
        raise NotFound("not_found")
    client, place = found
    if not actor.may(permission, place.path):
        raise Forbidden("not_yours_to_change")
    if client.version != version:
        raise Stale("stale")
    return client


def _end_problems(ends_on: date) -> list[Problem]:
    today = day_of(utc_now())
    if ends_on < today:
        return [Problem("/ends_on", "day_is_over", {"day": today.isoformat()})]
    if ends_on > today + LONGEST:
        return [Problem("/ends_on", "client_too_long", {"day": (today + LONGEST).isoformat()})]
    return []


def _changed(
    session: Session,
    actor: Actor,
    moment: Moment,
    client: Client,
    kind: str,
    data: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> Client:
    client.version += 1
    client.updated_at = utc_now()
    record_about(session, actor, moment, kind, client, data, reason)
    return client
