"""Casting: rows in their thousands, written by COPY, with what the product's own functions make of names and texts."""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from itertools import islice
from uuid import UUID

import asyncpg

from backend.domain.pinyin import grams
from benchmarks.mould import GAPS, Mould, Sheet

BATCH = 5_000

_WHERE = [
    "东沟",
    "西沟",
    "柳塘",
    "槐荫",
    "石桥",
    "上坡",
    "下坡",
    "清溪",
    "河湾",
    "白杨",
    "曾家",
    "查家",
    "单庄",
    "解集",
    "仇楼",
    "翟营",
]
_WHAT = [
    "排水沟",
    "路灯",
    "机耕路",
    "文化广场",
    "饮水管网",
    "垃圾池",
    "公示栏",
    "低保档案",
    "党务公开栏",
    "会议记录",
    "财务票据",
    "护林台账",
]
_HOW = ["堵塞", "损坏", "未及时更新", "不规范", "缺少记录", "长期无人管护", "进度滞后", "底数不清"]
PROBLEMS = [f"{where}{what}{how}" for where in _WHERE for what in _WHAT for how in _HOW]


@cache
def grams_text(text: str) -> str:
    """What the program keeps of a text for search, as COPY writes it."""
    return array_text(grams(text))


def array_text(words: Iterable[str]) -> str:
    """An array as COPY's text format has it."""
    return "{" + ",".join('"' + word.replace('"', '\\\\"') + '"' for word in words) + "}"


def new_ids(count: int, milliseconds: int) -> list[str]:
    """UUIDv7 of one moment, as `backend.db.base.new_id` makes one of now; their noise is drawn at once."""
    noise, head = os.urandom(10 * count), milliseconds << 80
    found = []
    for at in range(0, 10 * count, 10):
        drawn = int.from_bytes(noise[at : at + 10])
        value = head | 0x7 << 76 | (drawn >> 68) << 64 | 0b10 << 62 | drawn & (1 << 62) - 1
        found.append(str(UUID(int=value)))
    return found


class Casting:
    """Casts moulds over villages. `tally` is what the verbs would have counted where."""

    def __init__(self, moulds: list[Mould], series: str = "ZG", *, seed: int = 1) -> None:
        self.moulds, self._series = moulds, series
        self.tally: Counter[tuple[str, str, str]] = Counter()
        self._random = random.Random(seed)
        self._moved: dict[tuple[int, int], Mould] = {}
        self._numbers: Counter[str] = Counter()

    def cast(self, which: int, days: int, place: Mapping[str, str]) -> tuple[str, Mould, dict[str, str]]:
        """The id, the mould and what to fill in of one record at a place, so many days ago."""
        if (which, days) not in self._moved:
            self._moved[which, days] = self.moulds[which].moved(days)
        mould = self._moved[which, days]
        began = mould.at - timedelta(microseconds=self._random.randrange(3_600_000_000))
        fills = dict(zip(mould.own, new_ids(len(mould.own), int(began.timestamp() * 1000)), strict=True))
        text = self._random.choice(PROBLEMS)
        self._numbers[place["county"]] += 1
        fills |= place
        fills |= {"number": f"{self._series}-{mould.at.year}-{self._numbers[place['county']]:04}", "text": text}
        fills |= {"grams": grams_text(text), "created_at": began.isoformat()}
        fills |= {name: "\\\\x" + os.urandom(32).hex() for name in ("submission_hash", "code_hash")}
        for (where, subject, status), count in mould.counts.items():
            self.tally[place[where], subject, status] += count
        return fills["id"], mould, fills


def lines(sheet: Sheet, fills: Mapping[str, str]) -> str:
    text = sheet.text % fills
    for name, gap in GAPS.get(sheet.table, {}).items():
        text = text.replace(gap, fills[name])
    return text


async def pour(connection: asyncpg.Connection, table: str, columns: Iterable[str], text: Iterator[str]) -> None:
    """Write lines of COPY's text format to a table."""

    async def source() -> AsyncIterator[bytes]:
        while batch := "".join(islice(text, BATCH)):
            yield batch.encode()

    await connection.copy_to_table(table, source=source(), columns=list(columns), format="text")
