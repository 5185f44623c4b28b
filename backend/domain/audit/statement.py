"""What a seal says, as the bytes that are signed, and as the note that is kept elsewhere."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.db.audit import AuditSeal
from backend.db.event import Position
from backend.domain.audit.merkle import HASH_BYTES, leaf_hash
from backend.domain.signing import fingerprint, is_signed

FORMAT = "guanbiao-seal-1"
_HEX = re.compile(r"([0-9a-f]{2})*")


class Unfit(ValueError):
    """A text is no seal's note; the message names the member that is wrong."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A seal's own words; `AuditSeal` explains the members."""

    number: int
    previous: bytes | None
    history: bytes
    first: Position
    last: Position
    count: int
    total: int
    root: bytes
    leaves_sha256: bytes
    columns: tuple[str, ...]
    sealed_at: datetime
    key: bytes

    def described(self) -> dict[str, Any]:
        """JSON values, hashes and the key in hex, the time in UTC with microseconds."""
        return {
            "format": FORMAT,
            "number": self.number,
            "previous": self.previous.hex() if self.previous is not None else None,
            "history": self.history.hex(),
            "first": {"transaction_id": self.first.transaction_id, "sequence": self.first.sequence},
            "last": {"transaction_id": self.last.transaction_id, "sequence": self.last.sequence},
            "count": self.count,
            "total": self.total,
            "root": self.root.hex(),
            "leaves_sha256": self.leaves_sha256.hex(),
            "columns": list(self.columns),
            "sealed_at": self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "key": self.key.hex(),
        }

    def message(self) -> bytes:
        """The bytes that are signed: one line with the format, then the JSON with sorted keys and no blanks."""
        text = json.dumps(self.described(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return f"{FORMAT}\n{text}".encode()

    def hash(self) -> bytes:
        """What the next seal names as the one before it, and what stands in the tree of all seals."""
        return leaf_hash(self.message())

    def is_signed_by(self, signature: bytes) -> bool:
        return is_signed(self.key, signature, self.message())

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)


def statement_of(seal: AuditSeal) -> Statement:
    """What a stored seal says, whatever it was when it was signed."""
    return Statement(
        number=seal.number,
        previous=seal.previous,
        history=seal.history,
        first=Position(seal.first_transaction_id, seal.first_sequence),
        last=Position(seal.last_transaction_id, seal.last_sequence),
        count=seal.count,
        total=seal.total,
        root=seal.root,
        leaves_sha256=seal.leaves_sha256,
        columns=tuple(seal.columns),
        sealed_at=seal.created_at,
        key=seal.key,
    )


@dataclass(frozen=True, slots=True)
class Note:
    """A seal as it is kept elsewhere: what it says and its signature."""

    statement: Statement
    signature: bytes

    @property
    def holds(self) -> bool:
        """Whether the signature is that of the key that the note itself names."""
        return self.statement.is_signed_by(self.signature)

    def described(self) -> dict[str, Any]:
        return {**self.statement.described(), "signature": self.signature.hex(), "hash": self.statement.hash().hex()}


def note_of(seal: AuditSeal) -> Note:
    return Note(statement_of(seal), seal.signature)


def read_note(told: Any) -> Note:
    """Read what `Note.described` wrote.  Raises Unfit for anything else, also for a hash that is another one's."""
    if not isinstance(told, Mapping) or told.get("format") != FORMAT:
        raise Unfit("format")
    try:
        sealed_at = datetime.fromisoformat(told["sealed_at"])
        if sealed_at.tzinfo is None or not all(isinstance(name, str) for name in told["columns"]):
            raise Unfit("sealed_at")
        statement = Statement(
            number=_number(told["number"]),
            previous=None if told["previous"] is None else _bytes(told["previous"]),
            history=_bytes(told["history"]),
            first=_position(told["first"]),
            last=_position(told["last"]),
            count=_number(told["count"]),
            total=_number(told["total"]),
            root=_bytes(told["root"]),
            leaves_sha256=_bytes(told["leaves_sha256"]),
            columns=tuple(told["columns"]),
            sealed_at=sealed_at,
            key=_bytes(told["key"]),
        )
        note = Note(statement, _bytes(told["signature"], 64))
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit(str(error)) from error
    if told.get("hash", statement.hash().hex()) != statement.hash().hex():
        raise Unfit("hash")
    return note


def _bytes(text: Any, length: int = HASH_BYTES) -> bytes:
    if not isinstance(text, str) or len(text) != 2 * length or not _HEX.fullmatch(text):
        raise Unfit("hex")
    return bytes.fromhex(text)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Unfit("number")
    return value


def _position(told: Any) -> Position:
    return Position(_number(told["transaction_id"]), _number(told["sequence"]))
