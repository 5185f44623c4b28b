"""A row of a workbook on its way into the records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from backend.db.ledger import RowAction
from backend.domain.identity import mask_numbers, masked

Mask = Callable[[str], str]


class SheetRow(Protocol):
    """What a reader of workbooks says about one row; `backend.workbook.ledger.Row` is one."""

    sheet: str
    row: int
    columns: Mapping[str, str]
    refusals: list[Any]

    @property
    def accepted(self) -> bool: ...

    def refuse(self, key: str, code: str, **params: Any) -> None: ...

    def refused(self, *keys: str) -> bool: ...


@dataclass(slots=True)
class Planned:
    """A row with what an import would do with it.

    `texts` are its cells by column key, in the order of the sheet.  `values` are what the row says, by column key: a
    blank cell says nothing, so its key is missing.  Dates may be pairs of the first and last day that are meant.
    `changes` and `before` are the fields that an update changes, new and old; `before` goes into the database, so
    personal fields in it are encrypted.
    `elsewhere`: the record by which the row is refused, when whoever imports may not see it.  `unknown`: no record was
    found by what identifies a row, which tells something too.
    """

    ordinal: int
    row: SheetRow
    texts: Mapping[str, str]
    values: dict[str, Any]
    action: RowAction = RowAction.create
    record_id: UUID | None = None
    record_version: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    elsewhere: UUID | None = None
    unknown: bool = False

    def withhold(self, key: str, code: str, **params: Any) -> None:
        """Refuse the row with this alone, whatever was found of it."""
        self.row.refusals.clear()
        self.refuse(key, code, **params)

    def refuse(self, key: str, code: str, **params: Any) -> None:
        self.row.refuse(key, code, **params)
        self.action = RowAction.refused


def mask_wholly(head: int, tail: int) -> Mask:
    """A mask for a column of personal numbers: whatever stands in it, readable or not, keeps only its ends."""
    return lambda text: masked(text, head, tail)


def as_written(text: str) -> str:
    """The mask of columns whose numbers are no personal data, such as region codes."""
    return text


def masked_cells(row: Planned, masks: Mapping[str, Mask]) -> dict[str, str]:
    """The cells of a row by the sheet's own titles, as they may be stored."""
    return {row.row.columns[key]: masks.get(key, mask_numbers)(text) for key, text in row.texts.items()}


def masked_errors(row: Planned, masks: Mapping[str, Mask]) -> list[dict[str, Any]]:
    """Why a row is refused, in the order of its columns, as it may be stored."""
    keys = {row.row.columns[key]: key for key in row.texts}
    order = {title: place for place, title in enumerate(keys)}
    errors = [
        {
            "column": refusal.column,
            "code": refusal.code,
            "params": masked_params(refusal.params, masks.get(keys.get(refusal.column, ""), mask_numbers)),
        }
        for refusal in row.row.refusals
    ]
    return sorted(errors, key=lambda error: order.get(error["column"], len(order)))


def masked_params(params: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """The params of a refusal as they may be stored: a refused cell repeats what was typed."""
    return {name: mask(value) if isinstance(value, str) else value for name, value in params.items()}


def says_the_same(known: Any, said: Any) -> bool:
    """Whether a row repeats what a record has; a month says the same as any of its days."""
    if isinstance(said, tuple):
        return known is not None and said[0] <= known <= said[1]
    return bool(known == said)
