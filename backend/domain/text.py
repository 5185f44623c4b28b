"""The text of a decision, told apart by its hash; and whether a text says anything at all."""

import hashlib
import json
import unicodedata

# Letters and a symbol by their category, yet nothing is seen of them.
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_NEVER_IN_NAMES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSEEN_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing: no characters, or only spaces and others without a shape, such as U+200B."""
    return all(char in _UNSEEN or unicodedata.category(char) in _UNSEEN_CATEGORIES for char in text)


def hides_something(name: str) -> bool:
    """Whether a name holds what nobody sees or what turns the reading round: controls, marks of direction such as
    U+202E, breaks of lines. One who is called so could look like somebody else."""
    return any(unicodedata.category(char) in _NEVER_IN_NAMES for char in name)


def text_sha256(title: str, body: str) -> str:
    """SHA-256 (hex) of title and body as canonical JSON: reviewed and voted text are the same when this is the same.

    Dossiers carry it and checkers outside compute it anew, so the way it is made can never change.
    """
    canonical = json.dumps({"body": body, "title": title}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
