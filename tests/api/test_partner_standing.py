"""How a partner's program gets on: how far it has read the change feed, and what of its records waits."""

from datetime import datetime
from typing import Any

import pytest

from backend.api import change_hub
from tests.api.clients import Partner
from tests.api.mirrors import SCOPES, Mirror, new_member
from tests.api.sources import WRITING, at, coded, new_id
from tests.factories import County


@pytest.fixture(autouse=True)
def noted_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_hub, "NOTED_EVERY", 0.0)


async def standing(partner: Partner) -> dict[str, Any]:
    answer = await partner.keeper.get(partner.path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    (listed,) = [
        row
        for row in (await partner.keeper.get("/clients", params={"limit": 200})).json()["items"]
        if row["id"] == found["id"]
    ]
    assert listed["feed"] == found["feed"]
    return found


async def test_get_200_tells_since_when_a_program_is_behind_with_the_feed(county: County) -> None:
    partner = await Partner.start(county, scopes=SCOPES)
    mirror = Mirror(await partner.signed_in(" ".join(SCOPES)), "members")
    assert (await standing(partner))["feed"] is None
    await mirror.once()
    await mirror.once()
    now = await standing(partner)
    assert now["feed"]["behind_since"] is None
    kept = mirror.cursor
    made = await new_member(county, county.branch)
    # It asks, and asks again from the same place: what it was told it has not kept.
    for _ in range(2):
        answer = await mirror.client.get("/changes", params={"after": kept, "resource": "members"})
        assert [item["id"] for item in answer.json()["items"]] == [made["id"]]
    behind = await standing(partner)
    assert behind["feed"]["behind_since"] is not None
    assert datetime.fromisoformat(behind["feed"]["behind_since"]) > datetime.fromisoformat(now["feed"]["asked_at"])
    # With a cursor from behind it the program says that it has kept it.
    await mirror.once()
    await mirror.once()
    assert (await standing(partner))["feed"]["behind_since"] is None
    # The note is no change of the client: who keeps it works on.
    assert behind["version"] == now["version"]


async def test_get_200_counts_what_waits_for_a_clerk(county: County) -> None:
    partner = await Partner.start(county, list(WRITING))
    assert (await standing(partner))["waiting"] == {"unmapped": 0, "refused": 0}
    client = await partner.signed_in(" ".join(WRITING))
    answer = await client.put(at(new_id()), json=coded(county, "0399"))
    assert answer.status_code == 202, answer.text
    assert (await standing(partner))["waiting"] == {"unmapped": 1, "refused": 0}
