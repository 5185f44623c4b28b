"""Whom one card is about, its whole family is about: parts at every depth, merged cards, items of the ledger."""

import io
import json
from typing import Any
from zipfile import ZipFile

import sqlalchemy as sa

from tests.api.feedbacks import CONTENT, Case, codes, ok, sender
from tests.api.mirrors import Mirror
from tests.api.rectifications import Walk, assignment, listed
from tests.api.snapshots import ordered, written
from tests.factories import County, make_account

# Words in which no name and no office is found, and no word of the list that accuses.
VAGUE = "窗口那个戴帽子的问我要过东西，不给就拖着。"
OTHER = "戴帽子的那位，大家都知道要给他东西。"


async def mark(case: Case, who: Any = "clerk", **meant: Any) -> None:
    await case.get(who)
    body = {"about": {name: [str(one.id) for one in given] for name, given in meant.items()}}
    headers = {"if-match": f'"{case.version}"'}
    ok(await case.county.client(who).patch(case.path, json=body, headers=headers))


async def sees(county: County, who: Any, case: Case) -> bool:
    """Whether somebody comes by a card in any of the ways in which staff look at one."""
    client = county.client(who)
    page = await client.get(case.path)
    asked: list[dict[str, Any]] = [{"limit": 200}, {"q": case.receipt["number"]}]
    lists = [ok(await client.get("/feedback-cards", params=query)).json()["items"] for query in asked]
    events = await client.get(f"{case.path}/events")
    found = {page.is_success, events.is_success, *(any(one["id"] == case.id for one in rows) for rows in lists)}
    assert len(found) == 1, "one way says what another hides"
    return found.pop()


async def part_of(case: Case, content: str, category: str = "other") -> Case:
    await case.get()
    known = {one["id"] for one in case.seen["parts"]}
    ok(await case.post("clerk", "split", parts=[{"content": content, "category": category}]))
    (made,) = [one for one in case.seen["parts"] if one["id"] not in known]
    return await Case(case.county, {**case.receipt, "number": made["number"]}).found()


async def merged(county: County) -> tuple[Case, Case]:
    main, other = await Case.sent(county, content=VAGUE), await Case.sent(county, content=OTHER)
    ok(await other.post("clerk", "merge", into_id=main.id, reason="同一件事"))
    return main, other


async def converted(case: Case, problem: str = "路灯不亮无人修理") -> dict[str, Any]:
    await case.get()
    ok(await case.post("clerk", "rectification", problem=problem, severity="general"))
    return case.seen["rectification"]


async def given(county: County, item: dict[str, Any], **record: Any) -> Any:
    """Assign an item as the supervisor, or the county's administrator once it is there."""
    for who in ("supervisor", "county_admin"):
        found = await county.client(who).get(f"/rectifications/{item['id']}")
        if found.is_success:
            body = {"step": "assignment", "outcome": "done", "record": assignment(county, **record)}
            headers = {"if-match": f'"{found.json()["version"]}"'}
            return await county.client(who).post(f"/rectifications/{item['id']}/acts", json=body, headers=headers)
    raise AssertionError("nobody sees it")


async def test_mark_200_of_a_main_card_keeps_those_merged_into_it_from_whoever_is_meant(county: County) -> None:
    """And of one that was merged, which is over, the main one; nor does anything name the hidden one."""
    meant = await county.account("clerk", county.township, "郝大力")
    main, other = await merged(county)
    await mark(main, account_ids=[meant])
    assert not await sees(county, meant, main)
    assert not await sees(county, meant, other)
    assert (await other.get("county_admin"))["people_about"] == 1

    main, other = await merged(county)
    await mark(other, account_ids=[meant])
    assert not await sees(county, meant, main)
    assert not await sees(county, meant, other)


async def test_a_case_of_its_own_is_about_whom_its_sealed_main_card_was_about(county: County) -> None:
    meant = await county.account("clerk", county.township, "郝大力")
    main, other = await merged(county)
    await mark(main, account_ids=[meant])
    await main.found("county_admin")
    await main.get("county_admin")
    ok(await main.triage("county_admin", outcome="seal"))
    (made,) = (await other.track())["parts"]
    part = await Case(county, {**other.receipt, "number": made["number"]}).found("county_admin")
    assert (await part.get("county_admin"))["people_about"] == 1
    assert not await sees(county, meant, part)


async def test_mark_200_of_a_whole_keeps_its_parts_from_whoever_is_meant(county: County) -> None:
    """One in the hands of the office that is meant leaves them."""
    worker = await county.account("clerk", county.office, "区慧")
    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}")
    part = await part_of(whole, VAGUE)
    deeper = await part_of(part, "问我要过东西")
    ok(await deeper.triage())
    assert await sees(county, worker, deeper)
    await mark(whole, organization_ids=[county.office])
    for case in (whole, part, deeper):
        assert not await sees(county, worker, case)
    assert (await deeper.get())["status"] == "received"
    # So is one that is split off afterwards.
    later = await part_of(whole, CONTENT, "lamps")
    assert codes(await later.triage()) == [("/record/handling_unit_id", "unit_complained_about")]


async def test_mark_200_of_a_part_of_a_part_keeps_every_whole_from_whoever_is_meant(county: County) -> None:
    """The lamp, which another part is about, stays with the village."""
    villager = await county.account("clerk", county.village, "村里人")
    whole = await Case.sent(county, content=f"{CONTENT}{OTHER}{VAGUE}")
    lamp = await part_of(whole, CONTENT, "lamps")
    ok(await lamp.triage(handling_unit_id=str(county.village.id)))
    part = await part_of(whole, f"{OTHER}{VAGUE}")
    deeper = await part_of(part, VAGUE)
    twin = await Case.sent(county, content=OTHER)
    ok(await twin.post("clerk", "merge", into_id=whole.id, reason="同一件事"))
    await whole.get()
    ok(await whole.triage(handling_unit_id=str(county.village.id)))
    assert await sees(county, villager, whole)
    await mark(deeper, organization_ids=[county.village])
    for case in (whole, part, deeper, twin):
        assert not await sees(county, villager, case)
        assert [one["id"] for one in (await case.get())["about"]] == [str(county.village.id)]
    assert (await whole.get())["status"] == "received"
    assert await sees(county, villager, lamp)
    assert (await lamp.get())["about"] == []


async def test_mark_200_of_a_closed_card_takes_nothing_from_it_but_sight(county: County) -> None:
    worker = await county.account("clerk", county.office, "解小满")
    case = await Case.sent(county, content=VAGUE)
    await case.answered()
    ok(await case.rate(5))
    before = await case.found()
    seen = await before.get()
    assert await sees(county, worker, case)
    await mark(case, organization_ids=[county.office])
    assert not await sees(county, worker, case)
    after = await case.get()
    same = ("status", "grade", "public_reply", "handling_unit", "closed_on", "desk")
    assert {name: after[name] for name in same} == {name: seen[name] for name in same}
    body = {"category": "roads"}
    headers = {"if-match": f'"{after["version"]}"'}
    answer = await county.client("clerk").patch(case.path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "card_over")


async def test_a_published_reply_is_withdrawn_once_its_card_is_about_somebody(county: County) -> None:
    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}")
    part = await part_of(whole, VAGUE)
    await whole.get()
    await whole.accepted()
    await whole.signed_for()
    await whole.handled()
    await whole.approved(publish=True)

    async def published() -> str:
        async with sender(county.app) as client:
            return ok(await client.get(f"/public/places/{county.village.id}/publications")).text

    reply = whole.seen["public_reply"]
    assert reply in await published()
    await mark(part, organization_ids=[county.office])
    assert reply not in await published()
    assert (await whole.get())["published"] is False


async def test_mark_200_takes_along_every_item_made_of_the_family(county: County) -> None:
    """Of an answered whole by its part, of a part by its whole, of a merged card by the main one; and into what they
    were merged."""
    villager = await county.account("clerk", county.village, "村里人")

    async def hidden(item: dict[str, Any]) -> bool:
        return (await county.client(villager).get(f"/rectifications/{item['id']}")).status_code == 404

    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}")
    part = await part_of(whole, VAGUE)
    item = await converted(whole)
    ok(await given(county, item))
    await whole.get()
    await whole.answered()
    assert not await hidden(item)
    await mark(part, organization_ids=[county.village])
    assert await hidden(item)

    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}")
    part = await part_of(whole, CONTENT, "lamps")
    item = await converted(part)
    ok(await given(county, item))
    assert not await hidden(item)
    await mark(whole, organization_ids=[county.village])
    assert await hidden(item)

    main, other = await merged(county)
    item = await converted(other)
    target = await Walk.start(county, problem="自查发现路灯不亮", nobody_affected_reason="", affects_people=True)
    await target.assigned()
    client = county.client("supervisor")
    version = ok(await client.get(f"/rectifications/{item['id']}")).json()["version"]
    body = {"into_id": target.item["id"], "reason": "同一问题"}
    path, headers = f"/rectifications/{item['id']}/merge", {"if-match": f'"{version}"'}
    ok(await client.post(path, json=body, headers=headers))
    assert not await hidden(target.item)
    await mark(main, organization_ids=[county.village])
    assert await hidden(item)
    assert await hidden(target.item)


async def test_merge_422_of_an_item_into_one_that_whoever_is_meant_has(county: County) -> None:
    case = await Case.sent(county)
    item = await converted(case)
    await mark(case, organization_ids=[county.village])
    target = await Walk.start(county, problem="自查发现路灯不亮", nobody_affected_reason="", affects_people=True)
    await target.assigned()
    client = county.client("supervisor")
    version = ok(await client.get(f"/rectifications/{item['id']}")).json()["version"]
    body = {"into_id": target.item["id"], "reason": "同一问题"}
    answer = await client.post(f"/rectifications/{item['id']}/merge", json=body, headers={"if-match": f'"{version}"'})
    assert codes(answer) == [("/into_id", "unit_complained_about")]


async def test_assign_422_of_an_item_to_the_office_of_whoever_it_is_about(county: County) -> None:
    """As for the card; also of an item that another one was merged into."""
    meant = await county.account("clerk", county.office, "郝大力")
    case = await Case.sent(county)
    item = await converted(case)
    target = await Walk.start(county, problem="自查发现路灯不亮", nobody_affected_reason="", affects_people=True)
    await mark(case, account_ids=[meant])
    answer = await given(county, item, responsible_unit_id=str(county.office.id))
    assert codes(answer) == [("/record/responsible_unit_id", "unit_complained_about")]
    for who in ("supervisor", "county_admin"):
        found = await county.client(who).get(f"/rectifications/{item['id']}")
        if found.is_success:
            body = {"into_id": target.item["id"], "reason": "同一问题"}
            headers = {"if-match": f'"{found.json()["version"]}"'}
            path = f"/rectifications/{item['id']}/merge"
            ok(await county.client(who).post(path, json=body, headers=headers))
            break
    answer = await given(county, target.item, responsible_unit_id=str(county.office.id))
    assert codes(answer) == [("/record/responsible_unit_id", "unit_complained_about")]


async def test_lift_200_goes_through_the_family_as_the_name_came(county: County) -> None:
    """What was found by name in the note comes to the parts, and goes from them; what was chosen for one stays."""
    clerk = await county.account("clerk", county.village, "解小满")
    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}", about_note="收费的解小满", wish="complaint")
    part, other = await part_of(whole, VAGUE), await part_of(whole, CONTENT, "lamps")
    deeper = await part_of(part, "问我要过东西")
    assert [(await one.get())["people_about"] for one in (whole, part, other, deeper)] == [1, 1, 1, 1]
    await mark(other, account_ids=[clerk])
    await whole.get()
    body = {"ids": [str(clerk.id)], "reason": "是同名的村民"}
    # Somebody has chosen them, for a part of it: that is no name any more.
    assert codes(await whole.post("clerk", "lifting", **body)) == [("/ids/0", "mark_not_matched")]

    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}", about_note="收费的解小满", wish="complaint")
    part, other = await part_of(whole, VAGUE), await part_of(whole, CONTENT, "lamps")
    deeper = await part_of(part, "问我要过东西")
    await part.get()
    ok(await part.post("clerk", "lifting", **body))
    about = [(await one.get())["people_about"] for one in (whole, part, other, deeper)]
    assert about == [1, 0, 1, 0], "it was set on the whole, which other parts have it from"
    await whole.get()
    ok(await whole.post("clerk", "lifting", **body))
    assert [(await one.get())["people_about"] for one in (whole, part, other, deeper)] == [0, 0, 0, 0]
    ok(await deeper.triage(about_nobody="说的是村外的收费员", who="county_admin"))
    assert (await deeper.get("county_admin"))["people_about"] == 0, "the name is not found once more"


async def test_seal_422_while_a_whole_two_steps_above_is_in_hand(county: County) -> None:
    """Over, it goes along, and so does how to reach its sender."""
    contact = {"name": "陶秀英", "phone": "19900003355"}
    whole = await Case.sent(county, content=f"{CONTENT}{OTHER}{VAGUE}", contact=contact)
    part = await part_of(whole, f"{OTHER}{VAGUE}")
    deeper = await part_of(part, VAGUE)
    await part.get()
    ok(await part.triage(outcome="not_accept"))
    await deeper.get()
    assert deeper.seen["has_contact"]
    assert codes(await deeper.triage(outcome="seal")) == [("/record/outcome", "sealed_after_its_whole")]
    await whole.get()
    ok(await whole.triage(outcome="not_accept"))
    ok(await deeper.triage(outcome="seal"))
    for case in (whole, part, deeper):
        assert (await county.client("clerk").get(case.path)).status_code == 404
    officer = county.client("discipline_officer")
    opened = ok(await officer.post(f"/sealed-reports/{deeper.id}/reading", json={"reason": "线索初核"})).json()
    assert (opened["name"], opened["phone"]) == (contact["name"], contact["phone"])
    assert VAGUE in opened["content"]
    assert CONTENT in opened["content"]


async def test_seal_422_names_no_whole_that_who_seals_does_not_see(county: County) -> None:
    meant = await county.account("clerk", county.township, "郝大力")
    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}")
    part = await part_of(whole, VAGUE)
    async with county.app.state.database.transaction() as session:
        # A whole that is kept from somebody while a part is not, as it was before marks went through families.
        marks = {"about": [str(meant.id)], "id": whole.id}
        await session.execute(sa.text("UPDATE feedback_card SET about = :about WHERE id = :id"), marks)
    await part.get(meant)
    answer = await part.triage(meant, outcome="seal")
    assert codes(answer) == [("/record/outcome", "sealed_after_unseen_whole")]
    assert whole.receipt["number"] not in answer.text


async def test_seal_200_leaves_neither_the_note_with_a_part_nor_an_item_below(county: County) -> None:
    """A part reads the note in its whole, as far as that is in sight; the item goes up to where the report lies."""
    note = "戴金链子的那一位"
    whole = await Case.sent(county, content=f"{CONTENT}{VAGUE}", about_note=note)
    part = await part_of(whole, CONTENT, "lamps")
    assert (await part.get())["about_note"] == note
    await whole.get()
    ok(await whole.triage(outcome="seal"))
    assert (await part.get())["about_note"] is None
    # That its sender meant somebody is still asked after.
    refused = await part.triage(handling_unit_id=str(county.village.id))
    assert codes(refused) == [("/record/about_nobody", "about_whom_unsaid")]

    case = await Case.sent(county, content=VAGUE)
    item = await converted(case, "窗口办事要给东西才办")
    await case.get()
    ok(await case.triage(outcome="seal"))
    assert item["id"] not in {one["id"] for one in await listed(county)}
    seen = ok(await county.client("county_admin").get(f"/rectifications/{item['id']}")).json()
    assert seen["organization"]["id"] == str(county.county.id)


async def test_content_409_of_a_snapshot_that_was_written_before_a_card_was_kept_from_somebody(county: County) -> None:
    """For everybody of the county alike: that it is void does not say whom it is about."""
    meant = await county.account("clerk", county.township, "郝大力")
    marked, sealed = await Case.sent(county, content=VAGUE), await Case.sent(county, content=OTHER)
    made = {}
    for who in (meant, county.accounts["clerk"]):
        client = county.client(who)
        made[who.id] = await written(county.app, client, await ordered(client, "feedback-cards"))
        assert (await client.get(f"/snapshots/{made[who.id]['id']}/content")).status_code == 200
    await mark(marked, account_ids=[meant])
    for who in (meant, county.accounts["clerk"]):
        answer = await county.client(who).get(f"/snapshots/{made[who.id]['id']}/content")
        assert (answer.status_code, answer.json()["code"]) == (409, "snapshot_rights_changed")
    client = county.client(meant)
    anew = await written(county.app, client, await ordered(client, "feedback-cards"))
    assert (await client.get(f"/snapshots/{anew['id']}/content")).status_code == 200
    ok(await sealed.triage(outcome="seal"))
    assert (await client.get(f"/snapshots/{anew['id']}/content")).status_code == 409


async def test_own_copy_200_tells_what_somebody_did_and_nothing_of_what_is_about_them_now(county: County) -> None:
    worker = await county.account("clerk", county.village, "曾立德")
    case = await Case.sent(county)
    ok(await case.triage(handling_unit_id=str(county.village.id)))
    ok(await case.act(worker, "sign_for", record={"person": "曾立德"}))

    async def acts() -> list[dict[str, Any]]:
        copy = ok(await county.client(worker).post("/me/copy"))
        with ZipFile(io.BytesIO(copy.content)) as archive:
            (name,) = [one for one in archive.namelist() if one.endswith("json")]
            parts = {one["key"]: one["rows"] for one in json.loads(archive.read(name))["parts"]}
        return parts["acts"]

    (before,) = await acts()
    assert before["number"] == case.receipt["number"]
    await mark(case, organization_ids=[county.village])
    (after,) = await acts()
    assert (after["number"], after["title"], after["step"]) == (None, None, "sign_for")


async def test_a_card_in_a_list_names_its_item_to_whoever_sees_the_item(county: County) -> None:
    case = await Case.sent(county)
    item = await converted(case)
    await case.get()
    await case.accepted()
    worker = await case.people()

    async def number(who: Any) -> str | None:
        rows = ok(await county.client(who).get("/feedback-cards", params={"q": case.receipt["number"]})).json()["items"]
        return rows[0]["rectification_number"]

    assert (await number(worker), await number("clerk")) == (None, item["number"])
    events = ok(await county.client(worker).get(f"{case.path}/events")).text
    assert item["number"] not in events
    assert item["id"] not in events


async def test_a_merged_card_names_no_main_card_that_is_out_of_sight(county: County) -> None:
    main, other = await merged(county)
    await main.get()
    ok(await main.triage(outcome="seal"))
    client = county.client("clerk")
    for path in (other.path, f"{other.path}/events"):
        told = ok(await client.get(path)).text
        assert main.id not in told
        assert main.receipt["number"] not in told


async def test_changes_200_take_a_merged_card_from_whoever_its_main_card_is_about(county: County) -> None:
    async with county.app.state.database.transaction() as session:
        meant = await make_account(session, "clerk", county.township, "郝大力")
        meant.organization_id = county.office.id
        session.add(meant)
    follower = Mirror(county.client(meant), "feedback-cards")
    await follower.once()
    main, other = await Case.sent(county, content=VAGUE), await Case.sent(county, content=OTHER)
    await mark(main, "secretary", organization_ids=[county.office])
    await other.get("secretary")
    fresh = {"if-match": f'"{other.version}"'}
    ok(await county.client("secretary").patch(other.path, json={"urgency": "urgent"}, headers=fresh))
    assert ("upsert", other.id) in [(told["op"], told["id"]) for told in await follower.once()]
    await other.get("secretary")
    ok(await other.post("secretary", "merge", into_id=main.id, reason="同一件事"))
    assert (await county.client(meant).get(other.path)).status_code == 404
    assert [(told["op"], told["id"]) for told in await follower.once()] == [("remove", other.id)]
