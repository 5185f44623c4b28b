"""Fuzz what reads files of strangers: every input is answered or refused, within its time and memory, and never fails.

    python -m scripts.fuzz [SECONDS]            every target, that long each (60)
    python -m scripts.fuzz TARGET SECONDS       one target, in this process

Inputs grow from tests/samples: by coverage with atheris where it is installed, else by plain mutation.  What made a
target fail is kept in .cache/fuzz and named; the exit code is then 1.
"""

import functools
import io
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from datetime import date
from pathlib import Path

import openpyxl
import xlwt

try:
    import atheris
except ImportError:  # There is no wheel of it for this system.
    atheris = None

# Only what is fuzzed counts for coverage; all that it imports would be most of a minute's work each time.
_COUNTED = ["backend.workbook", "backend.domain.content", "backend.domain.identity", "backend.backup"]
with atheris.instrument_imports(include=_COUNTED) if atheris else nullcontext():
    from backend.backup import BackupError
    from backend.backup.reading import read_through
    from backend.backup.sealing import Secret
    from backend.domain.content.kind import taken_in
    from backend.domain.errors import Refused
    from backend.workbook.archive import Limits, UnreadableWorkbook
    from backend.workbook.cells import Unacceptable
    from backend.workbook.dates import read_date
    from backend.workbook.ledger import Known
    from backend.workbook.ledgers import LEDGERS
    from backend.workbook.reading import read_workbook

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "samples"
CACHE = ROOT / ".cache" / "fuzz"
MEMORY = 2 * 1024 * 1024 * 1024
INPUT_SECONDS = 20
LONGEST = 32 * 1024

_KNOWN = Known.of(date(2026, 6, 1), (), root=None)
_LIMITS = Limits(file_bytes=2**20, unpacked_bytes=8 * 2**20, rows=2_000, columns=200, cells=100_000)
_PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels")
_OFFICE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PAPER = {
    "[Content_Types].xml": b"<Types><Default Extension='xml' ContentType='application/xml'/>"
    b"<Override PartName='/word/document.xml' ContentType='" + _OFFICE + b"'/></Types>",
    "_rels/.rels": b"<Relationships><Relationship Type='http://x/officeDocument' Target='word/document.xml'/>"
    b"</Relationships>",
    "word/document.xml": b"<d xmlns:w='http://x/wordprocessingml/2006/main'><w:fldChar w:fldCharType='begin'/>"
    b"<w:instrText>TOC</w:instrText><w:fldChar w:fldCharType='separate'/><w:fldChar w:fldCharType='end'/></d>",
}
_PAPER_PARTS = (*_PAPER, "word/_rels/document.xml.rels", "word/a.vml")


@functools.cache
def _roster() -> bytes:
    return next(_small_books())


def workbook(data: bytes) -> None:
    """Any bytes as a workbook of each ledger."""
    for ledger in LEDGERS.values():
        with suppress(UnreadableWorkbook):
            for _ in read_workbook(data, ledger, _KNOWN, limits=_LIMITS):
                pass


def workbook_part(data: bytes) -> None:
    """Any bytes as one part of a workbook that is whole otherwise: what a checksum would keep from being read."""
    part = _PARTS[data[0] % len(_PARTS)] if data else _PARTS[0]
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_roster())) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(name, data[1:] if name == part else source.read(name))
    with suppress(UnreadableWorkbook):
        for _ in read_workbook(made.getvalue(), LEDGERS["member"], _KNOWN, limits=_LIMITS):
            pass


def cell(data: bytes) -> None:
    """Any text in a cell of each column of each ledger, and as a date."""
    text = data.decode("utf-8", "replace")
    cells: list[str | float] = [text]
    with suppress(ValueError, OverflowError):
        cells.append(float(text))
    for each in cells:
        with suppress(Unacceptable):
            read_date(each)
        for ledger in LEDGERS.values():
            for column in ledger.columns:
                with suppress(Unacceptable):
                    column.parse(each, _KNOWN)


def attachment(data: bytes) -> None:
    """Any bytes as an upload."""
    with suppress(Refused):
        taken_in(data)


def paper_part(data: bytes) -> None:
    """Any bytes as one part of a Word paper that is whole otherwise: types, relations, fields, drawings."""
    parts = dict(_PAPER) | ({_PAPER_PARTS[data[0] % len(_PAPER_PARTS)]: data[1:]} if data else {})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    with suppress(Refused):
        taken_in(made.getvalue())


def backup(data: bytes) -> None:
    """Any bytes as a backup."""
    with suppress(BackupError):
        read_through(Secret("a passphrase that opens nothing"), io.BytesIO(data))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "workbook": workbook,
    "workbook-part": workbook_part,
    "cell": cell,
    "attachment": attachment,
    "paper-part": paper_part,
    "backup": backup,
}


def _small_books() -> Iterator[bytes]:
    """The samples, cut down to their heads: what is wrong with a reader shows in few rows, and more often."""
    for path in sorted(SAMPLES.glob("*.xlsx")):
        source = openpyxl.load_workbook(path, read_only=True)
        book, old = openpyxl.Workbook(), xlwt.Workbook(encoding="utf-8")
        sheet, old_sheet = book.worksheets[0], old.add_sheet("花名册")
        for place, row in enumerate(source.worksheets[0].iter_rows(max_row=6, values_only=True)):
            sheet.append(row)
            for column, value in enumerate(row):
                old_sheet.write(place, column, str(value or ""))
        for made in (book, old):
            target = io.BytesIO()
            made.save(target)
            yield target.getvalue()
    yield b"".join((SAMPLES / "members-gbk.csv").read_bytes().splitlines(keepends=True)[:6])


def seeds(target: str) -> Iterator[bytes]:
    if target in ("workbook", "attachment"):
        yield from _small_books()
    if target == "workbook-part":
        with zipfile.ZipFile(io.BytesIO(_roster())) as source:
            yield from (bytes([place]) + source.read(part) for place, part in enumerate(_PARTS))
    if target == "attachment":
        yield from (
            b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"RIFF0000WEBP",
            b"ID3",
        )
    if target == "paper-part":
        yield from (bytes([place]) + _PAPER.get(name, b"") for place, name in enumerate(_PAPER_PARTS))
        yield bytes([2]) + _PAPER["word/document.xml"].decode().encode("utf-16")
    if target == "backup":
        yield b"guanbiao-backup 1\nrecipient\n" + b"0" * 64 + b"\nage-encryption.org/v1\n"
    if target == "cell":
        yield from (text.encode() for text in ("2020.6", "2020年6月1日", "43983", "999901199001010010", "长期", "=A1"))


def fuzz_one(target: str, seconds: int) -> None:
    """Fuzz in this process; ends it with a failure when an input fails, takes too long or too much memory."""
    resource.setrlimit(resource.RLIMIT_AS, (4 * MEMORY, 4 * MEMORY))
    corpus = CACHE / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed[:LONGEST])
    check = TARGETS[target]
    if atheris is None:
        _mutate(check, corpus, seconds)
        return
    options = {
        "max_total_time": seconds,
        "timeout": INPUT_SECONDS,
        "rss_limit_mb": MEMORY >> 20,
        "max_len": LONGEST,
        "print_final_stats": 1,
        "verbosity": 1,
        "artifact_prefix": f"{CACHE}/{target}-",
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)], check)
    atheris.Fuzz()


def _mutate(check: Callable[[bytes], None], corpus: Path, seconds: int) -> None:
    random.seed(seconds)
    known, done, end = [path.read_bytes() for path in corpus.iterdir()], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = bytearray(random.choice(known))
        for _ in range(random.randint(1, 8)):
            at = random.randrange(len(data) + 1)
            data[at : at + random.randint(0, 8)] = random.randbytes(random.randint(0, 8))
        kept = CACHE / "running"
        kept.write_bytes(data)
        check(bytes(data))
        done += 1
    print(f"stat::number_of_executed_units: {done}")


def main(seconds: int) -> int:
    failed = []
    for target in TARGETS:
        with tempfile.TemporaryFile("w+") as said:
            begun = time.monotonic()
            code = subprocess.run(
                [sys.executable, "-m", "scripts.fuzz", target, str(seconds)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=seconds + 300,
                check=False,
            ).returncode
            said.seek(0)
            text = said.read()
        executed = re.findall(r"stat::number_of_executed_units:\s*(\d+)", text)
        covered = re.findall(r"cov: (\d+)", text)
        words = f"{executed[-1] if executed else '?'} inputs, coverage {covered[-1] if covered else 'not measured'}"
        print(f"-- {target}: {'ok' if code == 0 else 'FAILED'}, {words}, {time.monotonic() - begun:.0f} s", flush=True)
        if code:
            failed.append(target)
            print(text[-6000:])
    shutil.rmtree(CACHE / "running", ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) > 2:
        fuzz_one(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
