"""The figures as people meet them: they can be looked at, read, understood and taken along, by everybody."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.desk import Desk
from tests.e2e.test_desk import AXE, DESK, PHONE, desk, look, settle

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

CARDS = [
    "burn_down",
    "funnel",
    "lights",
    "open_by_age_and_source",
    "unit_by_category",
    "on_time_rate",
    "response_time",
    "satisfaction",
    "feedback_by_channel_and_category",
    "units_without",
]


def open_figures(desk: Desk, query: str = "") -> Page:
    desk.page.goto(f"/figures{query}")
    wait_for_figures(desk)
    return desk.page


def wait_for_figures(desk: Desk) -> None:
    for key in CARDS:
        expect(desk.at(f"figure-{key}").locator("h3")).not_to_have_class(re.compile("visually-hidden"))
    # The library comes after the numbers; a picture without a drawing is still under way.
    expect(desk.page.locator(".picture__box:not(:has(svg))")).to_have_count(0)
    settle(desk.page)


def test_figures_are_accessible_in_light_and_dark_on_desk_and_phone(desk: Desk) -> None:
    desk.page.add_init_script(path=AXE)
    desk.sign_in("supervisor")
    wrong: list[str] = []
    for size in (DESK, PHONE):
        desk.page.set_viewport_size(size)
        page = open_figures(desk)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(page.locator("html.dark")).to_have_count(1 if theme == "dark" else 0)
            wrong += look(page, "/figures", size, theme)
        for key in CARDS:
            if desk.at(f"table-{key}").count():
                desk.at(f"table-{key}").click()
        wrong += look(page, "/figures as tables", size, "dark")
    assert wrong == []


def test_every_figure_has_a_table_a_definition_and_a_number_of_cases(desk: Desk) -> None:
    desk.sign_in("supervisor")
    open_figures(desk)
    tables = 0
    for key in CARDS:
        card = desk.at(f"figure-{key}")
        expect(card).to_contain_text(re.compile(r"n\s=\s\d|n 不列"))
        desk.at(f"definition-{key}").click()
        expect(desk.at(f"definition-{key}-sheet")).to_contain_text("数什么")
        desk.page.keyboard.press("Escape")
        expect(desk.at(f"definition-{key}-sheet")).to_have_count(0)
        expect(desk.at(f"definition-{key}")).to_be_focused()
        desk.at(f"table-{key}").click()
        expect(card.locator(".picture")).to_have_count(0)
        tables += desk.at(f"figure-{key}").get_by_test_id("figure-table").count()
    # A figure of too few cases has no table either; the demonstration has enough for most.
    assert tables >= 7


def test_a_figure_is_turned_by_keyboard_alone(desk: Desk) -> None:
    desk.sign_in("supervisor")
    open_figures(desk)
    turn = desk.at("table-lights")
    turn.focus()
    desk.page.keyboard.press("Space")
    expect(turn).to_have_attribute("aria-pressed", "true")
    expect(desk.at("figure-lights").get_by_test_id("figure-table")).to_be_visible()
    desk.page.keyboard.press("Shift+Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.at("figure-lights").locator(".picture")).to_be_visible()
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Tab")
    expect(desk.at("definition-lights")).to_be_focused()


def test_a_figure_is_taken_along_with_its_definition(desk: Desk) -> None:
    desk.sign_in("supervisor")
    open_figures(desk)
    desk.at("export-lights").click()
    with desk.page.expect_download() as coming:
        desk.at("export-xlsx").click()
    assert coming.value.suggested_filename == "榆桥镇党委各单位亮灯.xlsx"
    sheet = load_workbook(io.BytesIO(coming.value.path().read_bytes())).active
    assert sheet is not None
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(text.startswith("口径：") for text in texts)
    desk.at("export-units_without").click()
    with desk.page.expect_download() as coming:
        desk.at("export-csv").click()
    assert "柳塘村" not in coming.value.suggested_filename
    assert coming.value.path().read_bytes().startswith(b"\xef\xbb\xbf")


def test_place_and_days_stand_in_the_address(desk: Desk) -> None:
    desk.sign_in("supervisor")
    page = open_figures(desk)
    desk.at("span-30").check(force=True)
    expect(page).to_have_url(re.compile("span=30"))
    desk.at("field-figure-organization").fill("东片管理区")
    desk.page.get_by_test_id("pick-option").first.click()
    expect(page).to_have_url(re.compile("organization_id="))
    wait_for_figures(desk)
    page.reload()
    wait_for_figures(desk)
    expect(desk.at("span-30")).to_be_checked()
    expect(desk.at("field-figure-organization")).to_have_value("东片管理区")
    desk.at("span-own").check(force=True)
    asked = parse_qs(urlsplit(page.url).query)
    assert {"from", "to", "organization_id"} <= set(asked)
    desk.at("figure-from").fill(asked["to"][0])
    wait_for_figures(desk)
    # One day: more than that day is told nowhere.
    expect(desk.at("figure-funnel")).to_contain_text(re.compile(r"(\d+年\d+月\d+日)至\1"))
    desk.at("figure-from").fill("2000-01-01")
    expect(desk.at("figure-funnel")).to_contain_text("期间最长")


def test_home_shows_three_numbers_and_pays_for_no_chart(desk: Desk) -> None:
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.sign_in("supervisor")
    expect(desk.at("headline-lights")).to_contain_text(re.compile(r"\d"))
    settle(desk.page)
    assert [url for url in asked if "FigureChart" in url or "SVGRenderer" in url] == []
    desk.at("headline-lights").click()
    expect(desk.page).to_have_url(re.compile("/figures#figure-lights"))
    wait_for_figures(desk)
    assert any("FigureChart" in url for url in asked)


def test_who_reads_no_figures_is_led_to_none(desk: Desk) -> None:
    desk.sign_in("member")
    expect(desk.at("nav-figures")).to_have_count(0)
    expect(desk.page.get_by_test_id("headline-lights")).to_have_count(0)
    desk.page.goto("/figures")
    expect(desk.page.locator("main")).to_contain_text("不归您办理")
