"""Eight who write while everything is killed around them, and who note only what was acknowledged."""

import asyncio
import contextlib
import itertools
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from sqlalchemy.exc import SQLAlchemyError

from backend.db.base import utc_now
from backend.db.rectification import RectificationSource
from backend.domain.access import Moment
from backend.domain.rectification.category import Category
from backend.domain.rectification.register import NewRectification, register_rectification
from tests.api.rectifications import new_rectification
from tests.factories import County

AWAY = (httpx.TransportError, OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)
_NUMBERS = itertools.count(1)


@dataclass
class Ledger:
    """What was promised to be kept: ids by the words that were written, and how often a request had to be repeated."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    repeated: int = 0
    unknown: set[str] = field(default_factory=set)


def is_for_later(answer: httpx.Response) -> bool:
    if answer.status_code == 409:
        return bool(answer.json()["code"] == "idempotency_key_in_use")
    return answer.status_code >= 500 or answer.status_code == 429


def words() -> str:
    return f"第{next(_NUMBERS)}处排水沟堵塞，编号{uuid4().hex[:12]}"


@dataclass
class Writer:
    """One of them; `urls` are the API processes, `until` the loop's time at which no new write is begun."""

    county: County
    urls: list[str]
    ledger: Ledger
    chance: random.Random
    until: float

    def goes_on(self) -> bool:
        return asyncio.get_running_loop().time() < self.until

    async def settled(self, method: str, path: str, headers: dict[str, str], body: Any) -> httpx.Response:
        """The same again to either process until it is answered for good. Whoever is in flight or away is no answer."""
        async with httpx.AsyncClient(timeout=30, headers=headers) as client:
            while True:
                answer = None
                with contextlib.suppress(httpx.TransportError):
                    url = self.chance.choice(self.urls)
                    answer = await client.request(method, f"{url}/api/v1{path}", json=body)
                if answer is not None and not is_for_later(answer):
                    return answer
                self.ledger.repeated += 1
                await asyncio.sleep(self.chance.random())

    async def by_key(self, token: str) -> None:
        """Entered by hand, again and again under one key."""
        while self.goes_on():
            said = words()
            headers = {"authorization": f"Bearer {token}", "idempotency-key": uuid4().hex}
            answer = await self.settled(
                "POST", "/rectifications", headers, new_rectification(self.county, problem=said)
            )
            assert answer.status_code == 201, answer.text
            self.ledger.acknowledged[said] = answer.json()["id"]
            await asyncio.sleep(self.chance.random() / 5)

    async def by_source(self, token: str) -> None:
        """Pushed by a partner, again and again under its own id."""
        while self.goes_on():
            said, called = words(), uuid4().hex
            headers = {"authorization": f"Bearer {token}"}
            body = new_rectification(self.county, problem=said)
            answer = await self.settled("PUT", f"/rectifications/by-source/chaos/{called}", headers, body)
            assert answer.status_code in (200, 201), answer.text
            self.ledger.acknowledged[said] = answer.json()["id"]
            await asyncio.sleep(self.chance.random() / 5)

    async def changes(self, token: str) -> None:
        """Changes what others wrote, by version: somebody faster is read again."""
        while self.goes_on():
            await asyncio.sleep(self.chance.random() / 5)
            if not self.ledger.acknowledged:
                continue
            key = self.chance.choice(list(self.ledger.acknowledged.values()))
            headers = {"authorization": f"Bearer {token}"}
            seen = await self.settled("GET", f"/rectifications/{key}", headers, None)
            assert seen.status_code == 200, seen.text
            remark = words()
            match = headers | {"if-match": seen.headers["etag"]}
            answer = await self.settled("PATCH", f"/rectifications/{key}", match, {"remark": remark})
            if answer.is_success:
                self.ledger.changed[key] = remark
            else:
                # Somebody was faster, or it was this very request, whose answer was lost.
                assert answer.status_code == 412, answer.text
                self.ledger.changed.pop(key, None)

    async def by_verb(self) -> None:
        """In a transaction that is held open for up to three seconds, as a long job holds one."""
        while self.goes_on():
            said = words()
            self.ledger.unknown.add(said)
            try:
                async with self.county.app.state.database.transaction() as session:
                    new = NewRectification(
                        organization_id=self.county.township.id,
                        source=RectificationSource.supervision,
                        source_document="督查通报",
                        problem=said,
                        category=Category.infrastructure,
                    )
                    actor = self.county.actor("supervisor")
                    made = await register_rectification(session, actor, Moment(utc_now()), new)
                    key = str(made.id)
                    await asyncio.sleep(self.chance.random() * 3)
            except AWAY:
                # Nobody said that it was done; it may have been.
                await asyncio.sleep(self.chance.random())
            else:
                self.ledger.acknowledged[said] = key
                self.ledger.unknown.discard(said)
