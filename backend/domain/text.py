"""The text of a decision, told apart by its hash; and whether a text says anything at all."""

import hashlib
import json
import re
import unicodedata

# Letters and a symbol by their category, yet nothing is seen of them.
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_NEVER_IN_NAMES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# What a reader is shown nothing of by its definition (Unicode, Default_Ignorable_Code_Point), whatever its category:
# joiners, fillers, selectors of a variant, tags; and the blank of Braille.
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_LINES = re.compile(r"\r\n|\r|\n")
_PICTURE_PARTS = re.compile("(?<=[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff])[\ufe0f\u200d]+")

REASON_AT_LEAST = 4
"""How many letters, characters or digits say why somebody was seen into, suspended, or given a right."""
_UNSEEN_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing: no characters, or only spaces and others without a shape, such as U+200B."""
    return all(
        char in _UNSEEN or unicodedata.category(char) in _UNSEEN_CATEGORIES or _IGNORED.match(char) for char in text
    )


def hides_something(name: str) -> bool:
    """Whether a name holds what nobody sees or what turns the reading round: controls, marks of direction such as
    U+202E, fillers such as U+3164, selectors such as U+FE0F, breaks of lines. One who is called so could look like
    somebody else."""
    return bool(_IGNORED.search(name)) or any(unicodedata.category(char) in _NEVER_IN_NAMES for char in name)


def text_hides_something(text: str) -> bool:
    """The same of a text of several lines: breaks of lines and tabs are seen, and so is what a picture sign is put
    together with."""
    return any(hides_something(_PICTURE_PARTS.sub("", line.replace("\t", " "))) for line in _LINES.split(text))


def reason_problem(reason: str) -> str | None:
    """What is wrong with a reason that somebody reads afterwards, or None: `reason_too_short` (fewer than four letters,
    characters or digits, whatever signs stand between), `reason_says_nothing` (the same one all over)."""
    said = [char for char in reason.casefold() if char.isalnum()]
    if len(said) < REASON_AT_LEAST:
        return "reason_too_short"
    return "reason_says_nothing" if len(set(said)) == 1 else None


def text_sha256(title: str, body: str) -> str:
    """SHA-256 (hex) of title and body as canonical JSON: reviewed and voted text are the same when this is the same.

    Dossiers carry it and checkers outside compute it anew, so the way it is made can never change.
    """
    canonical = json.dumps({"body": body, "title": title}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
