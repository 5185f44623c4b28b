"""The desk as a person uses it: where to click, said once."""

import re
from pathlib import Path

from playwright.sync_api import Page, Response, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.e2e.conftest import Installation
from tests.files import pdf

PAPER = {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": pdf()}


def refusals_on(page: Page) -> list[str]:
    """What the page is refused from now on, each as status and address; it goes on growing."""
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400:
            refused.append(f"{answer.status} {answer.url}")

    page.on("response", note)
    return refused


class Desk:
    """One window of the desk; people take turns in it."""

    def __init__(self, page: Page, installation: Installation) -> None:
        self.page = page
        self.installation = installation
        page.set_default_timeout(20_000)
        # A busy machine is no fault of the page.
        expect.set_options(timeout=20_000)

    def at(self, test_id: str):
        return self.page.get_by_test_id(test_id)

    def sign_in(self, username: str) -> None:
        if self.at("sign-out").count():
            self.at("sign-out").click()
        else:
            self.page.goto("/sign-in")
        self.at("username").fill(username)
        self.at("password").fill(self.installation.password)
        self.at("submit").click()
        expect(self.at("sign-out")).to_be_visible()

    def load_workbook(self, ledger: str, file: Path, *, total: int, refused: int) -> None:
        """Drop the file, read the preview, commit the rows that are right."""
        self.at("nav-imports").click()
        self.at(f"ledger-{ledger}").check()
        self.at("import-file").set_input_files(file)
        expect(self.at("count-total")).to_have_text(str(total))
        expect(self.at("count-refused")).to_have_text(str(refused))

    def commit_workbook(self) -> None:
        self.at("commit").click()
        expect(self.at("undo")).to_be_visible()

    def pick(self, field: str, name: str) -> None:
        option = self.page.get_by_test_id("pick-option").filter(has_text=name, visible=True).first
        for patience in (6_000, 6_000, 20_000):
            # A dialog that has just opened may take the keyboard to its first field, and with it what was typed.
            self.at(f"field-{field}").fill(name)
            try:
                return option.click(timeout=patience)
            except NotInTime as error:
                missing = error
        raise missing

    def start_decision(self, title: str, organization: str, sponsor: str, due_on: str) -> None:
        self.at("nav-decisions").click()
        self.at("new-decision").click()
        self.at("field-title").fill(title)
        self.pick("organization_id", organization)
        self.pick("sponsor_unit_id", sponsor)
        self.at("field-subject_class").select_option(index=1)
        six = "field-five_w_one_h."
        self.at(f"{six}what").fill("改造镇区主干道路灯120盏")
        self.at(f"{six}why").fill("夜间照明不足，群众多次反映")
        self.at(f"{six}when.start_on").fill(self.county_day())
        self.at(f"{six}when.due_on").fill(due_on)
        self.at(f"{six}where").fill("镇区主干道全段")
        self.at(f"{six}who.owner").fill(sponsor)
        self.at(f"{six}how_far.measure").fill("夜间照明达标率")
        self.at(f"{six}how_far.baseline").fill("40")
        self.at(f"{six}how_far.unit").fill("%")
        self.at("field-text.title").fill(title)
        self.at("field-text.body").fill("一、改造范围\n镇区主干道全段。\n二、完成时间\n明年年底前。")

    def county_day(self) -> str:
        """The county's date, as the top bar shows it, the way a date field takes it."""
        year, month, day = re.findall(r"\d+", self.at("county-date").inner_text())[:3]
        return f"{year}-{int(month):02}-{int(day):02}"

    def move_clock(self, days: int) -> None:
        here = self.page.url
        self.at("nav-home").click()
        before = self.at("county-date").inner_text()
        self.at("clock-open").click()
        self.at("clock-days").fill(str(days))
        self.at("confirm").click()
        expect(self.at("county-date")).not_to_have_text(before)
        self.page.goto(here)

    def open_act_tab(self) -> None:
        self.at("tab-act").click()

    def open_act(self) -> None:
        self.open_act_tab()
        expect(self.at("act-desk")).to_be_visible()

    def fill_example(self) -> None:
        if self.at("fill-example").count():
            self.at("fill-example").click()

    def bring_evidence(self) -> None:
        """Give a paper to every kind of evidence that the step asks for."""
        inputs = self.page.locator('input[type="file"][data-testid^="evidence-"]')
        for place in range(inputs.count()):
            files = self.at("evidence-file")
            before = files.count()
            inputs.nth(place).set_input_files(PAPER)
            expect(files).to_have_count(before + 1)

    def expect_step(self, key: str) -> None:
        expect(self.at("open-step")).to_have_attribute("data-step", key)

    def pass_step(self, following: str, *, signs: bool = False) -> None:
        """Do the open step with the example of its record; `signs` for one who adds a signature to a record."""
        self.open_act()
        if not signs:
            self.fill_example()
        self.bring_evidence()
        self.at("act-done").click()
        self.expect_step(following)

    def choose_first(self, name: str) -> None:
        field = self.at(f"field-{name}")
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(index=1)
        else:
            field.locator("input").first.check()
