"""What a password must be.  The one door through which a new one comes: own change, first sign-in, invitation, command.

Sources: GB/T 22239-2019 (complexity, change at first use, history), NIST SP 800-63B and OWASP ASVS 2.1 (long ones
allowed, every character allowed, known and personal ones refused, nothing cut off).
"""

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zxcvbn import zxcvbn

from backend.db.account import Account
from backend.db.base import Session
from backend.db.member import Member
from backend.db.password import PastPassword, names_above, past_hashes
from backend.domain.breached import Breached, is_widely_known
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Invalid, Problem
from backend.domain.member_row import ID_NUMBER, PHONE
from backend.domain.password_hash import NO_PASSWORD, composed, hash_password, password_matches
from backend.domain.pinyin import fold, spell_organization, spell_person

LEAST, MOST = 12, 256
PASSPHRASE = 20
"""From this length on a password is a sentence, and no class of characters is asked for."""
CLASSES = 3
HISTORY = 5

# Below some 10^10 guesses a stolen hash is found within hours, Argon2 or not: the highest class of the estimator.
_SCORE = 4
# The estimator is quadratic; what it has not seen by then only makes a password better.
_LOOKED_AT = 64
_WORDS_HERE = (
    "guanbiao", "gongchandang", "zhonggong", "dangyuan", "dangzhibu", "dangwei", "zuzhibu", "zuzhike", "shuji",
    "zhongguo", "zhonghua", "renmin", "xiangcun", "woaini", "woaizhongguo", "aini", "nihao", "mima", "guanliyuan",
    "admin", "administrator", "huanying", "xiexie", "baobao", "laopo", "laogong", "mama", "baba", "pengyou", "jintian",
    "beijing", "shanghai", "zhongqiu", "chunjie", "guoqing", "5201314", "1314520", "147258", "147258369", "woshishui",
    "qazwsx", "1qaz2wsx", "qweasd", "qweasdzxc", "asd123", "abc123", "aa123456", "a123456", "wang", "zhang", "liu",
)  # fmt: skip

Kind = Literal["name", "username", "organization", "number"]
_SHORTEST_WORD, _SHORTEST_NUMBER = 4, 6
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Passwords:
    """What judging a password takes beside the account: the keys of personal numbers, and the file of breached ones."""

    cipher: FieldCipher
    breached: Breached | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """Words and numbers that others know of a person; `numbers` are runs of digits (phone, birth, citizen number)."""

    names: tuple[str, ...] = ()
    username: str = ""
    organizations: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def password_problems(password: str, personal: Personal, breached: Breached | None = None) -> list[Problem]:
    """Everything that is wrong with a password, at `/password`; empty when it will do."""
    if "\x00" in password or any(0xD800 <= ord(char) <= 0xDFFF for char in password):
        return [Problem("/password", "field_text_unstorable")]
    text = composed(password)
    if len(text) > MOST:
        return [Problem("/password", "password_long", {"most": MOST})]
    found = []
    # Many spaces in a row are typed by holding a key.
    if len(re.sub(r"\s+", " ", text)) < LEAST:
        found.append(Problem("/password", "password_short", {"least": LEAST}))
    if len(text) < PASSPHRASE and _classes(text) < CLASSES:
        found.append(Problem("/password", "password_classes", {"least": CLASSES, "passphrase": PASSPHRASE}))
    words = _words(personal)
    kinds = _personal_kinds(text, words, personal.numbers)
    found += [Problem("/password", f"password_has_{kind}") for kind in kinds]
    if is_widely_known(text) or (breached is not None and (text in breached or password in breached)):
        found.append(Problem("/password", "password_breached"))
    elif not kinds and not found and _guessable(text, [word for _, word in words]):
        found.append(Problem("/password", "password_guessable"))
    return found


def _classes(text: str) -> int:
    """How many of four kinds there are: lower case, upper case, digits, anything else."""
    kinds = {"lower" if c.islower() else "upper" if c.isupper() else "digit" if c.isdecimal() else "rest" for c in text}
    return len(kinds)


def _guessable(text: str, words: Collection[str]) -> bool:
    return int(zxcvbn(text[:_LOOKED_AT], user_inputs=[*words, *_WORDS_HERE])["score"]) < _SCORE


def _words(personal: Personal) -> list[tuple[Kind, str]]:
    """Everything personal as it could stand in a password: the characters, and how they are spelt."""
    found: list[tuple[Kind, str]] = [("username", fold(personal.username))]
    for name in personal.names:
        given = name[1:] if len(name) > 2 else ""
        found += [("name", fold(part)) for part in (name, given)]
        found += [("name", spell_person(name).full), ("name", spell_organization(given).full)]
    for name in personal.organizations:
        # 柳塘村党支部 is known as 柳塘 and as 柳塘村 too.
        found += [("organization", fold(part)) for part in (name, name[:3], name[:2])]
        found += [("organization", spell_organization(part).full) for part in (name, name[:3], name[:2])]
    return [(kind, word) for kind, word in found if _is_word(word)]


def _is_word(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD or (len(word) >= 2 and _CHINESE.fullmatch(word) is not None)


def _personal_kinds(text: str, words: list[tuple[Kind, str]], numbers: Collection[str]) -> list[Kind]:
    folded = fold(text)
    letters = "".join(filter(str.isalnum, folded))
    kinds: set[Kind] = {kind for kind, word in words if word in folded or word in letters}
    digits = "".join(filter(str.isdecimal, folded))
    runs = {digits[at : at + _SHORTEST_NUMBER] for at in range(len(digits) - _SHORTEST_NUMBER + 1)}
    if any(run in number for run in runs for number in numbers):
        kinds.add("number")
    return sorted(kinds)


def birth_numbers(birth: date) -> tuple[str, ...]:
    """A day of birth as people write it: year first, year last, two digits of the year."""
    return tuple(birth.strftime(form) for form in ("%Y%m%d", "%y%m%d", "%d%m%Y", "%m%d%Y"))


async def choose_password(
    session: Session,
    passwords: Passwords,
    account: Account,
    password: str,
    at: datetime,
    *,
    must_change: bool = False,
) -> None:
    """Give the account a new password and remember it in the history; the caller records the event.

    `must_change`: somebody else chose it, so the account may do nothing but change it.  Raises Invalid with every
    problem at `/password`; Busy when too many passwords are being hashed.
    """
    personal = await personal_of(session, passwords.cipher, account)
    problems = await asyncio.to_thread(password_problems, password, personal, passwords.breached)
    if not problems and await _was_used(session, account, password):
        problems = [Problem("/password", "password_reused", {"history": HISTORY})]
    if problems:
        raise Invalid("invalid", problems=problems)
    account.password_hash = await hash_password(password)
    account.password_set_at = at
    account.password_must_change = must_change
    session.add_all([account, PastPassword(account_id=account.id, password_hash=account.password_hash)])


async def _was_used(session: Session, account: Account, password: str) -> bool:
    kept = {*(await past_hashes(session, account.id, HISTORY)), account.password_hash} - {NO_PASSWORD}
    return any([await password_matches(one, password) for one in kept])


async def personal_of(session: Session, cipher: FieldCipher, account: Account) -> Personal:
    """What others know of the person behind an account; the numbers only when the account is tied to a roster."""
    organizations = await names_above(session, account.organization_id) if account.organization_id else []
    member = await session.get(Member, account.member_id) if account.member_id else None
    names, numbers = [account.name], list[str]()
    if member is not None:
        names.append(member.name)
        numbers += birth_numbers(member.birth_date)
        numbers.append(cipher.decrypt(member.id_number, ID_NUMBER, member.id))
        if member.phone:
            numbers.append(cipher.decrypt(member.phone, PHONE, member.id))
    return Personal(tuple(dict.fromkeys(names)), account.username, tuple(organizations), tuple(numbers))
