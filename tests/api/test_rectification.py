"""Registering problems, reading the ledger, and what is said beside a problem."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from backend.db.event import Event
from backend.db.organization import OrganizationTally
from backend.db.rectification import Rectification
from backend.domain.calendar import day_of
from tests.api.decisions import codes
from tests.api.rectifications import Walk, ahead, new_rectification, today


async def kinds_of(county, id: str) -> list[str]:
    async with county.app.state.database.reader() as reader:
        rows = await reader.execute(sa.select(Event.kind).where(Event.subject_id == id).order_by(Event.sequence))
        return [kind for (kind,) in rows]


async def counts_of(county) -> dict[tuple[str, str, str], int]:
    """Kept counts that are not zero: (organisation's name without its tag, subject, key)."""
    names = {county.township.id: "town", county.village.id: "village", county.office.id: "office"}
    async with county.app.state.database.reader() as reader:
        rows = await reader.execute(
            sa.select(
                OrganizationTally.organization_id,
                OrganizationTally.subject,
                OrganizationTally.status,
                OrganizationTally.count,
            ).where(OrganizationTally.organization_id.in_(list(names)), OrganizationTally.count != 0)
        )
        return {(names[place], subject, key): count for place, subject, key, count in rows}


async def test_register_201_waits_to_be_assigned_and_records_one_event(county) -> None:
    walk = await Walk.start(county, responsible_unit_id=str(county.village.id), responsible_person="曾立德")
    made = walk.item
    assert made["number"] == f"ZG-{day_of(datetime.now(UTC)).year}-0001"
    assert (made["status"], made["step"], made["version"]) == ("registered", "assignment", 1)
    assert (made["organization"]["id"], made["registered_on"]) == (str(county.township.id), today().isoformat())
    assert made["responsible_unit"] == {"id": str(county.village.id), "name": county.village.name}
    option = await walk.option("supervisor")
    proposed = option["record_schema"]["properties"]
    assert proposed["responsible_unit_id"]["default"] == str(county.village.id)
    assert await kinds_of(county, made["id"]) == ["rectification.registered"]


@pytest.mark.parametrize("who", ["inspector", "member", "legal_reviewer", "discipline_officer"])
async def test_register_403_for_those_who_only_look(county, who: str) -> None:
    answer = await county.client(who).post("/rectifications", json=new_rectification(county))
    assert answer.status_code == 403


async def test_register_404_outside_reach_and_401_anonymous(county, other_county, anonymous) -> None:
    body = new_rectification(county)
    assert (await other_county.client("supervisor").post("/rectifications", json=body)).status_code == 404
    assert (await anonymous.post("/api/v1/rectifications", json=body)).status_code == 401


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"due_on": ahead(-1), "deadline_kind": "dated"}, "/due_on", "due_before_registration"),
    ({"due_on": ahead(9), "deadline_kind": "standing"}, "/due_on", "standing_has_no_day"),
    ({"nobody_affected_reason": "　"}, "/nobody_affected_reason", "nobody_affected_needs_reason"),
    ({"problem": "\u200b"}, "/problem", "field_string_too_short"),
    ({"category": "cats"}, "/category", "field_enum"),
    ({"relapse_of_id": "6f1a5c0e-3d0b-5f7a-9a53-0d7a5a3b8c11"}, "/relapse_of_id", "item_not_found"),
    ({"claimed_closed": True}, "/claimed_closed", "field_extra_forbidden"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), WRONG)
async def test_register_422_for_what_cannot_be(county, changes: dict[str, Any], pointer: str, code: str) -> None:
    answer = await county.client("supervisor").post("/rectifications", json=new_rectification(county, **changes))
    assert codes(answer) == [(pointer, code)]


async def test_register_409_in_an_organisation_that_is_dissolved(county) -> None:
    gone = await county.organization("撤销的村", "village", status="dissolved")
    body = new_rectification(county, organization_id=str(gone.id))
    answer = await county.client("supervisor").post("/rectifications", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "organization_over")


async def test_register_201_a_relapse_names_the_item_before(county) -> None:
    first = await (await Walk.start(county)).pass_until(None)
    again = await Walk.start(county, relapse_of_id=first.item["id"])
    assert again.item["relapse_of"] == {"id": first.item["id"], "number": first.item["number"]}
    assert again.item["relapsed"]


async def test_the_problem_is_never_changed_whoever_holds_the_connection(county) -> None:
    walk = await Walk.start(county)
    for column, value in (("problem", "别的问题"), ("number", "ZG-1"), ("source", "audit")):
        with pytest.raises(sa.exc.DBAPIError, match="stays as it was registered"):
            async with county.app.state.database.transaction() as session:
                await session.execute(
                    sa.update(Rectification).where(Rectification.id == walk.item["id"]).values({column: value})
                )


async def test_correct_201_appends_and_leaves_the_text(county) -> None:
    walk = await Walk.start(county)
    answer = await walk.post("clerk", "/corrections", {"text": "应为两处堵塞", "reason": "复核发现"})
    assert answer.status_code == 201, answer.text
    assert walk.item["problem"] == "排水沟堵塞，雨季积水"
    assert [(one["text"], one["by"]["name"]) for one in walk.item["corrections"]] == [("应为两处堵塞", "clerk")]
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
        async with county.app.state.database.transaction() as session:
            await session.execute(sa.text("DELETE FROM rectification_correction"))


async def patched(walk: Walk, who: str, **changes: Any):
    answer = await walk.client(who).patch(walk.path, json=changes, headers={"if-match": walk.version})
    if answer.is_success:
        walk.item = answer.json()
    return answer


async def test_change_200_what_stands_beside_the_problem(county) -> None:
    walk = await Walk.start(county)
    assert (
        await patched(walk, "clerk", category="livelihood", remark="跟踪", source_clause="第3条")
    ).status_code == 200
    assert (walk.item["category"], walk.item["remark"], walk.item["source_clause"]) == ("livelihood", "跟踪", "第3条")
    assert ("town", "rectification_open", "livelihood") in await counts_of(county)
    assert (await patched(walk, "clerk")).status_code == 422
    assert (await patched(walk, "clerk", problem="别的问题")).status_code == 422


async def test_change_403_by_its_own_unit_once_it_is_assigned(county) -> None:
    walk = await (await Walk.start(county, severity="major")).pass_until("plan")
    answer = await patched(walk, "unit", severity="general")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_item")


async def test_change_409_of_what_decides_who_agrees_after_closing_is_asked_for(county) -> None:
    walk = await (await Walk.start(county, severity="major")).pass_until("verification")
    answer = await patched(walk, "clerk", severity="general")
    assert (answer.status_code, answer.json()["code"]) == (409, "closing_is_asked_for")
    assert (await patched(walk, "clerk", remark="可以改")).status_code == 200


async def test_change_422_nobody_affected_without_a_reason(county) -> None:
    walk = await Walk.start(county, affects_people=True, nobody_affected_reason="")
    assert codes(await patched(walk, "clerk", affects_people=False)) == [
        ("/nobody_affected_reason", "nobody_affected_needs_reason")
    ]
    for empty in ("无", "不涉及群众", "没有群众受到影响，无问题"):
        answer = await patched(walk, "supervisor", affects_people=False, nobody_affected_reason=empty)
        assert codes(answer) == [("/nobody_affected_reason", "nobody_affected_not_concrete")]


async def test_change_403_nobody_affected_is_for_supervision_to_say(county) -> None:
    walk = await Walk.start(county, affects_people=True, nobody_affected_reason="")
    nobody = {"affects_people": False, "nobody_affected_reason": "沟渠不临近住户"}
    answer = await patched(walk, "clerk", **nobody)
    assert (answer.status_code, answer.json()["code"]) == (403, "supervision_says_nobody_affected")
    await walk.assigned(responsible_leader="查静宜")
    answer = await patched(walk, "second", **nobody)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_item")
    assert (await patched(walk, "supervisor", **nobody)).status_code == 200


async def test_change_422_what_people_brought_up_is_never_closed_without_asking_them(county) -> None:
    nobody = {"affects_people": False, "nobody_affected_reason": "沟渠不临近住户"}
    made = await county.client("supervisor").post("/rectifications", json=new_rectification(county, source="feedback"))
    assert codes(made) == [("/affects_people", "people_spoke_up")]
    walk = await Walk.start(county, source="feedback", affects_people=True, nobody_affected_reason="")
    assert codes(await patched(walk, "supervisor", **nobody)) == [("/affects_people", "people_spoke_up")]
    assert (await walk.seen_by("supervisor"))["affects_people"]


async def test_change_412_and_428(county) -> None:
    walk = await Walk.start(county)
    client = walk.client("clerk")
    assert (await client.patch(walk.path, json={"remark": "x"}, headers={"if-match": '"9"'})).status_code == 412
    assert (await client.patch(walk.path, json={"remark": "x"})).status_code == 428


async def test_get_200_answers_what_the_change_answered_and_404_outside(county, other_county) -> None:
    walk = await (await Walk.start(county)).pass_until("rectifying")
    read = await walk.client("unit").get(walk.path)
    again = await walk.client("unit").get(walk.path)
    assert read.json() == again.json()
    assert read.headers["etag"] == walk.version
    assert (await other_county.client("supervisor").get(walk.path)).status_code == 404


async def test_events_200_tell_every_deed_once(county) -> None:
    walk = await (await Walk.start(county)).pass_until("plan")
    client = walk.client("supervisor")
    events = (await client.get(f"{walk.path}/events")).json()["items"]
    assert [event["kind"] for event in events] == [
        "rectification.acted",
        "rectification.acted",
        "rectification.registered",
    ]
    assert events[0]["title"] == "办理步骤"


async def test_counts_follow_an_item_from_its_place_to_its_unit_and_to_its_end(county) -> None:
    walk = await Walk.start(county)
    assert await counts_of(county) == {
        ("town", "rectification", "registered"): 1,
        ("town", "rectification_open", "infrastructure"): 1,
        ("town", "rectification_source", "supervision"): 1,
    }
    await walk.pass_until("rectifying")
    assert await counts_of(county) == {
        ("village", "rectification", "rectifying"): 1,
        ("village", "rectification_open", "infrastructure"): 1,
        ("village", "rectification_source", "supervision"): 1,
    }
    await walk.pass_until(None)
    assert await counts_of(county) == {("village", "rectification", "closed"): 1}
    await walk.act("supervisor", "reopened", step="rectifying", reason="反弹", record={"due_on": ahead(30)})
    assert ("village", "rectification_open", "infrastructure") in await counts_of(county)


async def test_merging_organisations_hands_open_items_over_with_who_may_act(county) -> None:
    twin = await county.organization("并入的村", "village")
    people = await county.account("clerk", twin, "新单位经办人")
    walk = await (await Walk.start(county)).pass_until("plan")
    closed = await (await Walk.start(county)).pass_until(None)
    client = county.client("township_admin")
    refused = await client.post(
        f"/organizations/{county.village.id}/dissolve", json={"reason": "撤村"}, headers={"if-match": '"1"'}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "has_open_rectifications")
    merged = await client.post(
        f"/organizations/{county.village.id}/merge",
        json={"into_id": str(twin.id), "reason": "合并村"},
        headers={"if-match": '"1"'},
    )
    assert merged.status_code == 200, merged.text
    walk.people["twin"] = people
    seen = await walk.seen_by("twin")
    assert seen["organization"]["id"] == seen["responsible_unit"]["id"] == str(twin.id)
    tasks = (await walk.client("twin").get("/me/tasks")).json()["items"]
    assert walk.item["id"] in [task["id"] for task in tasks]
    walk.item = seen
    await walk.done("twin")
    assert (await closed.seen_by("supervisor"))["organization"]["id"] == str(county.village.id)
    counts = await counts_of(county)
    assert counts == {("village", "rectification", "closed"): 1}


async def own_finding(county, **changes: Any) -> Walk:
    """What a village registers about itself, with itself as the unit that is to put it right."""
    own = {"organization_id": str(county.village.id), "responsible_unit_id": str(county.village.id)}
    return await Walk.start(county, "supervisor", **own, **changes)


async def test_change_403_the_proposed_unit_makes_its_item_no_milder(county) -> None:
    walk = await own_finding(county, severity="major", affects_people=True, nobody_affected_reason="")
    milder = {"severity": "general", "reason": "影响不大"}
    nobody = {"affects_people": False, "nobody_affected_reason": "不涉及群众"}
    for changes in (milder, nobody):
        answer = await patched(walk, "unit", **changes)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_item")
    assert (await patched(walk, "unit", facts="补充：两户受影响")).status_code == 200
    assert (walk.item["severity"], walk.item["affects_people"]) == ("major", True)


async def test_change_403_whoever_registers_at_the_own_unit_makes_the_item_no_milder(county) -> None:
    """Without a unit that it is to be given to it is theirs as well."""
    place = {"organization_id": str(county.village.id), "severity": "major", "affects_people": True}
    walk = await Walk.start(county, "unit", **place, source="self_review", nobody_affected_reason="")
    for who in ("unit", "unit_secretary"):
        answer = await patched(walk, who, severity="general", reason="影响不大")
        assert (answer.status_code, answer.json()["code"]) == (403, "own_item"), who
    above = await patched(walk, "supervisor", severity="general", reason="复核后属一般")
    assert above.status_code == 200, above.text


async def test_change_422_milder_without_a_reason_and_the_event_tells_it(county) -> None:
    walk = await own_finding(county, severity="major", affects_people=True, nobody_affected_reason="")
    assert codes(await patched(walk, "supervisor", severity="important")) == [("/reason", "milder_needs_reason")]
    told = await patched(walk, "supervisor", severity="important", reason="复核后属较重")
    assert told.status_code == 200, told.text
    assert (await patched(walk, "supervisor", severity="major")).status_code == 200
    nobody = await patched(walk, "supervisor", affects_people=False, nobody_affected_reason="沟渠不临近住户")
    assert nobody.status_code == 200, nobody.text
    async with county.app.state.database.reader() as reader:
        rows = await reader.execute(
            sa.select(Event.reason)
            .where(Event.subject_id == walk.item["id"], Event.kind == "rectification.changed")
            .order_by(Event.sequence)
        )
        assert [reason for (reason,) in rows] == ["复核后属较重", None, "沟渠不临近住户"]
