"""The page for security officers names only what there is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
THREATS = ROOT / "docs" / "threats.md"
_TEST = re.compile(r"\b(tests/[\w/]+\.py)(?:::(test_\w+))?")
_LINK = re.compile(r"\]\(([\w./-]+\.md)\)")
_FILE = re.compile(r"`((?:backend|docker|docs|scripts)/[\w./-]+)`")
_ROW = re.compile(r"^\| (?!---|item |section |article |sign )", re.MULTILINE)


def named() -> list[tuple[str, str]]:
    return _TEST.findall(PAGE.read_text() + THREATS.read_text())


def test_every_test_that_is_named_exists() -> None:
    found = named()
    assert len(found) > 150
    missing = []
    for path, test in found:
        text = (ROOT / path).read_text() if (ROOT / path).exists() else ""
        if not text or (test and not re.search(rf"^(?:async )?def {test}\(", text, re.MULTILINE)):
            missing.append(f"{path}::{test}")
    assert missing == []


def test_every_page_and_file_that_is_named_exists() -> None:
    text = PAGE.read_text()
    links = [PAGE.parent / link for link in _LINK.findall(text)]
    assert [str(path) for path in [*links, *(ROOT / name for name in _FILE.findall(text))] if not path.exists()] == []


def test_what_is_called_met_is_shown() -> None:
    tables = PAGE.read_text().partition("\n## ")[2]
    rows = [line for line in tables.splitlines() if _ROW.match(line)]
    assert len(rows) > 80
    assert [row for row in rows if "| ● |" in row and "::test_" not in row] == []
