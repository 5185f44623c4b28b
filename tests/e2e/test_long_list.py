"""A list of thousands: it grows while it is scrolled, draws what is near, and the keyboard reaches every row."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.test_desk import desk

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

DRAWN_AT_MOST = 120


def row(desk: Desk, index: int):
    return desk.page.locator(f'[data-index="{index}"]')


def link(desk: Desk, index: int):
    return row(desk, index).locator("[data-row-link]")


def open_members(desk: Desk, at_least: int) -> int:
    """The list, scrolled down until so many rows have come; how many there are."""
    desk.sign_in("county_admin")
    desk.at("nav-members").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("党员名册")
    loaded = 0
    while loaded < at_least:
        desk.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(row(desk, loaded)).to_be_attached()
        loaded += 50
    return loaded


def test_a_list_grows_while_it_is_scrolled_and_draws_what_is_near(desk: Desk) -> None:
    page = desk.page
    open_members(desk, 400)
    assert desk.at("row").count() <= DRAWN_AT_MOST
    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", "-1")
    # What is drawn in the middle follows without a gap, and each row says its place.
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    expect(row(desk, 0)).not_to_be_attached()
    expect(row(desk, 399)).not_to_be_attached()
    numbers = [int(each.get_attribute("aria-rowindex") or 0) for each in desk.at("row").all()]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[0] > 50
    seen = page.evaluate("document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('[data-index]') !== null")
    assert seen, "an empty window"


def test_the_keyboard_walks_through_a_long_list(desk: Desk) -> None:
    page = desk.page
    open_members(desk, 250)
    page.evaluate("scrollTo(0, 0)")
    link(desk, 0).focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(link(desk, 3)).to_be_focused()
    # The row that has the keyboard stays drawn, wherever the window goes.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(row(desk, 20)).not_to_be_attached()
    expect(link(desk, 3)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(link(desk, 4)).to_be_focused()
    page.keyboard.press("End")
    expect(row(desk, 4)).not_to_be_attached()
    assert int(page.evaluate("document.activeElement.closest('[data-index]').dataset.index")) > 200
    page.keyboard.press("Home")
    expect(link(desk, 0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/members/[0-9a-f-]+$"))
