"""The keys that access tokens are signed with: files in the data folder, each with the moment from which it signs.

The first key is `token-signing-key.pem`.  A rotation puts the next one beside it, as `token-keys/<moment>.pem`: it is
published at once, signs from its moment on, and the one before is published until the last of its tokens has ended.
Every process sees a new file at its next request, so a rotation needs no restart.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.keys import load_or_create

LEAD = timedelta(minutes=15)
"""How long a key is published before it signs: longer than anybody keeps a copy of the published ones."""

_SETTLED_NS = 2_000_000_000
_MOMENT = "%Y%m%dT%H%M%SZ"
_ALWAYS = datetime.min.replace(tzinfo=UTC)


def new_pem() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class TokenKeys:
    """The keys of one data folder, as PEM."""

    def __init__(self, data: Path) -> None:
        self._first, self._folder = data / "token-signing-key.pem", data / "token-keys"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._seen, self._keys = -1, list[tuple[datetime, bytes]]()
        self._read()

    def _read(self) -> list[tuple[datetime, bytes]]:
        """All keys by their moments, the earliest first; read anew when the folder has changed."""
        seen = self._folder.stat().st_mtime_ns
        # The time of a folder is coarse: within a moment of a change there may be another with the same one.
        if seen != self._seen or time.time_ns() - seen < _SETTLED_NS:
            later = sorted(self._folder.glob("[0-9]*.pem"))
            if later and not self._first.exists():
                self._keys = []
            else:
                self._keys = [(_ALWAYS, load_or_create(self._first, new_pem))]
            self._keys += [(_moment(path), load_or_create(path, new_pem)) for path in later]
            self._seen = seen
        return self._keys

    def signing(self, now: datetime) -> bytes:
        """The key whose moment came last."""
        keys = self._read()
        return next((pem for moment, pem in reversed(keys) if moment <= now), keys[0][1])

    def published(self, now: datetime, longest: timedelta) -> list[bytes]:
        """Every key that signs, will sign, or signed a token of at most `longest` that has not ended."""
        keys = self._read()
        ends = [moment + longest for moment, _ in keys[1:]]
        return [pem for place, (_, pem) in enumerate(keys) if place >= len(ends) or ends[place] > now]

    def rotate(self, now: datetime, longest: timedelta, *, at_once: bool = False) -> datetime:
        """Make the next key and return the moment from which it signs; remove those that no living token needs.

        `at_once`: a key was stolen.  The new one signs now, every other one is removed, and everybody renews.
        """
        moment = (now if at_once else now + LEAD).replace(microsecond=0)
        keys = self._read()
        if keys[-1][0] > now and not at_once:
            # One that waits already is enough: two would only make the order of the moments hard to follow.
            return keys[-1][0]
        kept = set() if at_once else set(self.published(now, longest))
        for path in (self._first, *self._folder.glob("[0-9]*.pem")):
            if path.exists() and path.read_bytes() not in kept:
                path.unlink()
        load_or_create(self._folder / f"{moment.strftime(_MOMENT)}.pem", new_pem)
        return moment


def _moment(path: Path) -> datetime:
    return datetime.strptime(path.stem, _MOMENT).replace(tzinfo=UTC)
