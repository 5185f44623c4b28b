"""Readers of single cells, for the columns of any ledger: each takes a cell that is not blank and what is known, and
answers a value or raises Unacceptable with a code of messages.json."""

import re
from collections.abc import Callable
from typing import Any

from backend.domain import identity
from backend.domain.organization_kind import BRANCH_KINDS
from backend.domain.text import hides_something
from backend.workbook.cells import Cell, PartialDate, Unacceptable, compare_key, text_of
from backend.workbook.dates import read_date
from backend.workbook.ethnic_groups import ETHNIC_GROUPS
from backend.workbook.ledger import Choice, Known, Parse

_SPACE = re.compile(r"\s+")
_YES = frozenset({"是", "√", "✓", "✔", "☑", "对", "有", "1", "y", "yes", "true", "真", "已", "v"})
_NO = frozenset(
    {"否", "×", "✗", "✘", "x", "☐", "□", "不是", "没有", "无", "0", "n", "no", "false", "假", "未", "/", "-", "—"}
)


def text(limit: int = 500, *, is_name: bool = False) -> Parse:
    """Any text of at most `limit` characters, inner white space made single; a name hides nothing."""

    def parse(cell: Cell, known: Known) -> str:
        words = _SPACE.sub(" ", text_of(cell))
        if is_name and hides_something(words):
            raise Unacceptable("name_hides")
        if len(words) > limit:
            raise Unacceptable("text_too_long", limit=limit, length=len(words))
        return words

    return parse


def person_name(cell: Cell, known: Known) -> str:
    name = identity.normalize_name(text_of(cell))
    if problem := identity.name_problem(name):
        raise Unacceptable(problem, value=name[:60])
    return name


def organization_name(cell: Cell, known: Known) -> str:
    """A name of at most 100 characters; the spaces that align it go, since Chinese names have none."""
    name = _SPACE.sub("", text_of(cell))
    if hides_something(name):
        raise Unacceptable("name_hides")
    if len(name) > 100 or not any(char.isalpha() for char in name):
        raise Unacceptable("organization_name_invalid", value=name[:60])
    return name


def id_number(cell: Cell, known: Known) -> str:
    if isinstance(cell, float | int) and abs(cell) >= 1e15:
        raise Unacceptable("id_number_not_text")
    number = identity.normalize_id_number(text_of(cell))
    if problem := identity.id_number_problem(number, known.today):
        raise Unacceptable(problem, length=len(number))
    return number


def phone(cell: Cell, known: Known) -> str:
    number = identity.normalize_phone(text_of(cell))
    if number is None:
        raise Unacceptable("invalid_phone", value=text_of(cell)[:40])
    return number


def day(cell: Cell, known: Known) -> PartialDate:
    return read_date(cell)


def past_day(cell: Cell, known: Known) -> PartialDate:
    """A date that has come: a month counts from its first day."""
    read = read_date(cell)
    if read.first > known.today:
        raise Unacceptable("date_in_future", value=text_of(cell))
    return read


def flag(cell: Cell, known: Known) -> bool:
    """是, √, 1 are true, 否, ×, 0 are false; a blank cell does not come here."""
    if isinstance(cell, bool):
        return cell
    word = compare_key(text_of(cell))
    if word not in _YES and word not in _NO:
        raise Unacceptable("unknown_value", value=text_of(cell), choices="是、否")
    return word in _YES


def one_of(choices: tuple[Choice, ...]) -> Parse:
    """Exactly one of the choices, by its title or a synonym; gives the choice's value."""
    values = {compare_key(word): choice.value for choice in choices for word in (choice.title, *choice.synonyms)}
    titles = "、".join(choice.title for choice in choices)

    def parse(cell: Cell, known: Known) -> str:
        value = values.get(compare_key(text_of(cell)))
        if value is None:
            raise Unacceptable("unknown_value", value=text_of(cell)[:60], choices=titles)
        return value

    return parse


def title_of(choices: tuple[Choice, ...]) -> Callable[[Any], str]:
    """The way back of `one_of`, for exports."""
    titles = {choice.value: choice.title for choice in choices}
    return lambda value: titles.get(value, str(value))


def ethnic_group(cell: Cell, known: Known) -> str:
    """One of the 56 groups in its full form: 汉 is 汉族."""
    word = compare_key(text_of(cell))
    group = ETHNIC_GROUPS.get(word) or ETHNIC_GROUPS.get(f"{word}族")
    if group is None:
        raise Unacceptable("unknown_value", value=text_of(cell)[:60], choices="汉族、回族、满族等民族名称")
    return group


def region_code(cell: Cell, known: Known) -> str:
    code = identity.compact(text_of(cell))
    if problem := identity.region_code_problem(code):
        raise Unacceptable(problem, value=code[:40])
    if known.county_region and code[:6] != known.county_region[:6]:
        raise Unacceptable("region_other_county", value=code, county=known.county_region[:6])
    return code


def credit_code(cell: Cell, known: Known) -> str:
    code = identity.compact(text_of(cell)).upper()
    if problem := identity.credit_code_problem(code):
        raise Unacceptable(problem, value=code[:40])
    return code


def branch(cell: Cell, known: Known) -> str:
    """The id of a party branch that exists, by its name or as 上级组织/组织名称."""
    found = [each for each in known.named(text_of(cell)) if each.kind in BRANCH_KINDS]
    if len(found) == 1:
        return found[0].id
    if not found and known.named(text_of(cell)):
        raise Unacceptable("not_a_branch", value=text_of(cell)[:60])
    raise Unacceptable("ambiguous_organization" if found else "unknown_organization", value=text_of(cell)[:60])


def organization(cell: Cell, known: Known) -> str:
    """The id of any organisation that exists, by its name or as 上级组织/组织名称."""
    return known.organization(text_of(cell)).id


def shown_flag(value: Any) -> str:
    return "是" if value else "否"
