"""What a figure is: its definition is data, and everything that is drawn carries it along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Words = Mapping[str, str]
"""A text in every language."""

About = Literal["rectification", "feedback", "unit"]

Kind = Literal["label", "count", "share", "days", "day", "word"]
"""How a value is read: `share` is between 0 and 1, `days` may have a fraction, `day` is a date, `word` a class."""

Cell = str | int | float | None
"""A value of a row; None where it is not told or there is none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `timed` figures are about a period, the others about this moment."""

    key: str
    about: About
    timed: bool
    title: Words
    definition: Words
    formula: Words
    unit: Words
    source: Words


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; `kind` says how its values are read."""

    key: str
    title: Words
    kind: Kind


@dataclass(frozen=True, slots=True)
class Fact:
    """One number that the figure is summed up by; None where it is not told."""

    key: str
    title: Words
    value: float | None
    kind: Kind
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A value at which a chart draws a line across, such as a limit."""

    at: float
    title: Words


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many units there are and how many of them stand behind the figure: the missing ones are a number too."""

    units: int
    present: int

    @property
    def missing(self) -> int:
        return self.units - self.present


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure's table as it may be shown. A row's texts may be `Words`, said in the reader's language at the end.

    `n` is how many cases the figure rests on, None when that is not told; `hidden` counts the cells that are not.
    """

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Cell | Words]]
    n: int | None
    facts: Sequence[Fact] = field(default_factory=tuple)
    lines: Sequence[Line] = field(default_factory=tuple)
    coverage: Coverage | None = None
    hidden: int = 0
    notes: Sequence[Words] = field(default_factory=tuple)
