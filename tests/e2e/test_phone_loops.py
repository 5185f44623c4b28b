"""Both loops on phones, from end to end: a card from the scan to the rating, an item from the unit to its closing."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.phone import PLACE, Office, Phone, said
from tests.e2e.pictures import CAMERA, camera_file

pytestmark = pytest.mark.e2e

DESK = "榆桥镇党委"


def take(phone: Phone, username: str, part: str) -> None:
    """One person signs in and opens the matter among what awaits."""
    phone.sign_in(username)
    phone.open_task(part)


def fill_the_example(phone: Phone, path: str, username: str, **changes: object) -> None:
    phone.fill_record({**Office(phone.installation, username).example(path), **changes})


def answer(phone: Phone, card: str, reply: str) -> None:
    """The village handles the card, the town's secretary checks the answer."""
    take(phone, "village_secretary", card)
    fill_the_example(phone, f"/feedback-cards/{card}", "village_secretary", public_reply=reply)
    phone.act()
    phone.expect_step("reply_approval")
    take(phone, "secretary", card)
    phone.fill_record({"checked": True, "publish": True})
    phone.act()
    phone.expect_step("rating")


def test_a_card_goes_from_the_scan_to_a_rating_that_its_sender_means(phone: Phone, office: Office) -> None:
    words = said("村口公交站牌被车撞歪了，字也看不清")
    phone.scan()
    code, pin = phone.send(words, "roads")
    phone.tap("noted")
    card = str(office.cards(words)[0]["id"])

    take(phone, "clerk", card)
    expect(phone.page.get_by_text(words)).to_be_visible()
    phone.fill_record({"outcome": "accept", "kind": "request", "handling_unit_id": PLACE})
    phone.act()
    phone.expect_step("sign_for")
    take(phone, "village_secretary", card)
    phone.fill_record({"person": "解小满"})
    phone.act()
    phone.expect_step("processing")

    first = "站牌已经扶正，今天下午重新固定了底座；字牌已请公交公司更换，下周二前换好。"
    answer(phone, card, first)
    phone.follow(code, pin)
    expect(phone.at("reply")).to_have_text(first)
    phone.at("grade-2").check(force=True)
    phone.page.get_by_label("想说的话").fill("字牌还是看不清")
    phone.tap("rate-send")
    # Not good enough: the case is open again by itself, and the village reads why.
    expect(phone.at("rate")).to_have_count(0)
    expect(phone.at("case").get_by_role("heading").first).to_contain_text("办理")
    second = "字牌已于今天上午换成大字反光牌，夜间车灯照到也能看清；如再损坏请告诉我们。"
    answer(phone, card, second)
    phone.follow(code, pin)
    expect(phone.at("reply")).to_have_text(second)
    phone.at("grade-5").check(force=True)
    phone.tap("rate-send")
    expect(phone.at("case")).to_contain_text("您的评价是“很满意”")
    assert office.get(f"/feedback-cards/{card}")["status"] == "closed"

    # What the township publishes of it is the answer alone.
    phone.page.goto("/m/")
    phone.scan()
    phone.tap("way-news")
    expect(phone.page.get_by_text(second)).to_be_visible()
    expect(phone.page.get_by_text(words)).to_have_count(0)


def test_who_is_complained_about_finds_nothing(phone: Phone, office: Office) -> None:
    words = said("开证明跑了三趟，每次都说明天再来")
    phone.scan()
    phone.write(words, "attitude")
    phone.at("extras").locator("summary").click()
    phone.at("about-place").check()
    phone.tap("send")
    phone.receipt()
    phone.tap("noted")
    found = office.cards(words)[0]
    for username in ("village_secretary", "village_clerk"):
        phone.sign_in(username)
        phone.settle()
        expect(phone.page.locator(f'[href$="{found["id"]}"]')).to_have_count(0)
        phone.page.goto(f"/m/work/feedback/{found['id']}")
        expect(phone.page.get_by_role("alert")).to_contain_text("没有找到")
        expect(phone.page.get_by_text(words)).to_have_count(0)
        expect(phone.page.get_by_text(found["number"])).to_have_count(0)
    # The desk may not give it to those people either: the refusal stands at its field.
    take(phone, "clerk", found["id"])
    phone.fill_record({"outcome": "accept", "kind": "request", "handling_unit_id": PLACE})
    phone.at("act-done").click()
    expect(phone.page.get_by_role("button", name="换一个")).to_be_focused()
    expect(phone.page.get_by_role("button", name="换一个")).to_have_accessible_description(re.compile(PLACE))
    phone.expect_step("triage")


def test_a_second_opener_confirms_a_box_or_objects_where_they_see_what_awaits_them(phone: Phone) -> None:
    """By keys alone: what one did not see is objected to with a word, and whoever recorded it reads that word."""
    clerk, second = Office(phone.installation, "clerk"), Office(phone.installation, "village_secretary")
    box = said("箱")
    made = {
        "organization_id": clerk.place(PLACE),
        "box_no": box,
        "location": "村委会门口",
        "seal_no": "H-1",
        "seal_whole": True,
        "new_seal_no": "H-2",
        "opener_b_id": second.get("/me")["id"],
        "opened_at": "2026-08-01T01:30:00Z",
        "slips": 4,
    }
    first = clerk.open_box(**made)
    phone.sign_in("village_secretary")
    mine = phone.at("box-mine").filter(has_text=box)
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("4 张")
    mine.get_by_test_id("box-object").press("Enter")
    expect(phone.at("objection")).to_be_focused()
    # It is not sent without saying what was not so.
    phone.at("objection-send").press("Enter")
    expect(phone.at("objection")).to_be_focused()
    expect(phone.at("objection")).to_have_accessible_description(re.compile("请写明哪里不符"))
    phone.page.keyboard.type("箱内是三张，不是四张。")
    phone.page.keyboard.press("Tab")
    phone.page.keyboard.press("Enter")
    expect(phone.at("box-answered")).to_be_focused()
    expect(phone.at("box-answered")).to_contain_text(first)
    expect(mine).to_have_count(0)

    again = clerk.open_box(**{**made, "slips": 3})
    phone.page.reload()
    mine.get_by_test_id("box-confirm").press("Enter")
    expect(phone.at("box-answered")).to_contain_text(again)
    expect(mine).to_have_count(0)
    states = {one["number"]: one for one in clerk.get("/box-openings", limit=50)["items"]}
    assert (states[first]["state"], states[first]["objection"]) == ("objected", "箱内是三张，不是四张。")
    assert states[again]["state"] == "confirmed"


def test_an_item_is_put_right_with_the_camera_and_verified_by_another(phone: Phone) -> None:
    supervisor = Office(phone.installation, "supervisor")
    problem = said("活动室后门的消防通道堆了杂物")
    item = supervisor.register(
        organization_id=supervisor.place(DESK),
        source="supervision",
        source_document="党建督查第12期",
        problem=problem,
        category="safety_environment",
        affects_people=True,
    )
    path = f"/rectifications/{item}"
    take(phone, "supervisor", item)
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(problem)
    fill_the_example(phone, path, "supervisor", responsible_unit_id=PLACE)
    phone.act()
    phone.expect_step("sign_for")

    take(phone, "village_secretary", item)
    phone.act()
    phone.expect_step("plan")
    fill_the_example(phone, path, "village_secretary")
    phone.act()
    phone.expect_step("plan_approval")
    take(phone, "supervisor", item)
    fill_the_example(phone, path, "supervisor")
    phone.act()
    phone.expect_step("rectifying")
    put_right(phone, path, item)

    # Who put it right does not say that it is right.
    expect(phone.at("act-done")).to_have_count(0)
    take(phone, "supervisor2", item)
    fill_the_example(phone, path, "supervisor2")
    phone.act()
    phone.expect_step("satisfaction")
    take(phone, "clerk", item)
    fill_the_example(phone, path, "clerk")
    phone.act()
    phone.expect_step("closing")
    take(phone, "supervisor", item)
    fill_the_example(phone, path, "supervisor")
    phone.at("act-done").click()
    expect(phone.at("acted")).to_be_visible()
    assert supervisor.get(path)["status"] == "closed"


def put_right(phone: Phone, path: str, item: str) -> None:
    """The unit says what was done; without a proof it is refused, and nothing that was typed is lost."""
    take(phone, "village_secretary", item)
    result = "消防通道当天清空，画了禁停线，村两委每周三检查一次。"
    phone.fill_record({"result": result})
    phone.at("act-done").click()
    expect(phone.at("act-refused")).to_be_visible()
    phone.page.reload()
    expect(phone.at("draft-restored")).to_be_visible()
    expect(phone.at("field-result")).to_have_value(result)
    sent: list[bytes] = []

    def look(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.continue_()

    phone.page.route("**/api/v1/attachments", look)
    phone.at("camera-photo").set_input_files([camera_file()])
    expect(phone.at("evidence-file")).to_have_count(1)
    phone.page.unroute("**/api/v1/attachments")
    assert len(sent) == 1
    assert len(sent[0]) < 502_000
    assert CAMERA not in sent[0]
    phone.act()
    phone.expect_step("verification")


def test_what_is_wrong_in_ones_own_record_is_called_wrong(phone: Phone) -> None:
    phone.sign_in("member")
    phone.at("nav-work_record").click()
    expect(phone.at("own-name")).to_contain_text("曾广耀")
    own = phone.at("own-joined_on")
    phone.at("wrong-joined_on").click()
    should = phone.at("should")
    expect(should).to_be_focused()
    phone.at("send-correction").click()
    # Without a paper that shows it nothing is sent.
    expect(phone.at("correction-evidence")).to_be_focused()
    should.fill("2050-01-01")
    phone.at("correction-evidence").fill("入党志愿书第三页。")
    phone.at("send-correction").click()
    # What can never be right is refused at its field, at once and not after five days.
    expect(should).to_be_focused()
    expect(should).to_have_attribute("aria-invalid", "true")
    should.fill("2009-07-01")
    phone.at("send-correction").click()
    expect(own.get_by_test_id("disputed")).to_contain_text(re.compile("2009.*正在核对.*前答复"))
    expect(phone.at("wrong-joined_on")).to_have_count(0)


def test_a_notice_is_confirmed_and_leads_to_the_matter(phone: Phone) -> None:
    phone.sign_in("village_secretary")
    phone.at("nav-work_notices").click()
    notice = phone.at("notice").first
    expect(notice).to_be_visible()
    before = phone.at("confirm-notice").count()
    assert before > 0
    phone.at("confirm-notice").first.click()
    expect(phone.at("confirm-notice")).to_have_count(before - 1)
    notice.get_by_role("link", name="去办理").click()
    expect(phone.at("open-step")).to_be_visible()
    assert urlsplit(phone.page.url).path.startswith("/m/work/")
