"""Every page of listening and putting right, full and empty, each by somebody who may see it, as `test_desk` looks."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk import Desk, refusals_on
from tests.e2e.test_desk import AXE, DESK, desk, first, look, look_at_all, settle

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

NOTHING = "?q=zzzz"


def rectification_pages(desk: Desk) -> list[str]:
    closed, prolonged = (first(desk, f"/rectifications?{which}") for which in ("status=closed", "has_extension=true"))
    waiting = first(desk, "/rectifications?light=blue")
    return [
        "/rectifications",
        f"/rectifications{NOTHING}",
        "/rectifications?overdue=true&has_extension=false",
        "/rectifications/board",
        "/rectifications/new",
        waiting,
        f"{waiting}?tab=facts",
        f"{prolonged}?tab=progress",
        f"{waiting}?tab=progress",
        first(desk, "/rectifications?status=registered"),
        closed,
        f"{closed}?tab=relooks",
        first(desk, "/rectifications?relook=true") + "?tab=relooks",
        f"{closed}?tab=events",
        "/imports?ledger=rectification",
    ]


def feedback_pages(desk: Desk) -> list[str]:
    waiting, closed = (first(desk, f"/feedback?status={status}") for status in ("replying", "closed"))
    return [
        "/feedback",
        f"/feedback{NOTHING}",
        "/feedback?status=received&reopened=false",
        "/feedback/new",
        "/feedback/new?tab=hotline",
        "/feedback/boxes",
        "/feedback/batches",
        first(desk, "/feedback?status=received"),
        waiting,
        f"{waiting}?tab=reply",
        f"{waiting}?tab=calls",
        closed,
        f"{closed}?tab=events",
        "/notices",
    ]


def look_as(desk: Desk, username: str, paths: list[str]) -> list[str]:
    """What is wrong with these pages, and what they were refused."""
    page = desk.page
    wrong = refusals_on(page)
    page.add_init_script(path=AXE)
    for path in paths:
        wrong += [f"{username} {one}" for one in look_at_all(page, path)]
    page.set_viewport_size(DESK)
    return wrong


def test_pages_of_rectification_are_accessible_and_fit(desk: Desk) -> None:
    desk.sign_in("supervisor")
    assert look_as(desk, "supervisor", rectification_pages(desk)) == []


def test_pages_of_feedback_are_accessible_and_fit(desk: Desk) -> None:
    desk.sign_in("clerk")
    assert look_as(desk, "clerk", feedback_pages(desk)) == []


def test_the_sealed_lane_is_accessible_full_and_read(desk: Desk) -> None:
    desk.sign_in("discipline_officer")
    assert look_as(desk, "discipline_officer", ["/", "/feedback/sealed", "/notices"]) == []
    desk.page.goto("/feedback/sealed")
    desk.at("sealed-read").first.click()
    wrong = open_dialog(desk.page, "sealed reading")
    desk.at("field-reason").fill("核对举报内容")
    desk.at("deed-submit").click()
    expect(desk.at("sealed-text")).to_be_visible()
    assert wrong + here(desk.page, "sealed text") == []


def test_empty_pages_say_what_comes_there(desk: Desk) -> None:
    """A village that nobody has written to: lists without rows, each with a word of what belongs there."""
    desk.sign_in("village_clerk")
    paths = [
        "/",
        f"/rectifications{NOTHING}",
        f"/feedback{NOTHING}",
        "/feedback/boxes",
        "/feedback/batches",
        "/notices",
    ]
    assert look_as(desk, "village_clerk", paths) == []


def here(page: Page, name: str) -> list[str]:
    """The page as it stands, in both themes."""
    wrong: list[str] = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html.dark")).to_have_count(1 if theme == "dark" else 0)
        wrong += look(page, name, DESK, theme)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return wrong


def open_dialog(page: Page, name: str) -> list[str]:
    expect(page.get_by_role("dialog")).to_be_visible()
    return here(page, name)


def test_dialogs_and_menus_are_accessible(desk: Desk) -> None:
    """What opens over a page is a page too."""
    page = desk.page
    page.add_init_script(path=AXE)
    desk.sign_in("supervisor")
    page.goto("/rectifications?status=registered")
    settle(page)
    desk.at("more-filters").click()
    desk.at("select-row").first.check()
    wrong = here(page, "ledger with a selection")
    desk.at("bulk-assign").click()
    wrong += open_dialog(page, "bulk assignment")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for menu in ("export", "views", "columns"):
        desk.at(menu).click()
        wrong += here(page, menu)
        page.keyboard.press("Escape")

    page.goto("/feedback?status=received")
    settle(page)
    desk.at("show-keys").click()
    desk.at("inbox-row").first.focus()
    page.keyboard.press("t")
    wrong += open_dialog(page, "sorting")
    page.keyboard.press("Escape")
    page.goto(first(desk, "/feedback?status=processing"))
    desk.at("deeds").click()
    wrong += here(page, "deeds of a card")
    desk.at("deed-rectification").click()
    wrong += open_dialog(page, "an item of it")
    assert wrong == []
