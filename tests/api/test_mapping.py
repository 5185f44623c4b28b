"""What a partner's codes mean here: said by who administers the place that the program reaches, and used both ways."""

from uuid import uuid4

import httpx
import pytest

from tests.api.clients import Partner, code
from tests.api.feedbacks import codes
from tests.api.sources import WRITING, at, coded, item, mapped, new_id, pushed
from tests.factories import County


@pytest.fixture
async def partner(county: County) -> Partner:
    return await Partner.start(county, list(WRITING))


@pytest.fixture
async def client(partner: Partner) -> httpx.AsyncClient:
    return await partner.signed_in(" ".join(WRITING))


async def test_make_201_and_the_code_comes_in_at_once(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    made = await mapped(county, partner, "0301", "infrastructure")
    assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
    assert (made.json()["client"]["id"], made.json()["value"]) == (partner.body["id"], "infrastructure")
    brought = await pushed(client, coded(county, "0301"))
    assert brought["record"]["category"] == "infrastructure"
    same = await client.put(at(brought["source_id"]), json=item(county))
    assert same.json()["result"] == "unchanged", "the code and what it means are the same"
    (listed,) = (await county.client("clerk").get("/mappings", params={"client_id": partner.body["id"]})).json()[
        "items"
    ]
    assert listed == made.json()


async def test_make_201_an_organisation_by_the_partner_s_code(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    said = await mapped(county, partner, "990200101", str(county.village.id), field="organization_id")
    assert said.status_code == 201, said.text
    body = {**item(county), "codes": {"organization_id": "990200101"}}
    del body["organization_id"]
    assert (await pushed(client, body))["record"]["organization"]["id"] == str(county.village.id)


async def test_make_422_region_codes_of_another_county_mean_nothing_here(
    county: County, other_county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    for elsewhere in (other_county.village.id, county.county.id, uuid4()):
        refused = await mapped(county, partner, "990300101", str(elsewhere), field="organization_id")
        assert codes(refused) == [("/value", "mapping_value_unknown")]
    body = {**item(county), "codes": {"organization_id": "990300101"}}
    del body["organization_id"]
    waits = await client.put(at(new_id()), json=body)
    assert (waits.status_code, waits.json()["unknown"]) == (202, [{"field": "organization_id", "code": "990300101"}])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"value": "nonsense"}, ("/value", "mapping_value_unknown")),
        ({"field": "problem"}, ("/field", "field_not_coded")),
        ({"resource": "members"}, ("/resource", "resource_not_coded")),
        ({"field": "organization_id", "value": "venue"}, ("/value", "field_uuid_parsing")),
    ],
)
async def test_make_422_what_there_is_not(
    county: County, partner: Partner, changes: dict[str, str], problem: tuple[str, str]
) -> None:
    refused = await mapped(county, partner, "0301", **{"value": "venue", **changes})
    assert (refused.status_code, codes(refused)) == (422, [problem])


async def test_make_404_and_403_for_whom_it_is_not(county: County, other_county: County, partner: Partner) -> None:
    assert (await mapped(other_county, partner, "0301", "venue")).status_code == 404
    body = {"client_id": partner.body["id"], "resource": "rectifications", "field": "category", "code": "0301"}
    for who in ("secretary", "supervisor", "inspector", "system_admin"):
        refused = await county.client(who).post("/mappings", json={**body, "value": "venue"})
        assert (refused.status_code, code(refused)) == (403, "permission_missing")
    village = await county.account("clerk", county.village, "解小满")
    assert (await county.client(village).post("/mappings", json={**body, "value": "venue"})).status_code == 404


async def test_make_409_a_code_that_is_mapped(county: County, partner: Partner) -> None:
    await mapped(county, partner, "0301", "infrastructure")
    refused = await mapped(county, partner, "0301", "venue")
    assert (refused.status_code, code(refused)) == (409, "mapping_exists")
    assert (await mapped(county, partner, "0302", "infrastructure")).status_code == 201, "two codes may mean the same"


async def test_change_200_from_now_on(county: County, partner: Partner, client: httpx.AsyncClient) -> None:
    made = (await mapped(county, partner, "0301", "infrastructure")).json()
    brought = await pushed(client, coded(county, "0301"))
    clerk = county.client("clerk")
    path = f"/mappings/{made['id']}"
    changed = await clerk.patch(path, json={"value": "livelihood"}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.json()["value"], changed.json()["version"]) == (200, "livelihood", 2)
    assert (await clerk.patch(path, json={"value": "venue"}, headers={"if-match": '"1"'})).status_code == 412
    record = (await clerk.get(f"/rectifications/{brought['id']}")).json()
    assert record["category"] == "infrastructure"
    again = await client.put(at(brought["source_id"]), json=coded(county, "0301"))
    assert (again.json()["result"], again.json()["record"]["category"]) == ("updated", "livelihood")


async def test_put_tells_the_partner_s_word_for_our_status(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    brought = await pushed(client, item(county))
    assert brought["partner_status"] is None
    assert (await mapped(county, partner, "待派单", "registered", field="status")).status_code == 201
    twice = await mapped(county, partner, "未派单", "registered", field="status")
    assert (twice.status_code, code(twice)) == (409, "mapping_exists"), "one status has one word"
    assert (await client.get(at(brought["source_id"]))).json()["partner_status"] == "待派单"
    refused = await client.put(at(new_id()), json={**item(county), "codes": {"status": "待派单"}})
    assert codes(refused) == [("/codes/status", "field_not_coded")]


async def test_put_422_a_code_beside_a_value_or_for_nothing(county: County, client: httpx.AsyncClient) -> None:
    refused = await client.put(at(new_id()), json=item(county, codes={"category": "0301", "problem": "1"}))
    assert codes(refused) == [("/codes/category", "code_and_value"), ("/codes/problem", "field_not_coded")]
    without = item(county)
    del without["category"]
    missing = await client.put(at(new_id()), json=without)
    assert codes(missing) == [("/category", "field_missing")]


async def test_fields_200_lists_what_a_code_may_mean(county: County) -> None:
    listed = (await county.client("clerk", "en").get("/mappings/fields")).json()["items"]
    category = next(f for f in listed if (f["resource"], f["field"]) == ("rectifications", "category"))
    assert {"value": "venue", "title": "venues"} in category["choices"]
    place = next(f for f in listed if (f["resource"], f["field"]) == ("feedback-cards", "organization_id"))
    assert (place["choices"], place["title"]) == (None, "Organisation")
