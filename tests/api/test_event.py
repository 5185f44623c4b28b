"""One page of what happened, for any record."""

from backend.api.event import EventPage
from tests.factories import County


async def test_events_200_newest_first_page_by_page(county: County) -> None:
    client, at = county.client("clerk"), f"/organizations/{county.village.id}"
    for number in range(1, 6):
        body, headers = {"short_name": f"第{number}"}, {"if-match": f'"{number}"'}
        assert (await client.patch(at, json=body, headers=headers)).status_code == 200
    seen, cursor = [], None
    while True:
        answer = await client.get(f"{at}/events", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        EventPage.model_validate_json(answer.content)
        page = answer.json()
        seen += [event["data"]["short_name"]["new"] for event in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == ["第5", "第4", "第3", "第2", "第1"]


async def test_events_422_cursor_of_another_record(county: County) -> None:
    client, at = county.client("clerk"), f"/organizations/{county.village.id}"
    for number in (1, 2):
        await client.patch(at, json={"short_name": f"第{number}"}, headers={"if-match": f'"{number}"'})
    cursor = (await client.get(f"{at}/events", params={"limit": 1})).json()["next_cursor"]
    answer = await client.get(f"/organizations/{county.branch.id}/events", params={"limit": 1, "cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor_invalid")
