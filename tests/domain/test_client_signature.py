"""What is signed, in the vectors that partners test their programs with, and what is no signature."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.client.signature import (
    ALGORITHMS,
    SKEW,
    SM2_SM3,
    SignedRequest,
    canonical,
    is_timely,
    sm2_point,
)

VECTORS = json.loads((Path(__file__).parents[2] / "openapi/signature-vectors.json").read_text())
REQUESTS = VECTORS["requests"]
PUBLIC = VECTORS["keys"]["sm2-sm3"]["public"]
# GB/T 32918.5, A.2: the signature of "message digest" by the private key of these vectors.
STANDARD = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)


def key_of(vector: dict[str, Any]) -> bytes:
    key = VECTORS["keys"][vector["algorithm"]]
    return bytes.fromhex(key if isinstance(key, str) else key["public"])


def said(vector: dict[str, Any]) -> SignedRequest:
    parts = {name: vector[name] for name in ("method", "path", "query", "timestamp", "nonce")}
    return SignedRequest(**parts, digest=vector["digest"].partition("=")[2])


@pytest.mark.parametrize("vector", REQUESTS, ids=lambda one: f"{one['method']} {one['algorithm']}")
def test_vectors_hold(vector: dict[str, Any]) -> None:
    algorithm = ALGORITHMS[vector["algorithm"]]
    hashed = algorithm.new_digest()
    hashed.update(vector["body"].encode())
    assert f"{algorithm.digest_name}={hashed.hexdigest()}" == vector["digest"]
    text = canonical(said(vector))
    assert text.decode() == vector["text"]
    for form in ("signature", "signature_raw"):
        if form in vector:
            signature = base64.b64decode(vector[form])
            assert algorithm.verify(key_of(vector), text, signature)
            assert not algorithm.verify(key_of(vector), text + b" ", signature)
            assert not algorithm.verify(key_of(vector), text, signature[:-1] + bytes([signature[-1] ^ 1]))


def test_hmac_is_the_one_of_the_standard_library() -> None:
    vector = next(one for one in REQUESTS if one["algorithm"] == "hmac-sha256")
    made = hmac.new(key_of(vector), vector["text"].encode(), hashlib.sha256).digest()
    assert base64.b64encode(made).decode() == vector["signature"]


def test_sm2_and_sm3_are_those_of_the_standards() -> None:
    assert SM2_SM3.verify(bytes.fromhex(PUBLIC), b"message digest", STANDARD)
    hashed = SM2_SM3.new_digest()
    hashed.update(b"abc")
    assert hashed.hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.binary(max_size=200))
def test_bytes_that_are_no_signature_are_none(signature: bytes) -> None:
    for vector in REQUESTS[:2]:
        assert not ALGORITHMS[vector["algorithm"]].verify(key_of(vector), b"text", signature)


QUERY_PART = st.text(st.sampled_from("ab=%3D1"), min_size=1, max_size=4)


@given(st.lists(QUERY_PART, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_matter_and_everything_else_does(parts: list[str], chance: Any) -> None:
    base = said(REQUESTS[0])
    by_name: dict[str, list[str]] = {}
    for part in parts:
        by_name.setdefault(part.partition("=")[0], []).append(part)
    groups = list(by_name.values())
    chance.shuffle(groups)
    mixed = [part for group in groups for part in group]
    texts = {canonical(_with(base, query="&".join(order))) for order in (parts, mixed)}
    assert len(texts) == 1
    for name in ("method", "path", "timestamp", "nonce", "digest"):
        assert canonical(_with(base, **{name: getattr(base, name) + "1"})) != canonical(base)


def test_the_order_of_values_of_one_name_matters() -> None:
    base = said(REQUESTS[0])
    one, other = (canonical(_with(base, query=query)) for query in ("b=1&a=2&a=1", "a=1&b=1&a=2"))
    assert (one.split(b"\n")[2], other.split(b"\n")[2]) == (b"a=2&a=1&b=1", b"a=1&a=2&b=1")
    assert b"\na&a=&ab=1\n" in canonical(_with(base, query="ab=1&a&a=")), "the name alone, not what follows it"


def _with(request: SignedRequest, **changes: str) -> SignedRequest:
    fields = {name: getattr(request, name) for name in SignedRequest.__slots__}
    return SignedRequest(**(fields | changes))


NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("beside", [timedelta(0), SKEW, -SKEW])
def test_a_time_within_five_minutes_is_timely(beside: timedelta) -> None:
    assert is_timely(str(int((NOW + beside).timestamp())), NOW)


@pytest.mark.parametrize(
    "said",
    [
        str(int((NOW + timedelta(minutes=6)).timestamp())),
        str(int((NOW - timedelta(minutes=6)).timestamp())),
        str(int(NOW.timestamp() * 1000)),
        f"-{int(NOW.timestamp())}",
        f"{NOW.timestamp()}",
        "٣",
        "1" * 400,
        "",
    ],
)
def test_another_time_is_not(said: str) -> None:
    assert not is_timely(said, NOW)


@pytest.mark.parametrize("text", ["", "zz", "00" * 64, PUBLIC[:-2], f"05{PUBLIC}", f"{PUBLIC[:-2]}00"])
def test_no_key_but_a_point_on_the_curve(text: str) -> None:
    assert sm2_point(text) is None
    assert sm2_point(f"04{PUBLIC}") == sm2_point(PUBLIC.upper()) == bytes.fromhex(PUBLIC)
