"""A problem from the day it is found until it is closed, by clicks: the unit that has it never closes it."""

import io
import secrets
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.test_desk import AXE, desk, settle
from tests.e2e.test_listening_pages import here

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

VILLAGE = "柳塘村"
# Found again by their mark, whatever else stands in the ledger.
MARK = f"点击{secrets.token_hex(3)}"
PROBLEMS = (f"村委会门前排水沟堵塞，下雨积水（{MARK}）", f"公开栏财务信息半年未更新（{MARK}）")


def register(desk: Desk, problem: str, *, then: str) -> None:
    desk.at("field-problem").fill(problem)
    desk.at("field-category").select_option("infrastructure")
    desk.at("field-affects_people.yes").check()
    desk.at(then).click()


def register_two(desk: Desk) -> None:
    """Two problems of one document: what they share is said once."""
    desk.at("nav-rectifications").click()
    desk.at("new-rectification").click()
    desk.at("field-source").select_option("supervision")
    desk.at("field-source_document").fill("党建督查第11期")
    register(desk, PROBLEMS[0], then="register-next")
    expect(desk.at("registered")).to_contain_text("ZG-")
    expect(desk.at("field-source_document")).to_have_value("党建督查第11期")
    register(desk, PROBLEMS[1], then="register")
    desk.expect_step("assignment")


def due_in(desk: Desk, days: int) -> str:
    return (date.fromisoformat(desk.county_day()) + timedelta(days=days)).isoformat()


def assign_both(desk: Desk, due_on: str) -> None:
    """Selected in the ledger, given to one unit with one reason; each goes its own way from here."""
    desk.at("nav-rectifications").click()
    desk.at("search").fill(MARK)
    desk.page.wait_for_url("**q=*")
    expect(desk.at("row")).to_have_count(2)
    desk.at("select-all").check()
    desk.at("bulk-assign").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 件")
    desk.pick("responsible_unit_id", VILLAGE)
    desk.at("field-responsible_leader").fill("任思远")
    desk.at("field-responsible_person").fill("曾立德")
    desk.at("field-reason").fill("属地管理，由村负责")
    # Without a day neither is assigned; each says why, and nothing typed is lost.
    desk.at("deed-submit").click()
    expect(desk.at("bulk-failed")).to_contain_text("ZG-")
    expect(desk.at("field-responsible_leader")).to_have_value("任思远")
    desk.at("field-due_on").fill(due_on)
    desk.at("deed-submit").click()
    expect(dialog).to_have_count(0)
    expect(desk.at("bulk")).to_have_count(0)
    for row in range(2):
        expect(desk.at("row").nth(row)).to_contain_text(VILLAGE)


def as_(desk: Desk, username: str, address: str, step: str) -> None:
    desk.sign_in(username)
    desk.page.goto(address)
    desk.expect_step(step)


def choose(desk: Desk, way: str) -> None:
    desk.open_act()
    desk.at(f"choose-{way}").check()


def note_progress(desk: Desk) -> None:
    choose(desk, "noted")
    desk.fill_example()
    desk.at("act-note").click()
    desk.at("tab-progress").click()
    expect(desk.at("note")).to_have_count(1)


def ask_for_more_time(desk: Desk, until: str) -> None:
    choose(desk, "extended")
    desk.at("field-until").fill(until)
    desk.at("field-reason").fill("连续降雨，沟内无法施工")
    desk.at("act-extend").click()
    expect(desk.at("pending")).to_be_visible()


def grant_it(desk: Desk, before: str) -> None:
    """The new limit counts, the first one stays readable."""
    choose(desk, "extended")
    desk.at("field-reason").fill("情况属实，同意延期")
    desk.at("act-extend").click()
    expect(desk.at("original-limit")).to_be_visible()
    expect(desk.at("original-limit")).to_contain_text(before.split("-")[0])
    desk.at("tab-progress").click()
    expect(desk.at("extension")).to_have_count(1)


def ask_for_closing(desk: Desk) -> None:
    """Without any proof it is not even asked for."""
    desk.open_act()
    desk.fill_example()
    desk.at("act-done").click()
    expect(desk.at("evidence-problems")).to_be_visible()
    desk.expect_step("rectifying")
    desk.bring_evidence()
    desk.at("act-done").click()
    desk.expect_step("verification")


def be_refused(desk: Desk, username: str, address: str, step: str) -> None:
    as_(desk, username, address, step)
    desk.open_act_tab()
    expect(desk.at("barred")).to_contain_text("责任单位")
    expect(desk.at("act-done")).to_have_count(0)


def test_a_problem_is_put_right_and_closed_by_others(desk: Desk, tmp_path: Path) -> None:
    desk.sign_in("supervisor")
    register_two(desk)
    address = desk.page.url
    due_on = due_in(desk, 40)
    assign_both(desk, due_on)

    as_(desk, "village_clerk", address, "sign_for")
    desk.pass_step("plan")
    desk.pass_step("plan_approval")
    be_refused(desk, "village_secretary", address, "plan_approval")
    as_(desk, "supervisor", address, "plan_approval")
    desk.pass_step("rectifying")

    as_(desk, "village_clerk", address, "rectifying")
    note_progress(desk)
    ask_for_more_time(desk, due_in(desk, 55))
    as_(desk, "supervisor", address, "rectifying")
    grant_it(desk, due_on)
    as_(desk, "village_clerk", address, "rectifying")
    ask_for_closing(desk)

    # Neither who did it, nor a secretary of the same unit, checks or closes it.
    be_refused(desk, "village_clerk", address, "verification")
    as_(desk, "supervisor", address, "verification")
    expect(desk.page.locator('[data-light="blue"]').first).to_be_visible()
    desk.pass_step("satisfaction")
    as_(desk, "clerk", address, "satisfaction")
    desk.pass_step("closing")
    be_refused(desk, "village_secretary", address, "closing")
    as_(desk, "supervisor", address, "closing")
    desk.open_act()
    desk.fill_example()
    desk.at("act-done").click()
    expect(desk.at("rectification-status")).to_have_attribute("data-status", "closed")
    with desk.page.expect_download() as given:
        desk.at("closing-sheet").click()
    given.value.save_as(tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")

    # Its whole story can be read by everybody, in light and dark.
    desk.page.add_init_script(path=AXE)
    for tab in ("progress", "facts", "events"):
        desk.page.goto(f"{address}?tab={tab}")
        settle(desk.page)
        assert here(desk.page, tab) == []


ROWS = (
    ("基础设施", f"村道塌陷未设警示（{MARK}）", "党建督查", VILLAGE, "2026年12月底"),
    ("村（居）务公开", f"公开栏没有更新（{MARK}）", "自评自查", VILLAGE, "立行立改"),
    ("基础设施", f"桥面破损（{MARK}）", "党建督查", VILLAGE, "尽快"),
)


def filled(template: bytes) -> bytes:
    """The office's template with three problems below its example; the last names no day."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows(max_row=5) for cell in row]
    places = {str(cell.value).strip("*"): cell.column for cell in cells if cell.value is not None}
    head = next(cell.row for cell in cells if cell.value is not None and "具体问题" in str(cell.value))
    for at, row in enumerate(ROWS, head + 2):
        for title, value in zip(("问题类别", "具体问题", "问题来源", "责任单位", "整改时限"), row, strict=True):
            sheet.cell(at, places[title], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_ledger_comes_in_and_goes_out_by_clicks(desk: Desk, tmp_path: Path) -> None:
    """The office's own layout, previewed and committed; the export is read back as nothing new."""
    desk.sign_in("supervisor")
    desk.at("nav-rectifications").click()
    desk.at("ledger-import").click()
    expect(desk.at("ledger-rectification")).to_be_checked()
    with desk.page.expect_download() as given:
        desk.at("template-download").click()
    ours = tmp_path / "problems.xlsx"
    ours.write_bytes(filled(given.value.path().read_bytes()))
    desk.at("import-file").set_input_files(ours)
    expect(desk.at("count-refused")).to_have_text("1")
    expect(desk.at("refused-rows")).to_contain_text("尽快")
    desk.commit_workbook()
    expect(desk.at("count-created")).to_have_text("2")

    desk.at("nav-rectifications").click()
    desk.at("search").fill(MARK)
    expect(desk.at("row").filter(has_text="公开栏没有更新")).to_have_count(1)
    desk.at("export").click()
    with desk.page.expect_download() as given:
        desk.at("export-xlsx").click()
    out = tmp_path / "ledger.xlsx"
    given.value.save_as(out)
    sheet = load_workbook(out).active
    assert sheet is not None
    titles = {str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row}
    assert {"问题类别", "具体问题", "问题来源", "整改措施", "责任领导", "责任单位", "责任人", "整改时限"} <= titles

    desk.at("ledger-import").click()
    desk.at("import-file").set_input_files(out)
    expect(desk.at("count-total")).not_to_have_text("0")
    for nothing in ("created", "updated", "refused"):
        expect(desk.at(f"count-{nothing}")).to_have_text("0")
    expect(desk.at("count-unchanged")).to_have_text(desk.at("count-total").inner_text())


def test_the_bulletin_is_taken_along(desk: Desk, tmp_path: Path) -> None:
    desk.sign_in("supervisor")
    desk.at("nav-rectifications").click()
    for kind, start in (("docx", b"PK"), ("pdf", b"%PDF-")):
        settle(desk.page)
        if not desk.at("export-docx").is_visible():
            desk.at("export").click()
        with desk.page.expect_download() as given:
            desk.at(f"export-{kind}").click()
        given.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(start)
