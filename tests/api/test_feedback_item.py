"""A card that became an item, and only later turned out to be about somebody."""

from typing import Any

from tests.api.feedbacks import Case, ok
from tests.api.rectifications import assignment, by_id
from tests.factories import County


async def converted(county: County) -> tuple[Case, dict[str, Any]]:
    """A card and the item that was made of it, given to the village."""
    case = await Case.sent(county)
    ok(await case.post("secretary", "rectification", problem="路灯巡查走过场绥绥", severity="general"))
    path = f"/rectifications/{case.seen['rectification']['id']}"
    client = county.client("supervisor")
    item = ok(await client.get(path)).json()
    body = {"step": "assignment", "outcome": "done", "record": assignment(county)}
    given = ok(await client.post(f"{path}/acts", json=body, headers={"if-match": f'"{item["version"]}"'})).json()
    await case.get()
    return case, given


async def marked(case: Case, **about: Any) -> None:
    case.took(
        ok(
            await case.county.client("county_admin").patch(
                case.path, json={"about": about}, headers={"if-match": f'"{case.version}"'}
            )
        )
    )


async def sight(county: County, who: Any, item: dict[str, Any]) -> dict[str, Any]:
    """Every way in which somebody could know of the item."""
    client = county.client(who)
    village = {"organization_id": str(county.village.id)}
    lists = {
        "list": ("/rectifications", {}),
        "search": ("/rectifications", {"q": "绥绥"}),
        "unit": ("/rectifications", {"responsible_unit_id": str(county.village.id)}),
    }
    found: dict[str, Any] = {}
    for name, (path, query) in lists.items():
        found[name] = item["id"] in {one["id"] for one in ok(await client.get(path, params=query)).json()["items"]}
    for name, path in {"page": "", "events": "/events"}.items():
        found[name] = (await client.get(f"/rectifications/{item['id']}{path}")).status_code == 200
    found["tasks"] = item["id"] in {one["id"] for one in ok(await client.get("/me/tasks")).json()["items"]}
    exported = await client.get("/exports/rectification", params=village)
    found["export"] = exported.is_success and item["number"] in str(exported.content)
    lights = ok(await client.get("/figures/lights", params=village)).json()
    found["figure"] = lights["n"] > 0
    organization = ok(await client.get(f"/organizations/{county.village.id}")).json()
    found["counts"] = bool((organization.get("counts") or {}).get("rectification_open"))
    return found


async def test_change_422_an_item_made_of_a_card_is_not_closed_without_asking(county: County) -> None:
    _, item = await converted(county)
    client, path = county.client("supervisor"), f"/rectifications/{item['id']}"
    nobody = {"affects_people": False, "nobody_affected_reason": "沟渠不临近住户"}
    answer = await client.patch(path, json=nobody, headers={"if-match": f'"{item["version"]}"'})
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/affects_people", "people_spoke_up")
    ]
    assert ok(await client.get(path)).json()["affects_people"]


async def test_mark_200_takes_the_item_from_whoever_turns_out_to_be_meant(county: County) -> None:
    case, item = await converted(county)
    unit = await county.account("clerk", county.village, "解小满")
    before = await sight(county, unit, item)
    assert before["page"]
    assert before["list"]
    assert before["search"]
    assert before["figure"]
    await marked(case, organization_ids=[str(county.village.id)])

    assert not any((await sight(county, unit, item)).values())
    client = county.client("supervisor")
    seen = ok(await client.get(f"/rectifications/{item['id']}")).json()
    assert seen["organization"]["id"] == str(county.township.id)
    assert by_id(ok(await client.get("/rectifications")).json()["items"], item["id"])
    # The log says that it was moved, and not on whose account.
    events = ok(await client.get(f"/rectifications/{item['id']}/events")).json()["items"]
    (moved,) = [event for event in events if event["kind"] == "rectification.moved"]
    assert moved["data"]["organization"] == {"old": county.village.name, "new": county.township.name}

    # Given back by the desk, it goes to others than those it is about.
    back = {"responsible_unit_id": str(county.office.id), "reason": "由本镇办公室办理"}
    headers = {"if-match": f'"{seen["version"]}"'}
    given = ok(await client.post(f"/rectifications/{item['id']}/transfer", json=back, headers=headers)).json()
    for place, allowed in ((county.village, False), (county.office, True)):
        body = {
            "step": "assignment",
            "outcome": "done",
            "record": assignment(county, responsible_unit_id=str(place.id)),
        }
        headers = {"if-match": f'"{given["version"]}"'}
        answer = await client.post(f"/rectifications/{item['id']}/acts", json=body, headers=headers)
        assert answer.is_success == allowed, answer.text
        if not allowed:
            assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
                ("/record/responsible_unit_id", "unit_complained_about")
            ]


async def test_mark_200_takes_the_item_from_a_person_wherever_they_hold_a_role(county: County) -> None:
    """The township's secretary is meant: the item goes to the county, above every role of theirs."""
    case, item = await converted(county)
    assert (await sight(county, "secretary", item))["page"]
    await marked(case, account_ids=[str(county.accounts["secretary"].id)])
    assert not any((await sight(county, "secretary", item)).values())
    seen = ok(await county.client("county_admin").get(f"/rectifications/{item['id']}")).json()
    assert seen["organization"]["id"] == str(county.county.id)
