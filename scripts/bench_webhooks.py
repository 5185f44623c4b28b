"""Measure how many messages a worker delivers in a second to receivers on this machine.

python -m scripts.bench_webhooks [messages] [webhooks]
"""

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from backend.db.base import new_id, utc_now
from backend.db.client import Client
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import Database, migrate_now, open_database
from backend.db.event import insert_events
from backend.db.organization import Organization
from backend.db.webhook import Webhook, WebhookSecret
from backend.domain.access import Moment
from backend.domain.event import event_row
from backend.domain.keys import load_cipher
from backend.domain.webhook.keeping import PLACE, begin_following
from backend.domain.webhook.message import new_secret
from backend.domain.webhook.target import TargetRules
from backend.webhooks.running import follow_all
from backend.webhooks.sending import Sender, send

_ANSWER = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"


async def _receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 204 to everything."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            writer.write(_ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _county(database: Database, sender: Sender, port: int, webhooks: int) -> Organization:
    """An organisation, and a client of it with so many subscriptions."""
    async with database.transaction() as session:
        key = new_id()
        county = Organization(
            id=key,
            county_id=key,
            path="c/",
            name="测量县委",
            kind="county_committee",
            valid_from=utc_now().date(),
            sort_key="测量县委",
        )
        session.add(county)
        await session.flush()
        client = Client(
            county_id=key,
            organization_id=key,
            reach_id=key,
            client_id="bench",
            name="测量",
            scopes=["organization:read"],
            ends_at=utc_now() + timedelta(days=1),
        )
        session.add(client)
        await session.flush()
        for _ in range(webhooks):
            made = Webhook(
                county_id=key,
                organization_id=key,
                client_key=client.id,
                url=f"http://127.0.0.1:{port}/",
                resources=["organizations"],
                confirmed_at=utc_now(),
            )
            session.add(made)
            await session.flush()
            secret = new_id()
            session.add(
                WebhookSecret(id=secret, webhook_id=made.id, secret=sender.cipher.encrypt(new_secret(), PLACE, secret))
            )
            await begin_following(session, made, Moment(utc_now()))
        return county


async def _happen(database: Database, county: Organization, count: int) -> None:
    """So many organisations come in, each with its event."""
    async with database.transaction() as session:
        places = [
            Organization(
                county_id=county.id,
                parent_id=county.id,
                path=f"c/{number:06x}/",
                name=f"第{number}村",
                kind="village",
                valid_from=utc_now().date(),
                sort_key=f"{number}",
            )
            for number in range(count)
        ]
        session.add_all(places)
        await session.flush()
        rows = [
            event_row(
                None,
                Moment(utc_now()),
                "organization.created",
                county_id=county.id,
                organization_id=each.id,
                subject_id=each.id,
            )
            for each in places
        ]
        await insert_events(session, [row | {"id": new_id(), "created_at": utc_now()} for row in rows])


async def measure(dsn: str, folder: Path, messages: int, webhooks: int) -> None:
    database = open_database(dsn, pool_size=20)
    sender = Sender(database, load_cipher(folder), TargetRules.of(["127.0.0.0/8"], http=True))
    server = await asyncio.start_server(_receive, "127.0.0.1", 0)
    county = await _county(database, sender, server.sockets[0].getsockname()[1], webhooks)
    await _happen(database, county, messages // webhooks)
    begun = time.monotonic()
    await follow_all(sender)
    followed = time.monotonic()
    async with database.reader() as reader:
        ids = [row.id for row in await reader.execute(Webhook.__table__.select())]  # type: ignore[attr-defined]  # SQLModel adds it
    sent = sum(await asyncio.gather(*(send(sender, key) for key in ids)))
    ended = time.monotonic()
    print(f"{webhooks} webhooks, {sent} messages: made {sent / (followed - begun):.0f}/s")
    print(f"delivered {sent / (ended - followed):.0f}/s")
    server.close()
    await database.close()


def main() -> None:
    messages, webhooks = (int(each) for each in (*sys.argv[1:], *("2000", "1")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "data") as addresses:
        migrate_now(addresses)
        asyncio.run(measure(addresses.application, Path(folder), messages, webhooks))


if __name__ == "__main__":
    main()
