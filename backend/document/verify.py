"""Whether a dossier is what was signed, offline, and what was altered when it is not."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.document.archive import MAX_BYTES, Contents, read_archive
from backend.document.dossier import (
    COMMENT_BYTES,
    COMMENT_START,
    FORMAT_VERSION,
    MANIFEST,
    MANIFEST_SIGNATURE,
    VOTE,
    archive_message,
)
from backend.document.dossier_files import MANIFEST_SHAPE, VOTE_SHAPE, Manifest, read_as
from backend.document.finding import LANGUAGES, Finding
from backend.document.verify_content import Files, contradictions
from backend.document.vote import counted_vote
from backend.domain.canonical import sha256
from backend.domain.signing import fingerprint, is_signed, normal_fingerprint

VERIFIED, ALTERED, UNREADABLE = 0, 1, 2
_COMMENT = re.compile(re.escape(COMMENT_START) + rb"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Verification:
    """`ok` exactly when there are no `problems`. `notes` are limits of what was shown; `facts` describe the dossier.

    `facts` (empty when there is no readable manifest): number, title, organization, made_at, files, events, and with a
    vote `vote`, its explanation counted anew in each language.
    """

    ok: bool
    problems: tuple[Finding, ...]
    key_fingerprint: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()


def verify_dossier(source: Path | str | bytes, trusted_key: bytes | str | None = None) -> Verification:
    """Check a dossier, given as its bytes or its path. Never raises: whatever is wrong is a problem in the answer.

    `trusted_key` is the raw public key or its published fingerprint. Without it a dossier that was forged and signed
    anew cannot be told from a true one, and a note says so.
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    if isinstance(data, Finding):
        return Verification(ok=False, problems=(data,))
    contents = read_archive(data)
    problems = [Finding(damage.code, damage.path) for damage in contents.damages]
    files: dict[str, bytes] = {}
    for entry in contents.entries:
        files.setdefault(entry.path, entry.content)
    manifest = read_as(MANIFEST_SHAPE, files.get(MANIFEST, b""))
    if manifest is None or manifest.version != FORMAT_VERSION:
        problems.append(_manifest_problem(files, manifest))
        return Verification(ok=False, problems=tuple(problems))
    key = _public_key(manifest)
    found = fingerprint(key) if key else None
    problems += _key_problems(manifest, key, trusted_key)
    problems += _signature_problems(data, contents, files, key)
    problems += _file_problems(contents, files, manifest)
    problems += contradictions(files, manifest)
    notes = (Finding("key_not_compared", "", {"found": found}),) if trusted_key is None else ()
    return Verification(
        ok=not problems,
        problems=tuple(problems),
        key_fingerprint=found,
        facts=_facts(files, manifest),
        notes=notes,
    )


def main_verify(path: Path | str, key: str | None = None, language: str = "zh-CN") -> tuple[int, list[str]]:
    """The exit code (0 verified, 1 altered, 2 no readable dossier) and the lines that a command prints."""
    result = verify_dossier(path, key)
    language = language if language in LANGUAGES else "zh-CN"
    lines = []
    if result.ok:
        lines.append(Finding("verified", "", result.facts).text(language))
    else:
        lines.append(Finding("not_verified", "", {"count": len(result.problems)}).text(language))
        lines += [f"  - {problem.text(language)} [{problem.code}]" for problem in result.problems]
    if result.facts.get("vote"):
        lines.append(Finding("fact_vote", "", {"explanation": result.facts["vote"][language]}).text(language))
    if result.key_fingerprint:
        lines.append(Finding("fact_fingerprint", "", {"found": result.key_fingerprint}).text(language))
    lines += [note.text(language) for note in result.notes]
    if result.ok:
        return VERIFIED, lines
    return (ALTERED if result.facts else UNREADABLE), lines


def _read(path: Path) -> bytes | Finding:
    try:
        if path.stat().st_size > MAX_BYTES:
            return Finding("too_large")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        return Finding("file_unreadable", "", {"reason": str(error)})


def _manifest_problem(files: Files, manifest: Manifest | None) -> Finding:
    if manifest is not None:
        return Finding("format_unknown", MANIFEST, {"version": manifest.version})
    return Finding("manifest_unreadable" if MANIFEST in files else "manifest_missing", MANIFEST)


def _public_key(manifest: Manifest) -> bytes | None:
    try:
        key = base64.b64decode(manifest.key.public_key, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == 32 else None


def _key_problems(manifest: Manifest, key: bytes | None, trusted_key: bytes | str | None) -> Iterator[Finding]:
    if key is None:
        yield Finding("key_unreadable", MANIFEST)
        return
    if fingerprint(key) != manifest.key.fingerprint:
        yield Finding("key_mismatch", MANIFEST)
    if trusted_key is None:
        return
    trusted = fingerprint(trusted_key) if isinstance(trusted_key, bytes) else normal_fingerprint(trusted_key)
    if trusted != fingerprint(key):
        yield Finding("key_not_trusted", MANIFEST, {"found": fingerprint(key), "trusted": trusted})


def _signature_problems(data: bytes, contents: Contents, files: Files, key: bytes | None) -> Iterator[Finding]:
    if MANIFEST_SIGNATURE not in files:
        yield Finding("manifest_signature_missing", MANIFEST_SIGNATURE)
    elif key is None or not is_signed(key, files[MANIFEST_SIGNATURE], files[MANIFEST]):
        yield Finding("manifest_signature_wrong", MANIFEST)
    if not _COMMENT.fullmatch(contents.comment):
        yield Finding("archive_signature_missing")
        return
    signature = bytes.fromhex(contents.comment[len(COMMENT_START) :].decode())
    if key is None or not is_signed(key, signature, archive_message(data[:-COMMENT_BYTES])):
        yield Finding("archive_signature_wrong")


def _file_problems(contents: Contents, files: Files, manifest: Manifest) -> Iterator[Finding]:
    listed = [MANIFEST, MANIFEST_SIGNATURE, *(file.path for file in manifest.files)]
    for file in manifest.files:
        if file.path not in files:
            yield Finding("file_missing", file.path)
        elif sha256(files[file.path]) != file.sha256 or len(files[file.path]) != file.size:
            yield Finding("file_altered", file.path)
    known = set(listed)
    for path in files:
        if path not in known:
            yield Finding("file_added", path)
    there = [entry.path for entry in contents.entries]
    if there != listed and sorted(there) == sorted(listed):
        yield Finding("file_order")


def _facts(files: Files, manifest: Manifest) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "number": manifest.decision.number,
        "title": manifest.decision.title,
        "organization": manifest.decision.organization,
        "made_at": manifest.made_at,
        "files": len(manifest.files),
        "events": len(manifest.events.lines),
    }
    vote = read_as(VOTE_SHAPE, files.get(VOTE, b""))
    if vote is not None:
        try:
            facts["vote"] = counted_vote(vote.rule, vote.attendance, vote.votes)["explanation"]
        except KeyError:
            return facts
    return facts
