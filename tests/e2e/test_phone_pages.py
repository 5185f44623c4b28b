"""Every page of the phone, public and staff's, empty and full: axe, both themes and languages, targets, large text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT
from tests.e2e.phone import TOKEN, Phone, said

pytestmark = pytest.mark.e2e

AXE = (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """async (tags) => {
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}"""

# What a finger meets: a control, or the label that stands for it. Links within a sentence are text (WCAG 2.5.8).
SMALL = """(least) => {
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('.skip');
  const target = (node) => (node.matches('input') && node.closest('label')) || node;
  const inSentence = (node) => node.matches('a') && getComputedStyle(node).display === 'inline';
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((node) => seen(node) && !inSentence(node))
    .map(target)
    .map((node) => [node, node.getBoundingClientRect()])
    .filter(([, box]) => box.height > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(([node, box]) => [node.textContent.trim().slice(0, 20) || node.outerHTML.slice(0, 60), box])
    .map(([name, box]) => `${name} ${box.width.toFixed(0)}x${box.height.toFixed(0)}`);
}"""

# Text that is cut off or lies beside the screen is lost, whatever the scroll bar says.
LOST = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  const lost = wide > 0 ? [`scrolls sideways by ${wide} px`] : [];
  for (const node of document.querySelectorAll('body *')) {
    if (node.closest('.visually-hidden, .skip, svg, .bar__name') || !node.checkVisibility()) continue;
    const box = node.getBoundingClientRect();
    const name = `${node.tagName} ${node.textContent.trim().slice(0, 24)}`;
    if (box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) lost.push(`${name} stands beside the screen`);
    const cut = getComputedStyle(node).overflowX !== 'visible' && !node.matches('input, select, textarea');
    if (cut && node.scrollWidth > node.clientWidth + 1) lost.push(`${name} is cut off`);
  }
  return lost;
}"""


@dataclass(frozen=True)
class Sight:
    """How somebody looks at a page."""

    width: int = 390
    theme: str = "light"
    elder: bool = False
    largest: bool = False
    english: bool = False

    def __str__(self) -> str:
        words = [
            str(self.width),
            self.theme,
            *(name for name in ("elder", "largest", "english") if getattr(self, name)),
        ]
        return " ".join(words)


SIGHTS = (
    Sight(),
    Sight(theme="dark"),
    Sight(width=320, english=True),
    Sight(width=320, theme="dark", elder=True, largest=True),
)


def look_as(phone: Phone, sight: Sight) -> None:
    """Change the look of the page as it stands, by its own switches."""
    page = phone.page
    page.set_viewport_size({"width": sight.width, "height": 844})
    page.emulate_media(color_scheme="dark" if sight.theme == "dark" else "light", reduced_motion="reduce")
    if (phone.at("elder").get_attribute("aria-pressed") == "true") != sight.elder:
        phone.at("elder").click()
    phone.at("size-largest" if sight.largest else "size-normal").check()
    if (page.locator("html").get_attribute("lang") == "en") != sight.english:
        phone.at("switch-language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en" if sight.english else "zh-CN")
    expect(page.locator("html.dark")).to_have_count(1 if sight.theme == "dark" else 0)


def wrong_with(page: Page, name: str, sight: Sight) -> list[str]:
    least = 60 if sight.elder else 44
    found = [*page.evaluate(CHECK, WCAG), *page.evaluate(LOST)]
    found += [f"small target: {one}" for one in page.evaluate(SMALL, least)]
    return [f"{name} ({sight}): {one}" for one in found]


def look_at(phone: Phone, name: str) -> list[str]:
    """Everything that is wrong with a page as it stands, however it is looked at."""
    phone.settle()
    phone.page.evaluate(AXE)
    wrong: list[str] = []
    for sight in SIGHTS:
        look_as(phone, sight)
        wrong += wrong_with(phone.page, name, sight)
    look_as(phone, Sight())
    return wrong


@pytest.fixture
def calm(phone: Phone) -> Iterator[Phone]:
    """A phone on which nothing is refused that the page had asked for."""
    refused: list[str] = []
    phone.page.on(
        "response", lambda answer: refused.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    yield phone
    assert refused == []


def at(path: str) -> Callable[[Phone], object]:
    return lambda phone: phone.page.goto(path)


def write_a_card(phone: Phone) -> None:
    phone.page.goto(f"/m/feedback?t={TOKEN}")
    phone.at("category-attitude").click()
    phone.at("words").fill("窗口办事要跑三趟，打13812345678找我")
    expect(phone.at("phone-said")).to_be_visible()
    phone.at("extras").locator("summary").click()
    phone.at("wish-misconduct").check()
    phone.at("about-other").check()
    phone.page.locator("#name").fill("老赵")
    phone.at("send").click()
    expect(phone.at("phone")).to_be_focused()
    # The page keeps what is written when the writer pauses; whoever leaves before has not paused.
    phone.until_kept("老赵")


def see_a_receipt(phone: Phone) -> None:
    phone.page.goto(f"/m/feedback?t={TOKEN}")
    phone.at("restored").get_by_role("button").click()
    phone.at("category-other").click()
    phone.at("words").fill(said("健身器材的螺丝松了"))
    phone.at("send").click()
    phone.receipt()
    phone.at("save-picture").click()
    expect(phone.at("picture")).to_be_visible()
    phone.at("keep").click()


def see_a_case(code: str, pin: str) -> Callable[[Phone], object]:
    return lambda phone: phone.follow(code, pin)


def open_a_decision(phone: Phone) -> None:
    phone.page.goto(f"/m/opinions?t={TOKEN}")
    phone.at("open-decision").first.get_by_role("link").click()
    expect(phone.at("opinion-words")).to_be_visible()
    phone.at("opinion-send").click()
    expect(phone.at("opinion-words")).to_be_focused()


PUBLIC: dict[str, Callable[[Phone], object]] = {
    "home": at("/m/"),
    "place": at(f"/m/p/{TOKEN}"),
    "which": at(f"/m/feedback?t={TOKEN}"),
    "card": write_a_card,
    "no receipt": at("/m/receipt"),
    "receipt": see_a_receipt,
    "track": at("/m/track"),
    "case to rate": see_a_case("DEMB-2345-6789", "135790"),
    "case begun": see_a_case("DEMD-2345-6789", "975310"),
    "news": at(f"/m/news?t={TOKEN}"),
    "news of nowhere": at("/m/news"),
    "opinions": at(f"/m/opinions?t={TOKEN}"),
    "decision": open_a_decision,
    "honest": at("/m/honest"),
    "privacy": at("/m/privacy"),
    "missing": at("/m/nowhere"),
    "sign in": at("/m/work"),
}


def test_every_public_page_is_good_to_everybody(calm: Phone) -> None:
    wrong: list[str] = []
    for name, go in PUBLIC.items():
        go(calm)
        wrong += look_at(calm, name)
    assert not wrong, "\n".join(wrong)


def open_wrong(phone: Phone) -> None:
    phone.page.goto("/m/work/record")
    phone.at("wrong-education").click()
    expect(phone.at("should")).to_be_focused()


def begin_second_step(phone: Phone) -> None:
    phone.page.goto("/m/work/security")
    phone.at("begin-second-step").click()
    phone.at("second-step-box").fill(phone.installation.password)
    phone.at("second-step-next").click()
    expect(phone.at("second-step-secret")).to_be_visible()


def open_first(kind: str) -> Callable[[Phone], object]:
    def go(phone: Phone) -> None:
        phone.page.goto("/m/work")
        phone.page.locator(f'[data-testid="task"][data-kind="{kind}"]').first.click()
        expect(phone.at("act-desk")).to_be_visible()
        folded = phone.at("more-record")
        if folded.count() and folded.get_attribute("open") is None:
            folded.locator("summary").click()
        phone.at("act-done").click()
        expect(phone.at("act-refused").or_(phone.at("acted")).first).to_be_visible()

    return go


def object_to_a_box(phone: Phone) -> None:
    """The demonstration has one opening that waits for its second opener."""
    phone.page.goto("/m/work")
    phone.at("box-object").first.click()
    phone.at("objection-send").click()
    expect(phone.at("objection")).to_have_attribute("aria-invalid", "true")


STAFF: dict[str, dict[str, Callable[[Phone], object]]] = {
    "village_secretary": {
        "tasks": at("/m/work"),
        "box to answer for": object_to_a_box,
        "notices": at("/m/work/notices"),
        "item": open_first("rectification"),
    },
    "clerk": {
        "many tasks": at("/m/work"),
        "card to sort": open_first("feedback"),
        "security": at("/m/work/security"),
        "authenticator": begin_second_step,
    },
    "member": {"no tasks": at("/m/work"), "own record": at("/m/work/record"), "wrong": open_wrong},
}


def test_every_page_of_staff_is_good_to_everybody(phone: Phone) -> None:
    wrong: list[str] = []
    for username, pages in STAFF.items():
        phone.sign_in(username)
        for name, go in pages.items():
            go(phone)
            wrong += look_at(phone, name)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [390, 320])
def test_text_of_twice_the_size_loses_nothing(phone: Phone, width: int) -> None:
    """The browser's own text at 200 %, as people set it in their phone."""
    page = phone.page
    page.set_viewport_size({"width": width, "height": 844})
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    wrong: list[str] = []
    for name in ("place", "which", "card", "receipt", "case to rate", "news", "decision", "sign in"):
        PUBLIC[name](phone)
        phone.settle()
        assert page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)") >= 36
        wrong += [f"{name}: {one}" for one in page.evaluate(LOST)]
    assert not wrong, "\n".join(wrong)
