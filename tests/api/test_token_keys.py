"""Rotation of the signing key: published before it signs, kept until its tokens have ended, seen by every process."""

from datetime import timedelta
from pathlib import Path

import pytest
from jose import jwt
from typer.testing import CliRunner

from backend.api.token import LIFETIME, TokenIssuer
from backend.api.token_keys import LEAD, TokenKeys
from backend.cli import cli
from backend.db.base import new_id, utc_now
from backend.domain.errors import SignInRefused

SECOND = timedelta(seconds=1)


def test_the_next_key_is_published_before_it_signs_and_the_old_one_after(tmp_path: Path) -> None:
    keys, now = TokenKeys(tmp_path), utc_now()
    old = keys.signing(now)
    from_then = keys.rotate(now, LIFETIME)
    assert LEAD - SECOND <= from_then - now <= LEAD
    assert keys.signing(now) == keys.signing(from_then - SECOND) == old
    new = keys.signing(from_then)
    assert new != old
    assert keys.published(now, LIFETIME) == [old, new]
    assert keys.published(from_then + LIFETIME - SECOND, LIFETIME) == [old, new]
    assert keys.published(from_then + LIFETIME, LIFETIME) == [new]


def test_a_second_rotation_waits_for_the_first_and_removes_what_nobody_needs(tmp_path: Path) -> None:
    keys, now = TokenKeys(tmp_path), utc_now()
    first = keys.rotate(now, LIFETIME)
    assert keys.rotate(now + SECOND, LIFETIME) == first
    later = first + LIFETIME
    second = keys.signing(later)
    keys.rotate(later, LIFETIME)
    assert not (tmp_path / "token-signing-key.pem").exists()
    assert len(list((tmp_path / "token-keys").iterdir())) == 2
    assert TokenKeys(tmp_path).signing(later) == second
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "token-keys").iterdir())


def test_another_process_sees_the_new_key_and_both_keys_tokens_pass(tmp_path: Path, monkeypatch) -> None:
    here, there = TokenIssuer(tmp_path), TokenIssuer(tmp_path)
    before = here.issue(new_id(), new_id(), 1)
    TokenKeys(tmp_path).rotate(utc_now() - LEAD, LIFETIME)
    after = there.issue(new_id(), new_id(), 2)
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    assert [here.verify(token).epoch for token in (before, after)] == [1, 2]
    assert [key["kid"] for key in here.jwks()["keys"]] == [jwt.get_unverified_header(t)["kid"] for t in (before, after)]
    assert not any("d" in key for key in here.jwks()["keys"])


def test_a_stolen_key_is_replaced_at_once_and_its_tokens_end(tmp_path: Path) -> None:
    issuer = TokenIssuer(tmp_path)
    stolen = issuer.issue(new_id(), new_id(), 1)
    TokenKeys(tmp_path).rotate(utc_now(), LIFETIME, at_once=True)
    with pytest.raises(SignInRefused):
        issuer.verify(stolen)
    assert issuer.verify(issuer.issue(new_id(), new_id(), 2)).epoch == 2
    assert len(issuer.jwks()["keys"]) == 1
    assert not (tmp_path / "token-signing-key.pem").exists()


def test_the_command_rotates_and_says_from_when(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GUANBIAO_DATA", str(tmp_path))
    issuer = TokenIssuer(tmp_path)
    said = CliRunner().invoke(cli, ["keys", "rotate-token"])
    assert said.exit_code == 0, said.output
    assert "signs from" in said.output
    assert len(issuer.jwks()["keys"]) == 2
    said = CliRunner().invoke(cli, ["keys", "rotate-token", "--at-once"])
    assert said.exit_code == 0, said.output
    assert len(issuer.jwks()["keys"]) == 1
