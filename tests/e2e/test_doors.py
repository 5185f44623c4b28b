"""The doors by which people are heard, and the desk behind them, by clicks and by keys."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.test_desk import desk, first, settle

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

VILLAGE = "槐荫村"
ELSEWHERE = ("所反映的水价由县供水公司制定，镇里无权调整。", "县供水公司 12345")


def enter_papers(desk: Desk, *said: str, wish: str = "action") -> list[str]:
    """Letters that the clerk writes down; their numbers."""
    desk.page.goto("/feedback/new")
    settle(desk.page)
    desk.at("field-entries.0.channel").select_option("letter")
    desk.pick("entries.0.organization_id", VILLAGE)
    for place, words in enumerate(said):
        if place:
            # The next paper is one key away, and what the last one was about need not be said again.
            desk.page.keyboard.press("Control+Enter")
        paper = desk.at("paper").nth(place)
        paper.get_by_test_id(f"field-entries.{place}.content").fill(words)
        if not place:
            paper.get_by_test_id(f"field-entries.{place}.category").select_option("utilities")
        paper.get_by_test_id(f"field-entries.{place}.wish").select_option(wish)
    desk.at("entries-submit").click()
    receipts = desk.at("receipts").locator("strong")
    expect(receipts).to_have_count(len(said))
    numbers = receipts.all_inner_texts()
    desk.at("receipts-done").click()
    return numbers


def test_a_clerk_sorts_a_stack_by_keyboard_alone(desk: Desk) -> None:
    """Refused with where to go, passed on, merged: read, one key, the words, Enter; the next card is under the hand."""
    mark, keys = f"水价{secrets.token_hex(3)}", desk.page.keyboard
    desk.sign_in("clerk")
    enter_papers(desk, f"{mark}太高", f"{mark}为什么又涨", f"{mark}涨了没有通知")
    desk.page.goto(f"/feedback?status=received&q={mark}")
    settle(desk.page)
    rows = desk.at("inbox-row")
    expect(rows).to_have_count(3)

    # Down and up; the preview follows; Enter opens, and back is where one was.
    keys.press("j")
    expect(rows.nth(1)).to_be_focused()
    expect(desk.at("preview")).to_contain_text(rows.nth(1).locator(".item__words").inner_text())
    keys.press("k")
    expect(rows.nth(0)).to_be_focused()
    keys.press("?")
    expect(desk.at("keys")).to_be_visible()
    keys.press("?")

    for key in ("r", "t"):
        keys.press(key)
        expect(desk.at("field-reason")).to_be_focused()
        # It is not sent without saying where to go instead.
        keys.type(ELSEWHERE[0])
        desk.at("act-done").press("Enter")
        expect(desk.at("field-where_to_go")).to_be_focused()
        keys.type(ELSEWHERE[1])
        keys.press("Enter")
        expect(desk.page.get_by_role("dialog")).to_have_count(0)
        expect(rows).to_have_count(2 if key == "r" else 1)
        expect(rows.first).to_be_focused()

    # Letters are letters again for whoever switches the keys off.
    keys.press("?")
    desk.at("single-keys").uncheck()
    rows.first.focus()
    keys.press("r")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.at("single-keys").check()
    # A list that is just read anew would take the row, and the key with it.
    settle(desk.page)
    rows.first.focus()
    expect(rows.first).to_be_focused()
    keys.press("r")
    expect(desk.page.get_by_role("dialog")).to_be_visible()


def test_one_matter_said_twice_is_merged_by_keyboard(desk: Desk) -> None:
    mark, keys = f"路灯{secrets.token_hex(3)}", desk.page.keyboard
    desk.sign_in("clerk")
    numbers = enter_papers(desk, f"{mark}不亮", f"{mark}三天不亮")
    desk.page.goto(f"/feedback?q={numbers[1]}")
    settle(desk.page)
    expect(desk.at("inbox-row")).to_have_count(1)
    desk.at("inbox-row").focus()
    keys.press("m")
    expect(desk.at("field-merged_into_id")).to_be_focused()
    keys.type(numbers[0])
    expect(desk.at("pick-option").first).to_contain_text(numbers[0])
    keys.press("Enter")
    desk.at("field-reason").fill("同一盏路灯")
    desk.at("act-done").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.page.goto(str(desk.at("inbox-row").get_attribute("href")))
    expect(desk.at("feedback-status")).to_have_attribute("data-status", "merged")
    expect(desk.at("link-merged_into")).to_have_text(numbers[0])


def test_a_call_is_written_down_and_called_back(desk: Desk) -> None:
    """The operator's desk: nobody types the time, the caller hears the code; who calls back says why first."""
    desk.sign_in("clerk")
    desk.page.goto("/feedback/new?tab=hotline")
    desk.at("call-begin").click()
    expect(desk.at("field-entries.0.content")).to_be_focused()
    desk.at("field-entries.0.content").fill("村口变压器嗡嗡响，晚上睡不着")
    desk.at("field-entries.0.category").select_option("utilities")
    desk.pick("entries.0.organization_id", VILLAGE)
    desk.page.locator(".group__title").filter(has_text="联系").click()
    desk.at("field-entries.0.contact.name").fill("查阿婆")
    desk.at("field-entries.0.contact.phone").fill("19900001234")
    desk.at("call-end").click()
    desk.at("call-submit").click()
    expect(desk.at("code")).to_be_visible()
    number = desk.at("receipts").locator("strong").inner_text()

    desk.page.goto(f"/feedback?q={number}")
    expect(desk.at("inbox-row")).to_have_count(1)
    desk.page.goto(str(desk.at("inbox-row").get_attribute("href")))
    desk.at("contact-read").click()
    desk.at("deed-submit").click()
    expect(desk.at("field-reason")).to_have_attribute("aria-invalid", "true")
    desk.at("field-reason").fill("核实变压器位置")
    desk.at("deed-submit").click()
    expect(desk.at("contact")).to_contain_text("19900001234")
    # It is shown once: a reload forgets it.
    desk.page.reload()
    expect(desk.at("contact-read")).to_be_visible()
    desk.at("tab-calls").click()
    desk.at("call-add").click()
    desk.at("field-reached.yes").check()
    desk.at("field-minutes").fill("3")
    desk.at("field-note").fill("已约定明天上午到现场")
    desk.at("deed-submit").click()
    expect(desk.at("call")).to_have_count(2)


def test_a_box_is_opened_by_two_and_its_slips_are_entered(desk: Desk) -> None:
    desk.sign_in("clerk")
    desk.page.goto("/feedback/boxes")
    desk.at("box-open").click()
    desk.pick("organization_id", VILLAGE)
    for name, value in {
        "box_no": "3号",
        "location": "村委会门口",
        "seal_no": "F-0031",
        "new_seal_no": "F-0032",
    }.items():
        desk.at(f"field-{name}").fill(value)
    desk.at("field-slips").fill("2")
    desk.at("field-seal_whole.yes").check()
    desk.at("deed-submit").click()
    # One pair of hands opens no box.
    expect(desk.at("field-opener_b_id")).to_have_attribute("aria-invalid", "true")
    desk.pick("opener_b_id", "曾立德")
    desk.at("deed-submit").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    opening = desk.at("row").filter(has_text="F-0032")
    expect(opening.get_by_test_id("box-state")).to_have_text("待第二人确认")
    expect(opening.get_by_test_id("box-enter")).to_have_count(0)

    desk.sign_in("village_secretary")
    desk.page.goto("/")
    mine = desk.at("box-mine").filter(has_text="F-0032")
    expect(mine).to_contain_text("区慧")
    mine.get_by_test_id("box-confirm").click()
    expect(mine).to_have_count(0)

    desk.sign_in("clerk")
    desk.page.goto("/feedback/boxes")
    desk.at("row").filter(has_text="F-0032").get_by_test_id("box-enter").click()
    expect(desk.at("field-entries.0.channel")).to_have_value("suggestion_box")


def test_a_poster_is_made_and_printed(desk: Desk) -> None:
    desk.sign_in("clerk")
    desk.page.goto("/feedback/batches")
    desk.at("batch-make").click()
    desk.pick("organization_id", VILLAGE)
    desk.at("field-window").fill("便民服务窗口")
    desk.at("deed-submit").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.at("row").first).to_contain_text("便民服务窗口")
    for size in ("a4", "a6"):
        with desk.page.expect_download() as given:
            desk.at(f"poster-{size}").first.click()
        assert given.value.path().read_bytes().startswith(b"%PDF-")


def test_misconduct_is_read_by_the_discipline_body_alone(desk: Desk) -> None:
    """It is in no inbox of the township; each reading needs a reason; it is handed over once."""
    desk.sign_in("clerk")
    words = f"有人虚报误工补贴{secrets.token_hex(3)}"
    (number,) = enter_papers(desk, words, wish="misconduct")
    desk.page.goto(f"/feedback?q={number}")
    settle(desk.page)
    expect(desk.at("inbox-row")).to_have_count(0)
    expect(desk.at("nav-sealed")).to_have_count(0)

    desk.sign_in("discipline_officer")
    desk.at("nav-sealed").click()
    row = desk.at("row").filter(has_text=number)
    expect(row).to_have_count(1)
    expect(desk.page.locator("main")).not_to_contain_text(words)
    row.get_by_test_id("sealed-read").click()
    desk.at("deed-submit").click()
    expect(desk.at("field-reason")).to_have_attribute("aria-invalid", "true")
    desk.at("field-reason").fill("初步核实")
    desk.at("deed-submit").click()
    expect(desk.at("sealed-text")).to_contain_text(words)
    desk.at("sealed-close").click()
    row.get_by_test_id("sealed-hand").click()
    desk.at("field-to").fill("县纪委监委第三室")
    desk.at("field-reason").fill("按管理权限移交")
    desk.at("deed-submit").click()
    expect(row).to_contain_text("县纪委监委第三室")
    expect(row.get_by_test_id("sealed-hand")).to_have_count(0)


def test_a_view_is_named_kept_and_forgotten(desk: Desk) -> None:
    """Conditions and columns under a name of one's own, there again after a reload."""
    desk.sign_in("supervisor")
    desk.page.goto("/rectifications?source=supervision&severity=general")
    settle(desk.page)
    desk.at("columns").click()
    desk.at("column-responsible_leader").check()
    desk.page.keyboard.press("Escape")
    heads = desk.page.get_by_role("columnheader")
    expect(heads.filter(has_text="责任领导")).to_have_count(1)
    desk.at("views").click()
    desk.at("view-name").fill("督查一般问题")
    desk.at("view-save").click()
    desk.at("view-all").click()
    desk.page.wait_for_url("**/rectifications")
    desk.at("columns").click()
    desk.at("columns-standard").click()
    desk.page.keyboard.press("Escape")
    expect(heads.filter(has_text="责任领导")).to_have_count(0)
    desk.page.reload()
    settle(desk.page)
    desk.at("my-view").click()
    desk.page.wait_for_url("**source=supervision*")
    expect(desk.at("filter-severity")).to_have_value("general")
    expect(heads.filter(has_text="责任领导")).to_have_count(1)
    desk.at("views").click()
    desk.at("view-remove").click()
    expect(desk.at("my-view")).to_have_count(0)


def test_the_board_shows_what_the_ledger_counts(desk: Desk) -> None:
    desk.sign_in("supervisor")
    for light in ("red", "yellow", "blue"):
        desk.page.goto("/rectifications/board")
        settle(desk.page)
        counted = desk.at(f"lane-{light}").get_by_test_id("lane-count").inner_text()
        desk.page.goto(f"/rectifications?light={light}")
        settle(desk.page)
        assert str(desk.at("row").count()) == counted
        # Each light has a word and a shape, not only a colour.
        signs = desk.page.locator(f'tbody [data-light="{light}"]')
        expect(signs).to_have_count(int(counted))
        expect(signs.first.locator("svg")).to_be_visible()
        assert signs.first.inner_text().strip()


def test_a_notice_is_received_once(desk: Desk) -> None:
    desk.sign_in("supervisor")
    expect(desk.at("bell")).not_to_have_attribute("data-count", "0")
    before = int(desk.at("bell").get_attribute("data-count") or 0)
    desk.at("bell").click()
    title = desk.at("notice").first.locator("a").inner_text()
    desk.at("confirm").first.click()
    expect(desk.at("bell")).to_have_attribute("data-count", str(before - 1))
    desk.at("notice").filter(has_text=title).first.locator("a").click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text(title)


def test_a_card_is_followed_from_the_first_page(desk: Desk) -> None:
    """What awaits somebody leads to where it is done."""
    desk.sign_in("supervisor")
    settle(desk.page)
    title = desk.at("row").first.locator("[data-row-link]")
    said = title.inner_text()
    title.click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text(said)
    expect(desk.at("act-desk")).to_be_visible()
    desk.page.goto(first(desk, "/feedback?status=processing"))
    expect(desk.at("card-content")).to_be_visible()
