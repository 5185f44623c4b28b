"""A clerk empties the queue of codes that nobody knew: one choice, and what waited comes in."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.test_desk import AXE, DESK, desk, look_at_all

__all__ = ["desk"]

pytestmark = pytest.mark.e2e


def test_a_clerk_says_what_a_code_means_and_dismisses_what_was_refused(desk: Desk) -> None:
    page = desk.page
    page.add_init_script(path=AXE)
    desk.sign_in("clerk")
    wrong = look_at_all(page, "/mappings")
    page.set_viewport_size(DESK)
    page.goto("/mappings")
    unknown = desk.at("unknown-code")
    expect(unknown).to_have_count(1)
    expect(unknown).to_contain_text("0399")
    expect(unknown).to_contain_text("县一体化平台")
    expect(page.get_by_text("渠道护坡")).to_have_count(0)
    desk.at("unknown-value").select_option("infrastructure")
    desk.at("unknown-map").click()
    expect(unknown).to_have_count(0)
    expect(page.get_by_role("table")).to_contain_text("0399")
    refused = desk.at("refused-record").filter(has_text="2026-0132")
    expect(refused).to_have_count(1)
    refused.get_by_test_id("refused-dismiss").click()
    desk.at("field-reason").fill("对方已重新推送")
    desk.at("deed-submit").click()
    expect(refused).to_have_count(0)
    assert wrong + look_at_all(page, "/mappings") == []


def test_the_page_is_for_who_maps_codes(desk: Desk) -> None:
    desk.sign_in("clerk")
    expect(desk.at("nav-mappings")).to_be_visible()
    desk.sign_in("inspector")
    expect(desk.at("nav-mappings")).to_have_count(0)
