"""Secrets are made once, by one of many, and readable by their owner alone."""

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from backend.keys import ExposedKey, load_or_create, random_token


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "token.key"
    made = load_or_create(path, random_token)
    assert load_or_create(path, lambda: pytest.fail("made twice")) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["token.key"]


def test_a_umask_that_hides_nothing_hides_the_secret_all_the_same(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        load_or_create(tmp_path / "token.key", random_token)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "token.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "token.key"
    load_or_create(path, random_token)
    path.chmod(mode)
    with pytest.raises(ExposedKey, match="chmod 600"):
        load_or_create(path, random_token)


def test_a_failed_making_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise RuntimeError("no entropy")

    with pytest.raises(RuntimeError):
        load_or_create(tmp_path / "token.key", fail)
    assert list(tmp_path.iterdir()) == []


def _load(path: Path) -> bytes:
    return load_or_create(path, random_token)


def test_processes_that_race_get_the_same_secret(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        for turn in range(20):
            assert len(set(pool.map(_load, [tmp_path / f"{turn}.key"] * 12, chunksize=1))) == 1


def test_two_secrets_are_never_the_same() -> None:
    assert len({random_token() for _ in range(1000)}) == 1000
