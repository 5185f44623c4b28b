"""What somebody says, from the phone to the desk and back, by clicks: nobody who answers decides whether it is good."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Installation
from tests.e2e.desk import Desk
from tests.e2e.sender import Receipt, Sender
from tests.e2e.test_desk import desk, settle

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

VILLAGE = "柳塘村"
WORDS = "村口公交站的路灯从上周三起不亮，放学的孩子看不清路。"
REPLY = "柳塘村公交站的路灯已于今天更换灯具并试亮，电工每周三巡查一次；如再不亮，请用查询码告诉我们。"
AGAIN = "当晚又到现场查看，发现线路接头松动，已重新接线，连续三晚试亮正常，村电工电话已贴在灯杆上。"


@pytest.fixture
def sender(browser: Browser, installation: Installation) -> Iterator[Sender]:
    phone = Sender(browser, installation)
    yield phone
    phone.context.close()


def find_in_inbox(desk: Desk, receipt: Receipt) -> None:
    """By keyboard: `/` into the search, the number, the down arrow into the list."""
    keys = desk.page.keyboard
    desk.page.bring_to_front()
    desk.at("nav-feedback").click()
    expect(desk.at("search")).to_be_visible()
    settle(desk.page)
    keys.press("/")
    expect(desk.at("search")).to_be_focused()
    keys.type(receipt.number)
    desk.page.wait_for_url(f"**q={receipt.number}")
    expect(desk.at("inbox-row")).to_have_count(1)
    keys.press("ArrowDown")
    expect(desk.at("inbox-row")).to_be_focused()


def pick_by_keyboard(desk: Desk, field: str, name: str) -> None:
    box = desk.at(f"field-{field}")
    expect(box).to_be_focused()
    desk.page.keyboard.type(name)
    expect(desk.at("pick-option").first).to_contain_text(name)
    desk.page.keyboard.press("Enter")
    expect(box).to_have_value(name)


def sort_by_keyboard(desk: Desk, receipt: Receipt) -> str:
    """The clerk accepts the card and says who handles it, without touching the mouse; the address of the card."""
    find_in_inbox(desk, receipt)
    expect(desk.at("preview")).to_contain_text(WORDS)
    address = str(desk.at("inbox-row").get_attribute("href"))
    desk.page.keyboard.press("a")
    pick_by_keyboard(desk, "handling_unit_id", VILLAGE)
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    return address


def open_as(desk: Desk, username: str, address: str, step: str) -> None:
    desk.sign_in(username)
    desk.page.goto(address)
    desk.expect_step(step)


def handle(desk: Desk, reply: str) -> None:
    """The unit does it and writes the answer; who wrote it may not pass it."""
    desk.open_act()
    desk.fill_example()
    # An answer that says nothing goes nowhere.
    desk.at("field-public_reply").fill("已处理")
    desk.at("act-done").click()
    expect(desk.at("field-public_reply")).to_have_attribute("aria-invalid", "true")
    desk.at("field-public_reply").fill(reply)
    desk.bring_evidence()
    desk.at("act-done").click()
    desk.expect_step("reply_approval")
    expect(desk.at("barred")).to_be_visible()
    expect(desk.at("act-done")).to_have_count(0)


def approve(desk: Desk, address: str, reply: str) -> None:
    open_as(desk, "secretary", address, "reply_approval")
    # What the sender will read stands beside the check.
    expect(desk.at("reply-preview").first).to_contain_text(reply)
    desk.open_act()
    desk.fill_example()
    desk.at("act-done").click()
    desk.expect_step("rating")


def make_an_item_of_it(desk: Desk, address: str, receipt: Receipt) -> None:
    """One act of the office of supervision; card and item lead to each other."""
    open_as(desk, "supervisor", address, "rating")
    desk.at("deeds").click()
    desk.at("deed-rectification").click()
    expect(desk.at("field-problem")).to_have_value(WORDS)
    desk.at("deed-submit").click()
    expect(desk.at("rectification-number")).to_be_visible()
    number = desk.at("rectification-number").inner_text()
    desk.at("tab-facts").click()
    expect(desk.at("link-feedback")).to_have_text(receipt.number)
    desk.at("link-feedback").click()
    expect(desk.at("link-rectification")).to_have_text(number)


def test_a_card_goes_round_until_its_sender_says_it_is_good(page: Page, desk: Desk, sender: Sender) -> None:
    receipt = sender.say(WORDS, place=VILLAGE, category="lamps")

    desk.sign_in("clerk")
    card = sort_by_keyboard(desk, receipt)
    open_as(desk, "village_clerk", card, "sign_for")
    desk.pass_step("processing")
    handle(desk, REPLY)
    approve(desk, card, REPLY)
    make_an_item_of_it(desk, card, receipt)

    # Nobody asked the sender who it is; the answer comes by code, and "unsatisfied" opens it again by itself.
    sender.follow(receipt)
    expect(sender.at("reply")).to_have_text(REPLY)
    sender.rate(receipt, 1)
    open_as(desk, "village_clerk", card, "processing")
    expect(desk.at("card-content")).to_have_text(WORDS)
    handle(desk, AGAIN)
    approve(desk, card, AGAIN)
    sender.follow(receipt)
    expect(sender.at("reply")).to_have_text(AGAIN)
    sender.rate(receipt, 5)

    desk.page.goto(card)
    expect(desk.at("feedback-status")).to_have_attribute("data-status", "closed")
    expect(desk.at("link-rectification")).to_be_visible()
    # What was said first, the first answer and the first rating all stay readable.
    desk.at("choose-step-rating").click()
    expect(desk.at("step-records").locator("article")).to_have_count(2)
