"""What every door refuses alike: names that hide something, and reasons that say nothing."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.accounts import field_of
from tests.api.clients import new_client
from tests.factories import County

SAME = '"1"'
NAMES = [
    ("township_admin", "POST", "/accounts", "/name"),
    ("township_admin", "POST", "/organizations", "/name"),
    ("township_admin", "POST", "/organizations", "/short_name"),
    ("township_admin", "PATCH", "/organizations/{id}", "/name"),
    ("clerk", "POST", "/members", "/name"),
    ("clerk", "PATCH", "/members/{id}", "/name"),
    ("system_admin", "POST", "/clients", "/name"),
    ("system_admin", "PATCH", "/clients/{id}", "/name"),
    ("clerk", "POST", "/rectifications", "/responsible_person"),
    ("clerk", "POST", "/decisions", "/proposer"),
]
"""Who calls somebody or something a name, where, and at which field."""

REASONS = [
    *(("system_admin", "POST", f"/accounts/{{id}}/{verb}") for verb in ("suspension", "resumption", "move", "closing")),
    ("system_admin", "POST", "/accounts/{id}/handover"),
    *(("security_admin", "POST", path) for path in ("/grants", "/grants/{id}/end", "/accounts/{id}/sessions/end")),
    ("security_admin", "POST", "/accounts/{id}/second-step/reset"),
    ("security_admin", "PUT", "/clients/{id}/scopes"),
    ("security_admin", "POST", "/clients/{id}/secrets/confirmation"),
    *(("system_admin", "POST", f"/clients/{{id}}/{verb}") for verb in ("suspension", "resumption", "secrets/end")),
    ("audit_admin", "POST", "/events/exports"),
    ("clerk", "POST", "/members/{id}/unmask"),
    ("clerk", "POST", "/exports/member/in-clear"),
    ("clerk", "POST", "/me/delegations"),
    ("clerk", "POST", "/me/delegations/{id}/end"),
    ("clerk", "POST", "/feedback-cards/{id}/contact"),
    ("discipline_officer", "POST", "/sealed-reports/{id}/reading"),
]
"""Who sees into something, takes or gives a right, and says why."""


async def ask(county: County, who: str, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
    place = path.format(id=uuid4())
    return await county.client(who).request(method, place, json=body, headers={"if-match": SAME})


def codes_at(answer: httpx.Response, pointer: str) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["code"] for one in answer.json()["errors"] if one["pointer"] == pointer]


@pytest.mark.parametrize(("who", "method", "path", "pointer"), NAMES)
async def test_anything_422_for_a_name_that_hides_something(
    county: County, who: str, method: str, path: str, pointer: str
) -> None:
    for char in ("\u202e", "\u115f", "\ufe0f", "\u034f", "\u200b", "\u3164", "\u00ad", "\U000e0041"):
        answer = await ask(county, who, method, path, {pointer[1:]: f"东{char}沟"})
        assert codes_at(answer, pointer) == ["field_name_hides"], f"U+{ord(char):04X}"
    assert codes_at(await ask(county, who, method, path, {pointer[1:]: "东沟", "no_such": 1}), pointer) == []


@pytest.mark.parametrize(("who", "method", "path"), REASONS)
async def test_anything_422_for_a_reason_that_says_nothing(county: County, who: str, method: str, path: str) -> None:
    for reason, code in (("核对", "field_reason_too_short"), (" .. ..", "field_reason_too_short"),
                         ("xxxxxx", "field_reason_says_nothing"), ("  ", "field_string_too_short")):  # fmt: skip
        assert codes_at(await ask(county, who, method, path, {"reason": reason}), "/reason") == [code]
    fine = await ask(county, who, method, path, {"reason": "核对数据", "no_such": 1})
    assert codes_at(fine, "/reason") == []


async def test_register_201_a_client_in_a_name_that_is_seen(county: County) -> None:
    made = await county.client("system_admin").post("/clients", json=new_client(county, name="县一体化平台（二期）"))
    assert made.status_code == 201, made.text
    hidden = await county.client("system_admin").post("/clients", json=new_client(county, name="县一体化\u3164平台"))
    assert field_of(hidden) == ("/name", "field_name_hides")
