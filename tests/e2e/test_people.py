"""People come, are given a role, work, stand in for one another, and go; and whoever audits finds all of it."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.parse import urlsplit

import pyotp
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from backend.db.audit import last_seal
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import open_database
from backend.db.event import IN_ORDER, START, Position, place_columns
from backend.domain.access import Moment
from backend.domain.audit.seal import seal_events
from backend.domain.signing import load_or_create_key
from tests.e2e.conftest import Installation
from tests.e2e.desk import Desk
from tests.e2e.test_desk import AXE, DESK, desk, look, look_at_all, settle
from tests.e2e.test_listening_pages import look_as

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

NAME, USERNAME = "霍新禾", "huo.xinhe"
OFFICE, TOWN = "榆桥镇党政综合办公室", "榆桥镇党委"
PASSWORD = "稻谷-Meets-河湾-47"
GUESSABLE = "Guanbiao2026!"
DEPUTY = "林秋实"


def day_after(days: int) -> str:
    """A day by the machine's clock, which judges grants, as a date field takes it."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.fixture
def newcomer(browser: Browser, installation: Installation) -> Iterator[Desk]:
    """Another person's browser."""
    context = browser.new_context(base_url=installation.url, locale="zh-CN", viewport=DESK, reduced_motion="reduce")
    yield Desk(context.new_page(), installation)
    context.close()


def sign_in(desk: Desk, password: str, code: str = "") -> None:
    desk.page.goto("/sign-in")
    desk.at("username").fill(USERNAME)
    desk.at("password").fill(password)
    desk.at("submit").click()
    if code:
        desk.at("code").fill(code)
        desk.at("submit").click()
    expect(desk.at("sign-out")).to_be_visible()


def open_account(desk: Desk) -> None:
    desk.at("nav-accounts").click()
    desk.at("search").fill(USERNAME)
    link = desk.page.locator("[data-row-link]")
    expect(link).to_have_count(1)
    expect(link).to_have_text(NAME)
    link.click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(NAME)


def invite(desk: Desk) -> str:
    """The system administrator opens an account; returns the address on the slip that is handed over."""
    desk.sign_in("system_admin")
    desk.at("nav-accounts").click()
    desk.at("account-new").click()
    desk.at("field-name").fill(NAME)
    desk.at("field-username").fill(USERNAME)
    desk.pick("organization_id", OFFICE)
    desk.at("deed-submit").click()
    link = urlsplit(desk.at("invitation-link").inner_text())
    desk.at("invitation-done").click()
    expect(desk.at("account-state")).to_have_text("待启用")
    return f"{link.path}#{link.fragment}"


def release(desk: Desk) -> str:
    """The security administrator, who recognised the person, releases the code; returns the second one."""
    desk.sign_in("security_admin")
    open_account(desk)
    expect(desk.at("invitation-state")).to_have_text("待安全管理员放行")
    desk.at("account-release").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("不交给账号管理人员")
    desk.at("field-reason").fill("当面核实身份证")
    desk.at("deed-submit").click()
    code = desk.at("second-code").inner_text()
    desk.at("invitation-done").click()
    expect(desk.at("invitation-state")).to_have_text("已放行")
    return code


def accept(newcomer: Desk, slip: str, desk: Desk) -> None:
    newcomer.page.goto(slip)
    expect(newcomer.at("invited-username")).to_have_text(USERNAME)
    expect(newcomer.at("invitation-waits")).to_be_visible()
    code = release(desk)
    newcomer.page.goto("/sign-in")
    newcomer.page.goto(slip)
    expect(newcomer.at("invitation-waits")).to_have_count(0)
    assert "#" not in newcomer.page.url
    box = newcomer.at("new-password")
    newcomer.at("second-code-field").fill("00000-00000")
    box.fill(PASSWORD)
    newcomer.at("new-password-again").fill(PASSWORD)
    newcomer.at("invitation-accept").click()
    expect(newcomer.at("second-code-field")).to_have_attribute("aria-invalid", "true")
    newcomer.at("second-code-field").fill(code)
    for password in (GUESSABLE, PASSWORD):
        box.fill(password)
        newcomer.at("new-password-again").fill(password)
        newcomer.at("invitation-accept").click()
        if password == GUESSABLE:
            expect(newcomer.at("password-problems")).not_to_be_empty()
            expect(box).to_have_attribute("aria-invalid", "true")
            expect(box).to_be_focused()
    expect(newcomer.at("invitation-accepted")).to_be_visible()


def give_role(desk: Desk) -> None:
    desk.sign_in("security_admin")
    open_account(desk)
    desk.at("account-grant").click()
    desk.at("field-role").select_option("secretary")
    desk.pick("organization_id", TOWN)
    desk.at("field-ends_on").fill(day_after(60))
    desk.at("field-reason").fill("新任职务")
    desk.at("deed-submit").click()
    expect(desk.at("grant")).to_contain_text(f"至 {day_after(60)}")


def enrol(newcomer: Desk) -> str:
    """Set up an authenticator, which the demonstration leaves to each person; returns a recovery code."""
    newcomer.at("nav-security").click()
    newcomer.at("begin-second-step").click()
    newcomer.at("second-step-box").fill(PASSWORD)
    newcomer.at("second-step-next").click()
    secret = newcomer.at("second-step-secret").inner_text().replace(" ", "")
    newcomer.at("second-step-box").fill(pyotp.TOTP(secret).now())
    newcomer.at("second-step-next").click()
    code = newcomer.at("recovery-codes").get_by_role("listitem").first.inner_text()
    newcomer.at("codes-kept").click()
    expect(newcomer.at("second-step-in-use")).to_be_visible()
    return code


def end_the_other_session(newcomer: Desk) -> None:
    newcomer.at("nav-security").click()
    expect(newcomer.at("session")).to_have_count(2)
    newcomer.at("end-session").click()
    newcomer.at("end-session-sure").click()
    expect(newcomer.at("session")).to_have_count(1)


def lose_the_phone(desk: Desk, newcomer: Desk) -> None:
    """The security administrator takes the authenticator away, and every device is out at once."""
    # What may be done is what was possible when the page was read: then there was nothing to take away.
    desk.page.reload()
    desk.at("account-reset_second_step").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("核实是本人")
    desk.at("field-reason").fill("手机丢失，已当面核实")
    desk.at("deed-submit").click()
    expect(desk.at("events")).to_contain_text("重置动态口令")
    newcomer.at("nav-security").click()
    again = newcomer.page.get_by_role("dialog")
    again.get_by_test_id("password").fill(PASSWORD)
    again.get_by_test_id("submit").click()
    expect(again).to_have_count(0)
    expect(newcomer.at("begin-second-step")).to_be_visible()


def go_away(newcomer: Desk) -> None:
    newcomer.at("nav-away").click()
    newcomer.at("away-new").click()
    newcomer.pick("to_id", DEPUTY)
    newcomer.at("field-ends_on").fill(day_after(9))
    newcomer.at("field-reason").fill("外出学习")
    newcomer.at("deed-submit").click()
    expect(newcomer.at("delegation")).to_contain_text(DEPUTY)


def stand_in(desk: Desk) -> None:
    """The deputy says for whom, and it stands on every page and in what is done."""
    desk.sign_in("secretary")
    desk.at("acting").click()
    desk.page.get_by_role("button", name=f"代{NAME}办理").click()
    expect(desk.at("acting-strip")).to_contain_text(NAME)
    desk.at("nav-members").click()
    desk.page.wait_for_url("**/members")
    expect(desk.at("acting-strip")).to_contain_text(NAME)
    desk.page.locator("[data-row-link]").first.click()
    desk.at("member-edit").click()
    desk.at("field-remark").fill("代为核对")
    desk.at("deed-submit").click()
    expect(desk.at("event-actor").first).to_have_text(f"{DEPUTY}（代{NAME}）")
    desk.at("act-for-myself").click()
    expect(desk.at("acting-strip")).to_have_count(0)


def suspend(desk: Desk) -> None:
    desk.sign_in("system_admin")
    open_account(desk)
    desk.at("account-suspend").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("会话立即结束")
    desk.at("field-reason").fill("借调外单位")
    desk.at("deed-submit").click()
    expect(desk.at("account-state")).to_have_text("已停用")
    expect(desk.at("account-why")).to_contain_text("借调外单位")


def seal(installation: Installation) -> None:
    """What the worker does every five minutes, until everything is sealed that stands in the log now."""

    async def once() -> None:
        # Another process keeps the server: this one is only told where it is.
        address = await asyncio.to_thread(lambda: EmbeddedPostgres(installation.data).start().application)
        database = open_database(address, pgbouncer=False, pool_size=1)
        try:
            async with database.reader() as reader:
                newest = sa.select(*place_columns()).order_by(*(column.desc() for column in IN_ORDER)).limit(1)
                until = Position(*(await reader.execute(newest)).one())
            last = START
            # One seal holds so many events, and none of a transaction that still runs or that is younger than one.
            async with asyncio.timeout(60):
                while last < until:
                    async with database.transaction() as session:
                        await seal_events(session, Moment(datetime.now(UTC)), key=load_or_create_key(installation.data))
                        found = await last_seal(session)
                        last = Position(found.last_transaction_id, found.last_sequence) if found else START
        finally:
            await database.close()

    # This thread has a loop of the browser's already.
    worker = Thread(target=lambda: asyncio.run(once()))
    worker.start()
    worker.join()


def titles(desk: Desk) -> set[str]:
    settle(desk.page)
    return set(desk.at("event-title").all_inner_texts())


def audit(desk: Desk, installation: Installation) -> None:
    desk.sign_in("audit_admin")
    desk.at("nav-audit").click()
    desk.pick("audit-who", NAME)
    desk.page.wait_for_url(re.compile("actor_id="))
    expect(desk.at("event-title").first).to_have_text("委托代办")
    assert {"本人设定密码", "登录", "启用动态口令", "会话终止", "委托代办"} <= titles(desk)

    # The same by the record that it was done to: what others did to the account.
    desk.at("filter-clear").click()
    desk.at("filter-kind").select_option("account.suspended")
    desk.at("only-subject").filter(has_text=NAME).first.click()
    desk.at("filter-kind").select_option("")
    expect(desk.at("held-subject_id")).to_contain_text(NAME)
    expect(desk.at("event-title").last).to_have_text("开通账号")
    assert {"开通账号", "授予角色", "重置动态口令", "停用账号"} <= titles(desk)

    # And what was done for somebody else says so.
    desk.at("filter-clear").click()
    desk.at("filter-kind").select_option("member.changed")
    expect(desk.at("for-another").first).to_have_text(f"（代{NAME}）")
    seal(installation)
    desk.at("proof").first.click()
    expect(desk.at("proof-outcome")).to_have_attribute("data-outcome", "good")
    with desk.page.expect_download() as saved:
        desk.at("save-proof").click()
    assert saved.value.suggested_filename.startswith("proof-")
    desk.page.keyboard.press("Escape")

    desk.at("view-seals").click()
    expect(desk.at("log-standing")).to_be_visible()


def test_somebody_joins_works_is_stood_in_for_and_goes(
    desk: Desk, newcomer: Desk, browser: Browser, installation: Installation
) -> None:
    slip = invite(desk)
    accept(newcomer, slip, desk)
    elsewhere = browser.new_context(base_url=installation.url, locale="zh-CN")
    sign_in(Desk(elsewhere.new_page(), installation), PASSWORD)
    elsewhere.close()
    sign_in(newcomer, PASSWORD)
    end_the_other_session(newcomer)
    give_role(desk)
    code = enrol(newcomer)
    newcomer.at("sign-out").click()
    sign_in(newcomer, PASSWORD, code)
    lose_the_phone(desk, newcomer)
    go_away(newcomer)
    stand_in(desk)
    suspend(desk)
    newcomer.at("nav-decisions").click()
    expect(newcomer.page.get_by_role("dialog").get_by_test_id("password")).to_be_visible()
    audit(desk, installation)


def account_of(desk: Desk, which: str) -> str:
    """The first account of a list: `which` is its address's filter, or a name, which no address holds."""
    desk.page.goto(f"/accounts?{which}" if "=" in which else "/accounts")
    if "=" not in which:
        with desk.page.expect_response(lambda answer: answer.request.headers.get("x-search-name") == which):
            desk.at("search").fill(which)
    settle(desk.page)
    return str(desk.page.locator("[data-row-link]").first.get_attribute("href"))


KEEPERS = {
    "system_admin": ("/", "/accounts", "/accounts?state=closed&role=clerk"),
    "security_admin": ("/accounts?state=suspended", "/security"),
    "audit_admin": (
        "/",
        "/audit",
        "/audit?kind=decision.acted",
        "/audit?from=2001-01-01&to=2001-01-02",
        "/audit/reads",
        "/audit/reads?to=2001-01-01",
        "/audit/seals",
    ),
    "clerk": ("/away", "/security", "/personal-data"),
    "inspector": ("/away",),
}


@pytest.mark.parametrize("username", KEEPERS)
def test_every_page_of_people_security_and_audit_is_accessible_and_fits(desk: Desk, username: str) -> None:
    page = desk.page
    desk.sign_in(username)
    wrong = look_as(desk, username, list(KEEPERS[username]))
    if username in ("system_admin", "security_admin"):
        for which in ("clerk", "state=invited", "state=suspended"):
            wrong += look_at_all(page, account_of(desk, which))
    assert wrong == []


DIALOGS = {
    "system_admin": ("account-suspend", "account-close", "account-recover", "account-hand_over", "account-move"),
    "security_admin": ("account-grant", "account-end_sessions"),
    "newcomer": ("account-release",),
}


@pytest.mark.parametrize("username", DIALOGS)
def test_every_dialog_over_an_account_is_accessible(desk: Desk, username: str) -> None:
    page = desk.page
    page.add_init_script(path=AXE)
    desk.sign_in("security_admin" if username == "newcomer" else username)
    path = account_of(desk, "newcomer" if username == "newcomer" else "clerk")
    wrong: list[str] = []
    for deed in DIALOGS[username]:
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.goto(path)
            desk.at(deed).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            settle(page)
            wrong += look(page, f"{path} {deed}", DESK, theme)
    assert wrong == []


def test_the_page_of_an_invitation_is_accessible_before_and_with_a_code(desk: Desk) -> None:
    page: Page = desk.page
    page.add_init_script(path=AXE)
    wrong = look_at_all(page, "/invitation")
    page.goto("/invitation#DEM0A-BCDEF-GH234-56789")
    expect(desk.at("invited-username")).to_be_visible()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html.dark")).to_have_count(1 if theme == "dark" else 0)
        wrong += look(page, "/invitation with a code", DESK, theme)
    assert wrong == []
