"""One page of what happened, for any record."""

import httpx
import sqlalchemy as sa
from sqlmodel import col

from backend.api.event import EventPage
from backend.db.event import Event
from tests.api.feedbacks import new_card, ok
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


async def origins(county: County, kind: str) -> set[str | None]:
    """Where events of a kind came from, of the county's organisations."""
    async with county.app.state.database.reader() as reader:
        question = sa.select(col(Event.origin)).where(
            col(Event.kind) == kind, col(Event.organization_id).in_([county.village.id, county.township.id])
        )
        return set((await reader.execute(question)).scalars())


async def test_events_tell_the_address_that_a_clerk_came_from(county: County) -> None:
    headers = {"authorization": f"Bearer {county.token(county.accounts['clerk'])}", "if-match": '"1"'}
    transport = httpx.ASGITransport(county.app, client=("198.51.100.23", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers) as client:
        at = f"/organizations/{county.village.id}"
        answer = await client.patch(at, json={"short_name": "东沟"}, headers={"x-forwarded-for": "203.0.113.9"})
        assert answer.status_code == 200
    # What a caller writes into a header is no address: only proxies that are trusted are believed, before the app.
    assert await origins(county, "organization.changed") == {"198.51.100.23"}


async def test_events_tell_no_address_of_a_sender_even_of_one_who_is_signed_in(county: County) -> None:
    transport = httpx.ASGITransport(county.app, client=("198.51.100.24", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        token = {"authorization": f"Bearer {county.token(county.accounts['clerk'])}"}
        ok(await client.post("/feedback-cards", json=new_card(county), headers=token))
    async with county.app.state.database.reader() as reader:
        question = sa.select(sa.func.count()).where(col(Event.origin) == "198.51.100.24")
        assert (await reader.execute(question)).scalar_one() == 0
    assert await origins(county, "feedback.received") == {None}
