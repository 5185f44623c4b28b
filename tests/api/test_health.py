"""Probes, and what the frame answers whatever is thrown at it."""

import httpx
import pytest

from backend.app import create_app
from backend.settings import Settings


async def test_livez_200(anonymous) -> None:
    assert (await anonymous.get("/livez")).json() == {"status": "ok"}


async def test_readyz_200_when_migrated(anonymous) -> None:
    answer = await anonymous.get("/readyz")
    assert answer.status_code == 200
    body = answer.json()
    # Other tests alter this log; `tests/test_watch.py` has one of its own.
    assert (body["database"], body["migrations"], body["status"] in ("ok", "degraded")) == (True, True, True)


async def test_readyz_503_when_the_database_is_away(tmp_path) -> None:
    made = create_app(Settings(data=tmp_path), dsn="postgresql://nobody:x@127.0.0.1:1/none")
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://test") as client,
    ):
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False


async def test_any_read_503_when_the_database_is_away(tmp_path) -> None:
    made = create_app(Settings(data=tmp_path), dsn="postgresql://nobody:x@127.0.0.1:1/none")
    token = None
    async with made.router.lifespan_context(made):
        from backend.db.base import new_id

        token = made.state.tokens.issue(new_id(), new_id(), 0)
        transport = httpx.ASGITransport(made, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "database_unavailable"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"{", "json_invalid"), (b"[" * 5000 + b"]" * 5000, None), (b"\xff\xfe", None), (b"null", None), (b'"x"', None)],
)
async def test_post_4xx_for_a_body_that_is_no_request(county, content: bytes, code: str | None) -> None:
    answer = await county.client("clerk").post(
        "/organizations", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    if code:
        assert answer.json()["code"] == code


async def test_post_413_for_ten_megabytes_of_json(county) -> None:
    answer = await county.client("clerk").post("/organizations", content=b'"' + b"x" * 10_000_000 + b'"')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_unknown_address_404_as_a_problem(county) -> None:
    answer = await county.client("clerk").get("/no-such-thing")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_wrong_method_405_as_a_problem(county) -> None:
    answer = await county.client("clerk").delete("/me")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"


async def test_every_answer_carries_a_request_id(anonymous) -> None:
    given = await anonymous.get("/livez", headers={"x-request-id": "abcdefgh-12345678"})
    assert given.headers["x-request-id"] == "abcdefgh-12345678"
    made = await anonymous.get("/livez", headers={"x-request-id": "bad id <script>"})
    assert made.headers["x-request-id"] != "bad id <script>"
