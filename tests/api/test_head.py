"""Who has not signed in is refused by the head of the request: nothing of the body is taken in."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from backend.api.head import HeadFirstRoute, asks_who
from backend.app import API, ROUTERS
from backend.db.base import new_id
from tests.factories import County

TYPES = ("application/json", "multipart/form-data; boundary=x")


def routes() -> Iterator[APIRoute]:
    """Every route that takes a body of whoever has signed in."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.body_field is not None and asks_who(route.dependant):
                yield route


class Endless:
    """A body that never ends, and how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1
            yield b" " * 65536


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize("token", [None, "Bearer made.up.token"])
async def test_anything_401_before_a_body_that_never_ends(anonymous: Any, token: str | None, content_type: str) -> None:
    headers: dict[str, Any] = {"content-type": content_type} | ({"authorization": token} if token else {})
    asked = 0
    for route in routes():
        path = f"{API}{route.path_format}".format_map(dict.fromkeys(route.param_convertors, str(new_id())))
        for method in route.methods or ():
            body = Endless()
            answer = await anonymous.request(method, path, content=body, headers=headers)
            assert (answer.status_code, body.taken) == (401, 0), (method, path, answer.text)
            asked += 1
    assert asked > 80


async def test_upload_401_of_a_suspended_account_before_a_body_that_never_ends(county: County) -> None:
    clerk = county.accounts["clerk"]
    client = county.client(clerk)
    suspended = await county.client("township_admin").post(
        f"/accounts/{clerk.id}/suspension", json={"reason": "长期外出学习"}, headers={"if-match": '"1"'}
    )
    assert suspended.status_code == 200, suspended.text
    body = Endless()
    answer = await client.post("/attachments", content=body, headers={"content-type": TYPES[1]})
    assert (answer.status_code, body.taken) == (401, 0), answer.text


def test_every_route_with_a_body_asks_who_it_is_first() -> None:
    assert [route.path for route in routes() if not isinstance(route, HeadFirstRoute)] == []
