"""No number of a person comes into an address, an error, an event or a log line, whichever way it is sent."""

import base64
import io
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from backend import logs
from tests.api.test_feedback_canary import found_in_tables
from tests.factories import County, named
from tests.people import citizen_number

# What a parameter of an address may not be called: what it holds is then in every log between here and the reader.
PERSONAL = re.compile(r"phone|\bmobile|id_number|id_card|mail|birth|address|bank|card_no|real_name|contact")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure("debug", stream)
    yield stream
    root.handlers, root.level = before, level


def planted(value: Any, text: str) -> Any:
    """An example body with a text in every place that takes free text."""
    if isinstance(value, dict):
        return {name: planted(each, text) for name, each in value.items()}
    if isinstance(value, list):
        return [planted(each, text) for each in value]
    if not isinstance(value, str) or re.fullmatch(r"[0-9a-f-]{36}|\d{4}-\d\d-\d\d.*|[a-z_]+", value):
        return value
    return text


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every writing operation that takes JSON, with the example of its contract."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if method == "get" or content is None:
                continue
            schema = content["schema"]
            if "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            found = content.get("example") or next(iter(content.get("examples", {}).values()), {}).get("value")
            example = found or schema.get("example") or (schema.get("examples") or [None])[0]
            if example is not None:
                yield method, path, example


async def events_of_now(county: County, after: int) -> str:
    question = sa.text("SELECT coalesce(reason, '') || data::text FROM event WHERE sequence > :after")
    async with county.app.state.database.reader() as reader:
        return "\n".join((await reader.execute(question, {"after": after})).scalars())


async def newest(county: County) -> int:
    async with county.app.state.database.reader() as reader:
        return (await reader.execute(sa.text("SELECT coalesce(max(sequence), 0) FROM event"))).scalar_one() or 0


@pytest.mark.slow
async def test_no_write_puts_a_number_into_an_error_an_event_or_a_log(county: County, logged: io.StringIO) -> None:
    number, phone = citizen_number(), "19923456781"
    said = f"联系人{phone}，证件{number}"
    after, asked, refused = await newest(county), 0, 0
    document = county.app.openapi()
    own = str(county.township.id)
    for method, path, example in bodies(document):
        address = re.sub(r"\{[^}]+\}", own, path).removeprefix("/api/v1")
        for text in (said, number, phone):
            body = planted(example, text)
            if isinstance(body, dict) and "organization_id" in body:
                body["organization_id"] = str(county.branch.id)
            for who in ("county_admin", "clerk"):
                answer = await county.client(who).request(method, address, json=body, headers={"if-match": '"1"'})
                asked += 1
                assert answer.status_code != 500, f"{method} {path}"
                if answer.is_error:
                    refused += 1
                    for value in (number, phone):
                        assert value not in answer.text, f"{method} {path}: {answer.text[:300]}"
    assert asked > 100
    assert refused > 50
    told = await events_of_now(county, after)
    assert told, "something was accepted, too"
    assert number not in told
    assert phone not in told
    lines = logged.getvalue()
    assert "/members" in lines
    assert number not in lines
    assert phone not in lines


async def test_a_reason_that_quotes_a_number_is_recorded_with_stars(county: County) -> None:
    after, phone = await newest(county), "19923456782"
    body = {
        "organization_id": str(county.branch.id),
        "name": "查文敏",
        "id_number": citizen_number(),
        "status": "full",
        "joined_on": "2010-07-01",
    }
    made = (await county.client("clerk").post("/members", json=body)).json()
    reason = f"核实{phone}和{body['id_number']}"
    shown = await county.client("clerk").post(
        f"/members/{made['id']}/unmask", json={"fields": ["id_number"], "reason": reason}
    )
    assert shown.status_code == 200
    told = await events_of_now(county, after)
    assert "核实199****6782和" in told
    assert phone not in told
    assert body["id_number"] not in told


def test_no_address_takes_a_personal_value(county: County) -> None:
    named = {
        (path, parameter["name"])
        for path, operations in county.app.openapi()["paths"].items()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] in ("query", "path") and PERSONAL.search(parameter["name"])
    }
    assert named == set()


async def test_the_place_where_a_page_ends_tells_no_name(county: County) -> None:
    """The roster is ordered by names, and the cursor of a page comes back in an address."""
    for name in ("查文敏", "查小满"):
        body = {"organization_id": str(county.branch.id), "name": name, "status": "full", "joined_on": "2010-07-01"}
        made = await county.client("clerk").post("/members", json=body | {"id_number": citizen_number()})
        assert made.status_code == 201
    pages = [(await county.client("clerk").get("/members", params={"limit": 1})).json() for _ in range(2)]
    cursor = pages[0]["next_cursor"]
    assert cursor == pages[1]["next_cursor"], "the same page is the same bytes"
    opened = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"zha" not in opened.lower()
    assert pages[0]["items"][0]["id"].encode() not in opened
    rest = (await county.client("clerk").get("/members", params={"limit": 1, "cursor": cursor})).json()
    assert rest["items"][0]["id"] != pages[0]["items"][0]["id"]


PEOPLE = ("/members", "/accounts", "/me/delegations/colleagues")


@pytest.mark.parametrize("path", PEOPLE)
async def test_search_422_for_a_name_in_the_address_and_200_in_a_header(
    county: County, logged: io.StringIO, path: str
) -> None:
    documented = county.app.openapi()["paths"][f"/api/v1{path}"]["get"]["parameters"]
    assert "q" not in {one["name"] for one in documented}
    assert "X-Search-Name" in {one["name"] for one in documented}
    refused = await county.client("security_admin").get(path, params={"q": "查文敏"})
    assert refused.status_code in (422, 403)
    who = {"/members": "clerk", "/accounts": "county_admin"}.get(path, "clerk")
    refused = await county.client(who).get(path, params={"q": "查文敏"})
    assert [one["code"] for one in refused.json()["errors"]] == ["search_in_header"]
    found = await county.client(who).get(path, headers=named("查文敏"), params={"limit": 1})
    assert found.status_code == 200, found.text
    lines = logged.getvalue()
    assert path.rpartition("/")[2] in lines
    for spelt in ("查文敏", quote("查文敏"), "zha"):
        assert spelt not in lines


def test_no_list_whose_rows_are_people_is_searched_in_the_address(county: County) -> None:
    """Whatever says of its rows that they have a name of a person may not be asked for one in an address."""
    said = {
        (path, parameter["name"])
        for path, operations in county.app.openapi()["paths"].items()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and re.search(r"\bname\b", parameter.get("description", ""))
    }
    assert {path for path, _ in said} == {"/api/v1/organizations", "/api/v1/public/places"}, "names of organisations"


# What an address takes of free text; none of it is who somebody is.
FREE_TEXT = {
    "after",
    "box",
    "category",
    "channel",
    "cursor",
    "hotline",
    "kind",
    "measures",
    "month",
    "origin",
    "q",
    "remark",
    "result",
    "role",
    "source_clause",
    "source_document",
    "step",
    "subject_kind",
}


def test_no_operation_takes_a_person_s_name_in_the_address(county: County) -> None:
    """A new parameter of free text is looked at before it stands here: a name of a person goes into a header."""
    taken = {
        parameter["name"]
        for operations in county.app.openapi()["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
        for schema in parameter["schema"].get("anyOf", [parameter["schema"]])
        if schema.get("type") == "string" and not schema.keys() & {"enum", "format", "const"}
    }
    assert taken == FREE_TEXT


@pytest.mark.parametrize("name", ["responsible_person", "responsible_leader"])
async def test_list_rectifications_422_for_a_name_in_the_address(
    county: County, logged: io.StringIO, name: str
) -> None:
    refused = await county.client("supervisor").get("/rectifications", params={name: "查文敏"})
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(f"/{name}", "query_unknown")]
    header = {f"x-{name.replace('_', '-')}": quote("查文敏")}
    found = await county.client("supervisor").get("/rectifications", headers=header)
    assert (found.status_code, found.json()["items"]) == (200, [])
    for spelt in ("查文敏", quote("查文敏")):
        assert spelt not in logged.getvalue()


@pytest.mark.parametrize("number", ["19923456783", "199-2345-6783", "999901199001010010", "9999 0119 9001 0100 10"])
async def test_search_422_for_a_number_in_the_address(county: County, number: str) -> None:
    answer = await county.client("clerk").get("/members", params={"q": number})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "number_in_address")
    assert re.sub(r"\D", "", number) not in answer.text


async def test_numbers_lie_nowhere_in_clear(county: County) -> None:
    """What a dump of every table would show, an index included, since an index holds what its columns hold."""
    number, phone = citizen_number(), "19923456784"
    body = {
        "organization_id": str(county.branch.id),
        "name": "查文敏",
        "id_number": number,
        "phone": phone,
        "status": "full",
        "joined_on": "2010-07-01",
    }
    made = (await county.client("clerk").post("/members", json=body)).json()
    found = (await county.client("clerk").post("/members/search", json={"id_number": number})).json()["items"]
    assert [one["id"] for one in found] == [made["id"]], "found by the keyed hash"
    for text in (number, phone):
        assert await found_in_tables(county.app, text) == set()
    async with county.app.state.database.reader() as reader:
        indexes = "\n".join((await reader.execute(sa.text("SELECT indexdef FROM pg_indexes"))).scalars())
    assert "member" in indexes
    assert not re.search(r"\((?:[^)]*, )?(id_number|phone)[,)]", indexes), "a ciphertext is in no index either"
