"""The dossier of a decision: one signed archive of everything it rests on, the same bytes for the same content.

Three seals, each for its purpose. The manifest names every file with its hash, so that an alteration can be named. A
signature over the manifest makes that list trustworthy. A signature in the archive's comment covers every byte before
it, so that nothing at all can change unnoticed. `verify.py` reads them.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.document.archive import Entry, safe_name, write_archive
from backend.document.opinion_table import SHANGHAI, Opinion, opinions_xlsx
from backend.document.paper import ResolutionPaper
from backend.document.resolution import resolution_pdf
from backend.document.resolution_docx import resolution_docx
from backend.document.vote import counted_vote
from backend.domain.canonical import canonical_json, readable_json, sha256
from backend.domain.signing import SIGNATURE_BYTES, fingerprint, public_key_pem

FORMAT = "guanbiao-dossier"
FORMAT_VERSION = 1
COMMENT_START = b"guanbiao-dossier-1 "
COMMENT_BYTES = len(COMMENT_START) + 2 * SIGNATURE_BYTES
MANIFEST, MANIFEST_SIGNATURE, EVENTS, VOTE, OPINIONS = (
    "manifest.json",
    "manifest.sig",
    "events.jsonl",
    "vote.json",
    "opinions.json",
)
_README = Path(__file__).parent / "templates" / "dossier_readme.txt"

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file attached to an act."""

    id: str
    name: str
    media_type: str
    content: bytes
    kind: str = ""


@dataclass(frozen=True, slots=True)
class DossierAct:
    """One act of a step as it was recorded; `text_sha256` is the text that it was about.

    `in_force` is false when a return has made it stale: it stays on record and proves nothing any more.
    """

    outcome: str
    by: str
    at: datetime
    record: Mapping[str, Any] | None = None
    reason: str = ""
    rule: str = ""
    text_sha256: str | None = None
    to: str | None = None
    evidence: tuple[EvidenceFile, ...] = ()
    in_force: bool = True


@dataclass(frozen=True, slots=True)
class DossierStep:
    """A step in its place, with all its acts, those that were returned included."""

    key: str
    title: str
    state: str
    acts: tuple[DossierAct, ...] = ()
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A version of the text; `sha256` is `domain.text.text_sha256` of title and body."""

    version: int
    sha256: str
    title: str
    body: str
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """The vote as the record of the meeting has it: the lists of `domain.voting`, the text voted on, the outcome."""

    rule: str
    attendance: Sequence[Mapping[str, Any]]
    votes: Sequence[Mapping[str, Any]]
    text_sha256: str
    adopted: bool


@dataclass(frozen=True, slots=True)
class DossierContent:
    """All of a decision. `decision` holds JSON values with at least `id`, `number`, `title`, `organization_name`.

    `events` are JSON values in the order of the log. `made_at` dates the archive.
    """

    made_at: datetime
    decision: Mapping[str, Any]
    resolution: ResolutionPaper
    steps: tuple[DossierStep, ...]
    texts: tuple[TextVersion, ...]
    events: tuple[Mapping[str, Any], ...]
    opinions: tuple[Opinion, ...] = ()
    vote: VoteRecord | None = None
    font_folders: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    content: bytes
    about: str
    media_type: str = "application/json"


def build_dossier(content: DossierContent, sign: Sign, public_key: bytes) -> bytes:
    """The archive, signed by `sign` (Ed25519), whose raw public key is `public_key`.

    Raises ValueError when it would pass 2 GiB or 20,000 files, and when the vote names an unknown rule.
    """
    files = _files(content, public_key)
    manifest = readable_json(_manifest(content, files, public_key))
    entries = [
        Entry(MANIFEST, manifest),
        Entry(MANIFEST_SIGNATURE, sign(manifest)),
        *(Entry(file.path, file.content) for file in files),
    ]
    archive = write_archive(entries, content.made_at.astimezone(SHANGHAI), COMMENT_BYTES)
    return archive + COMMENT_START + sign(archive_message(archive)).hex().encode()


def archive_message(archive: bytes) -> bytes:
    """What the signature in the comment signs; it begins unlike any manifest, so that neither passes for the other."""
    return b"guanbiao-dossier-archive-1\n" + sha256(archive).encode()


def event_chain(decision_id: str, line_hashes: Sequence[str]) -> str:
    """The head of the hash chain over the lines of `events.jsonl`; it begins with the decision it belongs to."""
    head = sha256(b"guanbiao-events-1\n" + decision_id.encode())
    for line_hash in line_hashes:
        head = sha256(f"{head}{line_hash}".encode())
    return head


def _files(content: DossierContent, public_key: bytes) -> list[_File]:
    values = {"fingerprint": fingerprint(public_key), "title": content.decision["title"]}
    readme = _README.read_text("utf-8").format(**values)
    title = str(content.decision["title"])
    office = "application/vnd.openxmlformats-officedocument"
    return [
        _File("README.txt", readme.encode(), "readme", "text/plain"),
        _File("public_key.pem", public_key_pem(public_key), "public_key", "application/x-pem-file"),
        _File(
            "resolution.pdf", resolution_pdf(content.resolution, content.font_folders), "resolution", "application/pdf"
        ),
        _File(
            "resolution.docx",
            resolution_docx(content.resolution),
            "resolution",
            f"{office}.wordprocessingml.document",
        ),
        _File("decision.json", readable_json(content.decision), "decision"),
        *([_vote_file(content.vote)] if content.vote else []),
        _File(OPINIONS, readable_json([asdict(opinion) for opinion in content.opinions]), "opinions"),
        _File(
            "opinions.xlsx",
            opinions_xlsx(content.opinions, title, content.made_at),
            "opinions",
            f"{office}.spreadsheetml.sheet",
        ),
        _File(
            EVENTS, b"".join(canonical_json(event) + b"\n" for event in content.events), "events", "application/jsonl"
        ),
        *(_File(f"texts/v{text.version:03}.json", readable_json(asdict(text)), "text") for text in content.texts),
        *(file for place, step in enumerate(content.steps, 1) for file in _step_files(place, step)),
    ]


def _vote_file(vote: VoteRecord) -> _File:
    try:
        computed = counted_vote(vote.rule, vote.attendance, vote.votes)
    except KeyError as error:
        raise ValueError(f"unknown voting rule {vote.rule}") from error
    return _File(VOTE, readable_json(asdict(vote) | computed), "vote")


def _step_files(place: int, step: DossierStep) -> list[_File]:
    folder = f"steps/{place:02}-{safe_name(step.key)}"
    evidence: list[_File] = []
    acts = []
    for act in step.acts:
        listed = []
        for item in act.evidence:
            path = f"{folder}/evidence/{len(evidence) + 1:02}-{safe_name(item.name)}"
            evidence.append(_File(path, item.content, "evidence", item.media_type))
            described = {"id": item.id, "kind": item.kind, "name": item.name, "media_type": item.media_type}
            listed.append(described | {"path": path, "size": len(item.content), "sha256": sha256(item.content)})
        acts.append(
            {
                "outcome": act.outcome,
                "by": act.by,
                "at": act.at,
                "to": act.to,
                "reason": act.reason,
                "rule": act.rule,
                "in_force": act.in_force,
                "record": act.record,
                "text_sha256": act.text_sha256,
                "evidence": listed,
            }
        )
    record = {
        "key": step.key,
        "title": step.title,
        "state": step.state,
        "opened_at": step.opened_at,
        "closed_at": step.closed_at,
        "acts": acts,
    }
    return [_File(f"{folder}/record.json", readable_json(record), "record"), *evidence]


def _manifest(content: DossierContent, files: Sequence[_File], public_key: bytes) -> dict[str, Any]:
    identity = str(content.decision["id"])
    lines = [sha256(canonical_json(event)) for event in content.events]
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "made_at": content.made_at,
        "decision": {
            "id": identity,
            "number": str(content.decision["number"]),
            "title": str(content.decision["title"]),
            "organization": str(content.decision["organization_name"]),
        },
        "key": {
            "algorithm": "Ed25519",
            "public_key": base64.b64encode(public_key).decode(),
            "fingerprint": fingerprint(public_key),
        },
        "files": [
            {
                "path": file.path,
                "size": len(file.content),
                "sha256": sha256(file.content),
                "about": file.about,
                "media_type": file.media_type,
            }
            for file in files
        ],
        "events": {"lines": lines, "head": event_chain(identity, lines)},
    }
