"""Files lie encrypted in pieces, are read as they were stored or not at all, and do not outlive a failed commit."""

import io
import secrets
from pathlib import Path

import pytest

from backend.domain.crypto import FieldCipher
from backend.domain.keys import KeyFolder, load_cipher
from backend.domain.sealed_stream import PIECE, sealed, unsealed
from backend.domain.storage import Lost, Storage, digest_of, remove_stray

KEYS = {1: bytes(range(32)), 2: bytes(range(1, 33))}


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "files", FieldCipher(KEYS, bytes(32)))


def path_of(storage: Storage, digest: str, ending: str = ".sealed") -> Path:
    return storage.folder / digest[:2] / f"{digest}{ending}"


def in_clear(storage: Storage, data: bytes) -> str:
    """A file as it lay before files were encrypted."""
    digest = digest_of(data)
    path_of(storage, digest).parent.mkdir(parents=True, exist_ok=True)
    path_of(storage, digest, "").write_bytes(data)
    return digest


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
@pytest.mark.parametrize("scheme", ["aes", "sm4"])
def test_every_length_comes_back_and_lies_nowhere_in_clear(tmp_path: Path, size: int, scheme) -> None:
    storage = Storage(tmp_path, FieldCipher(KEYS, bytes(32), scheme))
    data = secrets.token_bytes(size)
    digest = storage.keep(data)
    assert storage.read(digest) == data
    lies = path_of(storage, digest).read_bytes()
    assert len(lies) == 10 + size + 16 * max(1, -(-size // PIECE))
    assert data[:64] not in lies or size < 8
    assert path_of(storage, digest).stat().st_mode & 0o077 == 0


def test_no_piece_is_altered_moved_left_out_cut_off_or_put_elsewhere(storage: Storage) -> None:
    data = secrets.token_bytes(3 * PIECE)
    digest = storage.keep(data)
    lies = path_of(storage, digest).read_bytes()
    step = PIECE + 16
    pieces = [lies[10 + at : 10 + at + step] for at in range(0, len(lies) - 10, step)]
    assert len(pieces) == 3
    other = storage.keep(b"another")
    for changed in (
        lies[:500] + bytes([lies[500] ^ 1]) + lies[501:],
        lies[:10] + pieces[1] + pieces[0] + pieces[2],
        lies[:10] + pieces[0] + pieces[2],
        lies[:10] + pieces[0] + pieces[1],
        lies + b"x",
        lies[:-1],
        lies[:9],
        b"",
        bytes([1, 0, 1]) + lies[3:],
        bytes([9, 0, 2]) + lies[3:],
        path_of(storage, other).read_bytes(),
    ):
        path_of(storage, digest).write_bytes(changed)
        given: list[bytes] = []
        with pytest.raises(Lost):
            given.extend(storage.pieces(digest))
        assert given == [], "nothing is given before all of it was checked"
    with pytest.raises(Lost):
        storage.read(digest_of(b"never there"))


def test_pieces_may_come_in_any_size() -> None:
    cipher = FieldCipher(KEYS, bytes(32))
    data = secrets.token_bytes(PIECE + 5)
    lies = b"".join(sealed(cipher, "a", "b", [data[:7], b"", data[7:9], data[9:]]))
    assert b"".join(unsealed(cipher, "a", "b", io.BytesIO(lies))) == data


def test_a_file_in_clear_is_read_and_encrypted_by_the_next_change_of_keys(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    storage = Storage(tmp_path / "files", load_cipher(tmp_path))
    clear, kept = in_clear(storage, b"from before"), storage.keep(b"from now")
    assert storage.read(clear) == b"from before"
    assert list(storage.under_others()) == [clear]
    keys.make_next()
    newer = Storage(storage.folder, FieldCipher(keys.ring(anew=True).fields, bytes(32)))
    assert sorted(newer.under_others()) == sorted([clear, kept])
    assert all(newer.renew(digest) for digest in (clear, kept))
    assert list(newer.under_others()) == []
    assert (newer.read(clear), newer.read(kept)) == (b"from before", b"from now")
    assert not path_of(storage, clear, "").exists()
    assert {path.read_bytes()[:3] for path in newer.files()} == {b"\1\0\2"}


def test_a_file_in_clear_that_was_altered_is_lost_and_not_sealed(storage: Storage) -> None:
    clear = in_clear(storage, b"from before")
    path_of(storage, clear, "").write_bytes(b"altered")
    with pytest.raises(Lost):
        storage.read(clear)
    assert not storage.renew(clear)
    assert [path.name for path in path_of(storage, clear).parent.iterdir()] == [clear], "no draft is left"


def test_a_file_removed_meanwhile_does_not_come_back(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = storage.keep(b"gone")
    writing = Storage._write

    def write(self: Storage, *given) -> Path:
        draft = writing(self, *given)
        path_of(storage, digest).unlink()
        return draft

    monkeypatch.setattr(Storage, "_write", write)
    assert not storage.renew(digest)
    assert list(path_of(storage, digest).parent.iterdir()) == []


def test_a_stray_goes_by_its_age_and_stays_when_it_is_brought_again(storage: Storage) -> None:
    digest = storage.keep(b"stray")
    path = path_of(storage, digest)
    now = path.stat().st_mtime
    assert storage.older_than(now) == {}
    assert storage.older_than(now + 1) == {digest: [path]}
    assert not remove_stray(path, now), "written anew since somebody looked"
    assert storage.read(digest) == b"stray"
    assert remove_stray(path, now + 1)
    assert not remove_stray(path, now + 1)
    assert not storage.is_there(digest)
    assert list(path.parent.iterdir()) == []
