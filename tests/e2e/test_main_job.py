"""The main job by clicks: rosters in, eight steps with three accounts, a provable resolution out."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Installation
from tests.e2e.desk import Desk
from tests.e2e.test_main_job_http import verify

pytestmark = pytest.mark.e2e

SAMPLES = ROOT / "tests" / "samples"
TITLE = "镇区主干道夜间照明改造方案（点击走完）"


def load_rosters(desk: Desk, folder: Path) -> None:
    desk.sign_in("platform_admin")
    desk.load_workbook("organization", SAMPLES / "organizations.xlsx", total=235, refused=0)
    desk.commit_workbook()
    desk.load_workbook("member", SAMPLES / "members.xlsx", total=1200, refused=53)
    # The preview says what is wrong in the cell that is wrong; of a birth it shows the form and not the day.
    expect(desk.page.get_by_text("“****年”不是日期：没有阿拉伯数字。").first).to_be_visible()
    with desk.page.expect_download() as given:
        desk.at("result-download").click()
    result = folder / "result.xlsx"
    given.value.save_as(result)
    assert result.read_bytes()[:2] == b"PK"
    desk.commit_workbook()
    expect(desk.at("count-created")).to_have_text("1147")


def start_with_a_hole(desk: Desk) -> None:
    """It cannot start with one of the six empty; the empty one is marked, and nothing typed is lost."""
    desk.sign_in("clerk")
    due = f"{int(desk.county_day()[:4]) + 2}-12-31"
    desk.start_decision(TITLE, "榆桥镇党委", "榆桥镇党政综合办公室", due)
    desk.at("decision-start").click()
    target = desk.at("field-five_w_one_h.how_far.target")
    expect(target).to_have_attribute("aria-invalid", "true")
    expect(desk.at("field-title")).to_have_value(TITLE)
    # A reload loses nothing either.
    desk.page.reload()
    expect(desk.at("draft-restored")).to_be_visible()
    expect(desk.at("field-title")).to_have_value(TITLE)
    target.fill("95")
    desk.at("decision-start").click()
    desk.expect_step("intention_solicitation")


def be_refused_without_a_record(desk: Desk) -> None:
    desk.open_act()
    desk.at("dry-run").click()
    expect(desk.at("dry-run-result")).to_have_attribute("data-allowed", "false")
    desk.at("act-done").click()
    expect(desk.page.locator('[aria-invalid="true"]').first).to_be_visible()
    desk.expect_step("intention_solicitation")


def hear_the_people(desk: Desk, decision: str) -> None:
    """Thirty days, and an answer for every opinion: without either the step does not close."""
    desk.at("tab-opinions").click()
    desk.at("opinion-add").click()
    desk.choose_first("channel")
    desk.choose_first("from_kind")
    desk.at("field-content").fill("希望学校门口先改造")
    desk.at("deed-submit").click()
    expect(desk.at("opinion")).to_have_count(1)

    desk.open_act()
    desk.fill_example()
    desk.bring_evidence()
    desk.at("act-done").click()
    expect(desk.page.get_by_text(re.compile("30")).first).to_be_visible()
    desk.expect_step("opinion_solicitation")

    desk.move_clock(31)
    desk.open_act()
    desk.at("act-done").click()
    # The thirty days are over, and one opinion still waits for an answer.
    desk.expect_step("opinion_solicitation")
    desk.at("tab-opinions").click()
    desk.at("opinion-answer").click()
    desk.choose_first("outcome")
    desk.at("field-reason").fill("已调整施工顺序，学校路段列为第一段")
    desk.at("deed-submit").click()
    expect(desk.at("opinion-answer")).to_have_count(0)
    desk.open_act()
    desk.at("act-done").click()
    desk.expect_step("public_hearing")


def waive_the_hearing(desk: Desk, decision: str) -> None:
    """The clerk asks with reason and rule, the secretary agrees: two people, or it stays open."""
    desk.open_act()
    desk.at("choose-skipped").check()
    desk.at("field-reason").fill("事项简单，公开征求意见中没有重大分歧")
    desk.at("field-rule").fill("重大行政决策程序暂行条例第十六条")
    desk.at("act-skip").click()
    expect(desk.at("pending")).to_be_visible()
    desk.expect_step("public_hearing")
    desk.sign_in("secretary")
    desk.page.goto(decision)
    desk.open_act()
    if desk.at("choose-skipped").count():
        desk.at("choose-skipped").check()
    desk.at("act-skip").click()
    desk.expect_step("pilot")


def test_the_main_job_by_clicks(page: Page, installation: Installation, tmp_path: Path) -> None:
    desk = Desk(page, installation)
    load_rosters(desk, tmp_path)
    start_with_a_hole(desk)
    decision = page.url
    be_refused_without_a_record(desk)

    desk.pass_step("investigation")
    desk.pass_step("expert_consultation")
    desk.pass_step("opinion_solicitation")
    hear_the_people(desk, decision)
    waive_the_hearing(desk, decision)

    desk.sign_in("clerk")
    desk.move_clock(31)
    page.goto(decision)
    desk.pass_step("legality_review")

    desk.move_clock(31)
    desk.sign_in("legal_reviewer")
    page.goto(decision)
    desk.pass_step("resolution")

    desk.sign_in("clerk")
    page.goto(decision)
    desk.open_act()
    desk.fill_example()
    desk.bring_evidence()
    desk.at("act-done").click()
    # One signature does not make a resolution.
    expect(desk.at("pending")).to_be_visible()
    desk.expect_step("resolution")
    desk.sign_in("secretary")
    page.goto(decision)
    desk.pass_step("publication", signs=True)
    expect(desk.at("decision-status")).to_have_attribute("data-status", "adopted")

    desk.at("tab-events").click()
    expect(desk.at("events").locator("li").first).to_be_visible()
    for paper, start in (("resolution-pdf", b"%PDF-"), ("resolution-docx", b"PK"), ("dossier-download", b"PK")):
        with page.expect_download() as given:
            desk.at(paper).click()
        given.value.save_as(tmp_path / paper)
        assert (tmp_path / paper).read_bytes().startswith(start)

    assert verify(tmp_path / "dossier-download").returncode == 0
    content = bytearray((tmp_path / "dossier-download").read_bytes())
    content[len(content) // 3] ^= 1
    (tmp_path / "altered.zip").write_bytes(content)
    assert verify(tmp_path / "altered.zip").returncode == 1
