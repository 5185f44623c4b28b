"""Numbers of people as somebody may write them: full-width, with spaces, dashes or dots between the digits.

For places where no such number belongs at all. Stricter than the masks of `identity`, which star what could be one.
"""

import re
import unicodedata
from datetime import date

from backend.domain.identity import holds_citizen_number

# What consists of digits and separators too and is known to be no number of a person.
_UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = re.compile(rf"(?<![0-9A-Za-z.-]){_OCTET}(?:\.{_OCTET}){{3}}(?![0-9A-Za-z]|[.-][0-9])")
_DAY = re.compile(
    r"(?<![0-9])(?:1[89]|20|21)[0-9]{2}([.-])(?:0?[1-9]|1[0-2])(?:\1(?:0?[1-9]|[12][0-9]|3[01]))?(?![0-9])"
)

_RUN = re.compile(r"(?<![0-9A-Za-z])\+?[0-9](?:[ .-]*+[0-9])*+(?:[ .-]*+[Xx])?+(?![0-9A-Za-z])")
_DASHES = re.compile(r"[\u00ad\u2010-\u2015\u2212]")
_BETWEEN = re.compile(r"[ .+-]")
_MOBILE = re.compile(r"(?:0086|86)?1[3-9][0-9]{9}")
_LEGACY, _FULL = re.compile(r"[1-9][0-9]{14}"), re.compile(r"[1-9][0-9]{16}[0-9Xx]")


def plain(text: str) -> str:
    """`text` in NFKC, every white space a space and every dash the plain one."""
    return _DASHES.sub("-", " ".join(unicodedata.normalize("NFKC", text).split()))


def writes_number(text: str, today: date) -> bool:
    """Whether a citizen number or a mobile phone is written in `text`.

    A mobile phone is a whole run of eleven digits, a country code before it or not. A citizen number is one whose
    check character fits, wherever it stands, and a whole run of fifteen or eighteen that has a region and the birthday
    of somebody who may be alive, whatever its check character. A run ends where neither letter nor digit follows.
    """
    said = plain(text)
    if holds_citizen_number(said, today):
        return True
    said = _ADDRESS.sub("~", _UUID.sub("~", said))
    return any(_is_citizen_number(run, today) for run in _runs(said)) or any(
        _MOBILE.fullmatch(run) for run in _runs(_DAY.sub("~", said))
    )


def _runs(text: str) -> list[str]:
    return [_BETWEEN.sub("", found) for found in _RUN.findall(text)]


def _is_citizen_number(run: str, today: date) -> bool:
    if _LEGACY.fullmatch(run):
        return _was_born(f"19{run[6:12]}", today)
    return _FULL.fullmatch(run) is not None and _was_born(run[6:14], today)


def _was_born(digits: str, today: date) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= 1900 and born <= today
