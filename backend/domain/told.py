"""Old and new value of what a verb changed in its subject, as the event of the verb tells them.

Whatever column of the row became another one is told, so that no verb can forget one: a house test holds events against
what a trigger saw.  What is recorded is never erased, so personal values are told masked, and those of senders hidden.
"""

from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.changes import changes_of
from backend.domain.identity import HIDDEN, mask_name
from backend.domain.personal_data import holding_of

UNTOLD = {
    "*.updated_at": "the event bears its own time",
    "*.version": "counts the changes themselves",
    "*.grams": "follows from the text, for searching",
    "*.sort_key": "follows from the name",
    "organization.pinyin": "follows from the name",
    "organization.initials": "follows from the name",
    "organization.path": "follows from the place in the tree, which is told",
    "account.password_hash": "a secret; that it was changed is the kind of the event",
    "account.last_used_on": "sign-ins are events themselves",
    "client.epoch": "a counter that ends tokens with what is told",
    "client.last_used_at": "sign-ins are events themselves",
    "account.session_epoch": "a counter that ends sessions with what is told",
    "member.phone_mask": "told as `phone`",
    "member.id_number_mask": "told as `id_number`",
    "member.pinyin": "follows from the name",
    "member.initials": "follows from the name",
    "feedback_card.about_matched": "how many are complained about is told, never who",
    "feedback_card.about_lifted": "how many are complained about is told, never who",
    "feedback_card.about_own": "how many are complained about is told, never who",
    "feedback_card.split_from_id": "whoever handles a part need not know of the whole",
    "feedback_card.printed_number": "whoever has the printed card could be recognised",
    "feedback_card.wrong_pins": "tries of whoever tracks a card are nobody's to know",
    "feedback_card.next_try_at": "tries of whoever tracks a card are nobody's to know",
}
"""Columns of which events say nothing, each with its reason; `*.` stands for every table.  Neither do they of bytes,
which are ciphertexts and hashes."""

NAMES = frozenset({"rectification.responsible_leader", "rectification.responsible_person"})
"""Names of people whom a record names, of which events tell the first character."""

COUNTED = frozenset({"feedback_card.about"})
"""Lists of which events tell how many: who is complained about is told to nobody who reads the log and not the card."""

OTHERS = frozenset({"feedback_card.merged_into_id", "feedback_card.rectification_id"})
"""Other records, of which events tell that there is one: whoever reads of a card need not see that."""

# Texts of the house itself, in which staff are named at the most: told as written, with long numbers starred.
_AS_WRITTEN = frozenset({"matter_record", "account"})


def is_told(table: str, column: str) -> bool:
    return f"{table}.{column}" not in UNTOLD and f"*.{column}" not in UNTOLD


def told_changes(session: Session, subject_id: UUID) -> dict[str, dict[str, Any]]:
    """What changed in the subject since the last event about it, as `{"old": ..., "new": ...}` by column."""
    table, changes = changes_of(session, subject_id)
    return {
        name: {"old": told(table, name, old), "new": told(table, name, new)}
        for name, (old, new) in changes.items()
        if is_told(table, name) and not isinstance(old, bytes) and not isinstance(new, bytes)
    }


def told(table: str, column: str, value: Any) -> Any:
    """One value as an event bears it, a JSON value."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    name = f"{table}.{column}"
    if name in OTHERS:
        return HIDDEN
    if isinstance(value, UUID):
        return str(value)
    if name in COUNTED:
        return len(value)
    if name in NAMES:
        return mask_name(value)
    holding = holding_of(name)
    return value if holding is None or holding.key in _AS_WRITTEN or value in ("", []) else HIDDEN
