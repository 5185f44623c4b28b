"""The demonstration's clock."""

from datetime import datetime, timedelta

import httpx

from backend.domain.access import ROLE_PERMISSIONS


async def test_clock_404_outside_demo_mode(county) -> None:
    answer = await county.client("platform_admin").post("/demo/clock", json={"days": 31})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_clock_is_not_in_the_routes_outside_demo_mode(app, demo_app) -> None:
    assert "/api/v1/demo/clock" not in app.openapi()["paths"]
    assert "/api/v1/demo/clock" in demo_app.openapi()["paths"]


async def test_clock_200_moves_forward_and_shows(demo) -> None:
    client = demo.client("clerk")
    before = datetime.fromisoformat((await client.get("/me")).json()["now"])
    answer = await client.post("/demo/clock", json={"days": 31})
    assert answer.status_code == 200
    after = datetime.fromisoformat((await client.get("/me")).json()["now"])
    assert timedelta(days=31) <= after - before < timedelta(days=31, minutes=5)


async def test_clock_422_backwards(demo) -> None:
    for days in (0, -1, 100_000, "x"):
        answer = await demo.client("clerk").post("/demo/clock", json={"days": days})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/days"


async def test_clock_403_without_the_permission(demo) -> None:
    assert (await demo.client("member").post("/demo/clock", json={"days": 1})).status_code == 403


async def test_get_200_names_the_accounts_to_anyone_in_demo_mode(demo_app) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(demo_app), base_url="http://test") as client:
        answer = await client.get("/api/v1/demo")
    assert set(answer.json()["accounts"]) > set(ROLE_PERMISSIONS)


async def test_get_404_outside_demo_mode(anonymous) -> None:
    assert (await anonymous.get("/api/v1/demo")).status_code == 404
