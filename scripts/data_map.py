"""Write docs/data-map.md from the tables and the registry of personal data; `--check` only says whether it is current.

python -m scripts.data_map [--check]
"""

import sys
from pathlib import Path

from sqlmodel import SQLModel

from backend import app as _every_table  # noqa: F401 - importing it fills the metadata
from backend.domain.personal_data import HOLDINGS, columns_of, told
from backend.domain.retention import DEEDS, RULES

FILE = Path(__file__).resolve().parent.parent / "docs" / "data-map.md"

_HEADS = {
    "zh-CN": ("种类", "谁的", "为什么", "依据", "来源", "谁可以看", "保存多久", "数据表列"),
    "en": ("What", "Whose", "Why", "Ground", "From", "Who reads it", "Kept", "Columns"),
}
_TITLES = {"zh-CN": "个人信息清单", "en": "The map of personal data"}
_TIMES = {"zh-CN": "保存期限", "en": "How long"}
_TIME_HEADS = {
    "zh-CN": ("数据", "保存多久", "从何时起", "到期后", "依据"),
    "en": ("Data", "Kept for", "From", "Then", "Ground"),
}
_BACKUPS = {
    "zh-CN": "到期删除的数据仍在此前的备份中，直到备份按其保存期限被删除；恢复旧备份后，下一次任务会再次删除到期数据。",
    "en": "What has been erased is still in backups made before, until those are removed at the end of their own time; "
    "after an old backup is restored, the next round of the worker erases again what is due.",
}


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(heads: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    return [_row(heads), _row(tuple("---" for _ in heads)), *map(_row, rows)]


def document() -> str:
    columns = {f"{t.name}.{c.name}": c for t in SQLModel.metadata.tables.values() for c in t.columns}
    lines = [
        "# 个人信息清单 · The map of personal data",
        "",
        "Generated from the tables by `python -m scripts.data_map`; a house test fails when it is not current.",
    ]
    for language, heads in _HEADS.items():
        lines += ["", f"## {_TITLES[language]}", ""]
        rows = []
        for holding in HOLDINGS:
            said = told(holding, language)
            kept = " · ".join(str(said[part]) for part in ("period", "since", "then") if said[part])
            readers = str(said["readers"]) + (f" ({', '.join(holding.roles)})" if holding.roles else "")
            mark = "（敏感）" if language == "zh-CN" else " (sensitive)"
            rows.append(
                [
                    str(said["what"]) + (mark if holding.sensitive else ""),
                    *(str(said[part]) for part in ("whose", "why", "basis", "source")),
                    readers,
                    kept,
                    ", ".join(f"`{name}`" for name in sorted(columns_of(holding, columns))),
                ]
            )
        lines += _table(heads, rows)
        lines += ["", f"## {_TIMES[language]}", ""]
        lines += _table(
            _TIME_HEADS[language],
            [
                [
                    rule.what[language],
                    rule.period.said(language) if rule.period else DEEDS[rule.deed][language],
                    rule.since[language] if rule.period else "",
                    DEEDS[rule.deed][language] if rule.period else "",
                    rule.basis[language],
                ]
                for rule in RULES
            ],
        )
        lines += ["", _BACKUPS[language]]
    return "\n".join(lines) + "\n"


def main() -> None:
    text = document()
    if "--check" not in sys.argv:
        FILE.write_text(text, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
        sys.exit(f"{FILE.name} is not what the tables say: run `python -m scripts.data_map`")


if __name__ == "__main__":
    main()
