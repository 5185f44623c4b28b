"""A name in a note that means somebody else is taken back on the desk's page of the card, with a reason."""

import os

import pytest
from playwright.sync_api import expect

from backend.api.feedback_examples import LIFTED
from tests.e2e.desk import Desk
from tests.e2e.test_desk import AXE, DESK, PHONE, desk, look, look_at_all, settle
from tests.e2e.test_listening_pages import open_dialog

__all__ = ["desk"]

pytestmark = pytest.mark.e2e


def test_the_desk_takes_back_a_name_that_means_somebody_else(desk: Desk) -> None:
    page = desk.page
    page.add_init_script(path=AXE)
    desk.sign_in("clerk")
    card = f"/feedback/{LIFTED}"
    wrong = look_at_all(page, card)
    expect(desk.at("matched")).to_contain_text("解小满")
    page.set_viewport_size(DESK)
    desk.at("deeds").focus()
    page.keyboard.press("Enter")
    desk.at("deed-lift").focus()
    page.keyboard.press("Enter")
    wrong += open_dialog(page, "taking a name back")
    if shots := os.environ.get("SHOTS"):
        page.screenshot(path=f"{shots}/dialog.png")
    page.set_viewport_size(PHONE)
    settle(page)
    wrong += look(page, "taking a name back", PHONE, "light")
    if shots:
        page.screenshot(path=f"{shots}/dialog390.png")
    desk.at("deed-submit").click()
    expect(desk.at("field-reason")).to_have_attribute("aria-invalid", "true")
    # The only name there is is ticked already.
    desk.at("field-reason").fill("是同名的村民")
    desk.at("deed-submit").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(desk.at("matched")).to_have_count(0)
    desk.at("deeds").click()
    expect(desk.at("deed-desk")).to_be_visible()
    expect(desk.at("deed-lift")).to_have_count(0)
    assert wrong == []
