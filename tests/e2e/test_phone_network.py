"""What the public first screen costs on the wire and how soon it is there on a slow network; and whom the pages ask."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import PHONE_SIZE, Installation
from tests.e2e.phone import PLACE, TOKEN, Phone, said
from tests.e2e.pictures import camera_file

pytestmark = pytest.mark.e2e

# The slow network: 400 kbit/s both ways, 400 ms until an answer begins.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
USABLE_WITHIN = 3.0
JS_BUDGET = 60 * 1024
WHOLE_BUDGET = 100 * 1024


@dataclass
class Wire:
    """What came over the wire until now, in bytes as they were sent, headers included."""

    kinds: dict[str, str] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)

    def listen(self, page: Page) -> Any:
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        return session

    def _received(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]
        self.urls[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def weight(self, *kinds: str) -> float:
        return sum(size for key, size in self.sizes.items() if not kinds or self.kinds.get(key) in kinds)


def tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """Say a figure that was measured, whatever is captured."""
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")


@pytest.fixture
def cold(browser: Browser, installation: Installation) -> Iterator[BrowserContext]:
    """A phone that has never been here: nothing in its cache, and no worker."""
    context = browser.new_context(
        base_url=installation.url, locale="zh-CN", viewport=PHONE_SIZE, has_touch=True, service_workers="block"
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


# The first screen is usable when its greatest button can be tapped and the village's name stands above it.
USABLE = """(place) => {
  const button = document.querySelector('[data-testid="report"]');
  const there = document.querySelector('h1')?.textContent === place && button?.getBoundingClientRect().height > 0;
  return there ? performance.now() : 0;
}"""


def seconds_until_usable(cold: BrowserContext, wire: Wire) -> tuple[float, float]:
    """First paint and the moment when it can be used, in seconds from the tap on the link."""
    page = cold.new_page()
    session = wire.listen(page)
    session.send("Network.emulateNetworkConditions", SLOW)
    page.goto(f"/m/p/{TOKEN}", wait_until="commit")
    usable = page.wait_for_function(USABLE, arg=PLACE).json_value()
    paint = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    page.close()
    return paint / 1000, usable / 1000


def test_the_first_screen_is_there_within_three_seconds_on_a_slow_network(
    cold: BrowserContext, capsys: pytest.CaptureFixture[str]
) -> None:
    """The median of three cold openings: a machine that is busy with other work must not decide it."""
    runs = [seconds_until_usable(cold, Wire()) for _ in range(3)]
    times = ", ".join(f"{paint:.2f}/{usable:.2f} s" for paint, usable in runs)
    tell(capsys, f"first screen at 400 kbit/s and 400 ms, first paint/usable: {times}")
    assert sorted(usable for _, usable in runs)[1] <= USABLE_WITHIN


def test_the_first_screen_weighs_no_more_on_the_wire_than_its_budget(
    cold: BrowserContext, capsys: pytest.CaptureFixture[str]
) -> None:
    page, wire = cold.new_page(), Wire()
    wire.listen(page)
    page.goto(f"/m/p/{TOKEN}", wait_until="commit")
    page.wait_for_function(USABLE, arg=PLACE)
    js, whole = wire.weight("Script"), wire.weight()
    told = f"{js / 1024:.1f} KB JavaScript, {whole / 1024:.1f} KB in all, {len(wire.sizes)} answers"
    tell(capsys, f"first screen on the wire: {told}")
    assert 0 < js <= JS_BUDGET
    assert whole <= WHOLE_BUDGET


# What tells one phone from another, or where it is. Each call is noted by its name.
NOSY = """(() => {
  window.asked = [];
  const note = (owner, label, names) => {
    for (const name of names) {
      const own = owner && Object.getOwnPropertyDescriptor(owner, name);
      const noted = (inner) => function (...given) {
        window.asked.push(`${label}.${name}`);
        return inner.apply(this, given);
      };
      if (own?.get) Object.defineProperty(owner, name, { ...own, get: noted(own.get) });
      else if (own) Object.defineProperty(owner, name, { ...own, value: noted(own.value) });
    }
  };
  note(Geolocation.prototype, 'geolocation', ['getCurrentPosition', 'watchPosition']);
  note(HTMLCanvasElement.prototype, 'canvas', ['toDataURL']);
  note(CanvasRenderingContext2D.prototype, 'canvas', ['getImageData', 'measureText', 'isPointInPath']);
  note(window.WebGLRenderingContext?.prototype, 'webgl', ['getParameter', 'getSupportedExtensions']);
  note(Navigator.prototype, 'navigator', [
    'userAgent', 'userAgentData', 'platform', 'plugins', 'mimeTypes', 'languages', 'hardwareConcurrency',
    'deviceMemory', 'connection', 'maxTouchPoints', 'getBattery', 'sendBeacon',
  ]);
  note(Screen.prototype, 'screen', ['width', 'height', 'colorDepth', 'availWidth']);
  note(window.MediaDevices?.prototype, 'media', ['enumerateDevices']);
  note(window.Permissions?.prototype, 'permissions', ['query']);
  for (const name of ['OfflineAudioContext', 'AudioContext', 'RTCPeerConnection', 'WebSocket', 'EventSource']) {
    const construct = (target, given) => {
      window.asked.push(name);
      return new target(...given);
    };
    if (window[name]) window[name] = new Proxy(window[name], { construct });
  }
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  const set = function (value) {
    window.asked.push('cookie');
    cookie.set.call(this, value);
  };
  Object.defineProperty(Document.prototype, 'cookie', { ...cookie, set });
})();"""


def test_the_sender_is_neither_located_nor_told_apart_nor_told_to_others(phone: Phone) -> None:
    """A whole visit: nothing that locates or recognises a phone is asked, no cookie is set, nobody else is called."""
    page = phone.page
    page.add_init_script(NOSY)
    told: list[dict[str, str]] = []
    page.on("request", lambda request: told.append(request.all_headers()) if "/api/" in request.url else None)
    words = said("村卫生室的台阶缺了一块")
    phone.scan()
    phone.write(words, "elder_care")
    phone.at("photos").set_input_files([camera_file()])
    expect(page.locator("form img")).to_have_count(1)
    asked = [*page.evaluate("window.asked")]
    phone.tap("send")
    code, pin = phone.receipt()
    phone.tap("save-picture")
    expect(phone.at("picture")).to_be_visible()
    phone.tap("noted")
    asked += page.evaluate("window.asked")
    for path in (f"/m/news?t={TOKEN}", f"/m/opinions?t={TOKEN}", "/m/honest"):
        page.goto(path)
        phone.settle()
        asked += page.evaluate("window.asked")
    phone.follow(code, pin)
    asked += page.evaluate("window.asked")
    assert asked == []
    assert page.context.cookies() == []
    # The watch would have seen it.
    page.evaluate("() => navigator.userAgent + screen.width")
    assert page.evaluate("window.asked") == ["navigator.userAgent", "screen.width"]
    assert told
    for headers in told:
        assert not {"cookie", "authorization"} & headers.keys()
        # Where the visitor is on the site is nobody's business; code and PIN stand in no address.
        assert code not in str(headers.get("referer"))
    # The policy of the page forbids what the page does not do, too.
    answer = page.goto("/m/")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert "connect-src" not in answer.headers["content-security-policy"]
    assert "geolocation=()" in answer.headers["permissions-policy"]
