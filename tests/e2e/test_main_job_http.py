"""The main job by a program over HTTP alone, against a whole installation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Installation

pytestmark = pytest.mark.e2e


def verify(dossier: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backend.cli", "verify", str(dossier), "--lang", "en"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_example_program_does_the_main_job(installation: Installation, tmp_path: Path) -> None:
    dossier = tmp_path / "dossier.zip"
    command = [sys.executable, "examples/main_job.py", "--url", installation.url, "--password", installation.password]
    done = subprocess.run(
        [*command, "--out", str(dossier)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'total': 1200, 'acceptable': 1147, 'refused': 53" in done.stdout
    assert done.stdout.count("refused, as it must be") == 3
    assert "is closed" in done.stdout

    assert verify(dossier).returncode == 0
    altered = tmp_path / "altered.zip"
    shutil.copy(dossier, altered)
    content = bytearray(altered.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    found = verify(altered)
    assert found.returncode == 1, found.stdout
