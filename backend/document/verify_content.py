"""Whether what a dossier says fits together: its log, texts, vote, evidence and opinions.

These checks need no signature. They also catch a dossier that was put together wrongly before it was signed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from backend.document.dossier import EVENTS, OPINIONS, VOTE, event_chain
from backend.document.dossier_files import (
    DECISION,
    OPINION_LIST,
    STEP,
    TEXT,
    VOTE_SHAPE,
    DecisionFile,
    Manifest,
    StepFile,
    VoteFile,
    read_as,
)
from backend.document.finding import Finding
from backend.domain.canonical import sha256
from backend.domain.text import text_sha256
from backend.domain.voting import VOTE_RULES, irregularities, tally

Files = Mapping[str, bytes]

ADOPTED_STATUSES = frozenset({"adopted", "executing", "evaluated", "closed"})


def contradictions(files: Files, manifest: Manifest) -> Iterator[Finding]:
    """Every contradiction between the files of a dossier."""
    yield from _log(files, manifest)
    steps = []
    for path in sorted(files):
        if path.startswith("steps/") and path.endswith("/record.json") and path.count("/") == 2:
            step = read_as(STEP, files[path])
            if step is None:
                yield Finding("content_unreadable", path)
            else:
                steps.append(step)
    yield from _evidence(files, steps)
    decision = read_as(DECISION, files["decision.json"]) if "decision.json" in files else None
    if decision is None or decision.id != manifest.decision.id:
        yield Finding("decision_mismatch", "decision.json")
    vote = read_as(VOTE_SHAPE, files[VOTE]) if VOTE in files else None
    if VOTE in files and vote is None:
        yield Finding("content_unreadable", VOTE)
    if vote is None and VOTE not in files and decision is not None and decision.status in ADOPTED_STATUSES:
        yield Finding("vote_missing", VOTE)
    if vote is not None:
        yield from _count(vote)
    yield from _texts(files, steps, vote)
    yield from _opinions(files, decision, vote)


def _log(files: Files, manifest: Manifest) -> Iterator[Finding]:
    expected = manifest.events.lines
    if event_chain(manifest.decision.id, expected) != manifest.events.head:
        yield Finding("event_chain_broken", EVENTS)
    raw = files.get(EVENTS, b"")
    lines = raw.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    found = [sha256(line) for line in lines]
    if found == expected:
        return
    known, present = set(expected), set(found)
    altered = set()
    for place, (was, now) in enumerate(zip(expected, found, strict=False)):
        # A line in the place of another that is nowhere else any more is that other, altered.
        if was not in present and now not in known:
            altered.add(place)
            yield Finding("event_altered", EVENTS, {"line": place + 1, "event": _excerpt(lines[place])})
    for place, was in enumerate(expected):
        if was not in present and place not in altered:
            yield Finding("event_missing", EVENTS, {"line": place + 1})
    for place, now in enumerate(found):
        if now not in known and place not in altered:
            yield Finding("event_added", EVENTS, {"line": place + 1, "event": _excerpt(lines[place])})
    if known == present:
        yield Finding("event_order", EVENTS)


def _excerpt(line: bytes) -> str:
    return line[:120].decode(errors="replace")


def _evidence(files: Files, steps: list[StepFile]) -> Iterator[Finding]:
    for step in steps:
        for act in step.acts:
            for item in act.evidence:
                if item.path not in files:
                    yield Finding("evidence_missing", item.path)
                elif sha256(files[item.path]) != item.sha256:
                    yield Finding("evidence_mismatch", item.path)


def _texts(files: Files, steps: list[StepFile], vote: VoteFile | None) -> Iterator[Finding]:
    versions = set()
    for path in sorted(files):
        if not path.startswith("texts/"):
            continue
        text = read_as(TEXT, files[path])
        if text is None:
            yield Finding("content_unreadable", path)
        elif text_sha256(text.title, text.body) != text.sha256:
            yield Finding("text_hash_wrong", path)
        else:
            versions.add(text.sha256)
    reviewed, resolved = _last_text(steps, "legality_review"), _last_text(steps, "resolution")
    for voted in {resolved, vote.text_sha256 if vote else None} - {None}:
        if voted not in versions:
            yield Finding("text_missing", VOTE, {"found": voted})
        if voted != reviewed:
            yield Finding("text_not_reviewed", VOTE, {"voted": voted, "reviewed": reviewed})


def _last_text(steps: list[StepFile], key: str) -> str | None:
    done = [act for step in steps if step.key == key for act in step.acts if act.outcome == "done" and act.in_force]
    return done[-1].text_sha256 if done else None


def _count(vote: VoteFile) -> Iterator[Finding]:
    rule = VOTE_RULES.get(vote.rule)
    if rule is None:
        yield Finding("vote_rule_unknown", VOTE, {"rule": vote.rule})
        return
    counted = tally(rule, vote.attendance, vote.votes)
    for name, value in asdict(counted).items():
        if vote.tally.get(name) != value:
            yield Finding("vote_miscounted", VOTE, {"field": name, "written": vote.tally.get(name), "counted": value})
    if counted.passed != vote.adopted:
        words = {True: "adopted", False: "rejected"}
        yield Finding("vote_outcome_wrong", VOTE, {"written": words[vote.adopted], "counted": words[counted.passed]})
    for problem in irregularities(rule, vote.attendance, vote.votes):
        yield Finding("vote_irregular", VOTE, {"pointer": problem.pointer, "reason": problem.code})


def _opinions(files: Files, decision: DecisionFile | None, vote: VoteFile | None) -> Iterator[Finding]:
    opinions = read_as(OPINION_LIST, files[OPINIONS]) if OPINIONS in files else None
    if opinions is None:
        yield Finding("content_unreadable", OPINIONS)
        return
    # While opinions still come in, some are open; once the text has been voted on, none may be.
    voted = vote is not None or (decision is not None and decision.status in ADOPTED_STATUSES)
    for place, opinion in enumerate(opinions, 1):
        if voted and not opinion.outcome:
            yield Finding("opinion_without_outcome", OPINIONS, {"line": place})
