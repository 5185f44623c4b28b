"""Who a person or an organisation is on paper: numbers, names and phones, as pure rules on text.

Every check answers None or a stable code that says what is wrong; nothing raises and nothing reads a clock.
Sources: GB 11643-1999 (citizen number), GB 32100-2015 (unified social credit code), GB/T 2260 and the
statistical region code (12 digits), handbook 3.7 (phones and names).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from operator import mul
from typing import Any, Literal

from backend.domain.text import hides_something

Sex = Literal["male", "female"]

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# What the code points of seventeen zeros weigh.
_ID_ZERO = ord("0") * sum(_ID_WEIGHTS)
_ID_BODY = re.compile(r"[0-9]{17}[0-9X]")
_ID_AS_NUMBER = re.compile(r"[0-9](\.[0-9]+)?E\+?1[4-9]|[0-9]{15,18}\.0+", re.IGNORECASE)

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {symbol: value for value, symbol in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?")
_SERVICE = re.compile(r"1[0-9]{2,4}|[48]00-?[0-9]{3,4}-?[0-9]{3,4}|9[56][0-9]{3,4}")
_DASHES = re.compile(r"[‐‑‒–—―−－~]")
_COUNTRY = re.compile(r"^(\+|00)86-?|^86-?(?=1[3-9][0-9-]{9,}$)")

_SPACES = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")
_LATIN_GAP = re.compile(r"(?<=[A-Za-z.])\s+(?=[A-Za-z])")
_MIDDLE_DOTS = re.compile(r"[•‧∙⋅・･・᛫\u2027]")
_NAME_LIMIT = 50


def compact(text: str) -> str:
    """`text` in NFKC without any white space: full-width digits become plain ones. For codes and for comparing,
    never for a name that is stored."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


def normalize_id_number(text: str) -> str:
    """A citizen number as it is stored: plain digits, no spaces or leading apostrophe, capital X."""
    return text if _ID_BODY.fullmatch(text) else compact(text).lstrip("'’‘`").upper()


def id_number_problem(number: str, today: date) -> str | None:
    """What is wrong with a normalised citizen number, or None (GB 11643-1999).

    The region is not looked up: people keep the numbers of districts that no longer exist.
    Codes: `id_number_not_text` (went through a spreadsheet number, which keeps 15 digits only),
    `id_number_legacy` (15 digits, issued before 1999), `id_number_length`, `id_number_characters`,
    `id_number_birth_date` (not a day, before 1850, or after `today`), `id_number_checksum`.
    """
    if _ID_AS_NUMBER.fullmatch(number):
        return "id_number_not_text"
    if len(number) == 15 and number.isascii() and number.isdigit():
        return "id_number_legacy"
    if len(number) != 18:
        return "id_number_length"
    if not _ID_BODY.fullmatch(number):
        return "id_number_characters"
    born = birth_date_of(number)
    if born is None or born.year < 1850 or born > today:
        return "id_number_birth_date"
    return None if id_number_check(number) == number[17] else "id_number_checksum"


def id_number_check(body: str) -> str:
    """The check character of a citizen number's first 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(map(mul, _ID_WEIGHTS, map(ord, body)))
    return _ID_CHECKS[(total - _ID_ZERO) % 11]


def birth_date_of(number: str) -> date | None:
    """The birthday in a citizen number, None where digits 7 to 14 are no day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> Sex:
    """The sex in a citizen number: digit 17 is odd for men."""
    return "male" if int(number[16]) % 2 else "female"


def credit_code_problem(code: str) -> str | None:
    """What is wrong with a unified social credit code, or None (GB 32100-2015). Rural collectives (N...) pass:
    the first character names the registry and need not be a digit.

    Codes: `credit_code_length`, `credit_code_characters`, `credit_code_checksum`.
    """
    if len(code) != 18:
        return "credit_code_length"
    if any(symbol not in _CREDIT_VALUES for symbol in code) or not code[2:8].isdigit():
        return "credit_code_characters"
    return None if credit_code_check(code) == code[17] else "credit_code_checksum"


def credit_code_check(body: str) -> str:
    """The check character of a credit code's first 17 characters."""
    total = sum(w * _CREDIT_VALUES[symbol] for w, symbol in zip(_CREDIT_WEIGHTS, body, strict=False))
    return _CREDIT_ALPHABET[-total % 31]


def region_code_problem(code: str) -> str | None:
    """What is wrong with a region code of 12 digits (6 county, 3 township, 3 village), or None.

    Codes: `region_code_length` (also for anything that is not a digit), `region_code_levels` (a village without
    its township, a county without its province).
    """
    if not re.fullmatch(r"[0-9]{12}", code):
        return "region_code_length"
    if code.startswith("00") or (code[6:9] == "000" and code[9:] != "000"):
        return "region_code_levels"
    return None


def normalize_phone(text: str) -> str | None:
    """A phone number as it is stored, None where it is none: 11 digits for a mobile, `0538-1234567-8001` with the
    dashes as given for a landline, the bare number of a service (12345, 400..., 95...)."""
    if _MOBILE.fullmatch(text):
        return text
    typed = _COUNTRY.sub("", re.sub(r"[()]", "", _DASHES.sub("-", compact(text))))
    bare = typed.replace("-", "")
    if _MOBILE.fullmatch(bare):
        return bare
    if _LANDLINE.fullmatch(typed):
        return typed
    return bare if _SERVICE.fullmatch(typed) else None


def normalize_name(text: str) -> str:
    """A person's name as it is stored: the spaces that clerks put between characters for alignment go, those
    between Latin words stay single, every middle dot becomes U+00B7. Rare characters are kept as they are, because
    NFKC would change the compatibility forms that some people bear officially."""
    if text.isalpha():
        return text
    words = (_SPACES.sub("", word) for word in _LATIN_GAP.split(text.strip()))
    return _MIDDLE_DOTS.sub("·", " ".join(words))


def name_problem(name: str) -> str | None:
    """What is wrong with a person's normalised name, or None: `name_length` (over 50 characters), `name_hides`
    (characters that nobody sees or that turn the reading round), `name_characters` (digits or symbols, which no name
    has)."""
    if not 1 <= len(name) <= _NAME_LIMIT:
        return "name_length"
    if hides_something(name):
        return "name_hides"
    return None if name.isalpha() or all(map(_may_stand_in_name, name)) else "name_characters"


def _may_stand_in_name(char: str) -> bool:
    category = unicodedata.category(char)
    # Characters that this Unicode version does not know yet, or private ones of older county fonts, are still names.
    return category[0] in "LM" or category in {"Co", "Cn"} or char in "·. '-〇"


HIDDEN = "***"
"""What stands where even the length of a value would tell something."""

# A year before what parts it from a month, or before nothing but a month and a day.
_DATED = re.compile(r"(?:18|19|20|21)[0-9]{2}(?=[年./、。\\—–−‐-]|(?:[0-9]{2}){1,2}$)")
_PARTING = frozenset(" 年月日号./-、。\\—–−‐:")

# A run of digits that may be a citizen number (15 or 18), a bank card (16 to 19) or a mobile phone.
_ID_WITHIN = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
_MOBILE_WITHIN = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{15,18}[0-9Xx*]?|1[3-9][0-9]{9})(?![0-9])")
_PHONE_GROUPS = re.compile(r"(?<![0-9])(1[3-9][0-9])[ -]([0-9]{4})[ -]([0-9]{4})(?![0-9])")
_SHORTEST = 11
_TOKEN = re.compile(r"[0-9a-fA-F-]{32,}")
_CENTURIES = ("18", "19", "20")


def masked(value: str, head: int, tail: int) -> str:
    """`value` with all but its first `head` and last `tail` characters starred; wholly starred where that would
    hide less than a third of it."""
    hidden = len(value) - head - tail
    if hidden * 3 < len(value):
        return "*" * len(value)
    return value[:head] + "*" * hidden + value[len(value) - tail :]


def mask_id_number(number: str) -> str:
    """`9999**********0023`: the only way in which an unopened citizen number is shown."""
    return masked(number, 4, 4)


def mask_phone(phone: str) -> str:
    """`199****2644`: the only way in which an unopened phone number is shown."""
    return masked(phone, 3, 4) if len(phone) >= 10 else masked(phone, 1, 1)


def mask_day(text: str) -> str:
    """`1975-**-**`, `****年**月`: what stands where a birth date is expected, valid or not.  The four digits of its
    year stay, and what only parts numbers, so that its form is seen; a word may tell a day too (腊月), so every other
    character is starred."""
    year = _DATED.match(text.strip())
    shown = year.end() + len(text) - len(text.lstrip()) if year else 0
    return text[:shown] + "".join(char if char in _PARTING else "*" for char in text[shown:])


def mask_place(place: str) -> str:
    """`云川县***`: a native place down to its county, or to its province where no county is named; of a village alone
    nothing.  The SQL of lists does the same."""
    for level in ("[县旗区市]", "[省州盟]"):
        if found := re.match(f".*?{level}", place, re.DOTALL):
            return place if found.end() == len(place) else found[0] + HIDDEN
    return HIDDEN


def mask_name(name: str) -> str:
    """`陶**`: a name of which only the first character is shown.  The SQL of lists does the same."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def holds_citizen_number(text: str, today: date) -> bool:
    """Whether a citizen number that somebody may have stands in `text`: its birthday and its check character fit."""
    return any(id_number_problem(found.upper(), today) is None for found in _ID_WITHIN.findall(text))


def holds_person(text: str, today: date) -> bool:
    """Whether a citizen number or a mobile phone stands in `text`."""
    return holds_citizen_number(text, today) or _MOBILE_WITHIN.search(text) is not None


def mask_numbers(text: str) -> str:
    """`text` with everything starred that could be a citizen number, a bank card or a mobile phone."""
    return _NUMBER.sub(_mask_found, text)


def holds_masked_number(text: str) -> bool:
    """Whether something stands in `text` that `mask_numbers` would star, also full-width or a phone in its groups."""
    plain = _PHONE_GROUPS.sub(r"\1\2\3", unicodedata.normalize("NFKC", text))
    return mask_numbers(plain) != plain


def mask_persons(text: str) -> str:
    """The same for texts of the house itself: its hashes and ids are left alone, and so is a number of 18 digits that
    can be nobody's, such as a credit code."""
    # Most texts of events are shorter than the shortest number, and there are millions of them.
    if len(text) < _SHORTEST or _TOKEN.fullmatch(text):
        return text
    return _NUMBER.sub(lambda found: found[0] if _is_nobodys(found[0]) else _mask_found(found), text)


def hide_numbers(text: str) -> str:
    """The same for what everybody may read: of a long number nothing is left, not even its length."""
    return _NUMBER.sub(lambda found: mask_phone(found[0]) if len(found[0]) == 11 else "*" * 8, text)


def mask_within(value: Any) -> Any:
    """`value`, a JSON value, with `mask_persons` done to every text in it."""
    if isinstance(value, str):
        return mask_persons(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict | Mapping):
        return {name: mask_within(each) for name, each in value.items()}
    return [mask_within(each) for each in value] if isinstance(value, list | tuple) else value


def _mask_found(found: re.Match[str]) -> str:
    return mask_phone(found[0]) if len(found[0]) == 11 else masked(found[0], 4, 4)


def _is_nobodys(number: str) -> bool:
    return len(number) == 18 and number.isdigit() and number[6:8] not in _CENTURIES
