"""Feedback cards as staff work with them."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from backend.api.feedback_shapes import CardPage
from backend.db.base import utc_now
from backend.db.clock import clock_offset
from backend.db.feedback_inheritance import has_open_feedback, inherit_feedback
from backend.domain.access import Moment
from backend.domain.feedback.settle import settle_unrated
from tests.api.feedbacks import CONTENT, REPLY, Case, about, codes, ok, today

SATISFIED = {"grade": "5", "by": "call_back"}


async def test_walk_200_from_the_sender_to_the_rating(county) -> None:
    case = await Case.sent(county)
    seen = await case.get()
    assert (seen["status"], seen["content"], case.step) == ("received", CONTENT, "triage")
    assert seen["desk"]["id"] == str(county.township.id)
    await case.accepted()
    assert (case.seen["status"], case.seen["organization"]["id"]) == ("accepted", str(county.office.id))
    await case.signed_for()
    await case.handled()
    assert (case.seen["status"], case.seen["public_reply"]) == ("replying", None)
    await case.approved()
    assert (case.seen["status"], case.seen["public_reply"]) == ("replied", REPLY)
    told = await case.track()
    assert (told["can_rate"], told["public_reply"]) == (True, REPLY)
    rated = ok(await case.rate(4, comment="谢谢"))
    assert (rated.json()["status"], rated.json()["grade"]) == ("closed", 4)
    seen = await case.get()
    assert (seen["status"], seen["grade"], seen["procedure"]["state"]) == ("closed", 4, "closed")
    kinds = [one["kind"] for one in (await county.client("clerk").get(f"{case.path}/events")).json()["items"]]
    assert kinds == ["feedback.rated", *["feedback.acted"] * 4, "feedback.received"]


async def test_those_complained_about_see_nothing_and_do_nothing(county) -> None:
    """The village's people have every role there, and the village is in nobody's reach more than theirs."""
    case = await Case.sent(county, about=about(county.village), wish="complaint")
    ordinary = await Case.sent(county)
    for role in ("clerk", "secretary", "township_admin", "supervisor"):
        client = county.client(await county.account(role, county.village))
        assert ok(await client.get("/feedback-cards")).json()["items"] == []
        for method, path in (("GET", ""), ("GET", "/events"), ("PATCH", ""), ("POST", "/acts")):
            body = {"step": "triage", "outcome": "done"} if path == "/acts" else {"category": "roads"}
            answer = await client.request(
                method,
                case.path + path,
                headers={"if-match": f'"{case.version}"'},
                **({} if method == "GET" else {"json": body}),
            )
            assert answer.status_code in (403, 404), (role, method, path)
            if method == "GET":
                assert answer.status_code == 404
        tasks = ok(await client.get("/me/tasks")).json()["items"]
        assert [task for task in tasks if task["number"] == case.receipt["number"]] == []
    numbers = [one["number"] for one in ok(await county.client("clerk").get("/feedback-cards")).json()["items"]]
    assert set(numbers) == {case.receipt["number"], ordinary.receipt["number"]}


async def test_a_person_complained_about_is_barred_wherever_they_sit(county) -> None:
    """A clerk at the desk itself: the card goes up, and the clerk sees nothing of it, whatever role comes later."""
    case = await Case.sent(county)
    clerk = county.accounts["clerk"]
    assert (await county.client("clerk").get(case.path)).status_code == 200
    answer = await county.client("secretary").patch(
        case.path, json={"about": {"account_ids": [str(clerk.id)]}}, headers={"if-match": f'"{case.version}"'}
    )
    # Whoever works beside the clerk is not asked to judge the clerk.
    assert ok(answer).json() == {"number": case.receipt["number"], "in_sight": False}
    seen = await case.get("county_admin")
    assert (seen["people_about"], seen["desk"]["id"]) == (1, str(county.county.id))
    client = county.client("clerk")
    assert (await client.get(case.path)).status_code == 404
    assert ok(await client.get("/feedback-cards", params={"q": "路灯"})).json()["items"] == []
    assert (await county.client("secretary").get(case.path)).status_code == 404
    assert ok(await case.triage("county_admin", handling_unit_id=str(county.justice_office.id)))


async def test_acts_404_outside_reach_and_403_for_those_who_only_read(county, other_county) -> None:
    case = await Case.sent(county)
    assert (await other_county.client("clerk").get(case.path)).status_code == 404
    assert (await case.act("inspector", "triage")).status_code == 403
    assert (await county.client("member").get(case.path)).status_code == 403
    assert (await county.client("discipline_officer").get(case.path)).status_code == 403
    stale = Case(county, case.receipt, case.id, case.version + 4)
    assert (await stale.triage()).status_code == 412


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"handling_unit_id": None}, ("/record/handling_unit_id", "field_required")),
        ({"kind": None}, ("/record/kind", "field_required")),
        ({"outcome": "not_accept", "reason": None}, ("/record/reason", "field_required")),
        ({"outcome": "not_accept", "reason": "已处理"}, ("/record/reason", "not_concrete")),
        (
            {"outcome": "transfer", "reason": "不属于本镇职责范围，按有关规定转出处理。"},
            ("/record/reason", "answer_without_ground"),
        ),
        ({"outcome": "transfer", "where_to_go": None}, ("/record/where_to_go", "field_required")),
        ({"outcome": "merge"}, ("/record/merged_into_id", "field_required")),
        ({"handling_unit_id": "x"}, ("/record/handling_unit_id", "field_format")),
        (
            {"handling_unit_id": "0b6e4a5c-5f0e-4c1b-9a57-3d1f0a7c2b11"},
            ("/record/handling_unit_id", "unit_not_below_desk"),
        ),
    ],
)
async def test_triage_422_says_what_is_missing(county, record: dict, problem: tuple[str, str]) -> None:
    case = await Case.sent(county)
    whole = {"outcome": "accept", "kind": "request", "handling_unit_id": str(county.office.id)}
    whole |= {"reason": "所反映的水价由县供水公司制定。", "where_to_go": "县供水公司 12345"}
    sent = {name: value for name, value in {**whole, **record}.items() if value is not None}
    answer = await case.act("clerk", "triage", record=sent)
    assert problem in codes(answer)
    dry = await county.client("clerk").post(
        f"{case.path}/acts?dry_run=true",
        json={"step": "triage", "outcome": "done", "record": sent},
        headers={"if-match": f'"{case.version}"'},
    )
    assert (dry.json()["allowed"], problem in codes(dry)) == (False, True)


async def test_sign_for_403_for_others_than_the_unit(county) -> None:
    case = await Case.sent(county)
    await case.accepted()
    for who in ("clerk", "secretary"):
        answer = await case.act(who, "sign_for", record={"person": "区慧"})
        assert (answer.status_code, answer.json()["code"]) == (403, "party_only")


async def test_objection_200_within_five_working_days_and_422_later_while_the_desk_may_recall(demo) -> None:
    case = await Case.sent(demo)
    await case.accepted()
    handler = await case.people()
    back = ok(await case.act(handler, "sign_for", "returned", to="triage", reason="不属本办公室职责"))
    assert back.json() == {"number": case.receipt["number"], "in_sight": False}
    seen = await case.get()
    assert (seen["status"], seen["handling_unit"], seen["organization"]["id"]) == (
        "received",
        None,
        str(demo.township.id),
    )
    await case.accepted()
    ok(await demo.client("clerk").post("/demo/clock", json={"days": 12}))
    late = await case.act(handler, "sign_for", "returned", to="triage", reason="不属本办公室职责")
    assert codes(late) == [("/to", "objection_too_late")]
    ok(await case.act("clerk", "sign_for", "returned", to="triage", reason="逾期未签收，改派"))


async def test_reply_403_by_its_author_and_422_with_somebody_s_number_or_nothing_said(county) -> None:
    case = await Case.sent(county)
    await case.accepted(handling_unit_id=str(county.township.id))
    ok(await case.act("secretary", "sign_for", record={"person": "书记"}))
    record = {"what_was_done": "更换第三盏路灯灯具并试亮正常。", "done_on": today(case), "public_reply": REPLY}
    nothing = "我们高度重视您反映的问题，已经转有关部门认真研究办理，感谢支持。"
    number = "请联系陶师傅19900003355，他当天会来更换。"
    for reply, code in (
        ("已处理", "not_concrete"),
        (nothing, "answer_without_particular"),
        ("东沟村11月9日已经处理完毕，请放心。", "answer_without_deed"),
        ("因缺少资金，这条路今年不能修，请您理解。", "answer_without_way"),
        (number, "personal_data"),
    ):
        answer = await case.act("secretary", "processing", record={**record, "public_reply": reply})
        assert codes(answer) == [("/record/public_reply", code)]
    ok(await case.act("secretary", "processing", record=record))
    answer = await case.act("secretary", "reply_approval", record={"checked": True})
    assert (answer.status_code, answer.json()["code"]) == (403, "same_person_as_step")
    ok(await case.act("township_admin", "reply_approval", record={"checked": True, "publish": True}))
    assert (await case.get())["published"] is True


async def test_reply_is_never_published_when_the_card_is_about_somebody(county) -> None:
    case = await Case.sent(county, about=about(county.village))
    await case.accepted()
    await case.signed_for()
    await case.handled()
    await case.approved(publish=True)
    assert case.seen["published"] is False


async def test_dissatisfaction_reopens_twice_and_is_then_reviewed(county) -> None:
    case = await Case.sent(county)
    await case.answered()
    for times in (1, 2):
        told = ok(await case.rate(2 if times == 1 else 1, comment="还是不亮")).json()
        assert (told["status"], told["grade"]) == ("processing", 3 - times)
        seen = await case.get()
        assert (seen["reopened"], case.step) == (times, "processing")
        await case.handled()
        await case.approved()
    told = ok(await case.rate(1)).json()
    assert told["status"] == "under_review"
    await case.get("supervisor")
    refused = await case.act(
        "secretary", "review", record={"conclusion": "put_right", "statement": "已经督促解决了这件事情。"}
    )
    assert refused.status_code == 403
    statement = "经督查到现场复核，灯杆线路已经更换，今后每月巡查。"
    ok(await case.act("supervisor", "review", record={"conclusion": "put_right", "statement": statement}))
    told = await case.track()
    assert told["status"] == "closed"
    assert statement in told["public_reply"]
    assert told["grade"] == 1


async def test_rating_403_and_422_for_staff_who_would_speak_for_the_sender(county) -> None:
    case = await Case.sent(county)
    await case.answered()
    assert (await case.act("clerk", "rating", record=SATISFIED)).status_code == 403
    as_sender = await case.act("supervisor", "rating", record={"grade": "5", "by": "sender"})
    assert codes(as_sender) == [("/record/by", "rating_by_other")]
    nobody = await case.act("supervisor", "rating", record={"grade": "none", "by": "call_back"})
    assert codes(nobody) == [("/record/grade", "rating_missing")]
    back = await case.act("supervisor", "rating", "returned", to="processing", reason="再办一次")
    assert codes(back) == [("/outcome", "rating_decides")]


async def test_rating_422_by_call_back_without_a_call(county) -> None:
    """Of an anonymous card, and of one that was called about before: a grade comes with its call or not at all."""
    case = await Case.sent(county)
    await case.answered()
    for grade in ("5", "1"):
        answer = await case.act("supervisor", "rating", record={"grade": grade, "by": "call_back"})
        assert codes(answer) == [("/step", "rating_without_call")], grade
    judged = await case.post("supervisor", "acts?dry_run=true", step="rating", outcome="done", record=SATISFIED)
    assert codes(judged) == [("/step", "rating_without_call")]
    assert [one for one in (await case.get("supervisor"))["procedure"]["options"] if one["step"] == "rating"] == []
    assert ok(await case.rate(1)).json()["status"] == "processing"
    await case.again()
    answer = await case.act("supervisor", "rating", record=SATISFIED)
    assert codes(answer) == [("/step", "rating_without_call")]
    assert ok(await case.rate(2)).json()["status"] == "processing"


async def test_triage_422_when_a_dissatisfied_sender_would_be_sent_away(county) -> None:
    """What was rated dissatisfied and taken back to be sorted anew is handled again, until its review."""
    case = await Case.sent(county)
    main = await Case.sent(county)
    await case.answered()
    ok(await case.rate(1))
    await case.get()
    ok(await case.act("clerk", "processing", "returned", to="triage", reason="改派其他单位"))
    for outcome in ("not_accept", "transfer"):
        assert codes(await case.triage(outcome=outcome)) == [("/record/outcome", "dissatisfied_ends_by_review")]
    merged = await case.post("clerk", "merge", into_id=main.id, reason="同一件事")
    assert codes(merged) == [("/record/outcome", "dissatisfied_ends_by_review")]
    await case.answered()
    for _ in range(2):
        told = ok(await case.rate(1)).json()
        if told["status"] == "processing":
            await case.again()
    assert told["status"] == "under_review"


async def test_triage_422_when_the_case_of_a_dissatisfied_merged_sender_would_end(county) -> None:
    main, twin = await Case.sent(county), await Case.sent(county)
    ok(await twin.post("clerk", "merge", into_id=main.id, reason="同一盏路灯"))
    await main.answered()
    (part,) = ok(await twin.rate(2)).json()["parts"]
    again = await Case(county, {**twin.receipt, "number": part["number"]}).found()
    await again.get()
    assert codes(await again.triage(outcome="not_accept")) == [("/record/outcome", "dissatisfied_ends_by_review")]
    ok(await again.triage())


async def test_silence_is_no_satisfaction(demo) -> None:
    case = await Case.sent(demo)
    await case.answered()

    async def settle() -> int:
        async with demo.app.state.database.transaction() as session:
            now = utc_now() + await clock_offset(await session.connection())
            return await settle_unrated(session, Moment(now))

    await settle()
    assert (await case.track())["can_rate"]
    ok(await demo.client("clerk").post("/demo/clock", json={"days": 18}))
    while await settle():
        pass
    told = await case.track()
    assert (told["status"], told["grade"], told["can_rate"]) == ("closed", None, False)
    assert told["rated_on"] is not None
    events = ok(await demo.client("clerk").get(f"{case.path}/events")).json()["items"]
    assert (events[0]["kind"], events[0]["actor"]["name"]) == ("feedback.settled", "系统")


async def test_extension_200_asked_by_the_unit_and_granted_by_another_once(demo) -> None:
    case = await Case.sent(demo)
    await case.accepted()
    await case.signed_for()
    due = date.fromisoformat(case.seen["answer_due_on"])
    until = (due + timedelta(days=3)).isoformat()
    handler = await case.people()
    assert codes(await case.post(handler, "extensions", until=until)) == [("/reason", "reason_needed")]
    too_long = (due + timedelta(days=60)).isoformat()
    assert codes(await case.post(handler, "extensions", until=too_long, reason="灯杆要重做"))[0][0] == "/record/until"
    ok(await case.post(handler, "extensions", until=until, reason="灯杆要重做"))
    assert case.seen["answer_due_on"] == due.isoformat()
    ok(await case.post("secretary", "extensions", until=until, reason="同意"))
    assert case.seen["answer_due_on"] == until
    again = await case.post(handler, "extensions", until=too_long, reason="还要几天")
    assert again.status_code == 422


async def test_list_200_by_every_filter(county) -> None:
    case = await Case.sent(county, category="roads", wish="answer", content="想知道上半年修路花了多少钱。")
    await Case.sent(county)
    client = county.client("clerk")
    for params, expected in (
        ({"category": "roads"}, 1),
        ({"category": "drainage"}, 0),
        ({"wish": "answer"}, 1),
        ({"channel": "phone_page"}, 2),
        ({"channel": "hotline"}, 0),
        ({"voice": "masses"}, 2),
        ({"status": "received"}, 2),
        ({"status": "closed"}, 0),
        ({"step": "triage"}, 2),
        ({"light": "yellow"}, 2),
        ({"light": "red"}, 0),
        ({"overdue": False}, 2),
        ({"overdue": True}, 0),
        ({"place_id": str(county.village.id)}, 2),
        ({"place_id": str(county.branch.id)}, 0),
        ({"anonymity": "anonymous"}, 2),
        ({"anonymity": "contact"}, 0),
        ({"reopened": True}, 0),
        ({"converted": False}, 2),
        ({"received_from": "2099-01-01"}, 0),
        ({"received_to": "2099-01-01"}, 2),
        ({"organization_id": str(county.township.id)}, 2),
        ({"organization_id": str(county.office.id)}, 0),
        ({"q": "修路花了"}, 1),
        ({"q": case.receipt["number"]}, 1),
    ):
        answer = ok(await client.get("/feedback-cards", params=params))
        assert len(answer.json()["items"]) == expected, params
    CardPage.model_validate_json(answer.content)
    assert (await client.get("/feedback-cards", params={"organization_id": str(county.county.id)})).status_code == 404
    row = answer.json()["items"][0]
    assert row["excerpt"] == "想知道上半年修路花了多少钱。"
    assert {holder["name"] for holder in row["holders"]} >= {"clerk"}


async def test_change_200_takes_a_card_back_from_a_unit_that_is_meant(county) -> None:
    case = await Case.sent(county)
    await case.accepted()
    await case.signed_for()
    answer = await county.client("clerk").patch(
        case.path,
        json={"about": {"organization_ids": [str(county.office.id)]}, "category": "attitude"},
        headers={"if-match": f'"{case.version}"'},
    )
    seen = ok(answer).json()
    assert (seen["status"], seen["handling_unit"], seen["category"]) == ("received", None, "attitude")
    assert [one["id"] for one in seen["about"]] == [str(county.office.id)]
    assert (await county.client(await case.people()).get(case.path)).status_code == 404
    case.took(answer)
    assert codes(await case.triage()) == [("/record/handling_unit_id", "unit_complained_about")]


async def test_change_200_of_somebody_s_own_card_takes_it_out_of_their_sight(county) -> None:
    case = await Case.sent(county)
    answer = await county.client("clerk").patch(
        case.path,
        json={"about": {"account_ids": [str(county.accounts["clerk"].id)]}},
        headers={"if-match": f'"{case.version}"'},
    )
    assert ok(answer).json() == {"number": case.receipt["number"], "in_sight": False}


async def test_merging_organisations_hands_on_cards_and_bars(county) -> None:
    other = await county.organization("南岸村", "village")
    person = await county.account("clerk", other)
    case = await Case.sent(county, about=about(county.village))
    async with county.app.state.database.transaction() as session:
        assert await has_open_feedback(session, county.village.id)
        await inherit_feedback(session, county.village.id, other.id, utc_now(), utc_now().date(), "并村")
    seen = await case.get()
    assert seen["place"]["id"] == str(other.id)
    assert {one["id"] for one in seen["about"]} == {str(county.village.id), str(other.id)}
    assert (await county.client(person).get(case.path)).status_code == 404


async def test_content_never_changes_in_the_database(county) -> None:
    case = await Case.sent(county)
    for change in ("content = 'x'", "about_note = 'x'", "content = ''"):
        with pytest.raises(DBAPIError, match="never changed"):
            async with county.app.state.database.transaction() as session:
                await session.execute(sa.text(f"UPDATE feedback_card SET {change} WHERE id = '{case.id}'"))  # noqa: S608 - changes named above
