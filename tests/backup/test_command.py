"""The two commands as an operator types them, over the embedded database."""

from pathlib import Path

import pytest

from tests.test_cli import environment, guanbiao


@pytest.mark.slow
def test_a_running_installation_is_copied_checked_and_restored_into_an_empty_folder(tmp_path: Path) -> None:
    here, there = environment(tmp_path / "here"), environment(tmp_path / "there")
    passphrase, other = tmp_path / "passphrase", tmp_path / "other"
    passphrase.write_text("a passphrase of the drill\n")
    other.write_text("another passphrase\n")
    copy = tmp_path / "county.backup"

    early = guanbiao("backup", str(copy), "--passphrase-file", str(passphrase), env=here)
    assert early.returncode != 0
    assert "never migrated" in early.stderr, early.stderr
    assert guanbiao("migrate", env=here).returncode == 0
    made = guanbiao("backup", str(copy), "--passphrase-file", str(passphrase), env=here)
    assert made.returncode == 0, made.stderr
    assert "read back and found whole" in made.stdout

    checked = guanbiao("restore", str(copy), "--passphrase-file", str(passphrase), "--check", env=there)
    assert (checked.returncode, checked.stdout[:6]) == (0, "whole:"), checked.stderr
    assert not (tmp_path / "there").exists(), "checking leaves nothing behind"
    wrong = guanbiao("restore", str(copy), "--passphrase-file", str(other), env=there)
    assert wrong.returncode != 0
    assert "the passphrase is not the one" in wrong.stderr
    cut = tmp_path / "cut.backup"
    cut.write_bytes(copy.read_bytes()[:-20_000])
    broken = guanbiao("restore", str(cut), "--passphrase-file", str(passphrase), env=there)
    assert broken.returncode != 0
    assert "altered or cut off" in broken.stderr

    restored = guanbiao("restore", str(copy), "--passphrase-file", str(passphrase), env=there)
    assert restored.returncode == 0, restored.stderr
    assert "log checked: 0 events" in restored.stdout
    again = guanbiao("restore", str(copy), "--passphrase-file", str(passphrase), env=there)
    assert again.returncode != 0
    assert "not empty" in again.stderr
    assert "Traceback" not in early.stderr + wrong.stderr + broken.stderr + again.stderr
