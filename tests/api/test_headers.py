"""The headers that every answer has: pages, files, the API, refusals and what nobody serves."""

import httpx
import pytest

from backend.api.headers import ANSWER_POLICY, PAGE_POLICY
from backend.app import create_app
from backend.settings import Settings

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture
async def site(app, tmp_path):
    """The whole application with built pages, over the database of the other tests."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for name in ("index.html", "m.html", "assets/a-1.js", "look.js", "seal.svg"):
        (folder / name).write_text("x")
    made = create_app(Settings(data=tmp_path / "data", worker=False, frontend=folder), dsn="postgresql://nowhere")
    made.state.database = app.state.database
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://county.test") as client:
        yield client


PAGES = ["/", "/security", "/members/1", "/m", "/m/work/security", "/assets/a-1.js", "/look.js", "/seal.svg"]
ANSWERS = {
    "/api/v1/me": 401,
    "/api/v1/nothing": 404,
    "/api/nothing": 404,
    "/.well-known/jwks.json": 200,
    "/.well-known/nothing": 404,
    "/api/openapi.json": 200,
    "/api/v1/public/places?limit=0": 422,
    "/livez": 200,
    "/assets/gone.js": 404,
}


def check(answer: httpx.Response, policy: str) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value], (answer.url, name)
    assert answer.headers.get_list("content-security-policy") == [policy], answer.url
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", [*PAGES, "/api/docs"])
async def test_a_page_200_has_them(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    assert answer.status_code == 200
    check(answer, PAGE_POLICY)


@pytest.mark.parametrize("path", ANSWERS)
async def test_an_answer_has_them_whatever_it_says(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    assert answer.status_code == ANSWERS[path]
    check(answer, ANSWER_POLICY)
    if path.startswith("/api/v1/"):
        assert answer.headers["cache-control"] == "no-store"


async def test_refusals_before_any_route_have_them(site: httpx.AsyncClient) -> None:
    for answer, status in (
        (await site.delete("/api/v1/me"), 405),
        (await site.post("/api/v1/oauth/token", content=b"x", headers={"content-length": "99999999"}), 413),
        (await site.post("/api/v1/oauth/token", json={}), 422),
    ):
        assert answer.status_code == status
        check(answer, ANSWER_POLICY)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "http://[::1]"]
)
async def test_this_machine_has_no_tls_to_insist_on(site: httpx.AsyncClient, base: str) -> None:
    answer = await site.get(f"{base}/livez")
    assert "strict-transport-security" not in answer.headers
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_policy_of_pages_lets_in_no_script_from_inside_a_page_or_from_elsewhere() -> None:
    rules = dict(rule.split(" ", 1) for rule in PAGE_POLICY.split("; "))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert rules["style-src"] == "'self'"
    assert "unsafe" not in PAGE_POLICY
