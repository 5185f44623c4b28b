"""The page of one's own security is read in light and dark, whatever it says at the moment."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.test_desk import AXE, DESK, PHONE, WCAG, desk, look, settle

__all__ = ["desk"]

pytestmark = pytest.mark.e2e

# What axe could not judge counts too: a text over a picture or a gradient is readable by luck. The dots of the timeline
# stand beside its text, which axe cannot know of what a style sheet draws.
CONTRAST = """async (tags) => {
  document.styleSheets[0].insertRule('.event::before { display: none !important }');
  const found = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
  const unsure = found.incomplete.filter((one) => one.id === 'color-contrast').flatMap((one) => one.nodes);
  const judged = found.passes.filter((one) => one.id === 'color-contrast').flatMap((one) => one.nodes);
  const why = (node) => node.any.map((one) => one.data && one.data.messageKey).join();
  return { unsure: unsure.map((node) => `${node.target.join(' ')} ${why(node)}`), judged: judged.length };
}"""


def as_it_is(_: Desk) -> None:
    """Nothing was typed yet."""


def refused_password(desk: Desk) -> None:
    desk.at("current-password").fill("Not-The-Right-1")
    desk.at("new-password").fill("Qingyun-2026-Ledger")
    desk.at("new-password-again").fill("another one")
    desk.at("change-password").click()
    expect(desk.page.locator("#password-differs")).to_be_visible()
    desk.at("new-password-again").fill("Qingyun-2026-Ledger")
    desk.at("change-password").click()
    expect(desk.page.locator("#current-password-problem")).to_be_visible()


def refused_second_step(desk: Desk) -> None:
    desk.at("begin-second-step").click()
    desk.at("second-step-box").fill("Not-The-Right-1")
    desk.at("second-step-next").click()
    expect(desk.page.locator("#second-step-problem")).to_be_visible()


def enrolling(desk: Desk) -> None:
    """The picture and the secret; nothing is confirmed, so that nobody needs a code afterwards."""
    desk.at("begin-second-step").click()
    desk.at("second-step-box").fill(desk.installation.password)
    desk.at("second-step-next").click()
    expect(desk.at("second-step-secret")).to_be_visible()


def ending_a_session(desk: Desk) -> None:
    """Where there is another one, the question whether to end it."""
    other = desk.page.context.browser.new_context(base_url=desk.page.url.partition("/security")[0])
    second = Desk(other.new_page(), desk.installation)
    second.sign_in("clerk")
    other.close()
    desk.page.reload()
    desk.at("end-session").first.click()
    expect(desk.at("end-session-sure")).to_be_visible()


@pytest.mark.parametrize("state", [as_it_is, refused_password, refused_second_step, enrolling, ending_a_session])
def test_the_security_page_has_contrast_in_light_and_dark(desk: Desk, state: Callable[[Desk], None]) -> None:
    page = desk.page
    desk.sign_in("clerk")
    page.add_init_script(path=AXE)
    page.goto("/security")
    settle(page)
    state(desk)
    grounds = set()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        settle(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(page.locator("html.dark")).to_have_count(1 if theme == "dark" else 0)
            assert look(page, f"/security {state.__name__}", size, theme) == []
            told = page.evaluate(CONTRAST, WCAG)
            assert told["unsure"] == [], f"{state.__name__} {theme}"
            assert told["judged"] > 15, f"{state.__name__} {theme}"
            grounds.add(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2, "dark is another ground than light"
