"""Pages without an account: what a place shows, opinions that arrive once, and nothing about who asked."""

import asyncio
import logging
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from backend.api.throttle import Throttle
from backend.db.base import new_id
from backend.db.feedback import Anonymity, CardWish, FeedbackCard
from backend.db.feedback_channel import BatchKind, FeedbackBatch
from backend.domain.calendar import day_of
from backend.domain.identity import hide_numbers
from tests.api.decisions import Walk
from tests.factories import County

CANARY = "村口那口井的水发黄"


def opinion(**changes: Any) -> dict[str, Any]:
    return {
        "submission_id": str(uuid4()),
        "content": CANARY,
        "from_kind": "resident",
        "from_name": None,
        **changes,
    }


@pytest.fixture
async def public(demo_app) -> Any:
    transport = httpx.ASGITransport(demo_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1/public") as client:
        yield client


async def commented(county: County) -> Walk:
    """A decision of the township in public comment."""
    return await (await Walk.start(county)).pass_until("opinion_solicitation")


async def published(public: httpx.AsyncClient, county: County) -> dict[str, Any]:
    answer = await public.get(f"/places/{county.village.id}/publications")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_places_200_by_name_and_404_for_what_is_no_place(public: httpx.AsyncClient, demo: County) -> None:
    answer = await public.get("/places", params={"q": demo.village.name})
    assert answer.json()["items"] == [
        {
            "id": str(demo.village.id),
            "name": demo.village.name,
            "full_name": f"{demo.county.name} {demo.township.name} {demo.village.name}",
            "can": ["feedback", "publications", "opinions"],
        }
    ]
    assert (await public.get("/places", params={"q": demo.branch.name})).json() == {"items": []}
    assert (await public.get("/places", params={"q": ""})).status_code == 422
    for unknown in (demo.branch.id, uuid4(), "no-token"):
        assert (await public.get(f"/places/{unknown}")).status_code == 404
        assert (await public.get(f"/places/{unknown}/publications")).status_code == 404


async def test_place_200_by_the_token_of_its_posters(public: httpx.AsyncClient, demo: County) -> None:
    token = uuid4().hex
    async with demo.app.state.database.transaction() as session:
        session.add(
            FeedbackBatch(
                county_id=demo.county.id,
                organization_id=demo.office.id,
                number=f"B-{token[:6]}",
                kind=BatchKind.poster,
                count=1,
                token=token,
                made_by=demo.accounts["clerk"].id,
                made_by_name="clerk",
            )
        )
    answer = await public.get(f"/places/{token}")
    assert (answer.status_code, answer.json()["name"]) == (200, demo.office.name)


async def test_publications_200_say_by_the_county_s_clock_which_day_is_the_last(
    public: httpx.AsyncClient, timely: County
) -> None:
    walk = await commented(timely)
    (found,) = (await published(public, timely))["in_comment"]
    left = (date.fromisoformat(found["ends_on"]) - day_of(datetime.now(UTC))).days
    for days, last in ((left - 1, False), (1, True)):
        moved = await walk.client("clerk").post("/demo/clock", json={"days": days})
        assert moved.status_code == 200, moved.text
        (found,) = (await published(public, timely))["in_comment"]
        text = (await public.get(f"/decisions/{walk.decision['id']}")).json()
        assert (found["last_day"], text["last_day"], text["ends_on"]) == (last, last, found["ends_on"])


async def test_a_decision_is_public_while_it_is_commented_and_once_it_is_published(
    public: httpx.AsyncClient, demo: County, other_county: County
) -> None:
    walk = await Walk.start(demo)
    key = walk.decision["id"]
    assert (await public.get(f"/decisions/{key}")).status_code == 404
    assert (await published(public, demo))["in_comment"] == []
    await walk.pass_until("opinion_solicitation")
    (found,) = (await published(public, demo))["in_comment"]
    assert (found["id"], found["title"]) == (key, walk.decision["title"])
    opened = walk.decision["procedure"]["steps"][3]
    assert opened["key"] == "opinion_solicitation"
    assert (date.fromisoformat(found["ends_on"]) - date.fromisoformat(day(opened["opened_at"]))).days == 30
    text = (await public.get(f"/decisions/{key}")).json()
    assert (text["open"], text["ends_on"], text["published_on"]) == (True, found["ends_on"], None)
    assert text["body"] == walk.decision["text"]["body"]
    # A village of another township has nothing to do with it, and no answer names who works on it.
    assert (await published(public, other_county))["in_comment"] == []
    assert not {account.name for account in demo.accounts.values()} & set(str(text).split("'"))
    await walk.pass_until("public_hearing")
    assert (await public.get(f"/decisions/{key}")).status_code == 404
    late = await public.post(f"/decisions/{key}/opinions", json=opinion())
    assert (late.status_code, late.json()["code"]) == (409, "opinions_over")
    await walk.pass_until("publication")
    assert (await published(public, demo))["resolutions"] == []
    await walk.pass_step()
    (resolved,) = (await published(public, demo))["resolutions"]
    assert (resolved["id"], resolved["published_on"]) == (key, day(walk.decision["updated_at"]))
    text = (await public.get(f"/decisions/{key}")).json()
    assert (text["open"], text["ends_on"], text["published_on"]) == (False, None, resolved["published_on"])


def day(moment: str) -> str:
    shanghai = datetime.fromisoformat(moment).astimezone(UTC).timestamp() + 8 * 3600
    return datetime.fromtimestamp(shanghai, UTC).date().isoformat()


async def test_an_opinion_201_arrives_once_however_often_it_is_sent(public: httpx.AsyncClient, demo: County) -> None:
    walk = await commented(demo)
    body = opinion(from_name="陶秀英")
    path = f"{walk.path}/opinions"
    answers = await asyncio.gather(*(public.post(path, json=body) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (await public.post(path, json=body)).status_code == 201
    other = await public.post(path, json=body | {"content": "另一句话"})
    assert (other.status_code, other.json()["code"]) == (409, "submission_differs")
    received = (await walk.client("clerk").get(path)).json()["items"]
    assert [(one["content"], one["channel"], one["from_name"]) for one in received] == [(CANARY, "web", "陶秀英")]
    # It holds the step open like every other opinion.
    refused = await walk.act("clerk", evidence=[], record={})
    assert refused.status_code == 422


async def test_an_opinion_without_a_name_leaves_nothing_of_its_sender(
    public: httpx.AsyncClient, demo: County, caplog: pytest.LogCaptureFixture
) -> None:
    walk = await commented(demo)
    with caplog.at_level(logging.DEBUG):
        answer = await public.post(f"{walk.path}/opinions", json=opinion())
    assert answer.status_code == 201
    assert CANARY not in caplog.text
    async with demo.app.state.database.reader() as reader:
        question = sa.text(
            "SELECT actor_id, actor_name, data::text FROM event"
            " WHERE subject_id = :id AND kind = 'decision.opinion_received'"
        )
        (event,) = (await reader.execute(question, {"id": walk.decision["id"]})).all()
    assert (event.actor_id, event.actor_name) == (None, None)
    assert CANARY not in event.data
    assert "127.0.0.1" not in event.data


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"content": "  "}, "/content"),
        ({"content": "长" * 2001}, "/content"),
        ({"from_kind": "expert"}, "/from_kind"),
        ({"submission_id": "1"}, "/submission_id"),
        ({"outcome": "adopted"}, "/outcome"),
    ],
)
async def test_opinion_422(public: httpx.AsyncClient, demo: County, changes: dict[str, Any], pointer: str) -> None:
    answer = await public.post(f"/decisions/{new_id()}/opinions", json=opinion(**changes))
    assert answer.status_code == 422
    assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]


async def test_opinion_404_on_what_nobody_was_asked_about(public: httpx.AsyncClient, demo: County) -> None:
    walk = await Walk.start(demo)
    for key in (walk.decision["id"], uuid4()):
        assert (await public.post(f"/decisions/{key}/opinions", json=opinion())).status_code == 404


async def test_429_says_when_to_come_again_and_keeps_no_address(public: httpx.AsyncClient, demo: County) -> None:
    throttles = demo.app.state.throttles
    kept = dict(throttles)
    try:
        await public.get("/places", params={"q": "村"})
        for name in throttles:
            throttles[name] = Throttle(1, 60)
        answers = [await public.get("/places", params={"q": "村"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[1].json()["code"] == "too_often"
        assert 0 < int(answers[1].headers["retry-after"]) <= 60
        assert not any("127.0.0.1" in repr(vars(throttle)) for throttle in throttles.values())
    finally:
        throttles.clear()
        throttles.update(kept)


def card(county: County, **changes: Any) -> FeedbackCard:
    return FeedbackCard(
        **{
            "county_id": county.county.id,
            "organization_id": county.township.id,
            "desk_id": county.township.id,
            "place_id": county.village.id,
            "number": f"FK-{uuid4().hex[:8]}",
            "channel": "qr",
            "wish": CardWish.action,
            "category": "lamps",
            "content": CANARY,
            "anonymity": Anonymity.anonymous,
            "received_on": date(2026, 6, 1),
            "answered_on": date(2026, 6, 9),
            "public_reply": "三组路灯已换新，电话13900001234。",
            "published": True,
            **changes,
        }
    )


async def test_only_published_answers_are_shown_and_nothing_of_what_was_said(
    public: httpx.AsyncClient, demo: County
) -> None:
    hidden = (
        {"published": False},
        {"public_reply": ""},
        {"place_id": demo.branch.id},
        {"sealed_at": datetime.now(UTC), "content": ""},
    )
    async with demo.app.state.database.transaction() as session:
        session.add_all([card(demo), *(card(demo, **changes) for changes in hidden)])
    found = await published(public, demo)
    assert found["replies"] == [
        {"category": "lamps", "reply": "三组路灯已换新，电话139****1234。", "replied_on": "2026-06-09"}
    ]
    assert CANARY not in str(found)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("联系13900001234", "联系139****1234"),
        ("身份证110101199003078515", "身份证********"),
        ("身份证11010119900307851X。", "身份证********。"),
        ("账号6222020200012345678", "账号********"),
        ("咨询电话0530-1234567，共12000元", "咨询电话0530-1234567，共12000元"),
        ("文号〔2026〕123456号", "文号〔2026〕123456号"),
    ],
)
def test_numbers_of_people_are_masked_where_something_is_published(text: str, shown: str) -> None:
    assert hide_numbers(text) == shown
