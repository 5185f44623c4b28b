"""A card that says how somebody behaved, whatever category it stands under: who handles it, sorts it and ends it."""

from typing import Any

import pytest

from backend.domain.feedback.accusing import words_accuse
from tests.api.feedbacks import CONTENT, Case, codes, ok
from tests.api.rectifications import listed
from tests.api.test_feedback_family import mark, part_of
from tests.factories import County

RUDE = "窗口那个胖子对老人又喊又叫。"


async def change(case: Case, who: Any, **body: Any) -> None:
    await case.get(who)
    headers = {"if-match": f'"{case.version}"'}
    ok(await case.county.client(who).patch(case.path, json=body, headers=headers))
    await case.found(who)


@pytest.mark.parametrize("outcome", ["not_accept", "transfer"])
async def test_triage_422_alone_though_the_category_is_another_one_by_now(county: County, outcome: str) -> None:
    """Sorted as roads, it speaks of how somebody behaved all the same; supervision from outside ends it."""
    case = await Case.sent(county, category="attitude", content=RUDE)
    await change(case, "clerk", category="roads")
    refused = await case.triage(outcome=outcome)
    assert codes(refused) == [("/record/outcome", "outside_account_needed")]
    refused = await case.triage(outcome=outcome, category="lamps")
    assert codes(refused) == [("/record/outcome", "outside_account_needed")]
    outside = await county.account("supervisor", county.county, "余督查")
    ok(await case.triage(outside, outcome=outcome))


@pytest.mark.parametrize("way", ["change", "triage", "split"])
async def test_who_is_named_404_once_a_card_is_sorted_as_of_attitude(county: County, way: str) -> None:
    meant = await county.account("clerk", county.township, "郝大力")
    words = "郝大力对老人又喊又叫，路也不修。"
    case = await Case.sent(county, category="roads", content=words)
    assert (await county.client(meant).get(case.path)).status_code == 200
    cards, body = [case], {"category": "attitude"}
    if way == "change":
        headers = {"if-match": f'"{case.version}"'}
        ok(await county.client("clerk").patch(case.path, json=body, headers=headers))
    elif way == "triage":
        # No office below the township is apart from somebody who works for it: the clerk gives it to the county.
        assert codes(await case.triage(**body)) == [("/record/handling_unit_id", "unit_complained_about")]
        ok(await case.post("clerk", "desk", desk_id=str(county.county.id), reason="涉及本镇人员"))
        await case.get("county_admin")
        ok(await case.triage("county_admin", handling_unit_id=str(county.county.id), **body))
    else:
        parts = [{"content": "郝大力对老人又喊又叫。", **body}]
        ok(await county.client("clerk").post(f"{case.path}/split", json={"parts": parts}, headers={"if-match": '"1"'}))
        (made,) = (await case.get("county_admin"))["parts"]
        cards.append(await Case(county, {**case.receipt, "number": made["number"]}).found("county_admin"))
    for one in cards:
        assert (await county.client(meant).get(one.path)).status_code == 404
        assert (await one.get("county_admin"))["people_about"] == 1
        # Whoever would have to decide on a colleague has it no more.
        assert (await one.get("county_admin"))["desk"]["id"] == str(county.county.id)
    assert ok(await county.client(meant).get("/feedback-cards")).json()["items"] == []


async def test_who_is_named_404_where_only_the_words_accuse(county: County) -> None:
    """Category and wish as phones give them without a further tap."""
    meant = await county.account("clerk", county.village, "曾立德")
    words = "会计曾立德把补偿款装进自己口袋，求查处"
    case = await Case.sent(county, category="fund_disclosure", wish="action", content=words)
    assert (await case.get())["people_about"] == 1
    answer = await case.triage(handling_unit_id=str(county.village.id))
    assert codes(answer) == [("/record/handling_unit_id", "unit_complained_about")]
    ok(await case.triage())
    assert (await county.client(meant).get(case.path)).status_code == 404


@pytest.mark.parametrize(
    "words",
    [
        "会计把补偿款装进自己口袋",
        "他们把占地款私分了",
        "低保金被村里截留",
        "克扣养老补贴",
        "办事吃拿卡要",
        "向我索要好处",
        "收礼才办事",
        "李会计贪污",
        "收了我两条烟才给办",
        "窗口工作人员态度恶劣，推来推去",
        "挪 用 公 款",
    ],
)
def test_words_that_accuse(words: str) -> None:
    assert words_accuse(words)


@pytest.mark.parametrize(
    "words",
    [
        CONTENT,
        "村西头垃圾没人收，气味大",
        "请查一查今年的占地补偿款什么时候发",
        "孩子贪玩，放学路上没有路灯，不安全",
        "镇里收医保费在哪里交",
        "水电费收据丢了怎么补",
    ],
)
def test_words_that_accuse_nobody(words: str) -> None:
    assert not words_accuse(words)


@pytest.mark.parametrize("by", ["category", "words"])
@pytest.mark.parametrize("place", ["office", "village"])
async def test_triage_422_for_the_place_where_somebody_unnamed_behaved_so(county: County, place: str, by: str) -> None:
    """Another office handles it; it becomes no item; it is not counted into one of the place."""
    here = getattr(county, place)
    words = {"category": "attitude", "content": "工作人员不理人，来回跑了三趟。"}
    if by == "words":
        words = {"category": "other", "content": "窗口工作人员态度恶劣，推来推去。"}
    other = await county.organization("督查考核和贯标办公室", "office", county.township)
    for number in range(3):
        sent = {**words, "content": f"{words['content']}第{number + 1}回。"}
        case = await Case.sent(county, organization_id=str(here.id), wish="action", **sent)
        answer = await case.triage(handling_unit_id=str(here.id))
        assert codes(answer) == [("/record/handling_unit_id", "conduct_handled_outside")]
        ok(await case.triage(handling_unit_id=str(other.id)))
        made = await case.post("clerk", "rectification", problem="窗口服务不到位", severity="general")
        assert (made.status_code, made.json()["code"]) == (409, "card_about_somebody")
    assert await listed(county) == []


async def test_triage_422_for_the_place_when_sorting_makes_it_a_matter_of_conduct(county: County) -> None:
    case = await Case.sent(county, content="来了三趟都没人理。")
    given = {"handling_unit_id": str(county.village.id), "category": "attitude"}
    refused = [("/record/handling_unit_id", "conduct_handled_outside")]
    body = {"outcome": "accept", "kind": "request", **given}
    dry = await county.client("clerk").post(
        f"{case.path}/acts?dry_run=true",
        json={"step": "triage", "outcome": "done", "record": body},
        headers={"if-match": f'"{case.version}"'},
    )
    assert codes(dry) == refused
    assert codes(await case.triage(**given)) == refused
    ok(await case.triage(handling_unit_id=str(county.village.id)))
    # And one that the place has in hand is taken from it.
    await change(case, "clerk", category="attitude")
    seen = await case.get()
    assert (seen["status"], seen["handling_unit"]) == ("received", None)


async def test_convert_422_where_the_office_s_own_words_accuse(county: County) -> None:
    case = await Case.sent(county)
    answer = await case.post("clerk", "rectification", problem="村会计涉嫌侵占补偿款", severity="general")
    assert codes(answer) == [("/problem", "problem_accuses")]


async def test_move_422_back_to_the_colleagues_of_whoever_it_is_about(county: County) -> None:
    """By person, by office, and by a name that came after the card."""
    await county.account("clerk", county.township, "郝大力")
    case = await Case.sent(county, wish="complaint", content="郝大力收礼")
    await case.found("county_admin")
    await case.get("county_admin")
    back = {"desk_id": str(county.township.id), "reason": "移回镇里"}
    refused = [("/desk_id", "unit_complained_about")]
    assert codes(await case.post("county_admin", "desk", **back)) == refused

    case = await Case.sent(county, wish="complaint", content="那个仇明远收礼")
    ok(await case.post("clerk", "desk", desk_id=str(county.county.id), reason="涉及本镇人员"))
    await county.account("clerk", county.township, "仇明远")
    await case.get("county_admin")
    assert codes(await case.post("county_admin", "desk", **back)) == refused

    case = await Case.sent(county)
    ok(await case.post("clerk", "desk", desk_id=str(county.county.id), reason="由县里分办"))
    await case.get("county_admin")
    ok(await case.post("county_admin", "desk", **back))


async def test_triage_422_when_colleagues_would_end_what_is_about_one_who_came_since(county: County) -> None:
    """The name is found at sorting: neither ends the desk it, nor is there an office below it that is apart."""
    case = await Case.sent(county, wish="complaint", content="那个仇明远收礼")
    meant = await county.account("clerk", county.township, "仇明远")
    refused = await case.triage(outcome="not_accept")
    assert codes(refused) == [("/record/outcome", "outside_account_needed")]
    assert codes(await case.triage()) == [("/record/handling_unit_id", "unit_complained_about")]
    ok(await case.triage("county_admin", outcome="not_accept"))
    assert (await case.get("county_admin"))["people_about"] == 1
    assert (await county.client(meant).get(case.path)).status_code == 404


async def test_split_200_leaves_what_accuses_nobody_to_its_ordinary_unit(county: County) -> None:
    """The name stands in the other words alone; whoever is chosen, or named in the note, is kept from both."""
    await county.account("clerk", county.village, "曾立德")
    whole = await Case.sent(county, content=f"{CONTENT}还有，会计曾立德把补偿款装进自己口袋。")
    lamp = await part_of(whole, CONTENT, "lamps")
    bad = await part_of(whole, "会计曾立德把补偿款装进自己口袋。")
    assert [(await one.get())["people_about"] for one in (whole, lamp, bad)] == [1, 0, 1]
    ok(await lamp.triage(handling_unit_id=str(county.village.id)))
    answer = await bad.triage(handling_unit_id=str(county.village.id))
    assert codes(answer) == [("/record/handling_unit_id", "unit_complained_about")]
    await mark(whole, organization_ids=[county.village])
    assert (await lamp.get())["status"] == "received"
