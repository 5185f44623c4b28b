"""Somebody without an account, with a phone: what is said, the code that comes back, and the rating of the answer."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Installation


@dataclass(frozen=True)
class Receipt:
    number: str
    code: str
    pin: str


class Sender:
    """A phone of 390 px in a context of its own: it shares no cookie and no storage with the desk."""

    def __init__(self, browser: Browser, installation: Installation) -> None:
        self.context = browser.new_context(
            base_url=installation.url, locale="zh-CN", viewport={"width": 390, "height": 844}, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)

    def at(self, test_id: str):
        return self.page.get_by_test_id(test_id)

    def say(self, words: str, *, place: str, category: str) -> Receipt:
        """Choose the matter, the place and the words; nothing else is asked."""
        self.page.goto("/m/feedback")
        self.at(f"category-{category}").click()
        self.at("where-q").fill(place)
        self.at("where-option").filter(has_text=place).first.click()
        self.at("words").fill(words)
        self.at("send").click()
        return Receipt(*(self.at(f"receipt-{part}").inner_text() for part in ("number", "code", "pin")))

    def follow(self, receipt: Receipt) -> None:
        self.page.goto("/m/track")
        self.at("track-code").fill(receipt.code)
        self.at("track-pin").fill(receipt.pin)
        self.at("track-see").click()
        expect(self.at("case")).to_be_visible()

    def rate(self, receipt: Receipt, grade: int) -> None:
        self.follow(receipt)
        self.at(f"grade-{grade}").check(force=True)
        self.at("rate-send").click()
        expect(self.at("rate")).to_have_count(0)
