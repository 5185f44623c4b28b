"""Personal numbers at rest: what opens them, and what does not."""

import stat
from pathlib import Path
from uuid import uuid4

import pytest

from backend.domain.crypto import FieldCipher, Unreadable, load_cipher
from backend.keys import ExposedKey

ONE, TWO, SEARCH = b"1" * 32, b"2" * 32, b"s" * 32
NUMBER = "999901199001010010"


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher({1: ONE}, SEARCH)


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


def test_after_a_rotation_the_newest_key_encrypts_and_the_old_rows_stay_readable(cipher: FieldCipher) -> None:
    row = uuid4()
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


def test_a_key_put_beside_the_first_one_takes_over(tmp_path: Path) -> None:
    load_cipher(tmp_path)
    newer = tmp_path / "field-2.key"
    newer.write_bytes(TWO)
    newer.chmod(0o600)
    assert load_cipher(tmp_path).encrypt(NUMBER, "member.phone", uuid4())[1:3] == b"\0\2"


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_cipher(tmp_path)
    (tmp_path / "search.key").chmod(0o644)
    with pytest.raises(ExposedKey):
        load_cipher(tmp_path)


def test_a_cipher_shows_no_key_when_it_is_printed(cipher: FieldCipher) -> None:
    assert "11" not in repr(cipher)
    assert repr(cipher) == "FieldCipher(key 1)"
