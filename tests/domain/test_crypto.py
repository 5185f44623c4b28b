"""Personal numbers at rest: what opens them, and what does not."""

import os
import stat
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from backend.domain.crypto import FieldCipher, Sm4Gcm, Unreadable
from backend.domain.keys import KeyFolder, load_cipher
from backend.keys import ExposedKey

ONE, TWO, SEARCH = b"1" * 32, b"2" * 32, b"s" * 32
NUMBER = "999901199001010010"


@pytest.fixture(params=["aes", "sm4"])
def cipher(request: pytest.FixtureRequest) -> FieldCipher:
    return FieldCipher({1: ONE}, SEARCH, request.param)


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    """The vector of RFC 8998, appendix A.1."""
    sealer = Sm4Gcm(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce, bound = bytes.fromhex("00001234567800000000abcd"), bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    text = bytes.fromhex("".join(pair * 8 for pair in ("aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa")))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert sealer.encrypt(nonce, text, bound) == sealed
    assert sealer.decrypt(nonce, sealed, bound) == text


def test_both_schemes_open_what_the_other_one_wrote() -> None:
    row, aes, sm4 = uuid4(), FieldCipher({1: ONE}, SEARCH, "aes"), FieldCipher({1: ONE}, SEARCH, "sm4")
    for writer, reader, scheme in ((aes, sm4, 1), (sm4, aes, 2)):
        sealed = writer.encrypt(NUMBER, "member.phone", row)
        assert sealed[0] == scheme
        assert reader.decrypt(sealed, "member.phone", row) == NUMBER
        other = bytes([3 - scheme]) + sealed[1:]
        with pytest.raises(Unreadable):
            reader.decrypt(other, "member.phone", row)


def test_a_field_opens_for_its_own_column_and_row(cipher: FieldCipher) -> None:
    row = uuid4()
    sealed = cipher.encrypt("曾光耀😀", "member.id_number", row)
    assert cipher.decrypt(sealed, "member.id_number", row) == "曾光耀😀"


def test_a_field_opens_neither_in_another_row_nor_in_another_column(cipher: FieldCipher) -> None:
    row = uuid4()
    sealed = cipher.encrypt(NUMBER, "member.id_number", row)
    for column, other in (("member.id_number", uuid4()), ("member.phone", row)):
        with pytest.raises(Unreadable):
            cipher.decrypt(sealed, column, other)


def test_no_bit_of_a_ciphertext_can_be_changed(cipher: FieldCipher) -> None:
    row = uuid4()
    sealed = cipher.encrypt(NUMBER, "member.id_number", row)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(Unreadable):
            cipher.decrypt(bytes(altered), "member.id_number", row)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 14, 15, 30])
def test_a_shortened_ciphertext_is_unreadable(cipher: FieldCipher, length: int) -> None:
    row = uuid4()
    with pytest.raises(Unreadable):
        cipher.decrypt(cipher.encrypt(NUMBER, "member.phone", row)[:length], "member.phone", row)


def test_the_same_text_is_never_the_same_ciphertext_and_always_the_same_hash(cipher: FieldCipher) -> None:
    row = uuid4()
    assert cipher.encrypt(NUMBER, "member.phone", row) != cipher.encrypt(NUMBER, "member.phone", row)
    assert cipher.search_hash(NUMBER, "member.phone") == cipher.search_hash(NUMBER, "member.phone")


def test_hashes_differ_by_column_and_by_key(cipher: FieldCipher) -> None:
    other = FieldCipher({1: ONE}, b"t" * 32)
    hashes = {
        cipher.search_hash(NUMBER, "member.phone"),
        cipher.search_hash(NUMBER, "member.id_number"),
        other.search_hash(NUMBER, "member.phone"),
    }
    assert len(hashes) == 3


def test_after_a_rotation_the_newest_key_encrypts_and_the_old_rows_stay_readable() -> None:
    row, cipher = uuid4(), FieldCipher({1: ONE}, SEARCH)
    old = cipher.encrypt(NUMBER, "member.phone", row)
    rotated = FieldCipher({1: ONE, 2: TWO}, SEARCH)
    new = rotated.encrypt(NUMBER, "member.phone", row)
    assert (old[1:3], new[1:3]) == (b"\0\1", b"\0\2")
    assert rotated.decrypt(old, "member.phone", row) == rotated.decrypt(new, "member.phone", row) == NUMBER
    with pytest.raises(Unreadable):
        cipher.decrypt(new, "member.phone", row)


def test_the_keys_of_an_installation_are_made_once_and_kept_private(tmp_path: Path) -> None:
    row = uuid4()
    sealed = load_cipher(tmp_path).encrypt(NUMBER, "member.phone", row)
    assert load_cipher(tmp_path).decrypt(sealed, "member.phone", row) == NUMBER
    assert {path.name for path in tmp_path.iterdir()} == {"field-1.key", "search.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert (tmp_path / "field-1.key").read_bytes() != (tmp_path / "search.key").read_bytes()


def aged(folder: Path, seconds: float) -> None:
    """Let every key be so old already."""
    for path in folder.glob("*.key"):
        os.utime(path, (time.time() - seconds, time.time() - seconds))


def test_a_new_key_opens_at_once_and_encrypts_when_every_process_knows_it(tmp_path: Path) -> None:
    row, running = uuid4(), load_cipher(tmp_path)
    aged(tmp_path, 60)
    assert running.encrypt(NUMBER, "member.phone", row)[1:3] == b"\0\1"
    assert KeyFolder(tmp_path).make_next() == 2
    assert load_cipher(tmp_path).encrypt(NUMBER, "member.phone", row)[1:3] == b"\0\1"
    quicker = load_cipher(tmp_path, announced=timedelta(0))
    sealed = quicker.encrypt(NUMBER, "member.phone", row)
    assert sealed[1:3] == b"\0\2"
    assert running.decrypt(sealed, "member.phone", row) == NUMBER, "a process that has run all along looks for it"
    assert running.search_hash(NUMBER, "member.phone") != quicker.search_hash(NUMBER, "member.phone")
    assert set(running.search_hashes(NUMBER, "member.phone")) == set(quicker.search_hashes(NUMBER, "member.phone"))
    assert quicker.is_changing


def test_a_retired_key_opens_nothing_and_is_not_made_anew(tmp_path: Path) -> None:
    row, old = uuid4(), load_cipher(tmp_path).encrypt(NUMBER, "member.phone", uuid4())
    folder = KeyFolder(tmp_path, timedelta(0))
    folder.make_next()
    assert folder.retire_before(2) == ["field-1.key", "search.key"]
    cipher = load_cipher(tmp_path)
    assert cipher.numbers == (2,)
    assert not cipher.is_changing
    with pytest.raises(Unreadable):
        cipher.decrypt(old, "member.phone", row)
    assert KeyFolder(tmp_path).make_next() == 3


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_cipher(tmp_path)
    (tmp_path / "search.key").chmod(0o644)
    with pytest.raises(ExposedKey):
        load_cipher(tmp_path)


def test_a_cipher_shows_no_key_when_it_is_printed(cipher: FieldCipher) -> None:
    assert "11" not in repr(cipher)
    assert repr(cipher) == "FieldCipher(key 1)"
