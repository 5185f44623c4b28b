"""The signing key: made once, private, and never the DER kind."""

from pathlib import Path

import pytest

from backend.api.token import TokenIssuer
from backend.db.base import new_id
from backend.domain.errors import SignInRefused


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = TokenIssuer(tmp_path), TokenIssuer(tmp_path)
    assert first.key_id == second.key_id
    kept = tmp_path / "token-signing-key.pem"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_token_says_whose_it_is(tmp_path: Path) -> None:
    issuer, account, session = TokenIssuer(tmp_path), new_id(), new_id()
    claims = issuer.verify(issuer.issue(account, session, 3))
    assert (claims.account_id, claims.session_id, claims.epoch) == (account, session, 3)


@pytest.mark.parametrize("token", ["", ".", "..", "a", "a.b", "é.é.é", "\x00", "[" * 5000])
def test_garbage_is_refused_and_never_fails(token: str, tmp_path: Path) -> None:
    with pytest.raises(SignInRefused):
        TokenIssuer(tmp_path).verify(token)
