"""The mirror of the examples against answers that a test makes up."""

import importlib.util
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from guanbiao_client import Client

FILE = Path(__file__).parents[2] / "examples" / "county_mirror.py"
GONE, KEPT = "b86f0558-930d-48df-9a78-6f0be6acce8e", "0192f0c1-0000-7000-8000-000000000001"
RESYNC = {"op": "resync", "resource": "rectifications", "id": GONE, "below": True, "record": None}


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("county_mirror", FILE)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    # Where its dataclasses look for themselves.
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


def answered(request: httpx.Request) -> httpx.Response:
    """A feed that says to read a place anew, which is out of reach by the time that it is read."""
    if request.url.path.endswith("/oauth/token"):
        return httpx.Response(200, json={"access_token": "t", "token_type": "Bearer", "expires_in": 600})
    if request.url.path.endswith("/changes"):
        items: list[Any] = [RESYNC] if request.url.params["after"] == "one" else []
        return httpx.Response(200, json={"items": items, "next_cursor": "two", "more": False})
    return httpx.Response(404, json={"code": "not_found", "detail": "", "errors": []})


def test_a_place_that_went_out_of_reach_before_it_is_read_anew_ends_no_mirror(
    program: ModuleType, tmp_path: Path
) -> None:
    transport = httpx.MockTransport(answered)
    scope = ["rectification:read"]
    with (
        Client("http://test", "c", "s", scope, transport=transport) as county,
        closing(sqlite3.connect(":memory:")) as base,
    ):
        base.executescript(program.TABLES)
        mirror = program.Mirror(county, base, tmp_path / "mirror.sqlite")
        mirror.keep("cursor", "one")
        for key, place in ((GONE, GONE), (KEPT, KEPT)):
            mirror.put("rectifications", {"id": key, "organization_id": place})
        assert mirror.follow(once=True)
        assert mirror.kept("cursor") == "two"
        left = base.execute("SELECT body FROM record").fetchall()
    assert [json.loads(body)["id"] for (body,) in left] == [KEPT]
