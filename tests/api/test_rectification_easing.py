"""What decides who has to agree to a closing is eased by nobody who owns the item, and by nobody who checks it then."""

from typing import Any

import httpx
import pytest

from tests.api.decisions import codes
from tests.api.feedbacks import Case, ok
from tests.api.rectifications import Walk, listed, new_rectification
from tests.api.test_ledger_rectification import row, send
from tests.factories import County

PEOPLE = {"affects_people": True, "nobody_affected_reason": ""}
NOBODY = {"affects_people": False, "nobody_affected_reason": "沟渠不临近住户"}


async def patched(walk: Walk, who: str, **changes: Any) -> httpx.Response:
    answer = await walk.client(who).patch(walk.path, json=changes, headers={"if-match": walk.version})
    if answer.is_success:
        walk.item = answer.json()
    return answer


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def item_of_card(county: County) -> tuple[Case, Walk]:
    """A card of somebody's and the item that was made of it, which nobody has been given yet."""
    case = await Case.sent(county)
    ok(await case.post("clerk", "rectification", problem="东头路灯不亮", severity="general"))
    walk = Walk(county, (await listed(county))[0])
    await walk.add_people()
    walk.item = await walk.seen_by("supervisor")
    return case, walk


@pytest.mark.parametrize("eased", [{"severity": "general", "reason": "影响范围较小"}, NOBODY])
async def test_act_403_whoever_asked_less_of_an_item_neither_checks_nor_closes_it(
    county: County, eased: dict[str, Any]
) -> None:
    walk = await Walk.start(county, severity="important", **PEOPLE)
    await walk.assigned()
    assert (await patched(walk, "second", **eased)).status_code == 200
    await walk.pass_until("verification")
    tasks = (await walk.client("second").get("/me/tasks")).json()["items"]
    assert walk.item["id"] not in [task["id"] for task in tasks]
    for step in ("verification", "closing"):
        await walk.pass_until(step)
        assert not (await walk.option("second"))["allowed"]
        assert refused(await walk.act("second", record=await walk.example("supervisor"))) == (403, "party_barred")
    await walk.pass_until(None)
    assert walk.item["status"] == "closed"


async def test_act_403_whoever_asked_less_of_what_was_merged_into_it_does_not_check_it(county: County) -> None:
    first, second = await Walk.start(county, severity="important"), await Walk.start(county, problem="同一条沟积水")
    assert (await patched(first, "second", severity="general", reason="影响范围较小")).status_code == 200
    merged = await first.post("supervisor", "/merge", {"into_id": second.item["id"], "reason": "同一个问题"})
    assert merged.status_code == 200, merged.text
    second.item = await second.seen_by("supervisor")
    second.people["second"] = first.people["second"]
    second.clients.pop("second", None)
    await second.pass_until("verification")
    assert refused(await second.act("second")) == (403, "party_barred")


async def test_change_403_whoever_an_item_names_makes_it_no_milder(county: County) -> None:
    walk = await Walk.start(county, severity="major")
    await walk.assigned(responsible_leader="查静宜")
    answer = await patched(walk, "second", severity="general", reason="影响范围较小")
    assert refused(answer) == (403, "own_item")


async def test_change_422_what_people_brought_up_is_asked_about_wherever_it_was_merged(county: County) -> None:
    _, walk = await item_of_card(county)
    into = await Walk.start(county, problem="路灯自查", source="self_review", severity="important", **PEOPLE)
    last = await Walk.start(county, problem="照明自查", source="self_review", severity="important", **PEOPLE)
    for one, other in ((walk, into), (into, last)):
        merged = await one.post("supervisor", "/merge", {"into_id": other.item["id"], "reason": "同一个问题"})
        assert merged.status_code == 200, merged.text
    last.item = await last.seen_by("supervisor")
    assert codes(await patched(last, "supervisor", **NOBODY)) == [("/affects_people", "people_spoke_up")]
    milder = await patched(last, "supervisor", severity="general", reason="影响范围较小")
    assert codes(milder) == [("/severity", "merged_in_asks_more")]
    await last.pass_until("satisfaction")


async def test_change_422_an_item_asks_as_much_as_what_was_merged_into_it(county: County) -> None:
    walk = await Walk.start(county, **PEOPLE)
    into = await Walk.start(county, problem="同一条沟积水", **PEOPLE)
    merged = await walk.post("supervisor", "/merge", {"into_id": into.item["id"], "reason": "同一个问题"})
    assert merged.status_code == 200, merged.text
    into.item = await into.seen_by("supervisor")
    assert codes(await patched(into, "supervisor", **NOBODY)) == [("/affects_people", "merged_in_asks_more")]


async def test_register_403_the_unit_itself_does_not_say_that_nobody_is_affected(county: County) -> None:
    """Neither at its own place nor where it is the unit proposed; supervision may, and so may the township."""
    unit = county.client(await county.account("clerk", county.village, "解小满"))
    village = {"organization_id": str(county.village.id), "source": "self_review"}
    for body in (village, {**village, "responsible_unit_id": str(county.village.id)}):
        answer = await unit.post("/rectifications", json=new_rectification(county, **body))
        assert refused(answer) == (403, "own_unit_says_nobody_affected")
    asked = await unit.post("/rectifications", json=new_rectification(county, **village, **PEOPLE))
    assert asked.status_code == 201, asked.text
    for who in ("supervisor", "clerk"):
        above = await county.client(who).post("/rectifications", json=new_rectification(county, **village))
        assert above.status_code == 201, above.text


@pytest.mark.parametrize("source", ["inspection_tour", "supervision", "assessment", "audit", "county_transfer"])
async def test_register_422_a_unit_does_not_enter_what_others_inspected(county: County, source: str) -> None:
    unit = county.client(await county.account("clerk", county.village, "解小满"))
    body = new_rectification(county, organization_id=str(county.village.id), source=source, **PEOPLE)
    assert codes(await unit.post("/rectifications", json=body)) == [("/source", "source_is_of_inspectors")]
    assert (await county.client("supervisor").post("/rectifications", json=body)).status_code == 201


async def test_act_403_who_brings_in_a_closing_recognises_it_not_and_who_recognises_closes_it_not(
    county: County,
) -> None:
    await send(county.client("supervisor"), [row(county, 责任领导="李四", 完成情况="换好了灯头", 是否销号="√")])
    walk = Walk(county, (await listed(county))[0])
    await walk.add_people()
    walk.item = await walk.seen_by("supervisor")
    record = await walk.example("second")
    proof = await walk.proof("second")
    assert refused(await walk.act("supervisor", record=record, evidence=proof)) == (403, "party_barred")
    await walk.done("second", record=record, evidence=proof)
    assert walk.step == "closing"
    assert refused(await walk.act("second")) == (403, "same_person_as_step")
    assert refused(await walk.act("supervisor")) == (403, "party_barred")
    await walk.done("county_supervisor")
    assert walk.item["status"] == "closed"


async def test_act_403_a_namesake_of_whoever_did_the_work_does_not_verify_it(county: County) -> None:
    """A second account of the same person would be a second pair of eyes in name only."""
    walk = await Walk.start(county)
    walk.people["same"] = await county.account("supervisor", county.township, "解小满")
    await walk.pass_until("verification")
    tasks = (await walk.client("same").get("/me/tasks")).json()["items"]
    assert walk.item["id"] not in [task["id"] for task in tasks]
    answer = await walk.act("same", record=await walk.example("supervisor"))
    assert refused(answer) == (403, "same_person_as_step")


async def test_extend_403_a_namesake_of_whoever_asked_does_not_grant_it(county: County) -> None:
    walk = await (await Walk.start(county)).pass_until("rectifying")
    walk.people["same"] = await county.account("supervisor", county.township, "解小满")
    asked = {"until": walk.ahead(50), "reason": "连续降雨"}
    assert (await walk.post("unit", "/extensions", asked)).status_code == 200
    refusal = await walk.post("same", "/extensions", asked)
    assert codes(refusal) == [("", "extension_same_person")]
    assert (await walk.post("supervisor", "/extensions", asked)).status_code == 200


async def test_act_403_supervision_closes_and_nobody_else(county: County) -> None:
    """Handbook 2.10: what people brought up is closed by supervision, after they were called back."""
    _, walk = await item_of_card(county)
    await walk.pass_until("closing")
    for who in ("secretary", "county_admin", "clerk"):
        assert refused(await walk.act(who, record=await walk.example("supervisor"))) == (403, "role_not_allowed")
    assert "secretary" not in {holder["name"] for holder in walk.item["holders"]}
    await walk.done("supervisor")
    assert walk.item["status"] == "closed"


async def test_convert_200_again_once_the_item_was_withdrawn(county: County) -> None:
    """A withdrawal takes nothing from a sender: the card is to be converted again, or answered."""
    case, walk = await item_of_card(county)
    gone = await walk.act("secretary", "withdrawn", reason="登记有误")
    assert gone.status_code == 200, gone.text
    await case.get()
    assert case.seen["rectification"] is None
    ok(await case.post("clerk", "rectification", problem="东头路灯不亮", severity="general"))
    assert case.seen["rectification"]["id"] != walk.item["id"]
    again = await case.post("clerk", "rectification", problem="东头路灯不亮", severity="general")
    assert refused(again) == (409, "converted_already")


@pytest.mark.parametrize("number", ["19900003355", "一九九零零零零三三五五", "199，0000，3355"])
async def test_change_422_a_sender_s_number_gets_into_no_item_later_either(county: County, number: str) -> None:
    """Whatever staff write into an item that people brought up, be it by a merge."""
    _, walk = await item_of_card(county)
    into = await Walk.start(county, problem="照明自查", source="self_review", **PEOPLE)
    merged = await walk.post("supervisor", "/merge", {"into_id": into.item["id"], "reason": "同一个问题"})
    assert merged.status_code == 200, merged.text
    into.item = await into.seen_by("supervisor")
    for name in ("facts", "remark"):
        answer = await patched(into, "supervisor", **{name: f"反映人电话{number}"})
        assert codes(answer) == [(f"/{name}", "item_holds_number")]
    text = {"text": f"反映人电话{number}说路灯不亮", "reason": "补充"}
    assert codes(await into.post("supervisor", "/corrections", text)) == [("/text", "item_holds_number")]
    other = await Case.sent(county)
    body = {"problem": f"路灯不亮，电话{number}", "severity": "general"}
    assert codes(await other.post("clerk", "rectification", **body)) == [("/problem", "problem_holds_number")]
    # Of what supervision itself found, a unit's own telephone may be told.
    own = await Walk.start(county)
    assert (await patched(own, "supervisor", remark="村委会电话0990-2345678")).status_code == 200
