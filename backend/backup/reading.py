"""Reading a backup through: nothing is kept, everything is checked against the manifest at its end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from pyrage import x25519

from backend.backup import BackupError, Damaged
from backend.backup.contents import ABOUT, DATABASE, FILES, MANIFEST, Digest, entries
from backend.backup.sealing import Secret, unsealed

FORMAT = 1

Take = Callable[[str, bytes], None]
"""Is given every piece of the database and of the files, under its entry's name, in their order."""


@dataclass(frozen=True)
class Found:
    """The notes of a backup that is whole."""

    about: dict[str, Any]
    manifest: dict[str, Any]

    @property
    def rows(self) -> int:
        return sum(int(table["rows"]) for table in self.manifest["tables"].values())

    def differences(self, other: "Found") -> list[str]:
        return [key for key in self.manifest if self.manifest[key] != other.manifest.get(key)]


def read_through(
    secret: Secret, file: IO[bytes], opener: x25519.Identity | None = None, take: Take | None = None
) -> Found:
    """Read a backup to its end, giving all that it holds to `take`.

    Raises Damaged, naming what is altered, missing or too much, WrongSecret, or BackupError for another format.
    """
    about: dict[str, Any] = {}
    manifest: dict[str, Any] | None = None
    database, files = Digest(), {}
    with unsealed(secret, file, opener) as stream:
        for entry in entries(stream):
            if manifest is not None:
                raise Damaged(f"{entry.name} comes after the end")
            if entry.name == ABOUT:
                about = entry.note()
                if about.get("format") != FORMAT:
                    raise BackupError("the backup is of a newer format than this program reads")
            elif entry.name == MANIFEST:
                manifest = entry.note()
            elif entry.name.startswith((DATABASE, FILES)):
                digest = database if entry.name.startswith(DATABASE) else Digest()
                for piece in entry.pieces():
                    digest.see(piece)
                    if take is not None:
                        take(entry.name, piece)
                if entry.name.startswith(FILES):
                    files[entry.name.removeprefix(FILES)] = digest.note()
            else:
                raise Damaged(f"{entry.name} is nothing that a backup holds")
    if not about or manifest is None:
        raise Damaged("the backup has no beginning or no end")
    _compare(manifest, database.note(), files)
    return Found(about, manifest)


def _compare(manifest: dict[str, Any], database: dict[str, Any], files: dict[str, dict[str, Any]]) -> None:
    if manifest["database"] != database:
        raise Damaged("the database in the backup is not the one that was written")
    expected = manifest["files"]
    for name in sorted(set(expected) | set(files)):
        if expected.get(name) != files.get(name):
            raise Damaged(f"{name} is missing, altered or too much")
