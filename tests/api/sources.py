"""A partner's program that brings records under ids of its own."""

from typing import Any
from uuid import uuid4

import httpx

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
