"""Counts the lines that `docs/listening.md` tells, as they are now: `python -m scripts.lines`."""

from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = {
    "backend/db": ("backend/db/**/*.py",),
    "backend/domain": ("backend/domain/**/*.py",),
    "backend/api": ("backend/api/**/*.py",),
    "backend/workbook": ("backend/workbook/**/*.py",),
    "backend/document": ("backend/document/**/*.py",),
    "backend/demo": ("backend/demo/**/*.py",),
    **{
        f"frontend/src/{one}": (f"frontend/src/{one}/**/*.ts", f"frontend/src/{one}/**/*.vue")
        for one in ("api", "core", "modules", "desk", "h5")
    },
    "tests": ("tests/**/*.py",),
}
SYSTEMS = {
    "definition": ("backend/domain/procedures/{}/*.py",),
    "tables and questions": ("backend/db/{}*.py",),
    "verbs and rules": ("backend/domain/{}/*.py",),
    "routes and shapes": ("backend/api/{}*.py",),
    "workbook": ("backend/workbook/{}*.py", "backend/domain/ledger/{}*.py"),
    "pages of the desk": ("frontend/src/desk/pages/{}/*.vue",),
}
ENGINE = (
    "backend/domain/procedure/*.py",
    "backend/domain/condition/*.py",
    "backend/domain/run.py",
    "backend/db/procedure*.py",
    "backend/api/run*.py",
    "backend/api/procedure.py",
)


def lines(patterns: Iterable[str]) -> int:
    """The lines of all files that match; what a program writes (the clients) lies elsewhere."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sum(len(path.read_text("utf-8").splitlines()) for path in found)


if __name__ == "__main__":
    for name, patterns in PARTS.items():
        print(f"{name}: {lines(patterns):,}")
    for name, patterns in SYSTEMS.items():
        told = (
            lines(pattern.format(system) for pattern in patterns)
            for system in ("decision", "rectification", "feedback")
        )
        print(f"{name}: {' '.join(f'{each:,}' for each in told)}")
    print(f"engine: {lines(ENGINE):,}")
