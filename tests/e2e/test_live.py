"""An open page shows what others do meanwhile, without a click and without a word."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Installation
from tests.e2e.desk import Desk
from tests.e2e.phone import Office
from tests.e2e.test_desk import desk

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

STREAM = "/api/v1/changes/stream"


def test_an_open_ledger_shows_what_somebody_else_registers(desk: Desk, installation: Installation) -> None:
    desk.sign_in("supervisor")
    with desk.page.expect_request(lambda request: STREAM in request.url) as asked:
        desk.at("nav-rectifications").click()
    assert "token" not in asked.value.url
    assert asked.value.headers["authorization"].startswith("Bearer ")
    expect(desk.at("row").first).to_be_visible()
    problem = f"镇区路灯损坏未修（{secrets.token_hex(3)}）"
    office = Office(installation, "supervisor")
    office.register(
        organization_id=office.get("/me")["organization"]["id"],
        source="self_review",
        source_document="自查第12期",
        problem=problem,
        category="infrastructure",
        affects_people=True,
    )
    expect(desk.page.get_by_text(problem)).to_be_visible()
    # Quietly: nothing says that it loads, and nobody is told aloud.
    expect(desk.at("announcement")).not_to_contain_text(problem)


def test_a_page_that_is_left_follows_nothing(desk: Desk) -> None:
    desk.sign_in("supervisor")
    with desk.page.expect_request(lambda request: STREAM in request.url) as asked:
        desk.at("nav-rectifications").click()
    expect(desk.at("row").first).to_be_visible()
    with desk.page.expect_event("requestfailed", lambda request: request == asked.value):
        desk.page.get_by_test_id("nav-organizations").click()
