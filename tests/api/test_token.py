"""Access tokens: one algorithm, our keys only, for a short time, and nothing else is believed."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from jose import jwt

from backend.api.token import TokenIssuer
from backend.db.base import new_id, utc_now
from backend.domain.errors import SignInRefused

MINUTES = timedelta(minutes=1)


@pytest.fixture
def issuer(tmp_path: Path) -> TokenIssuer:
    return TokenIssuer(tmp_path)


def pem_of(issuer: TokenIssuer) -> bytes:
    return issuer._files.signing(utc_now())


def public_of(issuer: TokenIssuer, encoding: serialization.Encoding) -> bytes:
    private = serialization.load_pem_private_key(pem_of(issuer), password=None)
    return private.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None = None) -> str:
    """A token as libraries refuse to make it: unsigned, or with HMAC under any bytes."""
    signed = f"{part(header)}.{part(claims)}"
    digest = hmac.digest(secret, signed.encode(), hashlib.sha256) if secret is not None else b""
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def signed(issuer: TokenIssuer, claims: dict[str, Any], pem: bytes | None = None, **header: Any) -> str:
    """A token with any claims and header, signed by our own key or by another."""
    algorithm = header.pop("algorithm", "ES256")
    headers = {"kid": issuer.key_id} | header
    return jwt.encode(claims, (pem or pem_of(issuer)).decode(), algorithm=algorithm, headers=headers)


def good(issuer: TokenIssuer) -> tuple[str, dict[str, Any]]:
    token = issuer.issue(new_id(), new_id(), 3)
    return token, jwt.get_unverified_claims(token)


def another_pem(curve: ec.EllipticCurve | None = None) -> bytes:
    private = ec.generate_private_key(curve or ec.SECP256R1())
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_the_first_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = TokenIssuer(tmp_path), TokenIssuer(tmp_path)
    assert first.key_id == second.key_id
    kept = tmp_path / "token-signing-key.pem"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_token_says_whose_it_is(issuer: TokenIssuer) -> None:
    account, session = new_id(), new_id()
    claims = issuer.verify(issuer.issue(account, session, 3))
    assert (claims.account_id, claims.session_id, claims.epoch) == (account, session, 3)


def test_tokens_with_our_claims_and_our_key_pass(issuer: TokenIssuer) -> None:
    token, claims = good(issuer)
    assert issuer.verify(token).epoch == 3
    assert issuer.verify(signed(issuer, claims)).epoch == 3


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "HS256", "HS512", "ES384", "RS256", "PS256"])
def test_no_other_algorithm_is_believed(issuer: TokenIssuer, algorithm: str | None) -> None:
    token, claims = good(issuer)
    header = {"alg": algorithm, "typ": "JWT", "kid": issuer.key_id}
    for forged in (by_hand(header, claims), f"{part(header)}.{token.split('.')[1]}.{token.split('.')[2]}"):
        with pytest.raises(SignInRefused):
            issuer.verify(forged)


@pytest.mark.parametrize("encoding", [serialization.Encoding.PEM, serialization.Encoding.DER])
@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
def test_a_public_key_is_no_secret(issuer: TokenIssuer, encoding: serialization.Encoding, algorithm: str) -> None:
    """Algorithm confusion: HMAC under the public key, as PEM and as DER, whatever the header claims."""
    header = {"alg": algorithm, "typ": "JWT", "kid": issuer.key_id}
    with pytest.raises(SignInRefused):
        issuer.verify(by_hand(header, good(issuer)[1], public_of(issuer, encoding)))


def test_no_other_key_is_believed(issuer: TokenIssuer) -> None:
    claims = good(issuer)[1]
    rsa_pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    bad = {
        "another key under our id": signed(issuer, claims, another_pem()),
        "another curve": signed(issuer, claims, another_pem(ec.SECP384R1()), algorithm="ES384"),
        "another kind": signed(issuer, claims, rsa_pem, algorithm="RS256"),
        "unknown id": signed(issuer, claims, kid="unknown"),
        "no id": jwt.encode(claims, pem_of(issuer).decode(), algorithm="ES256"),
        "id of another type": signed(issuer, claims, kid=["a"]),
    }
    for token in bad.values():
        with pytest.raises(SignInRefused):
            issuer.verify(token)


@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "x5c", "x5t", "crit", "zip", "cty"])
def test_no_token_brings_its_own_key(issuer: TokenIssuer, header: str, tmp_path: Path) -> None:
    """Neither the key of a thief in the header, nor the address of one, nor anything else that would be processed."""
    thief = TokenIssuer(tmp_path / "thief")
    value = {"jwk": thief.jwks()["keys"][0]}.get(header, "https://thief.test/keys")
    claims = good(issuer)[1]
    for token in (
        signed(issuer, claims, pem_of(thief), **{header: value}),
        signed(issuer, claims, pem_of(thief), **{header: value, "kid": thief.key_id}),
        signed(issuer, claims, **{header: value}),
    ):
        with pytest.raises(SignInRefused):
            issuer.verify(token)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"iss": "other"},
        {"iss": None},
        {"sub": "nobody"},
        {"sid": None},
        {"epoch": "x"},
        {"exp": -10},
        {"nbf": 600},
        {"iat": 600},
        {"exp": "soon"},
        {"nbf": "soon"},
    ],
)
def test_every_claim_is_checked(issuer: TokenIssuer, change: dict[str, Any]) -> None:
    """Times in the table are seconds from now; None takes the claim away."""
    now = int(utc_now().timestamp())
    changed = good(issuer)[1] | {
        name: now + value if name in ("exp", "nbf", "iat") and isinstance(value, int) else value
        for name, value in change.items()
    }
    token = signed(issuer, {name: value for name, value in changed.items() if value is not None})
    with pytest.raises(SignInRefused):
        issuer.verify(token)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 1e308, 10.5, True, "9999999999"])
@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "epoch"])
def test_no_number_that_is_none_is_believed(issuer: TokenIssuer, claim: str, number: Any) -> None:
    header = {"alg": "ES256", "typ": "JWT", "kid": issuer.key_id}
    signing = f"{part(header)}.{part(good(issuer)[1] | {claim: number})}"
    private = serialization.load_pem_private_key(pem_of(issuer), password=None)
    r, s = utils.decode_dss_signature(private.sign(signing.encode(), ec.ECDSA(hashes.SHA256())))
    signature = base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode().rstrip("=")
    with pytest.raises(SignInRefused):
        issuer.verify(f"{signing}.{signature}")


@pytest.mark.parametrize("claim", ["aud", "iss", "sub", "sid", "epoch", "iat", "nbf", "exp", "jti"])
def test_every_claim_is_needed(issuer: TokenIssuer, claim: str) -> None:
    claims = good(issuer)[1]
    del claims[claim]
    with pytest.raises(SignInRefused):
        issuer.verify(signed(issuer, claims))


@pytest.mark.parametrize("token", ["", ".", "..", "a", "a.b", "é.é.é", "\x00", "[" * 5000])
def test_garbage_is_refused_and_never_fails(token: str, issuer: TokenIssuer) -> None:
    with pytest.raises(SignInRefused):
        issuer.verify(token)


async def test_me_401_for_a_forged_token(anonymous, county) -> None:
    token = county.token(county.accounts["clerk"])
    head, body, signature = token.split(".")
    for bad in (f"{part({'alg': 'none'})}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA", "a.b.c"):
        answer = await anonymous.get("/api/v1/me", headers={"authorization": f"Bearer {bad}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert (await anonymous.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})).status_code == 200
