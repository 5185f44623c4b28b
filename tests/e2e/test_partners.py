"""Whoever keeps clients sees how partners' systems are told, sets a webhook up, and sends again what did not arrive."""

import re
import time

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.test_desk import DESK as WIDE
from tests.e2e.test_desk import desk, look, look_at_all, settle
from tests.e2e.test_listening_pages import look_as

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

PLATFORM = "县一体化平台"
URL = "https://hooks.platform.example/guanbiao"


def open_partner(desk: Desk) -> None:
    desk.at("nav-partners").click()
    desk.page.get_by_role("link", name=PLATFORM).click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(PLATFORM)


def panel(desk: Desk, url: str):
    """The webhook that leads to an address."""
    return desk.at("webhook").filter(has=desk.page.get_by_role("heading", name=url, exact=True))


def waiting(webhook) -> int:
    """How many messages wait, as the panel says it."""
    said = re.search(r"(\d+)条待发", webhook.inner_text())
    return int(said[1]) if said else 0


def test_the_page_tells_how_far_a_program_has_read_and_what_waits(desk: Desk) -> None:
    desk.sign_in("system_admin")
    open_partner(desk)
    expect(desk.at("partner-waiting")).to_have_text(re.compile(r"1条等待编码对照；1条被退回"))
    expect(desk.at("partner-feed")).to_have_text(re.compile("没有来取过变更|已取到最新|落后"))
    with httpx.Client(base_url=f"{desk.installation.url}/api/v1") as program:
        form = {"grant_type": "client_credentials", "client_id": "county-platform"}
        form |= {"client_secret": desk.installation.password, "scope": "organization:read"}
        token = program.post("/oauth/token", data=form).raise_for_status().json()["access_token"]
        bearer = {"authorization": f"Bearer {token}"}
        asked: dict[str, str | int] = {"limit": 200}
        said, until = "", time.monotonic() + 60
        # It is written down every ten seconds where a program has come to.
        while said != "已取到最新" and time.monotonic() < until:
            told = program.get("/changes", params=asked, headers=bearer).raise_for_status().json()
            asked |= {"after": told["next_cursor"], "wait": 0 if told["more"] else 2}
            desk.page.reload()
            said = desk.at("partner-feed").inner_text()
    assert said == "已取到最新"


def test_a_dead_letter_is_sent_again_and_a_webhook_paused_and_resumed(desk: Desk) -> None:
    desk.sign_in("system_admin")
    open_partner(desk)
    works = panel(desk, URL)
    # The address leads nowhere, so whatever other tests have changed meanwhile waits too.
    expect(works.get_by_test_id("webhook-state")).to_have_text(re.compile("正常|送达失败"))
    expect(works.get_by_test_id("webhook-success")).to_contain_text("2026年11月9日")
    dead = works.get_by_test_id("dead-letter")
    expect(dead).to_have_count(2)
    works.get_by_test_id("webhook-pause").click()
    desk.at("field-reason").fill("对接方系统升级")
    desk.at("deed-submit").click()
    expect(works.get_by_test_id("webhook-state")).to_have_text("已暂停")
    # While it is paused, what is to be sent again waits.
    before = waiting(works)
    dead.first.get_by_test_id("send-again").click()
    expect(dead).to_have_count(1)
    expect(works.get_by_test_id("webhook-lag")).to_contain_text(f"{before + 1}条待发")
    works.get_by_test_id("webhook-again").click()
    desk.at("field-since").fill("2026-11-01T00:00")
    desk.at("field-until").fill("2026-11-08T00:00")
    desk.at("deed-submit").click()
    expect(works.get_by_test_id("webhook-lag")).to_contain_text(f"{before + 2}条待发")
    expect(works.get_by_test_id("dead-letters")).to_have_count(0)


def test_a_key_that_waits_is_shown_with_what_is_to_be_compared(desk: Desk) -> None:
    desk.sign_in("security_admin")
    open_partner(desk)
    own = desk.page.get_by_role("listitem").filter(has_text="登录用自有公钥")
    expect(own).to_contain_text("待安全管理员确认")
    own.locator("summary").click()
    expect(own.locator("details code")).to_contain_text("-----BEGIN PUBLIC KEY-----")


def test_one_sets_a_webhook_up_and_another_confirms_its_address(desk: Desk) -> None:
    desk.sign_in("system_admin")
    open_partner(desk)
    desk.at("webhook-new").click()
    desk.at("field-url").fill("https://10.0.0.7/hook")
    desk.page.get_by_role("dialog").get_by_text("决策", exact=True).click()
    desk.at("deed-submit").click()
    expect(desk.at("field-url")).to_have_attribute("aria-invalid", "true")
    desk.at("field-url").fill(f"{URL}/second")
    desk.at("deed-submit").click()
    expect(desk.at("webhook-secret")).to_have_text(re.compile("^whsec_"))
    desk.at("secret-done").click()
    made = panel(desk, f"{URL}/second")
    expect(made.get_by_test_id("webhook-state")).to_have_text("待确认")
    expect(made.get_by_test_id("webhook-confirm")).to_have_count(0)
    desk.sign_in("security_admin")
    open_partner(desk)
    made.get_by_test_id("webhook-confirm").click()
    desk.at("field-url").fill(f"{URL}/third")
    desk.at("field-reason").fill("已与县大数据中心核对")
    desk.at("deed-submit").click()
    expect(desk.at("field-url")).to_have_attribute("aria-invalid", "true")
    desk.at("field-url").fill(f"{URL}/second")
    desk.at("deed-submit").click()
    expect(made.get_by_test_id("webhook-state")).to_have_text("正常")
    expect(desk.at("webhook-new")).to_have_count(0)


def test_the_partner_pages_are_accessible_and_fit(desk: Desk) -> None:
    desk.sign_in("system_admin")
    open_partner(desk)
    full = desk.page.url
    desk.at("nav-partners").click()
    desk.page.get_by_role("link", name="旧12345热线平台").click()
    expect(desk.page.get_by_text("没有推送", exact=True)).to_be_visible()
    empty = desk.page.url
    assert look_as(desk, "system_admin", ["/partners", full, empty]) == []
    desk.page.set_viewport_size(WIDE)
    desk.page.goto(full)
    settle(desk.page)
    desk.at("webhook-new").click()
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    assert look(desk.page, "new webhook", WIDE, "light") == []
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.sign_in("audit_admin")
    assert look_at_all(desk.page, full) == []
    expect(desk.at("webhook-pause")).to_have_count(0)
