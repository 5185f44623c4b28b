"""The sender's phone: three taps and a sentence, without network too, exactly once, and nothing left behind."""

import contextlib
import re

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Route, expect

from tests.e2e.phone import TOKEN, Office, Phone, said
from tests.e2e.pictures import CAMERA, camera_file

pytestmark = pytest.mark.e2e


def test_three_taps_and_a_sentence(phone: Phone, office: Office) -> None:
    words = said("村东晒场边的路灯不亮，已经三天")
    phone.scan()
    code, pin = phone.send(words)
    assert phone.taps == 3
    assert len(office.cards(words)) == 1
    # The words have gone; the receipt waits until it is noted, and then nothing of the matter is left.
    kept = str(phone.kept())
    assert words not in kept
    assert code in kept
    phone.tap("noted")
    phone.until_kept(code, present=False)
    phone.follow(code, pin)
    expect(phone.at("case")).to_contain_text("已收到")
    assert pin not in str(phone.kept())
    assert pin not in phone.page.url


def test_a_card_written_without_network_arrives_once(phone: Phone, office: Office) -> None:
    words = said("桥头西侧的护栏松了，怕孩子掉下去")
    phone.scan()
    # The worker has put the pages by; from now on they open without network.
    phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    phone.page.context.set_offline(True)
    phone.write(words, "roads")
    phone.tap("send")
    expect(phone.at("parcel-waiting")).to_contain_text("连上网后会自动送出")
    phone.page.reload()
    expect(phone.at("parcel-waiting")).to_be_visible()
    phone.page.goto(f"/m/?t={TOKEN}")
    expect(phone.at("waiting")).to_be_visible()
    assert office.cards(words) == []

    phone.page.context.set_offline(False)
    expect(phone.at("answered")).to_be_visible()
    assert len(office.cards(words)) == 1
    phone.page.goto("/m/receipt")
    code, _ = phone.receipt()
    phone.tap("noted")
    phone.until_kept(code, present=False)


def test_an_answer_that_was_lost_does_not_make_a_second_card(phone: Phone, office: Office) -> None:
    words = said("老年活动室的门锁坏了，进不去人")
    sent: list[bytes | None] = []

    def lose(route: Route) -> None:
        route.fetch()
        sent.append(route.request.post_data_buffer)
        # The page may be gone by now, and its request with it: then the answer is lost all the same.
        with contextlib.suppress(PlaywrightError):
            route.abort("connectionreset")

    phone.scan()
    phone.page.route("**/api/v1/feedback-cards", lose, times=2)
    phone.write(words, "other")
    phone.tap("send")
    expect(phone.at("parcel-waiting")).to_be_visible()
    # The phone dies here, and is switched on again.
    phone.page.goto("about:blank")
    phone.page.goto("/m/receipt")
    phone.receipt()
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert len(office.cards(words)) == 1


def test_a_draft_outlives_the_page(phone: Phone) -> None:
    words = said("写到一半的话，不能丢")
    phone.scan()
    phone.write(words)
    phone.until_kept(words)
    phone.page.reload()
    expect(phone.at("restored")).to_be_visible()
    expect(phone.at("words")).to_have_value(words)
    phone.page.goto(f"/m/track?t={TOKEN}")
    phone.page.go_back()
    expect(phone.at("words")).to_have_value(words)
    phone.at("restored").get_by_role("button").click()
    phone.until_kept(words, present=False)


def test_photos_are_light_and_tell_nothing(phone: Phone, office: Office) -> None:
    words = said("东头水渠堵了，照片里看得清楚")
    sent: list[bytes] = []

    def look(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.continue_()

    phone.page.route("**/track/photos", look)
    phone.scan()
    phone.write(words, "drainage")
    phone.at("photos").set_input_files([camera_file()])
    expect(phone.page.locator("form img")).to_have_count(1)
    phone.tap("send")
    phone.receipt()
    expect(phone.page.get_by_text("照片还有")).to_have_count(0)
    assert len(sent) == 1
    assert len(sent[0]) < 502_000
    assert CAMERA not in sent[0]
    assert b"IMG_0815" not in sent[0]
    card = office.get(f"/feedback-cards/{office.cards(words)[0]['id']}")
    assert len(card["photos"]) == 1


def test_what_is_refused_can_be_changed_and_sent_again(phone: Phone, office: Office) -> None:
    words = said("公示栏的字太小，老人看不清")
    refusal = {"status": 422, "code": "invalid", "detail": "内容里请不要写号码。", "errors": []}
    phone.page.route("**/api/v1/feedback-cards", lambda route: route.fulfill(status=422, json=refusal), times=1)
    phone.scan()
    phone.write(words, "fund_disclosure")
    phone.tap("send")
    expect(phone.at("refused")).to_contain_text("内容里请不要写号码")
    phone.tap("edit")
    expect(phone.at("words")).to_have_value(words)
    phone.at("words").fill(f"{words}。")
    phone.tap("send")
    phone.receipt()
    assert len(office.cards(words)) == 1


def test_a_receipt_is_taken_along(phone: Phone) -> None:
    phone.scan()
    code, _ = phone.send("晚上广场的音箱太响", "other")
    phone.tap("save-picture")
    picture = phone.at("picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.naturalWidth") == 720
    phone.tap("keep")
    phone.tap("noted")
    # What the person chose to keep is there to be opened with one tap, and to be deleted.
    phone.page.goto("/m/track")
    kept = phone.page.get_by_role("button", name="查看").first
    kept.click()
    expect(phone.at("case")).to_be_visible()
    phone.page.get_by_role("button", name="查另一件").click()
    phone.page.get_by_role("button", name="删除").click()
    phone.until_kept(code, present=False)


def test_a_village_is_found_without_a_code(phone: Phone) -> None:
    phone.page.goto("/m/")
    phone.tap("report")
    phone.tap("category-refuse")
    phone.at("words").fill("垃圾桶满了没人清")
    phone.tap("send")
    # Without a place nothing is sent: the page says so, and the keyboard is there.
    expect(phone.page.locator("#where:focus")).to_have_attribute("aria-invalid", "true")
    phone.at("where-q").fill("柳塘")
    phone.page.get_by_test_id("where-option").filter(has_text="柳塘村").click()
    expect(phone.page.get_by_text("柳塘村", exact=True)).to_be_visible()
    phone.tap("send")
    phone.receipt()


def test_an_opinion_on_a_decision_arrives_once(phone: Phone) -> None:
    words = said("路灯位置再往村口挪一点，方便老人")
    phone.scan()
    phone.tap("way-opinions")
    phone.at("open-decision").first.get_by_role("link").click()
    phone.page.route("**/opinions", lambda route: (route.fetch(), route.abort("connectionreset"))[1], times=1)
    phone.at("opinion-words").fill(words)
    phone.tap("opinion-send")
    expect(phone.at("thanks")).to_be_visible()
    expect(phone.at("thanks")).to_contain_text("收到了", timeout=30_000)
    phone.until_kept(words, present=False)
    decision = phone.page.url.split("/opinions/")[1].split("?")[0]
    opinions = Office(phone.installation, "clerk").get(f"/decisions/{decision}/opinions", limit=200)["items"]
    assert [opinion["content"] for opinion in opinions].count(words) == 1


def test_a_number_among_the_words_is_pointed_at(phone: Phone) -> None:
    """What stands in the words is read by everybody who handles the card; a contact lies apart."""
    phone.page.goto(f"/m/feedback?t={TOKEN}")
    phone.at("category-utilities").click()
    phone.at("words").fill("水压小，请打 138 1234 5678 找我")
    expect(phone.at("phone-said")).to_contain_text("要不要回电话")
    phone.at("words").fill("水压小，早晚没有水")
    expect(phone.at("phone-said")).to_have_count(0)


def test_guessing_is_slowed_down_and_told(phone: Phone) -> None:
    phone.scan()
    code, pin = phone.send("井盖响，夜里吵人", "drainage")
    wrong = "000000" if pin != "000000" else "111111"
    phone.page.goto("/m/track")
    phone.at("track-code").fill(code)
    phone.at("track-pin").fill(wrong)
    phone.tap("track-see")
    expect(phone.page.get_by_role("alert")).to_contain_text("查询码或密码不对")
    phone.tap("track-see")
    expect(phone.page.get_by_role("alert")).to_contain_text("秒再试")


def test_elder_mode_is_one_tap_away_and_stays(phone: Phone) -> None:
    size = "() => parseFloat(getComputedStyle(document.body).fontSize)"
    phone.scan()
    assert phone.page.evaluate(size) >= 18
    phone.tap("elder")
    expect(phone.page.locator("body")).to_have_css("font-size", re.compile(r"(2[2-9]|[3-9]\d)(\.\d+)?px"))
    expect(phone.at("announcement")).to_contain_text("长辈版已打开")
    phone.at("size-largest").check()
    expect(phone.page.locator("body")).to_have_css("font-size", re.compile(r"[3-9]\d(\.\d+)?px"))
    phone.page.reload()
    expect(phone.page.locator("html.elder[data-text=largest]")).to_have_count(1)
    expect(phone.at("elder")).to_have_attribute("aria-pressed", "true")
