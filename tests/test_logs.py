"""What is logged of a request, and above all what is not."""

import io
import json
import logging
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from backend import logs

SECRET = "张三13800000000"


@pytest.fixture
def written() -> Iterator[Any]:
    """Return the lines logged since it was last called."""
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()
    logs.configure("info", stream)

    def lines() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    yield lines
    root.handlers, root.level = before


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()

    @app.get("/people/{name}")
    async def person(name: str) -> dict[str, str]:
        if name == "fails":
            try:
                int(SECRET)
            except ValueError as error:
                raise LookupError(SECRET) from error
        return {"name": name}

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        return {}

    app.add_middleware(logs.RequestLog)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_a_request_is_logged_by_template_without_what_was_asked(client: httpx.AsyncClient, written: Any) -> None:
    await client.get(f"/people/{SECRET}", params={"q": SECRET}, headers={"user-agent": "agent-7"})
    await client.get(f"/nowhere/{SECRET}")
    found, missed = written()
    assert (found["method"], found["route"], found["status"]) == ("GET", "/people/{name}", 200)
    assert (missed["route"], missed["status"]) == ("unmatched", 404)
    assert found["ms"] >= 0
    assert not any(word in str([found, missed]) for word in (SECRET, "agent-7", "127.0.0.1"))


async def test_a_failure_is_logged_by_type_and_place_without_its_words(client: httpx.AsyncClient, written: Any) -> None:
    assert (await client.get("/people/fails")).status_code == 500
    [line] = written()
    assert (line["level"], line["error"], line["cause"]) == ("error", "builtins.LookupError", "builtins.ValueError")
    assert line["status"] == 500
    assert line["trace"][-1].endswith(" person")
    assert SECRET not in str(line)


async def test_a_good_request_id_is_kept_and_a_bad_one_replaced(client: httpx.AsyncClient, written: Any) -> None:
    good = "01a2048c-ac42-7cb1-a666-e47c24805b2d"
    bad = ("short", "x" * 65, "a b\tc" * 5, "名" * 20, "under_score_under_score")
    numbers = ("999901199001010010", "99990119900101001X", "trace-13912345678", "139-1234-5678-abcdef", "0" * 32)
    for given, kept in {good: True, **dict.fromkeys(bad + numbers, False)}.items():
        answer = await client.get("/people/x", headers={"x-request-id": given.encode()})
        assert (answer.headers["x-request-id"] == given) is kept
        assert written()[0]["request_id"] == answer.headers["x-request-id"]


async def test_an_id_that_a_proxy_drew_is_kept_unless_it_reads_as_a_number_of_a_person(
    client: httpx.AsyncClient, written: Any
) -> None:
    drawn = Random(7)
    ids = [f"{drawn.getrandbits(128):032x}" for _ in range(400)]
    assert sum(re.search("[0-9]{11}", one) is not None for one in ids) > 10, "some look like a number at first"
    kept = 0
    for given in ids:
        answer = await client.get("/people/x", headers={"x-request-id": given})
        kept += answer.headers["x-request-id"] == given
    assert kept >= 398
    tail = "abcdef0123456789abcdef"
    for number in ("13912345678", "999901199001010010", "999901900101001"):
        given = f"a{number}{tail}"[:32]
        answer = await client.get("/people/x", headers={"x-request-id": given})
        assert answer.headers["x-request-id"] != given, number
    assert all("13912345678" not in str(line) for line in written())


async def test_probes_are_not_logged_while_they_succeed(client: httpx.AsyncClient, written: Any) -> None:
    assert (await client.get("/livez")).status_code == 200
    assert written() == []


async def test_an_invented_method_is_not_repeated(client: httpx.AsyncClient, written: Any) -> None:
    await client.request("ZHANGSAN", "/livez")
    assert written()[0]["method"] == "other"


def test_another_library_s_message_is_logged_as_written_in_its_source(written: Any) -> None:
    logging.getLogger("library").warning("row %s is bad", SECRET)
    logging.getLogger("library").error("task failed\n<" + SECRET + ">")  # noqa: G003 - as careless libraries do
    logging.getLogger("backend.worker").warning("job %s failed", "import")
    assert [line["event"] for line in written()] == ["row %s is bad", "task failed", "job import failed"]
