"""Rosters as clerks send them, made for a test, and an installation of its own for the samples as they are."""

import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import openpyxl
import xlsxwriter

from backend.app import create_app
from backend.db.account import Account
from backend.db.base import new_id
from backend.db.engine import migrate
from backend.db.roles import Addresses
from backend.domain.identity import id_number_check, sex_of
from backend.settings import Settings
from tests.factories import make_account, token_of

SAMPLES = Path(__file__).parent / "samples"

MEMBER_TITLES = (
    "姓名", "性别", "民族", "公民身份号码", "出生日期", "学历", "籍贯", "入党时间", "转正时间",
    "所在党支部", "党员类别", "是否流动党员", "联系电话", "备注",
)  # fmt: skip
ORGANIZATION_TITLES = ("组织名称", "组织类别", "上级组织", "区划代码", "成立时间")

_SURNAMES = "王李张刘陈杨赵黄周吴曾查单解仇区"
_GIVEN = "建国秀英伟芳娜敏静丽强磊军洋勇艳杰"


def person(number: int, branch: str, **changes: Any) -> dict[str, Any]:
    """The row of one member; every `number` up to some 1.7 million gives somebody else."""
    born = date(1950, 1, 1) + timedelta(days=number % 18_000)
    body = f"9999{10 + number // 18_000:02d}{born:%Y%m%d}{number * 7 % 1000:03d}"
    citizen = body + id_number_check(body)
    name = _SURNAMES[number % 16] + _GIVEN[number % 17] + _GIVEN[number // 17 % 17]
    row = {
        "姓名": name,
        "性别": "男" if sex_of(citizen) == "male" else "女",
        "民族": "汉族",
        "公民身份号码": citizen,
        "出生日期": born.isoformat(),
        "学历": "大专",
        "籍贯": "云川县",
        "入党时间": f"{born.year + 25}年7月",
        "转正时间": f"{born.year + 26}年7月1日",
        "所在党支部": branch,
        "党员类别": "正式党员",
        "是否流动党员": "否",
        "联系电话": f"199{number:08d}",
        "备注": "",
    }
    return row | changes


def workbook(rows: Iterable[Mapping[str, Any]], titles: Sequence[str] = MEMBER_TITLES, sheet: str = "花名册") -> bytes:
    """A workbook with one sheet of texts."""
    target = io.BytesIO()
    write_workbook(target, rows, titles, sheet)
    return target.getvalue()


def write_workbook(
    target: io.BytesIO | str, rows: Iterable[Mapping[str, Any]], titles: Sequence[str], sheet: str = "花名册"
) -> None:
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "in_memory": False})
    written = book.add_worksheet(sheet)
    written.write_row(0, 0, titles)
    for number, row in enumerate(rows, start=1):
        written.write_row(number, 0, [row.get(title, "") for title in titles])
    book.close()


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@dataclass
class Installation:
    """An application over a database of its own, with nobody in it but a platform administrator."""

    app: Any
    dsn: str
    settings: Settings
    admin: Account
    client: httpx.AsyncClient

    def token(self, account: Account) -> str:
        return token_of(self.app, account)

    async def upload(self, name: str, ledger: str, content: bytes | None = None, **query: Any) -> httpx.Response:
        data = (SAMPLES / name).read_bytes() if content is None else content
        return await self.client.post("/imports", params={"ledger": ledger, **query}, files={"file": (name, data)})


async def fresh_database(server: Addresses) -> Addresses:
    """A migrated database of its own on the server."""
    name = f"test_{new_id().hex}"
    connection = await asyncpg.connect(server.owner)
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    made = Addresses(*(urlunsplit(urlsplit(address)._replace(path=f"/{name}")) for address in server))
    await migrate(made)
    return made


@asynccontextmanager
async def installation(server: Addresses, folder: Path, **settings: Any) -> AsyncIterator[Installation]:
    address = (await fresh_database(server)).application
    chosen = Settings(data=folder, worker=False, **settings)
    app = create_app(chosen, dsn=address)
    async with app.router.lifespan_context(app):
        async with app.state.database.transaction() as session:
            admin = await make_account(session, "platform_admin", None)
        token = token_of(app, admin)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {token}", "accept-language": "zh-CN"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers) as client:
            yield Installation(app, address, chosen, admin, client)
