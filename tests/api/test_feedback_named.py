"""Whoever is named in words of the sender's own is barred like whoever was chosen."""

import pytest

from backend.db.organization import Organization
from tests.api.feedbacks import Case, about, codes, ok
from tests.api.test_feedback_work import entry
from tests.factories import County


@pytest.mark.parametrize("note", ["督查考核和贯标办公室 仇明远", "仇明远", "那个仇 明远"])
async def test_a_person_named_in_the_note_200_is_barred_as_if_chosen(county, note: str) -> None:
    """The supervisor who is meant neither sees nor refuses it; the county sorts it."""
    meant = await county.account("supervisor", county.township, "仇明远")
    case = await Case.sent(county, organization_id=str(county.township.id), about_note=note, wish="complaint")
    assert case.id == ""
    await case.found("county_admin")
    client = county.client(meant)
    assert (await client.get(case.path)).status_code == 404
    assert ok(await client.get("/feedback-cards")).json()["items"] == []
    refused = await case.triage(meant, outcome="not_accept")
    assert refused.status_code == 404
    seen = await case.get("county_admin")
    assert (seen["people_about"], seen["desk"]["id"]) == (1, str(county.county.id))


async def test_a_village_s_person_named_in_the_note_422_is_given_nothing(county) -> None:
    leader = await county.account("clerk", county.village, "曾立德")
    sent = await Case.sent(county, about_note="村书记曾立德", wish="complaint")
    entered_card = await entry(county, about_note="村书记曾立德", wish="complaint", channel="letter")
    for case in (sent, entered_card):
        answer = await case.triage(handling_unit_id=str(county.village.id))
        assert codes(answer) == [("/record/handling_unit_id", "unit_complained_about")]
        ok(await case.triage())
        assert (await county.client(leader).get(case.path)).status_code == 404


async def test_a_unit_named_in_the_note_is_marked_in_full_and_without_its_township(county) -> None:
    office = await county.organization(f"{county.township.name}公共服务办公室", "office", county.township)
    for note in (office.name, "公共服务办公室的人", f"{county.county.name}{office.name}"):
        case = await Case.sent(county, about_note=note, wish="complaint")
        assert [one["id"] for one in (await case.get())["about"]] == [str(office.id)], note
        answer = await case.triage(handling_unit_id=str(office.id))
        assert codes(answer) == [("/record/handling_unit_id", "unit_complained_about")]


async def test_an_office_named_without_the_town_of_its_committee_is_marked(county) -> None:
    committee = await county.organization("榆桥镇党委", "township_committee", county.county)
    office = await county.organization("榆桥镇督查考核和贯标办公室", "office", committee)
    clerk = await county.account("clerk", committee)
    case = await Case.sent(county, organization_id=str(committee.id), about_note="督查考核和贯标办公室 某人")
    await case.found(clerk)
    assert [one["id"] for one in (await case.get(clerk))["about"]] == [str(office.id)]


OFFICE = "榆桥镇党政综合办公室"
BRIBED = "榆桥镇党政办的区慧态度恶劣，办低保拖了半年，还收了我两条烟。"


async def town(county: County) -> list[Organization]:
    """A town with an office, its clerk, and a village with the branch of the same name."""
    committee = await county.organization("榆桥镇党委", "township_committee", county.county)
    office = await county.organization(OFFICE, "office", committee)
    village = await county.organization("柳塘村", "village", committee)
    branch = await county.organization("柳塘村党支部", "party_branch", committee)
    return [committee, office, village, branch]


@pytest.mark.parametrize(("wish", "category"), [("complaint", "other"), ("action", "attitude"), ("answer", "attitude")])
async def test_who_is_named_in_the_content_of_a_complaint_404_wherever_they_look(
    county: County, wish: str, category: str
) -> None:
    """Three taps on a phone say the category and no wish: who is rude or takes presents is accused all the same."""
    committee, _, village, _ = await town(county)
    meant = await county.account("clerk", committee, "区慧")
    beside = await county.account("clerk", committee, "解小满")
    case = await Case.sent(county, organization_id=str(village.id), content=BRIBED, wish=wish, category=category)
    await case.found("county_admin")
    client = county.client(meant)
    assert (await client.get(case.path)).status_code == 404
    assert ok(await client.get("/feedback-cards")).json()["items"] == []
    assert (await case.triage(meant, outcome="not_accept")).status_code == 404
    seen = await case.get("county_admin")
    assert {one["name"] for one in seen["matched"]} == {OFFICE, "区慧"}
    # What asks for something to be done accuses nobody, and neither does praise.
    for words in (
        {"content": f"请{OFFICE}区慧来看看路灯。"},
        {"wish": "praise", "category": "attitude", "content": "区慧耐心。"},
    ):
        other = await Case.sent(county, organization_id=str(village.id), **words)
        await other.found(beside)
        assert (await other.get(beside))["matched"] == []


async def test_a_report_of_misconduct_404_for_an_officer_whom_its_content_names(county: County) -> None:
    officer = await county.account("discipline_officer", county.county, "仇明远")
    await Case.sent(county, wish="misconduct", content="镇上的仇明远收了包工头两万元，村里都知道。")
    assert ok(await county.client(officer).get("/sealed-reports")).json()["items"] == []
    assert len(ok(await county.client("discipline_officer").get("/sealed-reports")).json()["items"]) == 1


@pytest.mark.parametrize("note", ["党政办", "镇党政办的人", "党政综合办", "榆桥镇党政办公室的工作人员"])
async def test_an_office_named_for_short_404_for_its_people(county: County, note: str) -> None:
    _, office, village, _ = await town(county)
    meant = await county.account("clerk", office, "区慧")
    case = await Case.sent(county, organization_id=str(village.id), about_note=note, wish="complaint")
    await case.found("county_admin")
    assert [one["id"] for one in (await case.get("county_admin"))["about"]] == [str(office.id)]
    assert (await county.client(meant).get(case.path)).status_code == 404


@pytest.mark.parametrize("note", ["镇党政办管低保的区会计", "区会计", "老区", "区惠", "姓区的", "欧慧"])
async def test_a_person_named_by_surname_or_by_ear_404_for_them(county: County, note: str) -> None:
    committee, _, village, _ = await town(county)
    meant = await county.account("clerk", committee, "区慧")
    case = await Case.sent(county, organization_id=str(village.id), about_note=note, wish="complaint")
    await case.found("county_admin")
    assert (await county.client(meant).get(case.path)).status_code == 404
    assert (await case.get("county_admin"))["people_about"] == 1


@pytest.mark.parametrize("note", ["柳塘村的书记", "村书记", "曾书记", "老曾"])
async def test_a_village_s_secretary_404_however_the_note_says_it(county: County, note: str) -> None:
    committee, _, village, _ = await town(county)
    meant = await county.account("clerk", village, "曾立德")
    clerk = await county.account("clerk", committee, "解小满")
    case = await Case.sent(county, organization_id=str(village.id), about_note=note, wish="complaint")
    await case.found(clerk)
    answer = await case.triage(clerk, handling_unit_id=str(village.id))
    assert codes(answer) == [("/record/handling_unit_id", "unit_complained_about")]
    ok(await case.triage(clerk, handling_unit_id=str(committee.id)))
    assert (await county.client(meant).get(case.path)).status_code == 404


@pytest.mark.parametrize("outcome", ["not_accept", "transfer"])
async def test_triage_422_when_the_desk_alone_ends_what_may_be_about_its_people(county, outcome: str) -> None:
    complaint = await Case.sent(county, wish="complaint", content="窗口办事拖拉，跑了三趟都说没空。")
    noted = await Case.sent(county, about_note="办低保的那个人")
    ordinary = await Case.sent(county)
    for who in ("clerk", "supervisor"):
        await complaint.get(who)
        answer = await complaint.triage(who, outcome=outcome)
        assert codes(answer) == [("/record/outcome", "outside_account_needed")], who
    why = {"about_nobody": "说的是县供电公司的抄表员，不是本镇人员。"}
    answer = await noted.triage(outcome=outcome, **why)
    assert codes(answer) == [("/record/about_nobody", "outside_account_needed")]
    ok(await ordinary.triage(outcome=outcome))
    outside = await county.account("supervisor", county.county, "余督查")
    ok(await complaint.triage(outside, outcome=outcome))
    ok(await noted.triage("county_admin", outcome=outcome, **why))


async def test_triage_422_while_a_note_names_nobody_that_is_known(county) -> None:
    case = await Case.sent(county, about_note="办低保的那个人", wish="complaint")
    for outcome in ("accept", "not_accept", "transfer"):
        answer = await case.triage(outcome=outcome)
        assert codes(answer) == [("/record/about_nobody", "about_whom_unsaid")], outcome
    assert codes(await case.triage(about_nobody="  "))[0][1] in ("about_whom_unsaid", "field_required")
    why = "说的是县供电公司的抄表员，不是本镇人员。"
    assert codes(await case.triage(about_nobody=why)) == [("/record/about_nobody", "outside_account_needed")]
    ok(await case.triage("county_admin", about_nobody=why))
    other = await Case.sent(county, about_note="办低保的那个人", wish="complaint")
    body = {"about": {"organization_ids": [str(county.village.id)]}}
    ok(await county.client("clerk").patch(other.path, json=body, headers={"if-match": f'"{other.version}"'}))
    await other.get()
    ok(await other.triage())


async def test_a_person_chosen_by_one_account_404_with_every_account_of_that_name(county: County) -> None:
    """The one chosen, one that was there already, and one that is opened when the card is long sorted."""
    one = await county.account("clerk", county.township, "区小惠")
    two = await county.account("supervisor", county.county, "区 小惠")
    case = await Case.sent(county)
    body = {"about": {"account_ids": [str(one.id)]}}
    ok(await county.client("secretary").patch(case.path, json=body, headers={"if-match": f'"{case.version}"'}))
    seen = await case.get("county_admin")
    assert (seen["people_about"], seen["desk"]["id"]) == (1, str(county.county.id))
    ok(await case.triage("county_admin", handling_unit_id=str(county.county.id)))
    three = await county.account("county_admin", county.county, "区小惠")
    for account in (one, two, three):
        assert (await county.client(account).get(case.path)).status_code == 404
        assert ok(await county.client(account).get("/feedback-cards")).json()["items"] == []


async def test_lift_200_takes_a_name_back_that_means_somebody_else(county: County) -> None:
    """The sorting desk may, with a reason; whoever is meant does not see the card, and a chosen mark stays."""
    clerk = await county.account("clerk", county.village, "解小满")
    case = await Case.sent(county, about_note="收费的解小满，和妇女主任", about=about(county.branch))
    seen = await case.get()
    assert [one["name"] for one in seen["matched"]] == ["解小满"]
    assert (await county.client(clerk).get(case.path)).status_code == 404
    body = {"ids": [str(clerk.id)], "reason": "是同名的村民"}
    headers = {"if-match": f'"{case.version}"'}
    assert (await county.client(clerk).post(f"{case.path}/lifting", json=body, headers=headers)).status_code == 404
    assert (
        await county.client("inspector").post(f"{case.path}/lifting", json=body, headers=headers)
    ).status_code == 403
    chosen = await case.post("clerk", "lifting", **{**body, "ids": [str(county.branch.id)]})
    assert codes(chosen) == [("/ids/0", "mark_not_matched")]

    ok(await case.post("clerk", "lifting", **body))
    assert (case.seen["matched"], case.seen["people_about"]) == ([], 0)
    events = ok(await county.client("clerk").get(f"{case.path}/events")).json()["items"]
    (lifted,) = [event for event in events if event["kind"] == "feedback.mark_lifted"]
    assert (lifted["reason"], lifted["data"]["about"]) == ("是同名的村民", {"old": 2, "new": 1})
    # The same name is not matched once more when the card is sorted.
    ok(await case.triage(handling_unit_id=str(county.village.id)))
    assert (await county.client(clerk).get(case.path)).status_code == 200
    again = await case.post("clerk", "lifting", **body)
    assert (again.status_code, again.json()["code"]) == (409, "card_sorted_already")


async def test_triage_422_for_the_office_of_somebody_who_came_after_the_card(county: County) -> None:
    case = await Case.sent(county, about_note="新来的曾立德", wish="complaint")
    assert (await case.get())["people_about"] == 0
    leader = await county.account("clerk", county.village, "曾立德")
    answer = await case.triage(handling_unit_id=str(county.village.id), about_nobody="没有这个人")
    assert codes(answer) == [("/record/handling_unit_id", "unit_complained_about")]
    ok(await case.triage())
    assert (await case.get())["people_about"] == 1
    assert (await county.client(leader).get(case.path)).status_code == 404
