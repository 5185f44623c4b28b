"""The phone pages as a person uses them: where to tap, said once."""

import secrets
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Installation

# The place of the demonstration's poster.
TOKEN = "demo-liutang"
PLACE = "柳塘村"


def said(words: str) -> str:
    """`words` as nobody has said them before."""
    return f"{words}（{secrets.token_hex(3)}）"


class Phone:
    """One phone; people take turns with it. `taps` counts what a finger does."""

    def __init__(self, page: Page, installation: "Installation") -> None:
        self.page = page
        self.installation = installation
        self.taps = 0
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)

    def at(self, test_id: str):
        return self.page.get_by_test_id(test_id)

    def tap(self, test_id: str) -> None:
        self.at(test_id).first.click()
        self.taps += 1

    def scan(self) -> None:
        """What the camera does with the poster's code."""
        self.page.goto(f"/m/p/{TOKEN}")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(PLACE)

    def write(self, words: str, category: str = "lamps") -> None:
        self.tap("report")
        self.tap(f"category-{category}")
        self.at("words").fill(words)

    def send(self, words: str, category: str = "lamps") -> tuple[str, str]:
        """Send a card from the scanned page on; code and PIN as the receipt shows them."""
        self.write(words, category)
        self.tap("send")
        return self.receipt()

    def receipt(self) -> tuple[str, str]:
        expect(self.at("receipt")).to_be_visible()
        return self.at("receipt-code").inner_text(), self.at("receipt-pin").inner_text()

    def follow(self, code: str, pin: str) -> None:
        self.page.goto(f"/m/track?t={TOKEN}")
        self.at("track-code").fill(code)
        self.at("track-pin").fill(pin)
        self.tap("track-see")
        expect(self.at("case")).to_be_visible()

    def settle(self) -> None:
        expect(self.page.locator("main h1").first).to_be_attached()
        expect(self.page.locator("main .bones")).to_have_count(0)
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def kept(self) -> Any:
        """Everything that the pages have stored on the phone, but how it looks and the worker's copies of files."""
        return self.page.evaluate(KEPT)

    def until_kept(self, part: str, *, present: bool = True) -> None:
        """Wait until some table holds `part` as text, or none does."""
        assert self.page.evaluate(UNTIL_KEPT, [part, present]), f"{part} kept: {not present}"

    def sign_in(self, username: str) -> None:
        self.page.goto("/m/work")
        if self.at("sign-out").or_(self.at("username")).first.get_attribute("data-testid") == "sign-out":
            self.at("sign-out").click()
        self.at("username").fill(username)
        self.at("password").fill(self.installation.password)
        self.at("submit").click()
        expect(self.at("sign-out")).to_be_visible()

    def open_task(self, part: str) -> None:
        """From what awaits me to the matter whose address ends with `part`."""
        more = self.page.get_by_role("button", name="再显示一些")
        task = self.page.locator(f'[data-testid="task"][href$="{part}"]')
        expect(self.at("task").first).to_be_visible()
        while task.count() == 0:
            shown = self.at("task").count()
            more.click()
            expect(self.at("task")).not_to_have_count(shown)
        task.click()
        expect(self.at("act-desk")).to_be_visible()

    def fill(self, name: str, value: Any) -> None:
        """Put `value` into the field `name` (`measures.0.what`), as a finger would: tap what can be tapped."""
        field = self.at(f"field-{name}")
        if isinstance(value, dict):
            for part, inner in value.items():
                self.fill(f"{name}.{part}", inner)
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                if self.at(f"field-{name}.{inner}").count():
                    self.at(f"field-{name}.{inner}").check()
                else:
                    field.get_by_role("button", name="加一行").click()
                    self.fill(f"{name}.{place}", inner)
        elif self.at(chosen := f"field-{name}.{str(value).lower()}").count():
            self.at(chosen).check()
        elif value is True:
            field.check()
        elif field.evaluate("node => node.type") == "search":
            field.fill(value)
            self.page.get_by_role("button", name=value, exact=True).click()
        else:
            field.fill(str(value))

    def fill_record(self, record: dict[str, Any]) -> None:
        folded = self.at("more-record")
        if folded.count() and folded.get_attribute("open") is None:
            folded.locator("summary").click()
        for name, value in record.items():
            self.fill(name, value)

    def act(self, outcome: str = "done") -> None:
        self.at(f"act-{outcome}").click()
        expect(self.at("acted")).to_be_visible()
        expect(self.at("acted")).to_be_focused()

    def expect_step(self, key: str) -> None:
        expect(self.at("open-step")).to_have_attribute("data-step", key)


KEPT = """async () => {
  const found = { local: Object.entries(localStorage), session: Object.entries(sessionStorage) };
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    for (const table of database.objectStoreNames) {
      found[table] = await new Promise((done) => {
        const asked = database.transaction(table).objectStore(table).getAll();
        asked.onsuccess = () => done(asked.result.map((one) => JSON.stringify(one)));
      });
    }
    database.close();
  }
  return found;
}"""

# `wait_for_function` would take the promise itself for a yes.
UNTIL_KEPT = f"""async ([part, present]) => {{
  const end = performance.now() + 20_000;
  while (performance.now() < end) {{
    if (JSON.stringify(await ({KEPT})()).includes(part) === present) return true;
    await new Promise((done) => setTimeout(done, 50));
  }}
  return false;
}}"""


class Office:
    """What the county's side knows, asked of the API by one who may."""

    def __init__(self, installation: "Installation", username: str) -> None:
        self.http = httpx.Client(base_url=f"{installation.url}/api/v1", timeout=30)
        self.form = {"grant_type": "password", "username": username, "password": installation.password}
        self.sign_in()

    def sign_in(self) -> None:
        answer = self.http.post("/oauth/token", data=self.form)
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str, **query: Any) -> Any:
        return self.asked("GET", path, params=query)

    def asked(self, method: str, path: str, **request: Any) -> Any:
        """The answer, which is a success."""
        answer = self.http.request(method, path, **request)
        if answer.status_code == 401:
            # One office serves all tests of a run, which lasts longer than a token.
            self.sign_in()
            answer = self.http.request(method, path, **request)
        assert answer.is_success, answer.text
        return answer.json()

    def cards(self, words: str) -> list[Any]:
        found = self.get("/feedback-cards", q=words, limit=50)["items"]
        return [card for card in found if words in card["excerpt"]]

    def open_box(self, **opening: Any) -> str:
        """The opening of a box put on record by this person; returns its number."""
        return str(self.asked("POST", "/box-openings", json=opening)["number"])

    def register(self, **item: Any) -> str:
        """A new item of the rectification ledger; returns its id."""
        return str(self.asked("POST", "/rectifications", json=item)["id"])

    def example(self, path: str) -> dict[str, Any]:
        """An example of the record that the open step asks this person for."""
        options = self.get(path)["procedure"]["options"]
        schema = next(option["record_schema"] for option in options if option["outcome"] == "done")
        return dict(schema["examples"][0]) if schema else {}

    def place(self, name: str) -> str:
        """The id of an organisation."""
        found = self.get("/organizations", q=name)["items"]
        return str(next(one["id"] for one in found if one["name"] == name))
