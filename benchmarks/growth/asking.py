"""The requests whose growth is measured, as people and a partner's program make them through the API."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import asyncpg
import httpx

from backend.api.change_reading import Place as FeedPlace
from backend.api.change_reading import changes_paging
from backend.api.token import TokenIssuer
from backend.db.account import Account
from backend.db.base import utc_now
from backend.db.change import DayPlace
from backend.db.event import Position
from backend.db.organization import Organization
from backend.db.read import encode_cursor
from backend.domain.access import Actor
from backend.domain.calendar import day_of
from backend.keys import load_or_create, random_token
from benchmarks.growth.loading import Land
from benchmarks.growth.tree import Village
from benchmarks.place import Place
from tests.factories import make_account

ITEMS, MEMBERS = "/rectifications", "/members"
PAGE_200 = 200
_SHORT = 3
"""Rows of a page, where one township has to have 200 of them."""

FIGURES = ("lights", "open_by_age_and_source", "on_time_rate", "funnel", "burn_down", "satisfaction")
Request = tuple[str, str, Mapping[str, str], Any]
Maker = Callable[[], Request]


@dataclass
class People:
    """Who asks: somebody of the largest county, of a township and of a village in it, and the installer."""

    accounts: dict[str, Account]
    village: Village
    issuer: TokenIssuer

    def bearer(self, who: str | Account) -> dict[str, str]:
        account = self.accounts[who] if isinstance(who, str) else who
        return {"authorization": f"Bearer {self.issuer.issue(account.id, account.id, account.session_epoch)}"}


async def seat(place: Place, land: Land, acts: int) -> People:
    """Give accounts to those who ask, and to the clerks who sign for `acts` items."""
    village = _in_the_largest(land.villages)
    seats = {"county": ("supervisor", village.county.id), "township": ("supervisor", village.township.id)}
    seats |= {"village": ("clerk", village.node.id), "admin": ("county_admin", village.county.id)}
    async with place.app() as app, app.state.database.transaction() as session:
        accounts = {
            who: await make_account(session, role, await _at(session, key)) for who, (role, key) in seats.items()
        }
        accounts["installer"] = await make_account(session, "platform_admin", None)
        for _, _, where in land.ready[:acts]:
            if where.node.id not in accounts:
                accounts[where.node.id] = await make_account(session, "clerk", await _at(session, where.node.id))
    return People(accounts, village, TokenIssuer(place.data))


def _in_the_largest(villages: list[Village]) -> Village:
    """A village of the county that has most of them, where lists are longest."""
    ((largest, _),) = Counter(village.county.id for village in villages).most_common(1)
    inside = [village for village in villages if village.county.id == largest]
    return inside[len(inside) // 2]


async def _at(session: Any, key: str) -> Organization:
    found: Organization = await session.get_one(Organization, UUID(key))
    return found


async def deep_page(client: httpx.AsyncClient, people: People, who: str) -> str:
    """The address of the 200th page of a list, found as anybody finds it."""
    address, at = f"{ITEMS}?limit={_SHORT}", ""
    for _ in range(PAGE_200 - 1):
        answer = (await client.get(address + at, headers=people.bearer(who))).raise_for_status().json()
        at = f"&cursor={answer['next_cursor']}"
        assert answer["next_cursor"], "the list is too short to have so many pages"
    return address + at


async def feed_places(place: Place, people: People, count: int) -> list[str]:
    """Cursors of the feed at random places of the log, as the feed itself would have given them."""
    account = people.accounts["admin"]
    key = load_or_create(place.data / "cursor.key", random_token)
    paging = changes_paging(Actor(account.id, account.name, None, ()), key)
    day = DayPlace(day_of(utc_now() - timedelta(days=1)), "")
    drawn, found = random.Random(6), []
    connection = await asyncpg.connect(place.addresses.owner)
    first, last = await connection.fetchrow(
        "SELECT min(transaction_id)::text::bigint, max(transaction_id)::text::bigint FROM event"
    )
    for _ in range(count):
        row = await connection.fetchrow(
            "SELECT transaction_id::text::bigint, sequence FROM event WHERE transaction_id >= $1::text::xid8"
            " ORDER BY transaction_id, sequence LIMIT 1",
            str(drawn.randint(first, last)),
        )
        where = FeedPlace(Position(*row), day, frozenset({"rectifications"}))
        found.append(encode_cursor(where.written(), paging))
    await connection.close()
    return found


def requests(land: Land, people: People, deep: str, places: list[str]) -> dict[str, Maker]:
    """Name -> what makes the next request of that kind: method, path, headers, body."""
    drawn = random.Random(5)
    found: dict[str, Maker] = {}

    def get(name: str, who: str, path: str, **headers: str) -> None:
        found[name] = lambda: ("GET", path, people.bearer(who) | headers, None)

    for who in ("county", "township", "village"):
        get(f"items, {who}", who, ITEMS)
    filters = {
        "closed": "status=closed",
        "overdue": "overdue=true",
        "red": "light=red",
        "of a kind": "category=infrastructure&severity=general",
        "with two characters": f"q={quote('路灯')}",
        "of a unit": f"responsible_unit_id={people.village.node.id}",
        "none fit": "supervised=true",
    }
    for name, asked in filters.items():
        get(f"items {name}, county", "county", f"{ITEMS}?{asked}")
        get(f"items {name}, township", "township", f"{ITEMS}?{asked}")
    get(f"items, page {PAGE_200}, county", "county", deep)
    near = [key for key, village in land.items if village.county.id == people.village.county.id]
    ones = itertools.cycle(drawn.sample(near, min(200, len(near))))
    found["one item"] = lambda: ("GET", f"{ITEMS}/{next(ones)}", people.bearer("county"), None)
    get("members, county", "admin", MEMBERS)
    get("members, country", "installer", MEMBERS)
    for name, said in {"two characters": "秀英", "initials": "wxy"}.items():
        for who, reach in (("admin", "county"), ("installer", "country")):
            get(f"members by {name}, {reach}", who, MEMBERS, **{"x-search-name": quote(said)})
    for who in ("county", "township", "village"):
        get(f"awaits me, {who}", who, "/me/tasks")
        for figure in FIGURES:
            get(f"dashboard {figure}, {who}", who, f"/figures/{figure}")
    get("organisations, country", "installer", "/organizations")
    ready, cursors = iter(land.ready), itertools.cycle(places)
    found["act"] = lambda: _act(people, next(ready))
    found["feed after a random place"] = lambda: (
        "GET",
        f"/changes?resource=rectifications&after={next(cursors)}",
        people.bearer("admin"),
        None,
    )
    return found


def _act(people: People, ready: tuple[str, int, Village]) -> tuple[str, str, Mapping[str, str], Any]:
    key, version, village = ready
    headers = people.bearer(village.node.id) | {"if-match": f'"{version}"'}
    return "POST", f"{ITEMS}/{key}/acts", headers, {"step": "sign_for", "outcome": "done"}
