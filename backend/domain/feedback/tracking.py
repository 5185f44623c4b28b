"""What the sender holds and the server does not: a code and a PIN, shown once, stored only as keyed hashes.

Both follow from the random id that the sender's phone gave the submission, so that sending twice, as phones without
network do, gives the same answer. The id itself is not stored either: whoever reads the tables could send it again.
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.keys import load_or_create, random_token

# Without characters that are taken for one another, on paper or by ear.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 12
_GROUP = 4
_PIN_DIGITS = 6
_MOST_CODES = 10_000
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sender follows the card with. It is shown once."""

    code: str
    pin: str


class UnknownCodes:
    """Delays for codes that open nothing, the same as for wrong PINs: nobody can tell the two apart.

    They are kept in this process's memory alone, and not for long.
    """

    def __init__(self) -> None:
        self._tries: dict[bytes, tuple[int, datetime]] = {}

    def wait(self, code_hash: bytes, now: datetime) -> int:
        """Seconds to wait before this code may be tried again; 0 for a try that counts."""
        wrong, next_try_at = self._tries.get(code_hash, (0, now))
        if left := seconds_left(next_try_at, now):
            return left
        if len(self._tries) >= _MOST_CODES:
            self._tries.clear()
        self._tries[code_hash] = (wrong + 1, now + delay_after(wrong + 1))
        return 0


class Tracking:
    """Everything that is made with the tracking key of an installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.unknown_codes = UnknownCodes()

    def __repr__(self) -> str:
        return "Tracking()"

    def receipt(self, submission_id: UUID) -> Receipt:
        """The code (`XXXX-XXXX-XXXX`) and PIN (six digits) of a submission, always the same."""
        number = int.from_bytes(self._hash("code", submission_id.bytes))
        letters = []
        for _ in range(_CODE_LENGTH):
            number, place = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[place])
        groups = ["".join(letters[at : at + _GROUP]) for at in range(0, _CODE_LENGTH, _GROUP)]
        pin = int.from_bytes(self._hash("pin", submission_id.bytes)) % 10**_PIN_DIGITS
        return Receipt("-".join(groups), f"{pin:0{_PIN_DIGITS}}")

    def code_hash(self, code: str) -> bytes:
        return self._hash("code_hash", _typed(code).encode())

    def pin_hash(self, code: str, pin: str) -> bytes:
        return self._hash("pin_hash", f"{_typed(code)} {_typed(pin)}".encode())

    def submission_hash(self, submission_id: UUID) -> bytes:
        return self._hash("submission", submission_id.bytes)

    def body_hash(self, body: Mapping[str, Any]) -> bytes:
        """Tells whether a submission that comes again says the same."""
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
        return self._hash("body", text.encode())

    def text_hash(self, desk_id: UUID, about: Iterable[str], content: str) -> bytes:
        """Tells whether the same words were sent before, whatever their spacing, about the same."""
        words = "".join(unicodedata.normalize("NFKC", content).split()).casefold()
        return self._hash("text", f"{desk_id} {sorted(about)} {words}".encode())

    def source_hash(self, text: str) -> bytes:
        """Tells one thing that a partner's program said from another, to nobody without the key."""
        return self._hash("source", text.encode())

    def source_submission(self, key: str) -> UUID:
        """The submission that a card is whose partner calls it by `key`: brought again, it is the same."""
        return UUID(bytes=self._hash("source_submission", key.encode())[:16], version=4)

    def photo_hash(self, card_id: UUID, data: bytes) -> bytes:
        return self._hash("photo", card_id.bytes + hashlib.sha256(data).digest())

    def _hash(self, purpose: str, value: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\0" + value, hashlib.sha256)


def load_tracking(folder: Path) -> Tracking:
    """Read the tracking key of an installation from its data folder, and make it at the first start."""
    return Tracking(load_or_create(folder / "tracking.key", random_token))


def delay_after(wrong: int) -> timedelta:
    """How long nothing is answered after so many wrong PINs in a row: twice as long each time, an hour at the most."""
    return min(FIRST_DELAY * 2 ** min(wrong - 1, 32), LONGEST_DELAY) if wrong else timedelta(0)


def seconds_left(next_try_at: datetime | None, now: datetime) -> int:
    """How many whole seconds to wait, rounded up; 0 when one may try."""
    if next_try_at is None or next_try_at <= now:
        return 0
    return -int(-(next_try_at - now).total_seconds() // 1)


def _typed(text: str) -> str:
    """A code or PIN as it is compared: whatever dashes, spaces and small letters it was typed with."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())
