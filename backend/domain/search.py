"""The search box of lists of names."""

import re

from backend.db.search import NameQuery
from backend.domain.errors import invalid
from backend.domain.identity import compact
from backend.domain.pinyin import fold, query_grams

_LONG_NUMBER = re.compile(r"[0-9]{7}")


def name_query(q: str | None, *, of_people: bool = False) -> NameQuery | None:
    """Read a search box, None when nothing is in it.

    Addresses are logged and remembered by browsers, so an ID number or phone `of_people` is refused: it is searched for
    in a body.
    """
    folded = fold(q or "")
    if not folded:
        return None
    if of_people and _LONG_NUMBER.search(compact(folded).replace("-", "")):
        raise invalid("/q", "search_in_body")
    return NameQuery(folded, tuple(query_grams(folded)), folded.isascii() and folded.isalnum())
