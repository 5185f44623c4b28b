"""Followers of the change feed, as county systems are, and what they are told of."""

import asyncio
from typing import Any

import httpx

from backend.api.change_shapes import ChangesOut
from backend.db.base import utc_now
from backend.domain.calendar import day_of
from tests.api.clients import Partner
from tests.factories import County
from tests.people import citizen_number

SCOPES = ["organization:read", "member:read", "decision:read", "rectification:read", "feedback:read"]


class Mirror:
    """Follows the feed as a county system would, and keeps what it was told."""

    def __init__(self, client: httpx.AsyncClient, *resources: str) -> None:
        self.client, self.resources = client, resources
        self.cursor: str | None = None
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}
        self.told: list[dict[str, Any]] = []

    async def once(self, **params: Any) -> list[dict[str, Any]]:
        asked = {"resource": list(self.resources), "limit": 200} | params
        if self.cursor is not None:
            asked["after"] = self.cursor
        answer = await self.client.get("/changes", params=asked)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        ChangesOut.model_validate(body)
        self.cursor = body["next_cursor"]
        for item in body["items"]:
            key = (item["resource"], item["id"])
            if item["op"] == "upsert":
                self.kept[key] = item["record"]
            else:
                self.kept.pop(key, None)
        self.told += body["items"]
        return [*body["items"], *(await self.once(**params) if body["more"] else [])]

    async def until_told(self) -> list[dict[str, Any]]:
        """Ask again and again, as a county system does, until there is something."""
        found: list[dict[str, Any]] = []
        while not found:
            found = await self.once(wait=25)
        return found


async def follow(county: County, *resources: str, reach: str = "township") -> Mirror:
    partner = await Partner.start(county, scopes=SCOPES, reach_id=str(getattr(county, reach).id))
    mirror = Mirror(await partner.signed_in(" ".join(SCOPES)), *resources)
    await mirror.once()
    mirror.told.clear()
    return mirror


async def new_member(county: County, place: Any) -> dict[str, Any]:
    body = {"organization_id": str(place.id), "name": "查文敏", "id_number": citizen_number(), "status": "full"}
    made = await county.client("clerk").post("/members", json=body | {"joined_on": "2010-07-01"})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def transfer(county: County, member: dict[str, Any], to: Any) -> None:
    fresh = (await county.client("clerk").get(f"/members/{member['id']}")).json()
    moved = await county.client("clerk").post(
        f"/members/{member['id']}/transfer",
        json={"organization_id": str(to.id), "on": day_of(utc_now()).isoformat(), "reason": "工作调动"},
        headers={"if-match": f'"{fresh["version"]}"'},
    )
    assert moved.is_success, moved.text


async def waiting_there(county: County, callers: int) -> None:
    for _ in range(2000):
        if county.app.state.change_hub.waiting >= callers:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never {callers} waiting")
