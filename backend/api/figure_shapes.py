"""What figures look like to those who ask: the definition, the table and the numbers that sum it up."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, Field

from backend.api.account import OrganizationRef
from backend.api.shapes import Answer
from backend.domain.figure.definition import About, Cell, Column, Drawn, Fact, Figure, Kind, Words
from backend.domain.figure.draw import Picture


class FigureDefinition(Answer):
    """What a figure counts and how. A `timed` one is about a period, the others are about this moment."""

    key: str
    about: About
    timed: bool
    title: str
    definition: str
    formula: str
    unit: str
    source: str


class FigureList(Answer):
    items: list[FigureDefinition]


class FigurePeriod(Answer):
    """From `first` to `last`, both included."""

    first: date
    last: date


class FigureColumn(Answer):
    """A column; `kind` says how its values are read: a `share` is between 0 and 1, a `day` is a date."""

    key: str
    title: str
    kind: Kind


class FigureFact(Answer):
    """One number that sums the figure up; null when it is of fewer than ten. A rate has its 95 % interval."""

    key: str
    title: str
    value: float | None
    kind: Kind
    low: float | None
    high: float | None


class FigureLine(Answer):
    """A value at which a chart draws a line, such as a limit."""

    at: float
    title: str


class FigureCoverage(Answer):
    """How many units there are, and of how many nothing stands behind the figure."""

    units: int
    missing: int


class FigureOut(FigureDefinition):
    """A figure with its table. In a column of counts null means one to nine, or a sum that would give such a one away.

    `n` is how many cases it rests on, null when that is not told; `suppressed` when anything is not told.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "key": "satisfaction",
                "about": "feedback",
                "timed": True,
                "title": "反映人怎么评价",
                "definition": "期间内作出的评价，按五档分布。",
                "formula": "各档人数÷评价人数",
                "unit": "人次",
                "source": "群众反映卡片的评价",
                "organization": {"id": "01a2048c-ac42-7cb1-a666-e47c24805b2d", "name": "榆桥镇党委"},
                "period": {"first": "2026-01-01", "last": "2026-06-30"},
                "drawn_at": "2026-06-30T02:00:00Z",
                "n": 52,
                "facts": [
                    {"key": "rated", "title": "评价人次", "value": 52, "kind": "count", "low": None, "high": None}
                ],
                "columns": [
                    {"key": "grade", "title": "评价", "kind": "label"},
                    {"key": "count", "title": "人次", "kind": "count"},
                ],
                "rows": [
                    {"key": "5", "grade": "很满意", "count": 30},
                    {"key": "4-1", "grade": "满意 – 很不满意", "count": 22},
                    {"key": "unrated", "grade": "未评价", "count": None},
                ],
                "lines": [],
                "coverage": None,
                "suppressed": True,
                "notes": [],
            }
        },
    )

    organization: OrganizationRef
    period: FigurePeriod | None
    drawn_at: datetime
    n: int | None
    facts: list[FigureFact]
    columns: list[FigureColumn]
    rows: list[dict[str, str | int | float | None]] = Field(
        description="Values by column key; `key` tells the rows apart."
    )
    lines: list[FigureLine]
    coverage: FigureCoverage | None
    suppressed: bool
    notes: list[str]


def definition_out(figure: Figure, language: str) -> FigureDefinition:
    return FigureDefinition(**_definition(figure, language))


def _definition(figure: Figure, language: str) -> dict[str, Any]:
    texts = ("title", "definition", "formula", "unit", "source")
    said_texts = {name: getattr(figure, name)[language] for name in texts}
    return {"key": figure.key, "about": figure.about, "timed": figure.timed, **said_texts}


def figure_out(picture: Picture, drawn_at: datetime, language: str) -> FigureOut:
    drawn, period = picture.drawn, picture.period
    return FigureOut(
        **_definition(picture.figure, language),
        organization=OrganizationRef(id=picture.organization.id, name=picture.organization.name),
        period=FigurePeriod(first=period.first, last=period.last) if period else None,
        drawn_at=drawn_at,
        n=drawn.n,
        facts=[_fact(fact, language) for fact in drawn.facts],
        columns=[_column(column, language) for column in drawn.columns],
        rows=[{key: _said(value, language) for key, value in row.items()} for row in drawn.rows],
        lines=[FigureLine(at=line.at, title=line.title[language]) for line in drawn.lines],
        coverage=_coverage(drawn),
        suppressed=drawn.hidden > 0 or drawn.n is None,
        notes=[note[language] for note in drawn.notes],
    )


def _said(value: Cell | Words, language: str) -> Cell:
    return value[language] if isinstance(value, Mapping) else value


def _column(column: Column, language: str) -> FigureColumn:
    return FigureColumn(key=column.key, title=column.title[language], kind=column.kind)


def _fact(fact: Fact, language: str) -> FigureFact:
    return FigureFact(
        key=fact.key, title=fact.title[language], value=fact.value, kind=fact.kind, low=fact.low, high=fact.high
    )


def _coverage(drawn: Drawn) -> FigureCoverage | None:
    if drawn.coverage is None:
        return None
    return FigureCoverage(units=drawn.coverage.units, missing=drawn.coverage.missing)
