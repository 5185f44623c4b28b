"""Whom a sender names in words of their own: matched with the names of people and units that could get the card.

Writing a name instead of choosing it protects as well. More may be found than was meant, such as somebody of the same
name; they are barred like the others, and colleagues handle the card.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback_receipt import LEAST_NAME, names_under, people_under
from backend.db.organization import Organization
from backend.domain.feedback.called import heard_in, is_called, means_the_village, short_names
from backend.domain.feedback.desk import COUNTY, TOWNSHIP

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_TOWN = re.compile(r".+?(镇|乡|街道)")


async def named_in(
    session: Session, note: str, content: str, chain: Sequence[Organization]
) -> tuple[set[UUID], set[UUID]]:
    """Organisations and accounts that a note names, or the content of a card that accuses somebody, seen from the
    place at the head of `chain` (nearest first).

    Units are looked for in the place's township, or in the whole county where it is in none; people in the county,
    since many who work for a township sit elsewhere, and by surname alone in the township. The county itself is never
    found, nor in the content the township: their names are part of addresses.
    """
    said = [(_plain(note), False), (_plain(content), True)]
    said = [(text, is_content) for text, is_content in said if len(text) >= LEAST_NAME]
    if not said or not chain:
        return set(), set()
    root = chain[-1]
    township = next((node for node in reversed(chain) if node.kind in TOWNSHIP), root)
    # The committee of X镇 is called X镇党委, its offices X镇 and what they do.
    stem = _TOWN.match(_plain(township.name))
    prefixes = [_plain(township.name), *([stem[0]] if stem else [])]
    under = await names_under(session, township.path)
    found = [
        (key, path, one) for key, path, name, short in under if key != root.id for one in _names(name, short, prefixes)
    ]
    people = await people_under(session, root.path)
    units, accounts = set(), set()
    for text, is_content in said:
        addresses = {node.id for node in chain if node.kind in TOWNSHIP} if is_content else set()
        units |= _units(text, found) - addresses
        if chain[0].kind not in TOWNSHIP | COUNTY and means_the_village(text):
            units |= {chain[0].id}
        accounts |= _people(text, people, township.path, is_content)
    return units, accounts


def _people(text: str, people: Iterable[tuple[UUID, str, str]], near: str, is_content: bool) -> set[UUID]:
    """Who is called in the text by name or, of those near, by surname; or by what sounds like the name."""
    known = list(people)
    heard = heard_in(text, {name for _, name, _ in known if _CHINESE.fullmatch(name)}, same_surname=is_content)
    return {
        key
        for key, name, path in known
        if name in heard or is_called(text, name, bool(_CHINESE.fullmatch(name)) and path.startswith(near))
    }


def _names(name: str, short: str | None, prefixes: Iterable[str]) -> set[str]:
    """What an organisation is called: in full, for short, and without the township that it belongs to."""
    full = _plain(name)
    given = {full, _plain(short or ""), *(full.removeprefix(prefix) for prefix in prefixes)}
    given |= {made for one in given for made in short_names(one)}
    return {one for one in given if len(one) >= LEAST_NAME}


def _units(text: str, names: Iterable[tuple[UUID, str, str]]) -> set[UUID]:
    """Who stands in the text, unless everywhere as part of what is below it: `X镇Y村` means the village alone."""
    spans = [
        (key, path, at, at + len(name))
        for key, path, name in names
        for at in range(len(text))
        if text.startswith(name, at)
    ]
    return {
        key
        for key, path, start, end in spans
        if not any(
            below != path and below.startswith(path) and first <= end and start < last and (first, last) != (start, end)
            for _, below, first, last in spans
        )
    }


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
