"""Run the checks, two at a time, and if they pass the tests; a part of these that fails does not hide the next.

check.py static     format, lint, types, imports, pages, contract drift
check.py sure       the same, then every test that needs no browser and is not slow
check.py test       the same, then every test
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FRONTEND = ROOT / "frontend"
PYTHON_FOLDERS = ("backend", "tests", "scripts", "examples", "clients", "benchmarks")
LANES = 2
CHECK_SECONDS = 600
TEST_SECONDS, BROWSER_SECONDS = 2700, 1800
"""How long one part may take: what hangs is ended and said, before whoever waits for an answer gives up."""

# The longest first, so that both lanes end at about the same time.
CHECKS: dict[str, tuple[list[str], Path]] = {
    "types": ([str(BIN / "mypy")], ROOT),
    "pages: unit tests": (["npm", "run", "--silent", "test"], FRONTEND),
    "pages: types": (["npm", "run", "--silent", "typecheck"], FRONTEND),
    "pages: lint": (["npm", "run", "--silent", "lint"], FRONTEND),
    "contract": ([str(BIN / "guanbiao"), "openapi", "--check"], ROOT),
    "imports": ([str(BIN / "lint-imports")], ROOT),
    "lint": ([str(BIN / "ruff"), "check", *PYTHON_FOLDERS], ROOT),
    "format": ([str(BIN / "ruff"), "format", "--check", *PYTHON_FOLDERS], ROOT),
}
PYTEST = [sys.executable, "-m", "pytest", "-q", "--durations=25"]
# A file at a time: what its tests share is made once.
TWO = [*PYTEST, "-n", str(LANES), "--dist", "loadfile"]
TESTS: dict[str, list[tuple[list[str], int]]] = {
    "static": [],
    "sure": [([*TWO, "-m", "not e2e and not slow"], TEST_SECONDS)],
    "test": [([*TWO, "-m", "not e2e"], TEST_SECONDS), ([*TWO, "-m", "e2e"], BROWSER_SECONDS)],
}


def check(name: str) -> tuple[str, bool, float, str]:
    command, folder = CHECKS[name]
    begun = time.monotonic()
    code, output = run(command, folder, CHECK_SECONDS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return name, code == 0, time.monotonic() - begun, output


def run(command: list[str], folder: Path, seconds: float, **options: int) -> tuple[int, str]:
    """The exit code and what was caught of the output.

    Everything that the command started ends with it: a server left behind would keep the output open, and whoever
    reads it to the end would wait for ever.
    """
    with subprocess.Popen(command, cwd=folder, process_group=0, text=True, errors="replace", **options) as started:
        try:
            output, _ = started.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            print(f"-- ended after {seconds:.0f} s: {' '.join(command)}", flush=True)
            end_group(started.pid)
            output, _ = started.communicate()
            return started.returncode or 1, output or ""
        finally:
            end_group(started.pid)
    return started.returncode, output or ""


def end_group(leader: int) -> None:
    """Ask the command and all that it started to end; then end what did not."""
    for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 0)):
        try:
            os.killpg(leader, sign)
            until = time.monotonic() + patience
            while time.monotonic() < until:
                os.killpg(leader, 0)
                time.sleep(0.1)
        except ProcessLookupError:
            return


def passes_static() -> bool:
    good = True
    with ThreadPoolExecutor(LANES) as lanes:
        for future in as_completed([lanes.submit(check, name) for name in CHECKS]):
            name, passed, seconds, output = future.result()
            print(f"-- {name}: {'ok' if passed else 'FAILED'} ({seconds:.0f} s)", flush=True)
            if not passed:
                print(output, flush=True)
                good = False
    return good


def main(extent: str) -> int:
    if not passes_static():
        return 1
    worst = 0
    for command, seconds in TESTS[extent]:
        print(f"-- {' '.join(command[2:])}", flush=True)
        begun = time.monotonic()
        code = run(command, ROOT, seconds)[0]
        print(f"-- {'FAILED' if code else 'ok'} ({time.monotonic() - begun:.0f} s)", flush=True)
        worst = worst or code
    return worst


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in TESTS:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
