"""A partner's program that brings records under ids of its own."""

from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import utc_now
from backend.db.mapping import WaitingRecord
from backend.domain.access import Moment
from backend.periodic import periodic
from tests.api.clients import Partner
from tests.api.feedbacks import new_card
from tests.api.rectifications import new_rectification
from tests.factories import County

WRITING = (
    "organization:read",
    "rectification:read",
    "rectification:write",
    "feedback:read",
    "feedback:write",
)


async def program(county: County, *scopes: str, **changes: Any) -> httpx.AsyncClient:
    """A program that has signed in; with all that takes writing unless told."""
    partner = await Partner.start(county, list(scopes or WRITING), **changes)
    return await partner.signed_in(" ".join(scopes or WRITING))


def new_id() -> str:
    return f"GD-{uuid4().hex[:12]}"


def item(county: County, **changes: Any) -> dict[str, Any]:
    return new_rectification(county, **changes)


def call(county: County, **changes: Any) -> dict[str, Any]:
    """A card as a hotline has taken it."""
    card = new_card(county, channel="hotline", call=CALL, **changes)
    del card["submission_id"]
    return card


CALL = {"started_at": "2026-11-19T01:10:00Z", "ended_at": "2026-11-19T01:14:00Z"}


def at(id: str, resource: str = "rectifications") -> str:
    return f"/{resource}/by-source/grid/{id}"


async def pushed(client: httpx.AsyncClient, body: dict[str, Any], resource: str = "rectifications") -> dict[str, Any]:
    """Something that was brought for the first time, and its id."""
    called = new_id()
    answer = await client.put(at(called, resource), json=body)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "source_id": called}


async def entered(county: County) -> int:
    """Have the worker's round bring in what may come in; returns how many of the county's wait no more."""
    task = next(each for each in periodic(county.app.state.settings) if each.key == "mapping_enter")
    before, part = await waiting(county), 1
    while part:
        async with county.app.state.database.transaction() as session:
            part = await task.sweep(session, Moment(utc_now()))
    return before - await waiting(county)


async def waiting(county: County) -> int:
    """How many records of the county wait, and were not refused."""
    mine = sa.and_(col(WaitingRecord.county_id) == county.county.id, col(WaitingRecord.state) == "waiting")
    async with county.app.state.database.reader() as reader:
        return (await reader.execute(sa.select(sa.func.count()).where(mine))).scalar_one()


async def mapped(county: County, partner: Partner, code: str, value: str, **changes: Any) -> httpx.Response:
    """What a clerk says that a code means."""
    body = {"client_id": partner.body["id"], "resource": "rectifications", "field": "category"}
    return await county.client("clerk").post("/mappings", json={**body, "code": code, "value": value, **changes})


def coded(county: County, code: str, **changes: Any) -> dict[str, Any]:
    """A problem whose category is the partner's own code."""
    body = item(county, codes={"category": code}, **changes)
    del body["category"]
    return body
