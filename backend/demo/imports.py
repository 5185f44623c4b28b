"""Two workbooks that a clerk brought in this morning: one is only checked, one is committed and can be taken back."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from backend.db.base import Session
from backend.demo.calendar import at
from backend.demo.cue import Cue
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.demo_id import demo_id
from backend.domain.identity import id_number_check
from backend.domain.ledger.upload import keep_upload
from backend.domain.ledger.work import Deed, receive_ledger
from backend.domain.member_rule import MemberValues
from backend.workbook.importing import work_on

CHECKED, COMMITTED = "东沟村转入党员.csv", "西沟村党员电话更正.csv"

_HEAD = "姓名,性别,公民身份号码,所在党支部,党员类别,入党时间,转正时间,联系电话"
_CORRECTED = "西沟村党支部"


def _number(body: str) -> str:
    return f"999901{body}{id_number_check(f'999901{body}')}"


def _arrivals() -> Iterable[str]:
    """Three who can be taken in, and three rows that every office has: a wrong digit, no such branch, no such day."""
    branch, kind = "东沟村党支部", "正式党员"
    yield f"曾　慧,女,{_number('19870402902')},{branch},{kind},2012.7.1,2013年7月1日,199-0000-4102"
    yield f"查志强,男,{_number('19790915901')},{branch},{kind},20050701,20060701,19900004103"
    yield f"单春梅,女,{_number('19910623904')},{branch},{kind},2016-07-01,2017-07-01,"
    wrong = _number("19830117903")
    yield f"李树德,男,{wrong[:17]}{(int(wrong[17].replace('X', '9')) + 1) % 10},{branch},{kind},2009.6.30,2010.6.30,"
    yield f"王秀莲,女,{_number('19760808906')},东沟村第九党支部,{kind},2001.7.1,2002.7.1,"
    yield f"赵福田,男,{_number('19681130901')},{branch},{kind},1996.13.1,1997.12.1,"


def _corrections(roster: Sequence[MemberValues]) -> Iterable[str]:
    home = demo_id("organization", _CORRECTED)
    full = [values for values in roster if values["organization_id"] == home and values["status"] == "full"]
    for place, values in enumerate(full[:4]):
        days = f"{values['joined_on']},{values['confirmed_on']}"
        sex = {"male": "男", "female": "女"}[values["sex"] or ""]
        yield f"{values['name']},{sex},{values['id_number']},{_CORRECTED},正式党员,{days},1990000520{place}"


def import_cues(
    session: Session, clerk: Actor, folder: Path, cipher: FieldCipher, roster: Sequence[MemberValues]
) -> Iterator[Cue]:
    """Bring the two workbooks in; `folder` is where uploads lie."""
    uploads: tuple[tuple[str, str, Deed, Iterable[str]], ...] = (
        (CHECKED, "2026-11-20 08:46", "check", _arrivals()),
        (COMMITTED, "2026-11-20 08:52", "commit", _corrections(roster)),
    )
    for name, when, deed, rows in uploads:
        data = "\r\n".join([_HEAD, *rows, ""]).encode("gb18030")
        yield Cue(at(when), partial(_bring, session, clerk, Moment(at(when)), folder, cipher, name, deed, data))


async def _bring(
    session: Session,
    clerk: Actor,
    moment: Moment,
    folder: Path,
    cipher: FieldCipher,
    name: str,
    deed: Deed,
    data: bytes,
) -> None:
    run = await receive_ledger(
        session,
        clerk,
        moment,
        ledger="member",
        organization_id=demo_id("organization", "榆桥镇党委"),
        file_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        commits_at_once=deed == "commit",
        id=demo_id("import", name),
    )
    await work_on(session, clerk, moment, cipher, run, data, deed, _nobody_waits)
    keep_upload(folder, cipher, run.id, data)


async def _nobody_waits(done: int, total: int) -> None:
    """Nobody sees the progress of a file of six rows."""
