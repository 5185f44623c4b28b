"""A ledger that the product does not have yet: shows what one description is enough for."""

from datetime import date

from backend.workbook import parsers
from backend.workbook.cells import Cell, Unacceptable, text_of
from backend.workbook.dates import read_date
from backend.workbook.ledger import Choice, Column, Known, Ledger, Row

SOURCES = tuple(
    Choice(value, title)
    for title, value in {
        "巡视巡察": "inspection_tour",
        "党建巡查": "party_building_patrol",
        "主题教育检视": "thematic_education",
        "疫情防控发现": "epidemic_control",
        "党建督查": "supervision",
        "党建考核": "assessment",
        "自评自查": "self_review",
        "民主生活会": "democratic_life_meeting",
        "组织生活会": "organizational_life_meeting",
    }.items()
)


def deadline(cell: Cell, known: Known) -> tuple[str, date | None]:
    words = text_of(cell)
    if words in {"立行立改", "长期坚持"}:
        return ("immediate" if words == "立行立改" else "standing"), None
    return "dated", read_date(words.rstrip("前底")).last


def closed(cell: Cell, known: Known) -> bool:
    try:
        return text_of(cell) == "已销号" or parsers.flag(cell, known)
    except Unacceptable:
        return False


def judge(row: Row, known: Known) -> None:
    if row.values["is_closed"] and not row.values["result"]:
        row.refuse("result", "closed_without_result")


RECTIFICATION = Ledger(
    key="rectification",
    title="整改台账",
    row_rule=judge,
    columns=(
        Column("source", "问题来源", parsers.one_of(SOURCES), required=True, merging=True),
        Column("problem", "具体问题", parsers.text(), required=True),
        Column("measures", "整改措施", parsers.text()),
        Column("organization_id", "责任单位", parsers.organization, required=True),
        Column("responsible", "责任人", parsers.person_name),
        Column("deadline", "整改时限", deadline, required=True),
        Column("result", "完成情况", parsers.text()),
        Column("is_closed", "是否销号", closed),
    ),
)
