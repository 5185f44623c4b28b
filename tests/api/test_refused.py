"""What is refused for want of a right is told to the log: who tried what, once an hour, and never of whom."""

from uuid import uuid4

import httpx
import sqlalchemy as sa

from backend.domain.sign_in_rule import SignInRules
from tests.api.clients import Partner
from tests.factories import County


async def told(county: County, who: str = "member") -> list[dict[str, str]]:
    question = sa.text(
        "SELECT data, origin FROM event WHERE kind = 'account.refused' AND actor_id = :id ORDER BY sequence"
    )
    async with county.app.state.database.reader() as reader:
        rows = (await reader.execute(question, {"id": county.accounts[who].id})).all()
    assert all(row.origin for row in rows)
    return [row.data for row in rows]


async def test_a_403_is_an_event_once_an_hour_for_each_kind(county: County) -> None:
    client = county.client("member")
    for _ in range(3):
        assert (await client.get("/members")).status_code == 403
    key = str(uuid4())
    assert (
        await client.post(f"/members/{key}/unmask", json={"fields": ["phone"], "reason": "核对材料"})
    ).status_code == 403
    found = await told(county)
    assert found == [
        {"method": "GET", "route": "/members", "code": "permission_missing"},
        {"method": "POST", "route": "/members/{id}/unmask", "code": "permission_missing"},
    ]
    assert key not in str(found)


async def test_what_is_hidden_is_no_event(county: County, other_county: County) -> None:
    """404 says nothing about rights, and telling it would tell that there is something."""
    assert (await county.client("clerk").get(f"/organizations/{other_county.village.id}")).status_code == 404
    assert await told(county, "clerk") == []


async def test_a_client_s_refusals_are_told_with_the_client(county: County) -> None:
    partner = await Partner.start(county, scopes=["organization:read"])
    client = await partner.signed_in("organization:read")
    assert (await client.get("/members")).status_code == 403
    kinds = [event["kind"] for event in (await partner.keeper.get(f"{partner.path}/events")).json()["items"]]
    assert "account.refused" in kinds


async def test_403_not_deputy_is_an_event_of_whoever_tried(county: County) -> None:
    absent = {"on-behalf-of": str(county.accounts["secretary"].id)}
    for _ in range(2):
        answer = await county.client("member").get("/members", headers=absent)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_deputy")
    assert await told(county) == [{"method": "GET", "route": "/members", "code": "not_deputy"}]
    assert await told(county, "secretary") == []


async def test_403_for_an_administrator_from_elsewhere(county: County) -> None:
    before = county.app.state.sign_in_rules
    county.app.state.sign_in_rules = SignInRules(False, administrator_networks=("10.20.0.0/16",))
    try:
        for who in ("system_admin", "township_admin"):
            answer = await county.client(who).get("/organizations")
            assert (answer.status_code, answer.json()["code"]) == (403, "administrator_elsewhere"), who
        assert (await county.client("clerk").get("/organizations")).status_code == 200
        inside = httpx.AsyncClient(
            transport=httpx.ASGITransport(county.app, client=("10.20.3.4", 5)),
            base_url="http://test/api/v1",
            headers={"authorization": f"Bearer {county.token(county.accounts['system_admin'])}"},
        )
        assert (await inside.get("/organizations")).status_code == 200
        await inside.aclose()
    finally:
        county.app.state.sign_in_rules = before
