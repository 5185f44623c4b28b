"""Feedback without an account."""

import asyncio
import io
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from PIL import Image

from tests.api.feedbacks import CONTENT, REPLY, Case, about, codes, new_card, ok, sender


def picture(colour: tuple[int, int, int] = (10, 80, 10), kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()


async def post(app: Any, body: dict[str, Any], **headers: str):
    async with sender(app, **headers) as client:
        return await client.post("/feedback-cards", json=body)


async def tracked(case: Case, method: str = "GET", path: str = "", **more: Any):
    headers = {**case.key, **more.pop("headers", {})}
    async with sender(case.county.app) as client:
        return await client.request(method, f"/feedback-cards/track{path}", headers=headers, **more)


async def test_send_201_shows_code_and_pin_once_and_keeps_hashes(county) -> None:
    answer = ok(await post(county.app, new_card(county)))
    receipt = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert set(receipt) == {"number", "code", "pin", "received_on"}
    assert (len(receipt["code"]), len(receipt["pin"])) == (14, 6)


async def test_send_201_twice_is_once_with_the_same_answer(county) -> None:
    body = new_card(county, contact={"name": "陶秀英", "phone": "199-0000-3355"})
    first, second = ok(await post(county.app, body)), ok(await post(county.app, body))
    assert first.json() == second.json()
    items = ok(await county.client("clerk").get("/feedback-cards")).json()["items"]
    assert [item["number"] for item in items] == [first.json()["number"]]


async def test_send_201_at_the_same_moment_is_once(county) -> None:
    body = new_card(county)
    answers = await asyncio.gather(*(post(county.app, body) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert len(ok(await county.client("clerk").get("/feedback-cards")).json()["items"]) == 1


async def test_send_409_for_another_card_under_one_submission(county) -> None:
    body = new_card(county)
    ok(await post(county.app, body))
    answer = await post(county.app, {**body, "content": "完全不同的另一件事情。"})
    assert (answer.status_code, answer.json()["code"]) == (409, "submission_differs")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"content": "  "}, ("/content", "field_string_too_short")),
        ({"content": "x" * 5001}, ("/content", "field_string_too_long")),
        ({"category": "weather"}, ("/category", "category_unknown")),
        ({"channel": "hotline"}, ("/channel", "field_literal_error")),
        ({"organization_id": None}, ("/organization_id", "place_not_found")),
        ({"organization_id": str(uuid4())}, ("/organization_id", "place_not_found")),
        ({"place_token": "nowhere"}, ("/place_token", "place_token_unknown")),
        ({"contact": {"name": "陶秀英", "phone": "12"}}, ("/contact/phone", "phone_invalid")),
        ({"contact": {"name": "x9", "phone": "19900003355"}}, ("/contact/name", "name_characters")),
        ({"about": {"organization_id": str(uuid4())}}, ("/about/organization_id", "accused_not_found")),
        ({"opinion": 6}, ("/opinion", "field_less_than_equal")),
        ({"sender": "me"}, ("/sender", "field_extra_forbidden")),
    ],
)
async def test_send_422_for_what_is_no_card(county, changes: dict[str, Any], problem: tuple[str, str]) -> None:
    answer = await post(county.app, new_card(county, **changes))
    assert answer.status_code == 422
    assert codes(answer) == [problem]


async def test_send_422_for_an_organisation_of_another_county(county, other_county) -> None:
    answer = await post(county.app, new_card(county, about=about(other_county.village)))
    assert codes(answer) == [("/about/organization_id", "accused_not_found")]


@pytest.mark.parametrize("wish", ["complaint", "misconduct"])
async def test_send_422_says_where_to_go_when_nobody_stands_above(county, wish: str) -> None:
    answer = await post(county.app, new_card(county, about=about(county.county), wish=wish))
    assert codes(answer) == [("/about/organization_id", "nobody_above")]
    assert "12388" in answer.json()["errors"][0]["message"]


async def test_send_201_goes_to_the_county_when_the_township_is_meant(county) -> None:
    case = await Case.sent(county, about=about(county.township), wish="complaint")
    assert case.id == ""
    assert ok(await county.client("clerk").get("/feedback-cards")).json()["items"] == []
    await case.found("county_admin")
    seen = await case.get("county_admin")
    assert (seen["desk"]["id"], seen["about"][0]["id"]) == (str(county.county.id), str(county.township.id))
    unit = await case.triage("county_admin", handling_unit_id=str(county.office.id))
    assert codes(unit) == [("/record/handling_unit_id", "unit_complained_about")]
    ok(await case.triage("county_admin", handling_unit_id=str(county.justice_office.id)))


async def test_send_201_about_the_place_of_the_code_404_for_its_people(county) -> None:
    """A phone without network knows a code and not what it stands for: the place is barred all the same."""
    clerk = county.client("clerk")
    wanted = {"organization_id": str(county.village.id), "kind": "poster", "count": 1}
    batch = ok(await clerk.post("/feedback-batches", json=wanted)).json()
    scanned = new_card(county, place_token=batch["token"], organization_id=None, channel="qr", about={})
    case = await Case(county, ok(await post(county.app, scanned)).json()).found()
    assert [one["id"] for one in (await case.get())["about"]] == [str(county.village.id)]
    unit = await county.account("clerk", county.village, "解小满")
    assert (await county.client(unit).get(case.path)).status_code == 404
    assert codes(await case.triage(handling_unit_id=str(county.village.id))) == [
        ("/record/handling_unit_id", "unit_complained_about")
    ]


async def test_send_429_counts_an_address_without_keeping_it(county) -> None:
    app = county.app
    before = dict(app.state.throttles)
    app.state.throttles.clear()
    try:
        async with sender(app) as one:
            body = {**new_card(county), "category": "weather"}
            bodies = [await one.post("/feedback-cards", json=body) for _ in range(61)]
        assert [answer.status_code for answer in bodies[-2:]] == [422, 429]
        assert int(bodies[-1].headers["retry-after"]) > 0
        assert bodies[-1].json()["code"] == "too_often"
    finally:
        app.state.throttles.clear()
        app.state.throttles.update(before)


async def test_same_words_201_the_twentieth_time_are_merged_and_none_is_dropped(county) -> None:
    county.app.state.throttles.clear()
    receipts = [ok(await post(county.app, new_card(county))).json() for _ in range(21)]
    county.app.state.throttles.clear()
    items, cursor = [], None
    while True:
        page = ok(await county.client("clerk").get("/feedback-cards", params={"cursor": cursor} if cursor else {}))
        items += page.json()["items"]
        if not (cursor := page.json()["next_cursor"]):
            break
    assert {item["number"] for item in items} == {receipt["number"] for receipt in receipts}
    states = {item["number"]: item["status"] for item in items}
    assert [states[receipt["number"]] for receipt in receipts] == ["received"] * 19 + ["merged"] * 2
    last = await Case(county, receipts[-1]).found()
    # Which of them came first nobody knows: their numbers do not tell.
    into = (await last.get())["merged_into"]["number"]
    main = await Case(county, next(one for one in receipts[:19] if one["number"] == into)).found()
    await main.answered()
    told = await last.track()
    assert (told["status"], told["public_reply"]) == ("merged", REPLY)
    merged = (await main.get())["merged"]
    assert {one["number"] for one in merged} == {receipts[19]["number"], receipts[20]["number"]}


async def test_track_200_says_days_and_no_names(county) -> None:
    case = await Case.sent(county)
    await case.answered()
    told = await case.track()
    assert told["can_rate"]
    assert not told["can_withdraw"]
    assert [step["title"] for step in told["steps"]] == ["分办", "签收", "办理", "答复审核", "反映人评价"]
    names = [account.name for account in county.accounts.values()] + ["区慧"]
    assert [name for name in names if name in str(told)] == []
    assert "T" not in str([step["on"] for step in told["steps"]])
    async with sender(county.app) as client:
        english = await client.get("/feedback-cards/track", headers={**case.key, "accept-language": "en"})
    assert english.json()["status_title"] == "Answered; please rate it"


async def let_wait_be_over(county) -> None:
    over = "UPDATE feedback_card SET next_try_at = now() - interval '1 second' WHERE county_id = :county"
    async with county.app.state.database.transaction() as session:
        await session.execute(sa.text(over), {"county": county.county.id})


async def test_track_404_alike_for_a_wrong_pin_and_an_unknown_code_and_the_wait_doubles(county) -> None:
    case = await Case.sent(county)
    wrong = {"headers": {"x-tracking-pin": "000000"}}
    stray = {"headers": {"x-tracking-code": f"ZZZZ-{uuid4().hex[:8].upper()}"}}
    for more in (wrong, stray):
        first, second = await tracked(case, **more), await tracked(case, **more)
        assert (first.status_code, first.json()["code"]) == (404, "tracking_refused")
        assert (second.status_code, second.json()["code"], second.headers["retry-after"]) == (429, "too_often", "1")
    # The right PIN has to wait as well, or guessing would cost nothing.
    assert (await tracked(case)).status_code == 429
    waits = []
    for _ in range(3):
        await let_wait_be_over(county)
        await tracked(case, **wrong)
        waits.append(int((await tracked(case, **wrong)).headers["retry-after"]))
    await let_wait_be_over(county)
    assert waits == [2, 4, 8]
    assert (await tracked(case)).status_code == 200
    assert (await tracked(case)).status_code == 200


async def test_track_200_takes_codes_as_people_type_them(county) -> None:
    case = await Case.sent(county)
    typed = {"x-tracking-code": case.key["x-tracking-code"].lower().replace("-", " ")}
    assert (await tracked(case, headers=typed)).status_code == 200
    async with sender(county.app) as client:
        assert (await client.get("/feedback-cards/track")).status_code == 422


async def test_photos_201_are_drawn_anew_and_the_same_one_counts_once(county) -> None:
    case = await Case.sent(county)
    photo = {"file": ("村口.png", picture(), "image/png")}
    first = ok(await tracked(case, "POST", "/photos", files=photo))
    again = ok(await tracked(case, "POST", "/photos", files=photo))
    assert first.json() == again.json() == {"id": first.json()["id"], "photos": 1}
    seen = await case.get()
    shown = ok(await county.client("clerk").get(f"{case.path}/photos/{seen['photos'][0]['id']}"))
    assert shown.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(shown.content)) as opened:
        assert (opened.size, dict(opened.getexif())) == ((40, 30), {})
    assert (await county.client("clerk").get(f"{case.path}/photos/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unreadable"),
        (b"\xff\xd8\xff\xe0 no picture", "photo_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 1024 * 1024), "file_too_large"),
        (picture(kind="GIF"), "photo_unreadable"),
    ],
    ids=["empty", "svg", "broken", "large", "gif"],
)
async def test_photos_422_for_what_is_no_picture(county, sent: bytes, code: str) -> None:
    case = await Case.sent(county)
    answer = await tracked(case, "POST", "/photos", files={"file": ("x.jpg", sent, "image/jpeg")})
    assert codes(answer) == [("/file", code)]


async def test_photos_422_for_a_bomb_of_pixels(county) -> None:
    case = await Case.sent(county)
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    answer = await tracked(case, "POST", "/photos", files={"file": ("x.png", bomb.getvalue(), "image/png")})
    assert answer.status_code == 422
    assert codes(answer)[0][1] in ("photo_too_many_pixels", "photo_unreadable")


async def test_photos_409_after_nine(county) -> None:
    case = await Case.sent(county)
    for shade in range(9):
        ok(await tracked(case, "POST", "/photos", files={"file": ("x.png", picture((shade * 20, 0, 0)), "image/png")}))
    answer = await tracked(case, "POST", "/photos", files={"file": ("x.png", picture((0, 0, 255)), "image/png")})
    assert (answer.status_code, answer.json()["code"]) == (409, "photos_enough")


async def test_withdraw_200_before_the_answer_and_409_or_422_after(county) -> None:
    case = await Case.sent(county)
    answer = ok(await tracked(case, "POST", "/withdrawal", json={"reason": "已经解决"}))
    assert (answer.json()["status"], answer.json()["can_withdraw"]) == ("withdrawn", False)
    assert (await tracked(case, "POST", "/withdrawal", json={"reason": "已经解决"})).status_code == 409
    answered = await Case.sent(county)
    await answered.answered()
    late = await tracked(answered, "POST", "/withdrawal", json={"reason": "已经解决"})
    assert codes(late) == [("/outcome", "withdrawal_too_late")]


async def test_rate_422_before_there_is_an_answer_and_409_twice(county) -> None:
    case = await Case.sent(county)
    assert codes(await case.rate(5)) == [("/step", "step_not_open")]
    await case.answered()
    ok(await case.rate(5))
    assert (await case.rate(5)).status_code == 409


async def test_refusal_200_says_why_and_where_to_go(county) -> None:
    case = await Case.sent(county)
    ok(await case.triage(outcome="not_accept"))
    told = await case.track()
    assert (told["status"], told["can_rate"]) == ("not_accepted", False)
    assert "县供水公司制定" in told["public_reply"]
    assert "12345" in told["public_reply"]


async def test_choices_200_have_words_in_both_languages(county) -> None:
    async with sender(county.app) as client:
        found = ok(await client.get("/feedback-cards/choices")).json()
    assert {"phone_page", "qr"} == set(found["by_sender"])
    assert len(found["channels"]) == 9
    for group in ("channels", "categories", "voices", "wishes", "statuses", "grades"):
        assert all(set(one["title"]) == {"zh-CN", "en"} for one in found[group])


async def test_send_201_by_a_poster_knows_its_batch(county) -> None:
    batch = ok(
        await county.client("clerk").post(
            "/feedback-batches", json={"organization_id": str(county.village.id), "kind": "poster", "count": 1}
        )
    ).json()
    body = new_card(county, place_token=batch["token"], organization_id=None, channel="qr")
    case = await Case(county, ok(await post(county.app, body)).json()).found()
    seen = await case.get()
    assert (seen["batch"]["number"], seen["place"]["id"]) == (batch["number"], str(county.village.id))
    assert seen["content"] == CONTENT


async def test_receipt_stays_the_same_after_a_day(demo) -> None:
    body = new_card(demo)
    first = ok(await post(demo.app, body)).json()
    ok(await demo.client("clerk").post("/demo/clock", json={"days": 2}))
    assert ok(await post(demo.app, body)).json() == first
