"""What one ledger is: its columns, in one description from which importer, template, export and preview all come.

A new ledger is one module that makes a `Ledger`; nothing else in this package knows any ledger by name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from backend.workbook.cells import Cell, Unacceptable, compare_key

SMALL_ROWS = 2000
"""So many rows of most ledgers are worked on in a few seconds."""


class KnownOrganization(NamedTuple):
    """An organisation that the database has: `parent` is the name of the one above, for names that occur twice."""

    id: str
    name: str
    kind: str
    parent: str | None = None


@dataclass(frozen=True)
class Known:
    """What the caller knows and the file does not say: the day (in Asia/Shanghai), the organisations that may be
    referred to, the one that a blank parent stands for (None: only a county may have none), and the county's region
    code (12 digits)."""

    today: date
    organizations: Mapping[str, Sequence[KnownOrganization]] = field(default_factory=dict)
    root: KnownOrganization | None = None
    county_region: str | None = None

    @classmethod
    def of(
        cls,
        today: date,
        organizations: Iterable[KnownOrganization],
        root: KnownOrganization | None = None,
        county_region: str | None = None,
    ) -> "Known":
        """Index organisations by name, and by `parent/name` for those whose name is not enough."""
        index: dict[str, list[KnownOrganization]] = {}
        for organization in organizations:
            index.setdefault(compare_key(organization.name), []).append(organization)
            if organization.parent:
                index.setdefault(compare_key(f"{organization.parent}/{organization.name}"), []).append(organization)
        return cls(today, index, root, county_region)

    def named(self, name: str) -> Sequence[KnownOrganization]:
        return self.organizations.get(compare_key(name), ())

    def organization(self, name: str) -> KnownOrganization:
        """The one organisation called `name`; Unacceptable `unknown_organization` or `ambiguous_organization`."""
        found = self.named(name)
        if len(found) == 1:
            return found[0]
        raise Unacceptable("ambiguous_organization" if found else "unknown_organization", value=name[:60])


class Choice(NamedTuple):
    """One of the values a column may have: stored as `value`, shown as `title`, also written as any of `synonyms`."""

    value: str
    title: str
    synonyms: tuple[str, ...] = ()


Parse = Callable[[Cell, Known], Any]


@dataclass(frozen=True)
class Column:
    """One column of a ledger.

    `parse` turns a cell that is not blank into a value or raises `Unacceptable`; blank cells never reach it.
    `show` turns a value back into the text of an export. `choices` are titles for the drop-down of the template;
    whether others are refused is for `parse` to say. `merging`: in a CSV, where merges are lost, a blank cell takes
    the value above. `reusable`: equal texts give equal values, so that a parse may be remembered (not for columns
    whose texts are all different). `written`: whether exports and templates have the column; one that is not is read
    where a sheet brings it.
    """

    key: str
    title: str
    parse: Parse
    synonyms: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    show: Callable[[Any], str] | None = None
    merging: bool = False
    reusable: bool = True
    written: bool = True
    width: int = 14


class Flag(NamedTuple):
    """A column that exports alone have, and that says `word` where the record's `key` is true; importers pass over
    it."""

    key: str
    title: str
    word: str


class Refusal(NamedTuple):
    """Why a row (or, with `row` of the header, a whole sheet) is not taken: `row` counts from 1 as the sheet shows
    it, `column` is the title as the sheet has it without its white space."""

    sheet: str
    row: int
    column: str
    code: str
    params: dict[str, Any]


@dataclass(slots=True)
class Row:
    """One data row. `values` holds plain typed values by column key: a key is missing where the sheet has no such
    column, and None where the cell is blank; `written` is the same with dates as precisely as they were written.
    `refusals` is empty for an acceptable row."""

    sheet: str
    row: int
    values: dict[str, Any]
    refusals: list[Refusal]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    columns: Mapping[str, str]
    written: dict[str, Any] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return not self.refusals

    @property
    def cells(self) -> dict[str, str]:
        """The texts of the row by title, as the sheet has them."""
        return {title: text for title, text in zip(self.titles, self.texts, strict=False) if title}

    def refuse(self, key: str, code: str, **params: Any) -> None:
        """Refuse the cell of column `key`; a cell keeps its first reason."""
        column = self.columns[key]
        if all(refusal.column != column for refusal in self.refusals):
            self.refusals.append(Refusal(self.sheet, self.row, column, code, params))

    def refused(self, *keys: str) -> bool:
        """Whether one of the named columns is refused already, so that rules do not judge what could not be read."""
        columns = {self.columns[key] for key in keys}
        return any(refusal.column in columns for refusal in self.refusals)


RowRule = Callable[[Row, Known], None]
FileRule = Callable[[Sequence[Row], Known], None]


@dataclass(frozen=True)
class Ledger:
    """A ledger. `unique` names the column by which a later row of the file repeats an earlier one. `row_rule` looks at
    one row whose dates are still `PartialDate`; `file_rule` at all rows at once (then the file is held in memory).
    A file of at most `small_rows` is checked and committed within the request. `flag` warns readers of an export."""

    key: str
    title: str
    columns: tuple[Column, ...]
    version: int = 1
    unique: str | None = None
    row_rule: RowRule | None = None
    file_rule: FileRule | None = None
    notes: tuple[str, ...] = ()
    small_rows: int = SMALL_ROWS
    flag: Flag | None = None

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    @property
    def written(self) -> tuple[Column, ...]:
        """The columns of exports and templates."""
        return tuple(column for column in self.columns if column.written)

    def required(self) -> Iterator[Column]:
        return (column for column in self.columns if column.required)
