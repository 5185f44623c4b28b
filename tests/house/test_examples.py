"""Every example of the contract works against the demonstration county as it stands.

A request is made of what the contract itself says: examples of parameters and bodies, and the account to sign in with.
What cannot be written there comes from where a client would take it: the password was printed at start, a version is
read from the record, and a file to upload is the template that the API offers.
"""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx
import pyotp
import pytest

from backend.app import create_app
from backend.demo.evidence import png
from backend.settings import Settings
from tests.demo_county import PASSWORD, DemoCopy, DemoCounty

LAST_PARAMETER = re.compile(r"^(.*\})")


class Operation(NamedTuple):
    method: str
    path: str
    described: dict[str, Any]


@cache
def contract() -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        return create_app(Settings(data=Path(folder), demo=True), dsn="postgresql://nowhere").openapi()


def operations() -> list[Any]:
    return [
        pytest.param(Operation(method, path, described), id=described["operationId"])
        for path, methods in contract()["paths"].items()
        for method, described in methods.items()
    ]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = contract()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def example_of(schema: dict[str, Any]) -> Any:
    schema = resolved(schema)
    if "example" in schema:
        return schema["example"]
    if "examples" in schema:
        return schema["examples"][0]
    fields = schema.get("properties", {})
    return {name: example_of(part) for name, part in fields.items() if name in schema.get("required", ())} or None


def parameters(operation: Operation, place: str) -> dict[str, Any]:
    """The examples of an operation's parameters; one that is required has one."""
    found = {}
    for parameter in operation.described.get("parameters", ()):
        if parameter["in"] == place and parameter["name"] not in ("if-match", "accept-language"):
            example = parameter.get("example", example_of(parameter["schema"]))
            assert example is not None or not parameter.get("required"), parameter["name"]
            if example is not None:
                found[parameter["name"]] = example
    return found


async def version_of(client: httpx.AsyncClient, record: str) -> str:
    """The version of the record that the path leads to: its ETag, or its line in the list above it."""
    answer = await client.get(record)
    if answer.status_code == 200:
        return answer.headers["etag"]
    items = (await client.get(record.rpartition("/")[0])).json()["items"]
    return f'"{next(item["version"] for item in items if item["id"] == record.rpartition("/")[2])}"'


async def code_of(client: httpx.AsyncClient, operation: Operation) -> str:
    """A code as the authenticator, or the sheet of recovery codes, would show it."""
    begun = (await client.post("/api/v1/me/second-step", json={"current_password": PASSWORD})).json()
    code = pyotp.TOTP(begun["secret"]).now()
    if operation.path.endswith("/confirmation"):
        return code
    confirmed = await client.post("/api/v1/me/second-step/confirmation", json={"code": code})
    return str(confirmed.json()["recovery_codes"][0])


async def content(client: httpx.AsyncClient, operation: Operation) -> dict[str, Any]:
    """The body as httpx takes it."""
    bodies = operation.described.get("requestBody", {}).get("content", {})
    for media_type, body in bodies.items():
        fields = resolved(body["schema"])
        if media_type == "application/json":
            example = example_of(fields)
            assert example is not None, "no example"
            if "current_password" in example:
                example = example | {"current_password": PASSWORD}
            if "/me/second-step/" in operation.path:
                example = {"code": await code_of(client, operation)}
            return {"json": example}
        form = {
            name: resolved(part)["examples"][0] for name, part in fields["properties"].items() if "examples" in part
        }
        if "password" in fields["properties"]:
            form["password"] = PASSWORD
        if "file" not in fields["properties"]:
            return {"data": form}
        if operation.path.endswith("/photos"):
            return {"data": form, "files": {"file": ("照片.png", png("屋后水沟", ["塌了一段"]))}}
        template = await client.get("/api/v1/templates/member.xlsx")
        assert template.status_code == 200
        return {"data": form, "files": {"file": ("党员花名册模板.xlsx", template.content)}}
    return {}


async def ask(copy: DemoCopy, operation: Operation) -> httpx.Response:
    role = operation.described.get("x-example-role")
    client = await copy.client(role) if role else copy.anonymous()
    if operation.path.startswith("/api/v1/me/sessions/{id}"):
        (present,) = [s for s in (await client.get("/api/v1/me/sessions")).json()["items"] if s["is_present"]]
        return await client.request(operation.method, operation.path.format(id=present["id"]))
    path = operation.path.format(**parameters(operation, "path"))
    headers = parameters(operation, "header")
    if any(parameter["name"] == "if-match" for parameter in operation.described.get("parameters", ())):
        record = LAST_PARAMETER.match(operation.path)
        assert record
        headers["if-match"] = await version_of(client, record[1].format(**parameters(operation, "path")))
    query = parameters(operation, "query")
    body = await content(client, operation)
    return await client.request(operation.method.upper(), path, params=query, headers=headers, **body)


@pytest.mark.parametrize("operation", operations())
async def test_every_example_works(demo_county: DemoCounty, demo_copy: DemoCopy, operation: Operation) -> None:
    if operation.method == "get":
        answer = await ask(demo_copy, operation)
    else:
        async with demo_county.copy() as copy:
            answer = await ask(copy, operation)
    assert answer.is_success, answer.text
    assert str(answer.status_code) in operation.described["responses"]
    described = operation.described["responses"][str(answer.status_code)]
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in described.get("content", {media_type: {}})


def test_every_operation_that_needs_somebody_says_whom() -> None:
    for method in operations():
        operation: Operation = method.values[0]
        assert ("security" in operation.described) == ("x-example-role" in operation.described), operation.path


def test_examples_of_bodies_are_whole() -> None:
    bodies = [
        example_of(body["schema"])
        for method in operations()
        for media_type, body in method.values[0].described.get("requestBody", {}).get("content", {}).items()
        if media_type == "application/json"
    ]
    assert len(bodies) > 15
    assert None not in bodies
