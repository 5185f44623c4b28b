"""Programs of partners in the demonstration: the county's platform, and a hotline that has lost its access."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session, utc_now
from backend.db.client import ASSERTION, Client, ClientSecret
from backend.db.mapping import CodeMapping, WaitingRecord, WaitingState
from backend.db.source import SourceRecord
from backend.demo.calendar import at
from backend.demo.cue import Cue
from backend.domain.access import Actor, Moment
from backend.domain.calendar import start_of
from backend.domain.canonical import canonical_json
from backend.domain.client.keeping import (
    NewClient,
    add_key,
    give_scopes,
    register_client,
    secret_hash,
    suspend_client,
)
from backend.domain.crypto import FieldCipher
from backend.domain.demo_id import demo_id

PLATFORM, HOTLINE = "county-platform", "old-hotline"
_REGISTERED, _GIVEN, _SUSPENDED = at("2026-04-01 09:10"), at("2026-04-01 15:20"), at("2026-10-09 10:05")
_KEY_ADDED = at("2026-11-19 09:40")
_PLATFORM_KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+OsbNq7MdFPKdcnpKKDLuW9rELzz
riwSILjJIaequ3RYUTolKrwuqE2q8YzrCIQIxE1dhbPGVjbPw80N9KKgPQ==
-----END PUBLIC KEY-----
"""
"""The platform's own half; whoever has the other one is not of the demonstration."""
_DAY = start_of(_GIVEN.date())
_LAST_DAY = date(2027, 12, 31)
SCOPES = (
    *("organization:read", "decision:read", "rectification:read", "rectification:write"),
    *("feedback:read", "feedback:write", "attachment:read"),
)


def client_cues(session: Session, cipher: FieldCipher, people: Mapping[str, Actor]) -> Iterator[Cue]:
    """Register two programs, give one of them its scopes, suspend the other; a key of the first waits."""
    yield Cue(_REGISTERED, partial(_register, session, people["system_admin"]))
    yield Cue(_GIVEN, partial(_give, session, cipher, people["security_admin"]))
    yield Cue(_SUSPENDED, partial(_suspend, session, people["system_admin"]))
    yield Cue(_KEY_ADDED, partial(_add_key, session, cipher, people["system_admin"]))


async def _register(session: Session, keeper: Actor) -> None:
    for client_id, name, contact in (
        (PLATFORM, "县一体化平台", "县大数据中心"),
        (HOTLINE, "旧12345热线平台", "县政务服务中心"),
    ):
        new = NewClient(
            organization_id=demo_id("organization", "澄湖县委"),
            reach_id=demo_id("organization", "榆桥镇党委"),
            client_id=client_id,
            name=name,
            contact=contact,
            ends_on=_LAST_DAY,
        )
        await register_client(session, keeper, Moment(_REGISTERED), new, id=demo_id("client", client_id))


async def _give(session: Session, cipher: FieldCipher, giver: Actor) -> None:
    client = await session.get_one(Client, demo_id("client", PLATFORM))
    await give_scopes(session, giver, Moment(_GIVEN), client.id, client.version, SCOPES, "县乡数据共享协议")
    _leave_codes(session, cipher, client)
    for resource, key in (("rectifications", "rectification"), ("feedback-cards", "feedback")):
        known = SourceRecord(
            client_key=client.id,
            county_id=client.county_id,
            resource=resource,
            system="grid",
            source_id="2026-0117",
            record_id=demo_id(key, "READ"),
            digests={},
            created_at=_DAY,
            updated_at=_DAY,
        )
        session.add(known)


def _leave_codes(session: Session, cipher: FieldCipher, client: Client) -> None:
    """A code that is mapped, a record that waits for another, and one that was refused."""
    here: dict[str, Any] = {"county_id": client.county_id, "organization_id": client.reach_id, "client_key": client.id}
    here |= {"resource": "rectifications", "created_at": _GIVEN, "updated_at": _GIVEN}
    key = demo_id("code_mapping", "0301")
    session.add(CodeMapping(id=key, field="category", code="0301", value="infrastructure", **here))
    refused = {"code": "not_found", "params": {}, "errors": []}
    for source_id, code, problem in (("2026-0131", "0399", None), ("2026-0132", "0301", refused)):
        key = demo_id("waiting_record", source_id)
        said = {"values": {"problem": "渠道护坡塌方三米"}, "codes": {"category": code}, "reason": ""}
        row = WaitingRecord(
            id=key,
            system="grid",
            source_id=source_id,
            body=cipher.encrypt(canonical_json(said).decode(), "waiting_record.body", key),
            body_hash=b"",
            unknown=[] if problem else [{"field": "category", "code": code}],
            state=WaitingState.refused if problem else WaitingState.waiting,
            problem=problem,
            **here,
        )
        session.add(row)


async def _suspend(session: Session, keeper: Actor) -> None:
    client = await session.get_one(Client, demo_id("client", HOTLINE))
    await suspend_client(session, keeper, Moment(_SUSPENDED), client.id, client.version, "平台已停用")


async def _add_key(session: Session, cipher: FieldCipher, keeper: Actor) -> None:
    client = await session.get_one(Client, demo_id("client", PLATFORM))
    key = demo_id("client_secret", f"{PLATFORM} key")
    moment, said = Moment(_KEY_ADDED), (ASSERTION, _PLATFORM_KEY)
    await add_key(session, keeper, moment, cipher, client.id, client.version, *said, key=key)


async def set_client_secret(session: Session, secret: str) -> None:
    """Let the county's platform sign in with a secret, the same that people of the demonstration have."""
    key = demo_id("client_secret", PLATFORM)
    kept = await session.get(ClientSecret, key)
    if kept is None:
        client = await session.get_one(Client, demo_id("client", PLATFORM))
        kept = ClientSecret(id=key, client_key=client.id, secret_hash=b"", hint="demo", ends_at=client.ends_at)
    kept.secret_hash, kept.confirmed_at = secret_hash(secret), utc_now()
    session.add(kept)
    await session.execute(sa.update(Client).where(col(Client.id) == kept.client_key).values(is_test=True))
