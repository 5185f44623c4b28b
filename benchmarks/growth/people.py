"""Members and accounts: names that do not exist together, numbers that cannot be anybody's, encrypted as ever."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle, islice
from uuid import UUID

from backend.domain.crypto import FieldCipher
from backend.domain.member_row import member_columns_of
from benchmarks.cast import array_text, new_ids
from benchmarks.growth.tree import Village

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗曾查单解仇区朴盖任缪翟梁宋郑谢韩唐冯于董"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉建国华志红玉春梅海燕光耀立德秋实思远"
COLUMNS = (
    *("id", "created_at", "updated_at", "version", "county_id", "organization_id", "name", "pinyin", "initials"),
    *("sort_key", "grams", "sex", "birth_date", "id_number", "id_number_hash", "id_number_mask", "phone"),
    *("phone_hash", "phone_mask", "joined_on", "status", "is_mobile", "is_test"),
)
STAY = ("id", "created_at", "member_id", "county_id", "organization_id", "valid_from")
_FIRST = date(1950, 1, 1)
_AT = "2024-03-01 01:00:00+00"
_MILLISECONDS = 1_709_254_800_000


@dataclass
class Roster:
    """The lines of members and their stays, in chunks, and what the verbs would have counted."""

    cipher: FieldCipher
    tally: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    drawn: random.Random = field(default_factory=lambda: random.Random(3))

    def chunks(self, villages: Sequence[Village], members: int, size: int = 5_000) -> Iterator[tuple[str, str]]:
        places = cycle(villages)
        for start in range(0, members, size):
            count = min(size, members - start)
            found = [self._member(start + number, *ids) for number, ids in enumerate(_pairs(count, places))]
            yield "".join(member for member, _ in found), "".join(stay for _, stay in found)

    def _member(self, number: int, key: str, stay: str, village: Village) -> tuple[str, str]:
        drawn = self.drawn
        born = _FIRST + timedelta(days=drawn.randrange(20_000))
        given = {
            "name": drawn.choice(SURNAMES) + "".join(drawn.choices(GIVEN, k=drawn.choice((1, 2, 2, 2)))),
            # 99 is no province, so nobody bears such a number; nor does a telephone begin with 199 9.
            "id_number": f"99{number % 10_000:04}{born:%Y%m%d}{number // 10_000 % 1000:03}X",
            "phone": f"1999{number % 10_000_000:07}",
            "birth_date": born.isoformat(),
            "joined_on": (born + timedelta(days=8_000)).isoformat(),
        }
        row = member_columns_of(given, UUID(key), self.cipher)
        branch, county = village.branch.id, village.county.id
        self.tally[branch, "member", "full"] += 1
        said = "\t".join(
            (
                *(key, _AT, _AT, "1", county, branch, row["name"], row["pinyin"], row["initials"], row["sort_key"]),
                *(array_text(row["grams"]), drawn.choice(("male", "female")), str(row["birth_date"])),
                *(_bytes(row["id_number"]), _bytes(row["id_number_hash"]), row["id_number_mask"]),
                *(_bytes(row["phone"]), _bytes(row["phone_hash"]), row["phone_mask"], str(row["joined_on"])),
                "full\tf\tt\n",
            )
        )
        return said, f"{stay}\t{_AT}\t{key}\t{county}\t{branch}\t2024-03-01\n"


def _pairs(count: int, places: Iterator[Village]) -> Iterator[tuple[str, str, Village]]:
    ids = iter(new_ids(2 * count, _MILLISECONDS))
    return zip(islice(ids, count), ids, islice(places, count), strict=True)


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()
