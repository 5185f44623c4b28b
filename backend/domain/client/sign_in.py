"""A client proves itself and is told what its token may carry."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.base import Session, utc_now
from backend.db.client import (
    ASSERTION,
    COARSE_SECONDS,
    SIGN_IN,
    Client,
    ClientSecret,
    client_named,
    forget_used,
    living_secrets,
    standing_client,
    touch_client,
    use_once,
)
from backend.db.organization import Organization
from backend.domain.access import Actor, Moment
from backend.domain.client.keeping import secret_hash
from backend.domain.client.rule import acting_client, is_over
from backend.domain.errors import SignInRefused
from backend.domain.event import record_about
from backend.domain.network import comes_from

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """What a client shows: a secret, or the claims of an assertion that its key has signed."""

    secret: str | None = None
    assertion: Mapping[str, Any] | None = None


async def known_client(session: Session, client_id: str) -> tuple[Client, Organization] | None:
    return await client_named(session, client_id)


async def sign_in_client(
    session: Session, moment: Moment, client: Client, reach: Organization, shown: Shown, asked: Sequence[str]
) -> frozenset[str]:
    """Let a client in and return the scopes that its token carries: those asked for that it has.

    Raises SignInRefused `invalid_client` whatever is wrong with the proof, the network or the client's time, and
    `invalid_scope` when nothing is asked for, or more than it may carry: an empty scope never means everything.
    """
    now = utc_now()
    proved = await _is_proved(session, client, shown, now)
    if (
        not proved
        or is_over(client.ends_at, client.suspended_at, now)
        or not comes_from(moment.origin, client.networks)
    ):
        raise SignInRefused("invalid_client")
    if not asked or not set(asked) <= set(client.scopes):
        raise SignInRefused("invalid_scope", scopes=" ".join(client.scopes))
    client.last_used_at = now
    actor = acting_client(
        client.id, client.name, client.organization_id, (reach.id, reach.path, reach.name), client.scopes, asked
    )
    record_about(session, actor, moment, "client.signed_in", client, {"scopes": sorted(set(asked))})
    return frozenset(asked)


def note_client_failure(session: Session, moment: Moment, client: Client) -> None:
    """Record that a client's id was shown with a proof, or from a network, that is not the client's."""
    _note_stranger(session, moment, client, "client.sign_in_failed")


def note_unsigned(session: Session, moment: Moment, client: Client) -> None:
    """Record that a client's token came without the signature that is demanded of it: somebody may have caught it."""
    _note_stranger(session, moment, client, "client.signature_refused")


def _note_stranger(session: Session, moment: Moment, client: Client, kind: str) -> None:
    stranger = acting_client(client.id, client.name, client.organization_id, (client.reach_id, "", ""), (), ())
    record_about(session, stranger, moment, kind, client)


async def _is_proved(session: Session, client: Client, shown: Shown, now: datetime) -> bool:
    if shown.assertion is not None:
        ends_at = datetime.fromtimestamp(shown.assertion["exp"], now.tzinfo) + timedelta(minutes=1)
        word = hashlib.sha256(f"jti {shown.assertion['jti']}".encode()).digest()
        return await use_once(session, client.id, word, ends_at)
    if shown.secret is None:
        return False
    given = secret_hash(shown.secret)
    living = await living_secrets(session, client.id, now)
    mine = _confirmed(living, SIGN_IN)
    return any(hmac.compare_digest(given, kept.secret_hash) for kept in mine)


def _confirmed(living: Sequence[ClientSecret], use: str) -> list[ClientSecret]:
    return [kept for kept in living if kept.use == use and kept.confirmed_at is not None]


async def assertion_keys(session: Session, client: Client) -> list[str]:
    """The client's own public keys (PEM) by which its assertions are believed now."""
    living = await living_secrets(session, client.id, utc_now())
    return [kept.public_key for kept in _confirmed(living, ASSERTION) if kept.public_key is not None]


async def forget_words(session: Session, _: Moment) -> int:
    """Forget the ids of assertions that have run out; they are random and nobody's."""
    return await forget_used(session, utc_now(), _AT_ONCE)


async def client_now(
    reader: AsyncConnection, key: UUID, epoch: int, asked: frozenset[str], origin: str | None
) -> tuple[Actor, bool]:
    """The client as it may act now, and whether its requests have to be signed.

    Read at every request, so that what was taken from it is refused at the next one.

    Raises SignInRefused when it may act no longer, or comes from elsewhere.
    """
    now = utc_now()
    found = await standing_client(reader, key)
    if found is None or found.epoch != epoch or is_over(found.ends_at, found.suspended_at, now):
        raise SignInRefused("client_over")
    if not comes_from(origin, found.networks):
        raise SignInRefused("client_elsewhere")
    if found.last_used_at is None or (now - found.last_used_at).total_seconds() >= COARSE_SECONDS:
        await touch_client(reader, key, now)
    reach = (found.reach_id, found.reach_path, found.reach_name)
    return acting_client(key, found.name, found.organization_id, reach, found.scopes, asked), found.signs


async def client_by_itself(reader: AsyncConnection, key: UUID) -> Actor:
    """The client with all that it may do now, for what it brought before. Raises SignInRefused when it may no more."""
    found = await standing_client(reader, key)
    if found is None or is_over(found.ends_at, found.suspended_at, utc_now()):
        raise SignInRefused("client_over")
    reach = (found.reach_id, found.reach_path, found.reach_name)
    return acting_client(key, found.name, found.organization_id, reach, found.scopes, found.scopes)
