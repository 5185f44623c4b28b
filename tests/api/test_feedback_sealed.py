"""The sealed lane."""

from backend.api.feedback_sealed import SealedPage
from tests.api.feedbacks import CONTENT, Case, about, new_card, ok, sender
from tests.factories import County


async def reported(county: County, **changes) -> dict[str, str]:
    body = new_card(county, wish="misconduct", **changes)
    async with sender(county.app) as client:
        return ok(await client.post("/feedback-cards", json=body)).json()


async def listed(county: County, who) -> list[dict]:
    answer = ok(await county.client(who).get("/sealed-reports"))
    SealedPage.model_validate_json(answer.content)
    return answer.json()["items"]


async def test_misconduct_is_sealed_at_once_for_officers_above_the_accused(county) -> None:
    receipt = await reported(county, about=about(county.township))
    for role in ("clerk", "secretary", "supervisor", "county_admin", "inspector", "platform_admin"):
        client = county.client(role)
        assert (await client.get("/sealed-reports")).status_code == 403
        items = (await client.get("/feedback-cards")).json().get("items", [])
        assert items == []
    township_officer = await county.account("discipline_officer", county.township)
    assert await listed(county, township_officer) == []
    (row,) = await listed(county, "discipline_officer")
    assert (row["number"], row["status"], row["reading_count"]) == (receipt["number"], "sealed", 0)
    assert row["organization"]["id"] == str(county.county.id)
    refused = await county.client(township_officer).post(
        f"/sealed-reports/{row['id']}/reading", json={"reason": "看看内容"}
    )
    assert refused.status_code == 404


async def test_reading_200_is_an_event_each_time(county) -> None:
    await reported(county, about=about(county.village), location_text="村部")
    (row,) = await listed(county, "discipline_officer")
    client = county.client("discipline_officer")
    for times in (1, 2):
        opened = ok(
            await client.post(f"/sealed-reports/{row['id']}/reading", json={"reason": f"第{times}次查看"})
        ).json()
        assert (opened["content"], opened["location_text"], opened["phone"]) == (CONTENT, "村部", None)
        assert opened["reading_count"] == times
    events = ok(await client.get(f"/sealed-reports/{row['id']}/events")).json()["items"]
    assert [(one["kind"], one["reason"]) for one in events] == [
        ("feedback.sealed_read", "第2次查看"),
        ("feedback.sealed_read", "第1次查看"),
        ("feedback.received", None),
    ]
    assert CONTENT not in str(events)
    assert (await client.post(f"/sealed-reports/{row['id']}/reading", json={"reason": ""})).status_code == 422


async def test_an_officer_who_is_meant_does_not_see_it(county) -> None:
    case = await Case.sent(county, about=about(county.village))
    officer = county.accounts["discipline_officer"]
    await county.client("clerk").patch(
        case.path, json={"about": {"account_ids": [str(officer.id)]}}, headers={"if-match": f'"{case.version}"'}
    )
    case.version += 1
    assert await listed(county, "discipline_officer") == []
    await case.found("county_admin")


async def test_handing_over_200_once(county) -> None:
    receipt = await reported(county)
    (row,) = await listed(county, "discipline_officer")
    client, body = county.client("discipline_officer"), {"to": "县纪委监委信访室", "reason": "按权限移送"}
    path = f"/sealed-reports/{row['id']}/handing-over"
    assert (await client.post(path, json=body)).status_code == 428
    assert (await client.post(path, json=body, headers={"if-match": '"7"'})).status_code == 412
    done = ok(await client.post(path, json=body, headers={"if-match": f'"{row["version"]}"'}))
    assert (done.json()["status"], done.json()["handed_over_to"]) == ("handed_over", "县纪委监委信访室")
    again = await client.post(path, json=body, headers={"if-match": done.headers["etag"]})
    assert (again.status_code, again.json()["code"]) == (409, "handed_over_already")
    told = await Case(county, receipt).track()
    assert (told["status"], told["public_reply"], told["steps"]) == ("handed_over", None, [])


async def test_what_is_sealed_at_sorting_goes_above_the_desk_that_saw_it(county) -> None:
    case = await Case.sent(county, contact={"name": "陶秀英", "phone": "19900003355"})
    ok(await case.triage(outcome="seal"))
    (row,) = await listed(county, "discipline_officer")
    assert row["organization"]["id"] == str(county.county.id)
    opened = ok(
        await county.client("discipline_officer").post(
            f"/sealed-reports/{row['id']}/reading", json={"reason": "线索初核"}
        )
    )
    assert opened.json()["name"] == "陶秀英"
    for path in (case.path, f"{case.path}/events"):
        assert (await county.client("clerk").get(path)).status_code == 404
    assert (await case.post("clerk", "contact", reason="再看一看")).status_code == 404
    assert (await case.track())["status"] == "sealed"
