"""What a worker does by itself, again and again: one line for each, so that the next one needs no code."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backend.apart import apart
from backend.api.source_table import RESOURCES
from backend.auditing import check_log, check_log_now, described, note
from backend.db.audit_watch import waiting_since, watching_is_mine
from backend.db.base import Session
from backend.domain.access import Moment
from backend.domain.audit.seal import seal_events
from backend.domain.audit.verdict import check_is_due, known_whole, standing_check
from backend.domain.audit.watch import raise_alarms
from backend.domain.client.sign_in import forget_words
from backend.domain.erasure import erase_due, erase_files
from backend.domain.feedback.sender import forget_tries
from backend.domain.feedback.settle import settle_unrated
from backend.domain.feedback.tracking import load_tracking
from backend.domain.feedback.vault import Vault
from backend.domain.keys import load_cipher
from backend.domain.ledger.upload import erase_expired
from backend.domain.notice.send import send_notices
from backend.domain.rectification.relook import draw_relooks
from backend.domain.sign_in import forget_old
from backend.domain.signing import load_or_create_key
from backend.domain.snapshot_file import erase_snapshots
from backend.domain.source.mapping import tell_of_codes
from backend.domain.source.waiting import enter_waiting
from backend.domain.staff.life import suspend_dormant
from backend.domain.staff.meeting import tell_of_meetings
from backend.domain.storage import Storage
from backend.domain.webhook.redelivery import forget_delivered
from backend.settings import Settings

Sweep = Callable[[Session, Moment], Awaitable[int]]
"""Does some of what is due and says how much that was; 0 when nothing is left.  Each call has its own transaction."""

_log = logging.getLogger("guanbiao.periodic")

_EVERY_MINUTE = "* * * * *"
_FIVE_MINUTES = "*/5 * * * *"
_TEN_MINUTES = "*/10 * * * *"
_HOURLY = "5 * * * *"


@dataclass(frozen=True, slots=True)
class Periodic:
    """`every` is a cron line of the machine's clock; what the rules count is the county's clock, in the moment."""

    key: str
    every: str
    sweep: Sweep


def periodic(settings: Settings) -> tuple[Periodic, ...]:
    """Everything that workers do by themselves."""
    cipher = load_cipher(settings.data, settings.field_cipher)
    vault = Vault(cipher, load_tracking(settings.data), settings.photos)
    files = partial(
        erase_files,
        temporary=settings.temporary,
        photos=settings.photos,
        drafts=(settings.imports, settings.photos, settings.attachments, settings.snapshots),
        storage=Storage(settings.attachments, cipher),
    )
    return (
        Periodic("audit_seal", _FIVE_MINUTES, partial(seal_events, key=load_or_create_key(settings.data))),
        Periodic("audit_watch", _TEN_MINUTES, partial(_watch_log, settings)),
        Periodic("audit_check", _TEN_MINUTES, partial(_check_log, settings)),
        Periodic("ledger_erase", _TEN_MINUTES, partial(_erase, settings.imports)),
        Periodic("snapshot_erase", _TEN_MINUTES, partial(erase_snapshots, folder=settings.snapshots)),
        Periodic("notice_send", _TEN_MINUTES, send_notices),
        Periodic("relook_draw", _TEN_MINUTES, draw_relooks),
        Periodic("feedback_settle", _TEN_MINUTES, settle_unrated),
        Periodic("feedback_forget_tries", _TEN_MINUTES, forget_tries),
        Periodic("client_forget_words", _TEN_MINUTES, forget_words),
        Periodic("webhook_forget", _HOURLY, forget_delivered),
        Periodic("personal_data_erase", _HOURLY, partial(erase_due, cipher=cipher)),
        Periodic("file_erase", _HOURLY, files),
        Periodic("mapping_enter", _EVERY_MINUTE, partial(enter_waiting, vault=vault, resources=RESOURCES)),
        Periodic("mapping_tell", _TEN_MINUTES, tell_of_codes),
        Periodic("sign_in_forget", _TEN_MINUTES, forget_old),
        Periodic("duty_meetings", _HOURLY, tell_of_meetings),
        Periodic("account_dormancy", _TEN_MINUTES, suspend_dormant),
    )


_SEALS_WATCHED = 5
"""Seals that one round of watching checks, each of a few thousand events; more are left for the next."""


async def _watch_log(settings: Settings, session: Session, moment: Moment) -> int:
    """Check what was sealed since the last check, and the end of the log; tell the auditors of what is wrong."""
    if not await watching_is_mine(session):
        return 0
    address = (await session.connection()).engine.url.render_as_string(hide_password=False)
    key = load_or_create_key(settings.data).public_key
    whole, (newest, _) = await known_whole(session, key), await waiting_since(session, ())
    last = whole + _SEALS_WATCHED
    # The last one that was in order is looked at again, and the end of the log with the newest.
    checked = await check_log(settings, address, first=max(1, whole), last=last if last < newest else None, keep=False)
    standing = await standing_check(session, key)
    known = standing.findings if standing is not None else []
    if checked.last > whole or (checked.findings and known != described(checked)):
        await note(session, settings, checked, 0.0)
    if raised := await raise_alarms(session, moment, key):
        _log.error("the log of events is not as it should be: %s alarms", raised)
    return 0


async def _check_log(settings: Settings, session: Session, _: Moment) -> int:
    """Check the whole log once a day, in a process that has nothing else to do; the outcome is kept and shown."""
    if not await check_is_due(session, load_or_create_key(settings.data).public_key):
        return 0
    address = (await session.connection()).engine.url.render_as_string(hide_password=False)
    if findings := await apart(check_log_now, settings, address):
        _log.error("the log of events is not as it was sealed: %s findings", findings)
    return 0


async def _erase(folder: Path, session: Session, moment: Moment) -> int:
    return await erase_expired(session, folder, moment)
