"""The resolution as an official document in PDF, in the layout of GB/T 9704-2012."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backend.document.paper import (
    Block,
    ResolutionPaper,
    attachment_lines,
    blocks_of,
    chinese_date,
    clean,
    title_lines,
    with_hexagonal_brackets,
)
from backend.document.typesetting import typeset

DRAFT_MARK = "送审稿"


def resolution_pdf(paper: ResolutionPaper, font_folders: Sequence[Path] = ()) -> bytes:
    """The printed resolution as PDF/A-2b; see `typeset` for the fonts."""
    return typeset("resolution", _values(paper), paper.dated_on, font_folders)


def _values(paper: ResolutionPaper) -> dict[str, Any]:
    lines = attachment_lines(paper.attachments)
    many = len(paper.attachments) > 1
    return {
        "draft": paper.draft,
        "draft_mark": DRAFT_MARK,
        "issuing_body": clean(paper.issuing_body),
        "head": head_of(paper),
        "number": with_hexagonal_brackets(paper.number),
        "title": "".join(title_lines(paper.title)),
        "title_lines": title_lines(paper.title),
        "addressee": clean(paper.addressee).rstrip("：:"),
        "blocks": [_block(block) for block in body_blocks(paper)],
        "attachment_lines": lines,
        "date": chinese_date(paper.dated_on),
        "year": paper.dated_on.year,
        "month": paper.dated_on.month,
        "day": paper.dated_on.day,
        "attachments": [
            {
                "label": f"附件{place}" if many else "附件",
                "title_lines": title_lines(attachment.title),
                "blocks": [_block(block) for block in blocks_of(attachment.body)],
                "table": [[clean(cell) for cell in row] for row in attachment.table],
            }
            for place, attachment in enumerate(paper.attachments, 1)
            if attachment.printed
        ],
        "copies_to": copies_line(paper),
        "printed_by": clean(paper.printed_by) or clean(paper.issuing_body),
        "printed_on": printed_line(paper),
    }


def head_of(paper: ResolutionPaper) -> str:
    """发文机关标志 (7.2.4): the full name of the body followed by 文件."""
    return f"{clean(paper.issuing_body)}文件"


def body_blocks(paper: ResolutionPaper) -> tuple[Block, ...]:
    """The body, then how the vote went: readers of the paper alone learn it too."""
    return (
        *blocks_of(paper.body),
        *(Block("paragraph", "", line.lead + line.rest) for line in blocks_of(paper.vote_explanation)),
    )


def copies_line(paper: ResolutionPaper) -> str:
    """抄送 with commas between and a full stop at the end (7.4.2); empty when nobody gets a copy."""
    names = [name for name in (clean(copy).rstrip("。，") for copy in paper.copies_to) if name]
    return "，".join(names) + "。" if names else ""


def printed_line(paper: ResolutionPaper) -> str:
    """印发日期 (7.4.3)."""
    return f"{chinese_date(paper.printed_on or paper.dated_on)}印发"


def _block(block: Block) -> dict[str, str]:
    return {"level": block.level, "lead": block.lead, "rest": block.rest}
