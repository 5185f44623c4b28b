"""The built pages: two entries, nothing squeezed twice, nothing outside the folder."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from backend.api import pages


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "m").mkdir()
    (folder / "index.html").write_text("desk")
    (folder / "m.html").write_text("phone")
    (folder / "m" / "sw.js").write_text("worker")
    (folder / "assets" / "a-1.js").write_text("code")
    (folder / "assets" / "a-1.js.gz").write_bytes(gzip.compress(b"squeezed code"))
    (tmp_path / "secret").write_text("secret")
    app = FastAPI()
    pages.mount(app, folder)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        yield client


@pytest.mark.parametrize("path", ["/m", "/m/", "/m/p/abc", "/m/feedback?t=abc", "/m/work/tasks"])
async def test_page_200_phone_entry(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.text, answer.headers["cache-control"]) == ("phone", "no-cache")
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/members", "/mx", "/rectifications/1"])
async def test_page_200_desk_entry(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).text == "desk"


async def test_page_200_worker_is_asked_for_again(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/m/sw.js")
    assert (answer.text, answer.headers["cache-control"]) == ("worker", "no-cache")
    assert "javascript" in answer.headers["content-type"]


async def test_page_200_squeezed_only_for_who_takes_it(browser: httpx.AsyncClient) -> None:
    squeezed = await browser.get("/assets/a-1.js")
    assert (squeezed.headers["content-encoding"], squeezed.text) == ("gzip", "squeezed code")
    assert "immutable" in squeezed.headers["cache-control"]
    plain = await browser.get("/assets/a-1.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert (plain.text, plain.headers["vary"]) == ("code", "accept-encoding")


async def test_page_404_part_of_an_older_build(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/assets/a-0.js")).status_code == 404


@pytest.mark.parametrize("path", ["/%2e%2e/secret", "/assets/..%2f..%2fsecret", "/m/..%2f..%2fsecret"])
async def test_page_200_nothing_outside(browser: httpx.AsyncClient, path: str) -> None:
    assert "secret" not in (await browser.get(path)).text


async def test_page_503_not_built(tmp_path: Path) -> None:
    app = FastAPI()
    pages.mount(app, tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        assert (await client.get("/m/")).status_code == 503
