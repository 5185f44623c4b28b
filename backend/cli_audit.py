"""`guanbiao audit`: checking the log, noting its head elsewhere, and checking the proof of one event."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from backend import logs, serving
from backend.auditing import check_log, newest_note, note_in
from backend.db.engine import migrate
from backend.document.finding import LANGUAGES
from backend.domain.audit.finding import Finding
from backend.domain.audit.proof import check_proof
from backend.domain.audit.statement import Note, Unfit
from backend.domain.audit.verify import Checked
from backend.settings import Settings

HOLDS, ALTERED, UNREADABLE = 0, 1, 2

_CHECKED = {
    "zh-CN": "核对 {events} 条事件、{seals} 个封存（最新第 {head} 号），另有 {unsealed} 条等待封存：",
    "en": "{events} events and {seals} seals checked (the newest is {head}), {unsealed} events not sealed yet: ",
}
_HOLDS = {"zh-CN": "全部相符", "en": "everything is as it was sealed"}
_ALTERED = {"zh-CN": "{found} 处不符", "en": "{found} findings"}

audit = typer.Typer(no_args_is_help=True, help=__doc__)

Keys = Annotated[
    list[str] | None, typer.Option("--key", help="The fingerprint of a key whose seals count; repeatable.")
]
Against = Annotated[
    list[Path] | None, typer.Option(help="A seal that was noted elsewhere (`guanbiao audit seal-note`); repeatable.")
]
Language = Annotated[str, typer.Option(help="zh-CN or en")]


@audit.command()
def verify(
    first: Annotated[int, typer.Option("--from", min=1, help="The number of the first seal to check.")] = 1,
    last: Annotated[int | None, typer.Option("--to", min=1, help="The last one; without it everything after.")] = None,
    against: Against = None,
    key: Keys = None,
    lang: Language = "zh-CN",
) -> None:
    """Say whether any event or seal was altered, removed, inserted or moved: exit code 0 no, 1 yes, 2 unreadable note.

    Only a seal that was noted elsewhere shows that seals were cut off at the end.
    """
    settings = Settings()
    logs.configure(settings.log_level)
    noted = _noted(against)
    with serving.ended_by_signals(), serving.database(settings) as addresses:
        asyncio.run(migrate(addresses))
        checked = asyncio.run(
            check_log(
                settings,
                addresses.application,
                keys=[_plain(one) for one in key or ()],
                noted=noted,
                first=first,
                last=last,
                progress=_show if sys.stderr.isatty() else None,
            )
        )
    _say(checked, lang)
    raise typer.Exit(ALTERED if checked.findings else HOLDS)


@audit.command(name="seal-note")
def seal_note(
    file: Annotated[Path | None, typer.Argument(help="Where to keep it; without it, it is printed.")] = None,
) -> None:
    """Write the newest seal, to be kept where nobody who can change the database can change it."""
    settings = Settings()
    logs.configure(settings.log_level)
    with serving.ended_by_signals(), serving.database(settings) as addresses:
        asyncio.run(migrate(addresses))
        note = asyncio.run(newest_note(settings, addresses.application))
    if note is None:
        typer.echo("nothing is sealed yet", err=True)
        raise typer.Exit(ALTERED)
    text = json.dumps(note.described(), ensure_ascii=False, indent=1)
    if file is None:
        typer.echo(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"{file}: seal {note.statement.number}, {note.statement.total} events")


@audit.command(name="verify-proof")
def verify_proof(file: Path, key: Keys = None, against: Against = None, lang: Language = "zh-CN") -> None:
    """Say offline whether a proof of an event holds: exit code 0 yes, 1 no, 2 the file is no proof."""
    try:
        content = file.read_bytes()
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(UNREADABLE) from None
    proved = check_proof(content, keys=[_plain(one) for one in key or ()], noted=_noted(against))
    for finding in (*proved.findings, *proved.notes):
        typer.echo(_text(finding, lang))
    if proved.event is None or proved.seal is None:
        raise typer.Exit(UNREADABLE)
    if not proved.findings:
        said = proved.seal.statement
        words = {
            "zh-CN": f"证明成立：第 {said.number} 号封存，{said.sealed_at:%Y-%m-%d %H:%M} UTC，密钥 {said.fingerprint}",
            "en": f"the proof holds: seal {said.number} of {said.sealed_at:%Y-%m-%d %H:%M} UTC, key {said.fingerprint}",
        }
        typer.echo(words.get(lang, words["zh-CN"]))
        typer.echo(json.dumps(proved.event, ensure_ascii=False, indent=1, sort_keys=True))
    raise typer.Exit(ALTERED if proved.findings else HOLDS)


def _noted(files: Sequence[Path] | None) -> list[Note]:
    found = []
    for file in files or ():
        try:
            found.append(note_in(file))
        except (Unfit, OSError, ValueError) as error:
            typer.echo(f"{file} holds no noted seal: {error}", err=True)
            raise typer.Exit(UNREADABLE) from None
    return found


def _say(checked: Checked, lang: str) -> None:
    for finding in (*checked.findings, *checked.notes):
        typer.echo(_text(finding, lang))
    head = checked.head.statement.number if checked.head else 0
    seals, found = max(0, checked.last - checked.first + 1), len(checked.findings)
    counts = {"events": checked.events, "seals": seals, "head": head, "unsealed": checked.unsealed, "found": found}
    outcome, words = _ALTERED if found else _HOLDS, _CHECKED
    typer.echo((words.get(lang, words["zh-CN"]) + outcome.get(lang, outcome["zh-CN"])).format(**counts))


def _text(finding: Finding, lang: str) -> str:
    return finding.text(lang if lang in LANGUAGES else LANGUAGES[0])


def _show(seal: int, events: int) -> None:
    sys.stderr.write(f"\r{events} events, seal {seal}")
    sys.stderr.flush()


def _plain(fingerprint: str) -> str:
    """A fingerprint as people copy it (groups, colons, capitals) in the form that is compared."""
    return "".join(c for c in fingerprint.lower().removeprefix("sha256:") if c in "0123456789abcdef")
