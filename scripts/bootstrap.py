"""Make everything that the program or its tests need: environment, pages, browser.  Idempotent, and quick when done.

    bootstrap.py run      what `make run` needs
    bootstrap.py test     what `make test` needs, the browser too
    bootstrap.py sure     the same without the browser
    bootstrap.py bench    the same with the program that makes load

Only the standard library, and only words that an old Python understands as well: its first duty is to find a newer one.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
FRONTEND = ROOT / "frontend"
PYTHON_CLIENT = ROOT / "clients" / "python"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 0)
USABLE = f"import sys, venv, ensurepip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Missing(Exception):
    """Something that only the person at the keyboard can provide, said in one line."""


def say(line: str) -> None:
    print("-- " + line, flush=True)


def run(command: list, **options: object) -> None:
    """Run quietly; what was written is shown when the command fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options)
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        raise Missing("this command failed: " + " ".join(str(word) for word in command))


def works(command: list) -> bool:
    try:
        quiet = subprocess.DEVNULL
        return subprocess.run(command, stdout=quiet, stderr=quiet, check=False).returncode == 0
    except OSError:
        return False


def digest_of(paths: list) -> str:
    """One number for the names and contents of files and of everything in folders."""
    total = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(found for found in path.rglob("*") if found.is_file())
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_stamped(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def find_python() -> str:
    names = [sys.executable, *(f"python3.{minor}" for minor in (12, 13, 11, 14, 15)), "python3", "python"]
    for name in names:
        if name and works([name, "-c", USABLE]):
            return name
    newer = [name for name in names if name and works([name, "-c", USABLE.replace(", venv, ensurepip", "")])]
    if newer:
        raise Missing("Python's venv module is missing: install it (Debian: apt-get install python3-venv)")
    raise Missing("Python 3.11 or newer is needed; this is {}.{}".format(*sys.version_info[:2]))


def make_environment(with_tools: bool) -> None:
    """The virtual environment with the pinned packages; with the test tools they include the program's own."""
    wanted = ROOT / ("requirements-dev.txt" if with_tools else "requirements.txt")
    digests = {
        name: digest_of([ROOT / name, ROOT / "pyproject.toml", PYTHON_CLIENT / "pyproject.toml"])
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    stamps = {name: VENV / (".made-" + name) for name in digests}
    python = BIN / ("python.exe" if os.name == "nt" else "python")
    healthy = works([str(python), "-c", USABLE])
    enough = [wanted.name] if with_tools else list(digests)
    if healthy and any(is_stamped(stamps[name], digests[name]) for name in enough):
        return
    if not healthy or not works([str(python), "-m", "pip", "--version"]):
        if VENV.exists():
            shutil.rmtree(str(VENV))
        say("making .venv")
        run([find_python(), "-m", "venv", str(VENV)])
    say("installing the packages of " + wanted.name)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    # The file names every package, so nothing is resolved anew: an old pip would take the newest release of a package
    # that another one wants with an extra, and then refuse it for having no hash.
    run([*pip, "--no-deps", "--require-hashes", "--requirement", str(wanted)])
    # The build backend is one of the pinned packages, so nothing is fetched unchecked here.
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    if with_tools:
        # The examples and the tests use the client as partners do; the program itself does not.
        run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(PYTHON_CLIENT)])
    stamps[wanted.name].write_text(digests[wanted.name])


def check_node() -> None:
    try:
        said = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, check=True).stdout.decode()
        version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.CalledProcessError):
        raise Missing("Node.js 20 or newer is needed, and npm with it") from None
    if version < OLDEST_NODE:
        raise Missing("Node.js 20 or newer is needed; this is {}.{}".format(*version))
    if not shutil.which("npm"):
        raise Missing("npm is needed beside Node.js")


def make_pages() -> None:
    """The pages' packages and the built pages, each only when what they are made of has changed."""
    locked = digest_of([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    sources = [FRONTEND / "src", FRONTEND / "public", ROOT / "clients" / "typescript" / "src"]
    sources += sorted(path for path in FRONTEND.iterdir() if path.suffix in (".html", ".json", ".ts", ".js"))
    built = digest_of([path for path in sources if path.exists()])
    packages, pages = FRONTEND / "node_modules" / ".made", FRONTEND / "dist" / ".made"
    if not is_stamped(packages, locked):
        check_node()
        say("installing the packages of frontend/")
        run(["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"], cwd=str(FRONTEND))
        packages.write_text(locked)
    if not is_stamped(pages, built):
        check_node()
        say("building the pages")
        run(["npm", "run", "build"], cwd=str(FRONTEND))
        pages.write_text(built)


def find_browser() -> "str | None":
    """An installed Chromium or the test tool's own, or None."""
    for name in BROWSERS:
        if shutil.which(name):
            return shutil.which(name)
    own = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    asked = subprocess.run([str(BIN / "python"), "-c", own], stdout=subprocess.PIPE, check=False)
    path = asked.stdout.decode().strip()
    return path if path and Path(path).exists() else None


def install_from_distribution(package: str) -> None:
    """Try Debian's package when this is root on a Debian; a failure is said and not raised."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say("installing " + package + " from the distribution")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    try:
        run(["apt-get", "update", "-qq"], env=quiet)
        run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", package], env=quiet)
    except Missing as failed:
        say(str(failed))


def make_browser() -> None:
    if find_browser():
        return
    install_from_distribution("chromium")
    if not find_browser():
        say("fetching the test tool's Chromium")
        run([str(BIN / "python"), "-m", "playwright", "install", "chromium"])


def make_servers() -> None:
    """The proxy that docker/ configures, and the pooler that counties use; without one of them the tests skip what only
    the real one can show."""
    for program, package in (("nginx", "nginx-light"), ("pgbouncer", "pgbouncer")):
        if not shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin"):
            install_from_distribution(package)


def make_load() -> None:
    """The program that measures how much a server does."""
    if not shutil.which("wrk"):
        install_from_distribution("wrk")
    if not shutil.which("wrk"):
        raise Missing("wrk is needed to measure (Debian: apt-get install wrk; macOS: brew install wrk)")


def make(purpose: str) -> int:
    failures = []

    def guarded(step: object, *arguments: object) -> None:
        try:
            step(*arguments)
        except (Missing, OSError) as failure:
            failures.append(str(failure))

    # The two package managers mostly wait for the network and for one core each.
    pages = threading.Thread(target=guarded, args=(make_pages,))
    pages.start()
    guarded(make_environment, purpose != "run")
    if purpose == "test" and not failures:
        guarded(make_browser)
        guarded(make_servers)
    if purpose == "bench" and not failures:
        guarded(make_load)
    pages.join()
    for failure in failures:
        sys.stderr.write(failure + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("run", "sure", "test", "bench"):
        sys.exit(__doc__)
    sys.exit(make(sys.argv[1]))
