"""The opinions as a workbook: one line each, with what became of it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import xlsxwriter

SHANGHAI = ZoneInfo("Asia/Shanghai")
_OUTCOMES = {"adopted": "采纳", "partly_adopted": "部分采纳", "not_adopted": "未采纳", "merged": "合并处理"}
_SENDERS = {"resident": "群众", "member": "党员", "organization": "单位", "expert": "专家", "deputy": "代表"}
_COLUMNS = (
    ("序号", 6),
    ("收到时间", 18),
    ("渠道", 14),
    ("来源", 8),
    ("意见人", 14),
    ("意见内容", 60),
    ("处理结果", 10),
    ("理由", 40),
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion received and its outcome; `from_name` is empty for one who gave no name."""

    id: str
    received_at: datetime
    channel: str
    from_kind: str
    content: str
    from_name: str = ""
    outcome: str | None = None
    reason: str = ""


def opinions_xlsx(opinions: Sequence[Opinion], title: str, made_at: datetime) -> bytes:
    """The table, landscape A4 with a repeated header. All cells are text, so that no opinion runs as a formula."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"title": title[:255], "created": made_at.astimezone(SHANGHAI).replace(tzinfo=None)})
    sheet = workbook.add_worksheet("意见办理情况")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.freeze_panes(2, 0)
    heading = workbook.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
    cell = workbook.add_format({"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
    top = workbook.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, "", top)
    sheet.write_string(0, 0, f"{title}意见办理情况表"[:32_000], top)
    for column, (name, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, name, heading)
    for row, opinion in enumerate(opinions, 2):
        for column, text in enumerate(_cells(row - 1, opinion)):
            sheet.write_string(row, column, text[:32_000], cell)
    workbook.close()
    return buffer.getvalue()


def _cells(place: int, opinion: Opinion) -> tuple[str, ...]:
    return (
        str(place),
        opinion.received_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        opinion.channel,
        _SENDERS.get(opinion.from_kind, opinion.from_kind),
        opinion.from_name or "未署名",
        opinion.content,
        _OUTCOMES.get(opinion.outcome or "", opinion.outcome or "未办理"),
        opinion.reason,
    )
