"""What offices do with feedback beside its steps."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.db.base import utc_now
from tests.api.decisions import uploaded
from tests.api.feedbacks import CONTENT, REPLY, Case, about, codes, new_entry, ok, sender, today
from tests.api.rectifications import Walk
from tests.factories import County

CONTACT = {"name": "陶秀英", "phone": "19900003355"}


async def entered(county: County, *entries: dict[str, Any], who: str = "clerk") -> list[dict[str, Any]]:
    answer = ok(await county.client(who).post("/feedback-cards/entries", json={"entries": list(entries)}))
    return answer.json()["entries"]


async def entry(county: County, who: str = "clerk", **changes: Any) -> Case:
    (made,) = await entered(county, new_entry(county, **changes), who=who)
    assert made["problems"] == []
    return await Case(county, made["receipt"]).found()


def a_call(minutes: int = 4) -> dict[str, str]:
    ended = utc_now() - timedelta(minutes=1)
    return {"started_at": (ended - timedelta(minutes=minutes)).isoformat(), "ended_at": ended.isoformat()}


async def test_enter_200_answers_each_on_its_own_and_twice_is_once(county) -> None:
    good, bad = new_entry(county), new_entry(county, category="weather", channel="pigeon")
    first, second = await entered(county, good, bad)
    assert (first["problems"], second["receipt"]) == ([], None)
    assert [one["code"] for one in second["problems"]] == ["channel_unknown", "category_unknown"]
    (again,) = await entered(county, good)
    assert again["receipt"] == first["receipt"]
    case = await Case(county, first["receipt"]).found()
    seen = await case.get()
    assert (seen["channel"], seen["voice"], seen["anonymity"]) == ("opinion_card", "masses", "anonymous")
    events = ok(await county.client("clerk").get(f"{case.path}/events")).json()["items"]
    assert [(one["kind"], one["actor"]["name"]) for one in events] == [("feedback.entered", "clerk")]
    assert events[0]["at"].endswith("16:00:00+00:00")
    assert CONTENT not in str(events)


async def test_enter_200_keeps_of_an_anonymous_caller_the_day_and_the_length(county) -> None:
    unknown = await entry(county, channel="hotline", call=a_call())
    (call,) = (await unknown.get())["calls"]
    assert (call["seconds"], call["direction"], call["operator"]) == (240, "came_in", "clerk")
    assert call["started_at"].endswith("16:00:00Z")
    known = await entry(county, channel="hotline", call=a_call(), contact=CONTACT)
    (call,) = (await known.get())["calls"]
    assert not call["started_at"].endswith("16:00:00Z")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"channel": "hotline"}, ("/call", "call_needed")),
        ({"call": a_call()}, ("/call", "call_not_expected")),
        ({"channel": "phone_page"}, ("/channel", "channel_unknown")),
        ({"received_on": "2199-01-01"}, ("/received_on", "received_in_future")),
        ({"box_opening_id": str(uuid4())}, ("/box_opening_id", "box_not_expected")),
        ({"batch_id": str(uuid4())}, ("/batch_id", "place_differs")),
        ({"about": {"account_ids": [str(uuid4())]}}, ("/about/account_ids", "accused_not_found")),
    ],
)
async def test_enter_says_what_is_wrong_with_an_entry(county, changes: dict, problem: tuple[str, str]) -> None:
    (made,) = await entered(county, new_entry(county, **changes))
    assert problem in [(one["pointer"], one["code"]) for one in made["problems"]]


async def test_enter_says_that_a_place_is_not_theirs(county, other_county) -> None:
    (made,) = await entered(county, new_entry(other_county))
    assert [one["code"] for one in made["problems"]] == ["not_yours_to_change"]


async def test_contact_200_for_the_desk_each_reading_an_event(county) -> None:
    case = await entry(county, contact=CONTACT)
    assert (await case.get())["has_contact"] is True
    assert ok(await case.post("clerk", "contact", reason="核实地点")).json() == CONTACT
    ok(await case.post("supervisor", "contact", reason="回访核实"))
    events = ok(await county.client("clerk").get(f"{case.path}/events")).json()["items"]
    assert [(one["kind"], one["reason"]) for one in events[:2]] == [
        ("feedback.contact_read", "回访核实"),
        ("feedback.contact_read", "核实地点"),
    ]
    assert CONTACT["phone"] not in str(events)
    assert (await case.post("clerk", "contact", reason=" ")).status_code == 422


async def test_contact_403_for_the_handling_unit_and_404_where_nobody_left_any(county) -> None:
    case = await entry(county, contact=CONTACT)
    await case.accepted()
    assert (await case.post(await case.people(), "contact", reason="想问一问")).status_code == 403
    assert (await case.post("secretary", "contact", reason="想问一问")).status_code == 403
    anonymous = await entry(county)
    assert (await anonymous.post("clerk", "contact", reason="想问一问")).status_code == 404


async def test_merge_200_shows_the_main_card_s_answer_and_404_for_one_out_of_sight(county, other_county) -> None:
    main, twin = await Case.sent(county), await Case.sent(county)
    far = await Case.sent(other_county)
    assert codes(await twin.post("clerk", "merge", into_id=far.id, reason="同一件事")) == [
        ("/record/merged_into_id", "main_card_not_found")
    ]
    assert codes(await twin.post("clerk", "merge", into_id=twin.id, reason="同一件事")) == [
        ("/record/merged_into_id", "main_card_not_found")
    ]
    ok(await twin.post("clerk", "merge", into_id=main.id, reason="同一盏路灯"))
    assert (twin.seen["status"], twin.seen["merged_into"]["number"]) == ("merged", main.receipt["number"])
    await main.answered()
    assert (await twin.track())["public_reply"] == REPLY
    third = await Case.sent(county)
    assert codes(await third.post("clerk", "merge", into_id=twin.id, reason="同一盏路灯")) == [
        ("/record/merged_into_id", "main_card_is_none")
    ]


async def test_merge_422_into_a_case_that_is_answered_or_from_elsewhere(county) -> None:
    """What somebody says now does not end in a case that is over, and not in somebody else's matter."""
    main, twin = await Case.sent(county), await Case.sent(county)
    far = await Case.sent(county, organization_id=str(county.office.id))
    assert codes(await twin.post("clerk", "merge", into_id=far.id, reason="同一件事")) == [
        ("/record/merged_into_id", "main_card_from_elsewhere")
    ]
    await main.answered()
    for grade in (None, 5):
        if grade is not None:
            ok(await main.rate(grade))
        answer = await twin.post("clerk", "merge", into_id=main.id, reason="同一盏路灯")
        assert codes(answer) == [("/record/merged_into_id", "main_card_is_none")], grade


async def test_rate_200_by_the_sender_of_a_merged_card_once(county) -> None:
    main, content, glad = await Case.sent(county), await Case.sent(county, contact=CONTACT), await Case.sent(county)
    for case in (content, glad):
        ok(await case.post("clerk", "merge", into_id=main.id, reason="同一盏路灯"))
    assert (await content.track())["can_rate"] is False
    assert (await content.rate(5)).status_code == 409
    await main.answered()
    ok(await main.rate(5))
    told = await glad.track()
    assert (told["can_rate"], told["public_reply"]) == (True, REPLY)
    told = ok(await glad.rate(4)).json()
    assert (told["grade"], told["can_rate"], told["parts"]) == (4, False, [])
    assert (await glad.rate(1)).status_code == 409

    told = ok(await content.rate(1, comment="不是这一盏")).json()
    (part,) = told["parts"]
    assert (told["grade"], told["can_rate"], part["status"]) == (1, False, "received")
    assert (await main.track())["status"] == "closed"
    again = await Case(county, {**content.receipt, "number": part["number"]}).found()
    seen = await again.get()
    assert (seen["content"], seen["split_from"]["number"]) == (CONTENT, content.receipt["number"])
    await again.answered()
    told = ok(await again.rate(5, number=part["number"])).json()
    assert [one["status"] for one in told["parts"]] == ["closed"]


async def test_merge_200_takes_along_whoever_was_merged_before(county) -> None:
    """The first sender waits for the answer that is given in the end, and rates it."""
    first, second, third = await Case.sent(county), await Case.sent(county), await Case.sent(county)
    ok(await first.post("clerk", "merge", into_id=second.id, reason="同一盏路灯"))
    ok(await second.post("clerk", "merge", into_id=third.id, reason="同一盏路灯"))
    assert (await first.get())["merged_into"]["number"] == third.receipt["number"]
    await third.answered()
    for case in (first, second):
        told = await case.track()
        assert (told["can_rate"], told["public_reply"]) == (True, REPLY)
        ok(await case.rate(4))


async def test_withdraw_200_leaves_the_others_who_were_merged_their_case(county) -> None:
    main, first, second = await Case.sent(county), await Case.sent(county), await Case.sent(county)
    for case in (first, second):
        ok(await case.post("clerk", "merge", into_id=main.id, reason="同一盏路灯"))
    async with sender(county.app) as client:
        ok(await client.post("/feedback-cards/track/withdrawal", headers=main.key, json={"reason": "自己解决了"}))
    heirs = [case for case in (first, second) if (await case.track())["parts"]]
    (heir,) = heirs
    (part,) = (await heir.track())["parts"]
    again = await Case(county, {**heir.receipt, "number": part["number"]}).found()
    assert (await again.get())["content"] == CONTENT
    other = second if heir is first else first
    assert (await other.get())["merged_into"]["number"] == part["number"]
    await again.answered()
    told = await other.track()
    assert (told["can_rate"], told["public_reply"]) == (True, REPLY)
    ok(await other.rate(5))
    ok(await heir.rate(4, number=part["number"]))


async def test_merge_422_into_a_card_that_those_complained_about_may_handle(county) -> None:
    main, accusing = await Case.sent(county), await Case.sent(county, about=about(county.village))
    answer = await accusing.post("clerk", "merge", into_id=main.id, reason="同一件事")
    assert codes(answer) == [("/record/merged_into_id", "main_card_about_others")]


async def test_split_200_gives_parts_that_one_code_follows(county) -> None:
    case = await Case.sent(county, about=about(county.village), contact=CONTACT)
    parts = [{"content": "排水沟盖板松动。", "category": "drainage"}]
    ok(await case.post("clerk", "split", parts=parts))
    assert case.seen["content"] == CONTENT
    (part,) = case.seen["parts"]
    assert [one["number"] for one in (await case.track())["parts"]] == [part["number"]]
    assert (
        await county.client(await county.account("clerk", county.village)).get(f"/feedback-cards/{part['id']}")
    ).status_code == 404
    made = await Case(county, {**case.receipt, "number": part["number"]}).found()
    assert ok(await made.post("clerk", "contact", reason="回访核实")).json() == CONTACT
    await made.answered()
    told = ok(await made.rate(5, number=part["number"])).json()
    assert [(one["status"], one["public_reply"]) for one in told["parts"]] == [("closed", REPLY)]
    assert (await made.rate(5, number="FK-1999-0001")).status_code == 404
    await case.found()
    ok(await case.triage())
    late = await case.post("clerk", "split", parts=parts)
    assert (late.status_code, late.json()["code"]) == (409, "card_sorted_already")


async def test_move_200_to_another_desk_and_422_to_one_that_is_meant(county) -> None:
    other = await county.organization("南河镇", "township_committee", county.county)
    clerk = await county.account("clerk", other)
    case = await Case.sent(county)
    wrong = await case.post("clerk", "desk", desk_id=str(county.village.id), reason="转")
    assert codes(wrong) == [("/desk_id", "desk_not_found")]
    moved = ok(await case.post("clerk", "desk", desk_id=str(other.id), reason="属南河镇管辖"))
    assert moved.json() == {"number": case.receipt["number"], "in_sight": False}
    seen = await case.get(clerk)
    assert (seen["desk"]["id"], seen["organization"]["id"]) == (str(other.id), str(other.id))
    accused = await Case.sent(county, about=about(other))
    answer = await accused.post("clerk", "desk", desk_id=str(other.id), reason="转")
    assert codes(answer) == [("/desk_id", "unit_complained_about")]


async def test_convert_201_links_both_once(county) -> None:
    case = await Case.sent(county)
    made = ok(await case.post("secretary", "rectification", problem="路灯没有日常巡查", severity="general"))
    assert made.status_code == 201
    item = case.seen["rectification"]
    found = ok(await county.client("clerk").get(f"/rectifications/{item['id']}")).json()
    assert (found["source"], found["number"]) == ("feedback", item["number"])
    again = await case.post("secretary", "rectification", problem="路灯没有日常巡查", severity="general")
    assert (again.status_code, again.json()["code"]) == (409, "converted_already")
    (row,) = ok(await county.client("clerk").get("/feedback-cards", params={"converted": True})).json()["items"]
    assert row["rectification_number"] == item["number"]


async def test_convert_422_with_a_number_of_the_sender(county) -> None:
    """The form begins with the sender's words; the ledger is printed, exported and read by every unit."""
    case = await Case.sent(county, content=f"{CONTENT}我的电话是{CONTACT['phone']}。")
    answer = await case.post("secretary", "rectification", problem=(await case.get())["content"], severity="general")
    assert codes(answer) == [("/problem", "problem_holds_number")]
    ok(await case.post("secretary", "rectification", problem=CONTENT, severity="general"))


@pytest.mark.parametrize("who", ["clerk", "secretary", "supervisor"])
async def test_convert_409_when_somebody_is_meant(county, who: str) -> None:
    """An item would be given to those it is about: whatever names somebody stays a card."""
    meant = await Case.sent(county, about=about(county.village))
    noted = await Case.sent(county, about_note="是那个管账的")
    marked = await Case.sent(county)
    body = {"about": {"account_ids": [str((await county.account("clerk", county.village, "解小满")).id)]}}
    ok(await county.client(who).patch(marked.path, json=body, headers={"if-match": f'"{marked.version}"'}))
    await marked.get(who)
    for case in (meant, noted, marked):
        answer = await case.post(who, "rectification", problem="工程结余资金公开不及时", severity="general")
        assert (answer.status_code, answer.json()["code"]) == (409, "card_about_somebody")
    (part,) = await _parts_of(meant)
    answer = await part.post(who, "rectification", problem="排水沟盖板松动", severity="general")
    assert (answer.status_code, answer.json()["code"]) == (409, "card_about_somebody")
    items = ok(await county.client("clerk").get("/rectifications")).json()["items"]
    assert [item for item in items if item["source"] == "feedback"] == []


async def _parts_of(case: Case) -> list[Case]:
    ok(await case.post("clerk", "split", parts=[{"content": "排水沟盖板松动。", "category": "drainage"}]))
    return [await Case(case.county, {**case.receipt, "number": part["number"]}).found() for part in case.seen["parts"]]


async def test_third_case_of_a_kind_in_a_place_raises_a_systemic_problem_once(county) -> None:
    for _ in range(4):
        case = await Case.sent(county, category="drainage")
        await case.accepted()
    for _ in range(3):
        accusing = await Case.sent(county, category="attitude", about=about(county.village))
        await accusing.accepted()
        # Nor of those that say in words of their own whom they mean.
        noted = await Case.sent(county, category="elder_care", about=about(county.branch), about_note="送餐的那位")
        await noted.accepted()
    items = ok(await county.client("clerk").get("/rectifications", params={"systemic": True})).json()["items"]
    assert [(item["source"], item["severity"], item["systemic"]) for item in items] == [("feedback", "important", True)]
    assert "排水" in items[0]["problem"]


async def test_call_201_rates_for_the_sender_and_403_for_who_handled(county) -> None:
    case = await entry(county, contact=CONTACT)
    await case.answered()
    unreached = ok(await case.post("supervisor", "calls", **a_call(1), reached=False, note="无人接听"))
    assert unreached.json()["status"] == "replied"
    assert codes(await case.post("supervisor", "calls", **a_call(1), reached=False, grade=5)) == [
        ("/grade", "grade_without_call")
    ]
    own = await case.post("clerk", "calls", **a_call(1), reached=True, grade=5)
    assert own.status_code == 403
    ok(await case.post("supervisor", "calls", **a_call(2), reached=True, grade=2, comment="还是不亮"))
    assert (case.seen["status"], case.seen["grade"], case.seen["reopened"]) == ("processing", 2, 1)
    assert {call["reached"] for call in case.seen["calls"]} == {False, True}


async def test_call_409_where_nobody_left_a_number(county) -> None:
    case = await entry(county)
    answer = await case.post("supervisor", "calls", **a_call(), reached=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_to_call")


async def test_rate_409_by_code_when_who_entered_the_card_handled_it(county) -> None:
    """A clerk enters a visit, keeps the code, handles it and would rate the own answer; the code still follows it."""
    handler = await county.account("clerk", county.office, "区慧")
    visit = new_entry(county, channel="visit", contact=CONTACT, organization_id=str(county.office.id))
    answer = await county.client(handler).post("/feedback-cards/entries", json={"entries": [visit]})
    case = await Case(county, ok(answer).json()["entries"][0]["receipt"]).found()
    case.handler = handler
    await case.answered()
    refused = await case.rate(5)
    assert (refused.status_code, refused.json()["code"]) == (409, "rating_by_call_back")
    told = await case.track()
    assert (told["public_reply"], told["can_rate"]) == (REPLY, False)
    ok(await case.post("supervisor", "calls", **a_call(2), reached=True, grade=4))
    assert (case.seen["status"], case.seen["grade"]) == ("closed", 4)


async def test_rate_409_by_code_when_who_entered_the_card_approved_the_reply(county) -> None:
    case = await entry(county, who="secretary", channel="letter")
    await case.answered()
    assert (await case.rate(5)).json()["code"] == "rating_by_call_back"


async def test_rate_200_by_code_when_others_entered_the_card(county) -> None:
    case = await entry(county, channel="letter")
    await case.answered()
    assert (await case.track())["can_rate"] is True
    assert ok(await case.rate(5)).json()["status"] == "closed"


async def test_evidence_422_with_proof_of_a_card_about_the_caller(county) -> None:
    """Who may not know of the card proves nothing elsewhere with what was brought to it."""
    accused = await county.account("supervisor", county.township, "被反映人")
    case = await Case.sent(county)
    await case.accepted()
    await case.signed_for()
    proof = await uploaded(county.client("clerk"), str(county.office.id))
    record = {"what_was_done": "更换第三盏路灯灯具，晚上到场试亮正常。", "done_on": today(case), "public_reply": REPLY}
    evidence = [{"id": proof, "kind": "proof"}]
    ok(await case.act(await case.people(), "processing", record=record, evidence=evidence))
    walk = await (await Walk.start(county)).pass_until("verification")
    walk.people["accused"] = accused
    checked = await walk.example("supervisor")

    async def tried() -> list[tuple[str, str]]:
        given = [{"id": proof, "kind": "photo"}]
        answer = await walk.act("accused", record=checked, evidence=given, dry_run=True)
        return [(one["pointer"], one["code"]) for one in answer.json()["problems"]]

    assert ("/evidence/0", "evidence_not_found") not in await tried()
    body = {"about": {"account_ids": [str(accused.id)]}}
    headers = {"if-match": f'"{case.version}"'}
    ok(await county.client("county_admin").patch(case.path, json=body, headers=headers))
    assert ("/evidence/0", "evidence_not_found") in await tried()


async def test_attachment_404_of_a_card_about_the_caller(county) -> None:
    """What was brought to a card goes by the card's sight, whoever knows the file's id."""
    accused = await county.account("clerk", county.township, "被反映人")
    case = await Case.sent(county)
    await case.accepted()
    await case.signed_for()
    proof = await uploaded(county.client("clerk"), str(county.office.id))
    record = {"what_was_done": "更换第三盏路灯灯具，晚上到场试亮正常。", "done_on": today(case), "public_reply": REPLY}
    evidence = [{"id": proof, "kind": "proof"}]
    ok(await case.act(await case.people(), "processing", record=record, evidence=evidence))
    assert (await county.client(accused).get(f"/attachments/{proof}")).status_code == 200
    body = {"about": {"account_ids": [str(accused.id)]}}
    headers = {"if-match": f'"{case.version}"'}
    ok(await county.client("county_admin").patch(case.path, json=body, headers=headers))
    assert (await county.client(accused).get(case.path)).status_code == 404
    assert (await county.client(accused).get(f"/attachments/{proof}")).status_code == 404
    assert (await county.client("county_admin").get(f"/attachments/{proof}")).status_code == 200
