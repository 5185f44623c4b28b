"""The desk as a product: it can be used by everybody, with a keyboard, on a phone, and loses nothing."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.conftest import ROOT, Installation
from tests.e2e.desk import Desk

pytestmark = pytest.mark.e2e

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Colours are judged when they have arrived: a theme that is still fading in belongs to neither.
CHECK = """async (tags) => {
  const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(fading.map((one) => one.finished));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}"""
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: 'layout-shift', buffered: true });"""
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
TOWN = "榆桥镇党委"
TYPED = "写到一半的内容，不能丢"


@pytest.fixture
def desk(page: Page, installation: Installation) -> Iterator[Desk]:
    """A window whose every request stays at home and whose console stays empty."""
    foreign: list[str] = []
    said: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((installation.url, "data:", "blob:")) else foreign.append(request.url)
        ),
    )
    # The browser itself notes every answer of 4xx; whether one may come, each test knows better.
    page.on(
        "console",
        lambda note: (
            said.append(note.text)
            if note.type in ("error", "warning") and not note.text.startswith("Failed to load resource")
            else None
        ),
    )
    page.emulate_media(reduced_motion="reduce")
    yield Desk(page, installation)
    assert foreign == []
    assert said == []


def settle(page: Page) -> None:
    expect(page.locator("h1").first).to_be_attached()
    expect(page.locator(".bones")).to_have_count(0)
    # The list of whatever the page shows has come; its last paint has not, until two frames later.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def first(desk: Desk, path: str) -> str:
    """The address of the first record of a list."""
    desk.page.goto(path)
    link = desk.page.locator("[data-row-link]").first
    return str(link.get_attribute("href"))


def town(desk: Desk) -> str:
    desk.page.goto("/organizations")
    desk.at("organization-search").fill(TOWN)
    return str(desk.at("found-organization").filter(has_text=TOWN).first.get_attribute("href"))


def pages_of(desk: Desk) -> list[str]:
    decision = first(desk, "/decisions?step=opinion_solicitation")
    return [
        "/",
        "/decisions",
        "/decisions?q=zzzz",
        "/decisions/board",
        "/decisions/new",
        *(decision + tab for tab in ("", "?tab=plan", "?tab=text", "?tab=opinions", "?tab=events")),
        first(desk, "/decisions?status=closed"),
        "/organizations",
        town(desk),
        "/members",
        "/members?status=withdrawn&sex=female&is_mobile=true",
        first(desk, "/members"),
        "/imports",
        first(desk, "/imports"),
        "/procedures",
        "/personal-data",
        "/nowhere",
    ]


def look(page: Page, path: str, size: ViewportSize, theme: str) -> list[str]:
    """What is wrong with a page as it stands."""
    found = [f"{path} {size['width']} {theme}: {one}" for one in page.evaluate(CHECK, WCAG)]
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{path} {size['width']}: scrolls sideways by {wide} px"] if wide > 0 else [])


def look_at_all(page: Page, path: str) -> list[str]:
    wrong: list[str] = []
    page.goto(path)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        settle(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(page.locator("html.dark")).to_have_count(1 if theme == "dark" else 0)
            wrong += look(page, path, size, theme)
    return wrong


def test_every_page_is_accessible_and_fits(desk: Desk) -> None:
    """axe, WCAG 2.2 AA, in light and dark, on a desk and on a phone; no page scrolls sideways; nothing is refused."""
    page = desk.page
    refused: list[str] = []
    page.on(
        "response", lambda answer: refused.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    page.add_init_script(path=AXE)
    wrong = look_at_all(page, "/sign-in")
    page.set_viewport_size(DESK)
    desk.sign_in("clerk")
    for path in pages_of(desk):
        wrong += look_at_all(page, path)
    assert wrong == []
    assert refused == []


@pytest.mark.parametrize("username", ["member", "legal_reviewer", "inspector", "platform_admin"])
def test_people_are_led_nowhere_they_may_not_go(desk: Desk, username: str) -> None:
    refused: list[str] = []
    desk.page.on(
        "response", lambda answer: refused.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    desk.sign_in(username)
    for link in desk.page.locator("nav a[data-testid]").all():
        link.click()
        settle(desk.page)
    desk.page.goto(first(desk, "/decisions?step=opinion_solicitation"))
    settle(desk.page)
    # Who is not to do it sees why, and no form that could never be sent.
    expect(desk.at("act-done")).to_have_count(0)
    expect(desk.at("barred")).to_be_visible()
    assert refused == []


def test_a_page_for_others_says_so(desk: Desk) -> None:
    desk.sign_in("member")
    for path in ("/members", "/imports", "/decisions/new"):
        desk.page.goto(path)
        expect(desk.page.get_by_role("heading", name="这一页不归您办理")).to_be_attached()


def test_the_keyboard_is_enough(desk: Desk) -> None:
    page = desk.page
    keys = page.keyboard
    page.goto("/sign-in")
    desk.at("username").focus()
    keys.type("township_admin")
    keys.press("Tab")
    keys.type(desk.installation.password)
    keys.press("Enter")
    expect(desk.at("sign-out")).to_be_visible()
    keys.press("Tab")

    page.goto("/members")
    settle(page)
    keys.press("/")
    expect(desk.at("search")).to_be_focused()
    with page.expect_response(lambda answer: answer.request.headers.get("x-search-name") == "yang"):
        keys.type("yang")
    settle(page)
    assert page.url.endswith("/members"), "a name does not come into an address"
    for key in ("ArrowDown", "ArrowDown"):
        keys.press(key)
    second = page.locator("[data-row-link]").nth(1)
    expect(second).to_be_focused()
    name = second.inner_text()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    page.goto("/organizations")
    tree = desk.at("organization-tree")
    item = tree.get_by_role("treeitem").first
    item.focus()
    if item.get_attribute("aria-expanded") == "false":
        keys.press("ArrowRight")
    # What stands below is fetched when it is opened.
    expect(tree.locator('[aria-level="2"]').first).to_be_visible()
    keys.press("ArrowDown")
    child = page.locator("[role=treeitem]:focus")
    expect(child).to_have_attribute("aria-level", "2")
    expect(child).to_have_attribute("aria-expanded", "false")
    keys.press("ArrowRight")
    expect(child).to_have_attribute("aria-expanded", "true")
    keys.press("ArrowLeft")
    expect(child).to_have_attribute("aria-expanded", "false")
    keys.press("Enter")
    # The new page takes the keyboard; the tree shows which one it is.
    expect(page.locator('[role=treeitem][aria-selected="true"]')).to_have_attribute("aria-level", "2")


def test_filters_live_in_the_address(desk: Desk) -> None:
    desk.sign_in("clerk")
    desk.page.goto("/members")
    desk.at("filter-sex").select_option("female")
    desk.page.wait_for_url(lambda url: urlsplit(url).query == "sex=female")
    settle(desk.page)
    shown = desk.page.locator("[data-row-link]").all_inner_texts()
    desk.page.reload()
    settle(desk.page)
    expect(desk.at("filter-sex")).to_have_value("female")
    assert shown
    assert desk.page.locator("[data-row-link]").all_inner_texts() == shown


def test_names_that_are_searched_for_stay_out_of_addresses(desk: Desk) -> None:
    desk.sign_in("clerk")
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.page.goto("/members?sex=female")
    with desk.page.expect_response(lambda answer: answer.request.headers.get("x-search-name") == "yang"):
        desk.at("search").fill("yang")
    settle(desk.page)
    links = desk.page.locator("[data-row-link]")
    shown = links.all_inner_texts()
    assert shown
    links.first.click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(shown[0])
    desk.page.go_back()
    settle(desk.page)
    expect(desk.at("search")).to_have_value("yang")
    assert links.all_inner_texts() == shown
    assert urlsplit(desk.page.url).query == "sex=female"
    assert [url for url in asked if "yang" in url] == []
    desk.page.reload()
    settle(desk.page)
    expect(desk.at("search")).to_have_value("")


def begin_to_write(desk: Desk) -> str:
    desk.sign_in("clerk")
    path = first(desk, "/decisions?step=investigation")
    desk.page.goto(path)
    box = desk.at("act-desk").locator("textarea").first
    box.fill(TYPED)
    desk.page.wait_for_function("() => Object.keys(localStorage).some((key) => key.includes(':act-'))")
    return path


def expect_kept(desk: Desk) -> None:
    expect(desk.at("act-desk").locator("textarea").first).to_have_value(TYPED)


def test_drafts_outlive_a_reload_and_a_session(desk: Desk) -> None:
    path = begin_to_write(desk)
    desk.page.reload()
    expect(desk.at("draft-restored")).to_be_visible()
    expect_kept(desk)

    # The session is over while the form is open: it is asked for over the form, and the form goes on.
    desk.page.context.clear_cookies()
    desk.page.route("**/acts*", lambda route: route.fulfill(status=401, json={"code": "unauthorized"}), times=1)
    desk.at("dry-run").click()
    again = desk.page.get_by_role("dialog")
    expect(again).to_be_visible()
    again.get_by_test_id("password").fill(desk.installation.password)
    again.get_by_test_id("submit").click()
    expect(desk.at("dry-run-result")).to_be_visible()
    expect_kept(desk)

    # The tab has lost its session altogether: after signing in the same page opens, with the draft.
    desk.page.context.clear_cookies()
    desk.page.reload()
    desk.at("username").fill("clerk")
    desk.at("password").fill(desk.installation.password)
    desk.at("submit").click()
    desk.page.wait_for_url(f"**{path}")
    expect_kept(desk)
    desk.at("draft-discard").click()
    expect(desk.at("act-desk").locator("textarea").first).to_have_value("")


def test_drafts_outlive_a_lost_network(desk: Desk) -> None:
    begin_to_write(desk)
    desk.page.context.set_offline(True)
    desk.at("dry-run").click()
    expect(desk.at("act-desk").get_by_role("alert").first).to_contain_text("网络")
    expect_kept(desk)
    desk.page.context.set_offline(False)
    desk.at("dry-run").click()
    expect(desk.at("dry-run-result")).to_be_visible()
    # What is refused is told at its field, and the keyboard is there.
    wrong = desk.page.locator('[aria-invalid="true"]:focus, [data-invalid] input:focus')
    expect(wrong).to_have_count(1)
    desk.page.reload()
    expect_kept(desk)


def test_numbers_are_shown_for_a_reason(desk: Desk) -> None:
    desk.sign_in("clerk")
    desk.page.goto(first(desk, "/members"))
    expect(desk.at("id-number")).to_contain_text("*")
    desk.at("member-unmask").click()
    desk.at("deed-submit").click()
    expect(desk.at("field-reason")).to_have_attribute("aria-invalid", "true")
    desk.at("field-reason").fill("核对转接材料")
    desk.at("deed-submit").click()
    expect(desk.at("id-number")).not_to_contain_text("*")
    desk.page.reload()
    expect(desk.at("id-number")).to_contain_text("*")


def test_an_organisation_is_made_renamed_moved_and_dissolved(desk: Desk) -> None:
    desk.sign_in("township_admin")
    path = town(desk)
    desk.page.goto(path)
    heading = desk.page.get_by_role("heading", level=1)

    # With members in it, it is not dissolved; the dialog says so and stays.
    desk.page.goto(first_branch(desk, path))
    desk.at("organization-dissolve").click()
    desk.at("field-reason").fill("试一试")
    desk.at("deed-submit").click()
    expect(desk.page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    desk.page.keyboard.press("Escape")

    desk.page.goto(path)
    desk.at("organization-create").click()
    desk.at("field-kind").select_option("management_district")
    desk.at("field-name").fill("榆桥镇新片管理区")
    desk.at("deed-submit").click()
    expect(heading).to_have_text("榆桥镇新片管理区")
    desk.at("organization-create").click()
    desk.at("field-kind").select_option("party_branch")
    desk.at("field-name").fill("新片第一党支部")
    desk.at("deed-submit").click()
    expect(heading).to_have_text("新片第一党支部")

    desk.at("organization-edit").click()
    desk.at("field-name").fill("新片联合党支部")
    desk.at("deed-submit").click()
    expect(heading).to_have_text("新片联合党支部")

    desk.at("organization-move").click()
    desk.pick("parent_id", "新片联合党支部")
    desk.at("field-reason").fill("移到自己下面")
    desk.at("deed-submit").click()
    expect(desk.at("field-parent_id")).to_have_attribute("aria-invalid", "true")
    desk.pick("parent_id", "南片管理区")
    desk.at("deed-submit").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.page.locator(".trail")).to_contain_text("南片管理区")

    desk.at("organization-dissolve").click()
    desk.at("field-reason").fill("试建的支部")
    desk.at("deed-submit").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.at("organization-dissolve")).to_have_count(0)


def first_branch(desk: Desk, path: str) -> str:
    desk.page.goto(path)
    return str(desk.page.locator("[data-row-link]").first.get_attribute("href"))


def test_an_import_is_taken_back(desk: Desk) -> None:
    desk.sign_in("clerk")
    desk.page.goto("/imports")
    done = desk.at("row").filter(has=desk.page.locator('[data-state="committed"]')).first
    desk.page.goto(str(done.locator("[data-row-link]").get_attribute("href")))
    desk.at("undo").click()
    desk.at("confirm").click()
    expect(desk.at("import-state")).to_have_attribute("data-state", "undone")
    expect(desk.at("undo")).to_have_count(0)


def test_the_whole_desk_speaks_english(desk: Desk) -> None:
    desk.sign_in("clerk")
    desk.at("switch-language").click()
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(desk.at("nav-members")).to_have_text("Members")
    desk.page.goto(first(desk, "/decisions?step=opinion_solicitation"))
    settle(desk.page)
    # What the server writes comes in the language too.
    expect(desk.at("open-step")).to_have_text("Opinion solicitation", ignore_case=True)
    expect(desk.at("sign-out")).to_have_text("Sign out")
    desk.at("switch-language").click()
    expect(desk.at("nav-members")).to_have_text("党员名册")


def test_swagger_is_usable_by_hand(desk: Desk) -> None:
    desk.page.goto("/api/docs")
    expect(desk.page.get_by_role("button", name="Authorize")).to_be_visible()
    # The tags stand closed, because there are many; one opens by a click, and so does an operation in it.
    desk.page.get_by_role("link", name="decision", exact=True).click()
    operation = desk.page.locator(".opblock").filter(has_text="/api/v1/decisions/{id}/acts").first
    expect(operation).to_be_visible()
    operation.locator("button").first.click()
    expect(operation.get_by_role("button", name="Execute")).to_be_visible()
    desk.page.get_by_role("button", name="Authorize").click()
    expect(desk.page.locator(".auth-container").first).to_be_visible()


def test_nothing_jumps(desk: Desk) -> None:
    desk.page.add_init_script(SHIFTS)
    desk.sign_in("clerk")
    paths = ["/", "/decisions", "/decisions/board", "/members", "/imports", town(desk), first(desk, "/decisions")]
    jumped: list[str] = []
    for size in (DESK, PHONE):
        desk.page.set_viewport_size(size)
        for path in paths:
            desk.page.goto(path)
            settle(desk.page)
            share = desk.page.evaluate("window.shifted")
            if share > 0.1:
                jumped.append(f"{path} {size['width']}: {share:.3f}")
    assert jumped == []
