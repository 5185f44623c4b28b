"""The text of a decision, told apart by its hash."""

import hashlib
import json


def text_sha256(title: str, body: str) -> str:
    """SHA-256 (hex) of title and body as canonical JSON: reviewed and voted text are the same when this is the same.

    Dossiers carry it and checkers outside compute it anew, so the way it is made can never change.
    """
    canonical = json.dumps({"body": body, "title": title}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
