"""A whole installation as `make run` starts it, and a real browser before it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.e2e.phone import Office, Phone

ROOT = Path(__file__).parents[2]
PASSWORD = "demo-password-for-tests"
PHONE_SIZE = ViewportSize(width=390, height=844)

# Without these the browser looks up its maker's hosts at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Installation:
    """A running server with the demo county in it."""

    url: str
    data: Path
    password: str = PASSWORD


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUANBIAO_")} | {
        "GUANBIAO_DATA": str(folder / "data"),
        "GUANBIAO_PORT": str(port),
        "GUANBIAO_DEMO": "1",
        "GUANBIAO_DEMO_PASSWORD": PASSWORD,
        # The programs of partners that are tested listen on this machine.
        "GUANBIAO_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "GUANBIAO_WEBHOOK_HTTP": "1",
        "PYTHONUNBUFFERED": "1",
    }
    log = folder / "server.log"
    with log.open("w") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "run"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert server.stdout is not None
            # The address is printed once the first request would be answered.
            said: list[str] = []
            for line in server.stdout:
                said.append(line)
                if "Ctrl-C" in line:
                    break
            else:
                pytest.fail(f"the server ended: {''.join(said)}{log.read_text()[-3000:]}")
            yield Installation(f"http://127.0.0.1:{port}", folder / "data")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        installed = next(
            (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := which(name))), None
        )
        browser = playwright.chromium.launch(executable_path=installed, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A desk window of 1440 px in Chinese; whatever the page logs as an error fails the test."""
    context = browser.new_context(
        base_url=installation.url, locale="zh-CN", viewport={"width": 1440, "height": 900}, accept_downloads=True
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # What the content policy blocks is seen by nobody: a style that is missing, a script that never ran.
    page.on("console", lambda note: errors.append(note.text) if "Content Security Policy" in note.text else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def phone(browser: Browser, installation: Installation) -> Iterator[Phone]:
    """A phone of 390 px whose every request stays at home and whose console stays empty."""
    context = browser.new_context(
        base_url=installation.url,
        locale="zh-CN",
        viewport=PHONE_SIZE,
        device_scale_factor=1,
        has_touch=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    foreign: list[str] = []
    complained: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((installation.url, "data:", "blob:")) else foreign.append(request.url)
        ),
    )
    page.on("pageerror", lambda error: complained.append(str(error)))
    # The browser itself notes every answer of 4xx and every lost network.
    page.on(
        "console",
        lambda note: (
            complained.append(note.text)
            if note.type in ("error", "warning") and not note.text.startswith("Failed to load resource")
            else None
        ),
    )
    yield Phone(page, installation)
    context.close()
    assert foreign == []
    assert complained == []


@pytest.fixture(scope="session")
def office(installation: Installation) -> Office:
    return Office(installation, "clerk")
