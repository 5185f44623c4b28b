"""Access tokens: short-lived JWTs under one asymmetric algorithm.  The only file that knows python-jose."""

import base64
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt
from jose.exceptions import JOSEError

from backend.api.token_keys import TokenKeys
from backend.db.base import new_id, utc_now
from backend.domain.errors import SignInRefused

ALGORITHM = "ES256"
ISSUER = "guanbiao"
AUDIENCE = "guanbiao-api"
LIFETIME = timedelta(minutes=10)
_SKEW = timedelta(seconds=5)
"""How far the clocks of two processes may stand apart."""

_ASSERTION = 300
"""Seconds that a client's assertion may live: so long its id is remembered."""

_HEADER = {"alg", "kid", "typ"}
"""A token of ours has these in its header and nothing else: no key of its own, and no address of one."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says: whose it is, which session, and the account's epoch when it was issued.

    `scopes`: of a client, which has no session; None of an account.
    """

    account_id: UUID
    session_id: UUID
    epoch: int
    scopes: frozenset[str] | None = None


class _Key:
    """One key pair, read from PEM (never DER: python-jose would let such bytes stand for a secret)."""

    def __init__(self, pem: bytes) -> None:
        private = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        public_pem = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.private = jwk.construct(pem.decode(), algorithm=ALGORITHM)
        self.public = jwk.construct(public_pem.decode(), algorithm=ALGORITHM)
        self.id = base64.urlsafe_b64encode(hashlib.sha256(public_pem).digest()[:12]).decode()


class TokenIssuer:
    """Signs with the key whose time it is, and verifies with every key that a living token may be signed with."""

    def __init__(self, data: Path) -> None:
        self._files = TokenKeys(data)
        self._made: dict[bytes, _Key] = {}

    def _key(self, pem: bytes) -> _Key:
        if pem not in self._made:
            self._made[pem] = _Key(pem)
        return self._made[pem]

    @property
    def key_id(self) -> str:
        return self._key(self._files.signing(utc_now())).id

    def _published(self, now: datetime) -> dict[str, _Key]:
        keys = (self._key(pem) for pem in self._files.published(now, LIFETIME + _SKEW))
        return {key.id: key for key in keys}

    def issue(
        self,
        account_id: UUID,
        session_id: UUID,
        epoch: int,
        *,
        scopes: Iterable[str] | None = None,
        lifetime: timedelta = LIFETIME,
    ) -> str:
        now = utc_now()
        key = self._key(self._files.signing(now))
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(account_id),
            "sid": str(session_id),
            "epoch": epoch,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": str(new_id()),
        }
        if scopes is not None:
            claims["scope"] = " ".join(sorted(scopes))
        return str(jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"kid": key.id}))

    def verify(self, token: str) -> Claims:
        """Return what the token says; raises SignInRefused for any other algorithm, key, issuer, audience or time."""
        now = utc_now()
        try:
            header = jwt.get_unverified_header(token)
            # `alg` is compared before anything is computed, and the key is ours: nothing in the token chooses either.
            if header.get("alg") != ALGORITHM or not set(header) <= _HEADER:
                raise SignInRefused("invalid_token")
            claims = jwt.decode(
                token,
                self._published(now)[header["kid"]].public,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={f"require_{name}": True for name in ("aud", "iat", "exp", "nbf", "iss", "sub", "jti")},
            )
            # The library takes an `iat` of tomorrow for granted.
            if not all(type(claims[name]) is int for name in ("iat", "nbf", "exp", "epoch")):
                raise SignInRefused("invalid_token")
            if claims["iat"] > (now + _SKEW).timestamp():
                raise SignInRefused("invalid_token")
            scopes = frozenset(claims["scope"].split()) if "scope" in claims else None
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]), int(claims["epoch"]), scopes)
        except (JOSEError, KeyError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise SignInRefused("invalid_token") from error

    @property
    def lifetime_seconds(self) -> int:
        return int(LIFETIME.total_seconds())

    def jwks(self) -> dict[str, Any]:
        """The public keys of all tokens that are or will soon be in use."""
        return {"keys": [_public(key) for key in self._published(utc_now()).values()]}


def assertion_subject(assertion: str) -> str:
    """Whose assertion it says that it is; nothing is verified here. Raises SignInRefused when it says nothing."""
    try:
        return str(jwt.get_unverified_claims(assertion)["sub"])
    except (JOSEError, KeyError, TypeError, RecursionError) as error:
        raise SignInRefused("invalid_client") from error


def verified_assertion(assertion: str, public_pem: str, client_id: str, audiences: Collection[str]) -> dict[str, Any]:
    """The claims by which a client proves itself with its own key (RFC 7523): `jti` and `exp`, seconds since 1970.

    Raises SignInRefused for another algorithm or key, another client, an audience that is not this server, and a time
    that is over, yet to come, or longer than five minutes.
    """
    now = utc_now()
    try:
        header = jwt.get_unverified_header(assertion)
        if header.get("alg") != ALGORITHM or not set(header) <= _HEADER:
            raise SignInRefused("invalid_client")
        claims = jwt.decode(
            assertion,
            jwk.construct(public_pem, algorithm=ALGORITHM),
            algorithms=[ALGORITHM],
            issuer=client_id,
            subject=client_id,
            options={"verify_aud": False} | {f"require_{name}": True for name in ("iat", "exp", "iss", "sub", "jti")},
        )
        meant = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        begun, ends = float(claims["iat"]), float(claims["exp"])
        if not set(meant) & set(audiences) or begun > (now + _SKEW).timestamp() or not 0 < ends - begun <= _ASSERTION:
            raise SignInRefused("invalid_client")
        return {"jti": str(claims["jti"])[:200], "exp": ends}
    except (JOSEError, KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise SignInRefused("invalid_client") from error


def _public(key: _Key) -> dict[str, Any]:
    parts = {
        name: value.decode() if isinstance(value, bytes) else value for name, value in key.public.to_dict().items()
    }
    return parts | {"kid": key.id, "use": "sig", "alg": ALGORITHM}
