"""The roster of organisations 组织花名册 (handbook 1.0.1): its columns, and how its rows hang together as a tree."""

from collections.abc import Iterable, Iterator, Sequence

from backend.domain.organization_kind import ORGANIZATION_KINDS, kind_title, kind_titled, may_stand_under
from backend.workbook import parsers
from backend.workbook.cells import Cell, PartialDate, Unacceptable, compare_key, text_of
from backend.workbook.ledger import Column, Known, Ledger, Row

_TITLES = tuple(kind.titles[0] for kind in ORGANIZATION_KINDS.values())


def _kind(cell: Cell, known: Known) -> str:
    kind = kind_titled(compare_key(text_of(cell)))
    if kind is None:
        raise Unacceptable("unknown_value", value=text_of(cell)[:60], choices="、".join(_TITLES))
    return kind


def judge_organization(row: Row, known: Known) -> None:
    """Refuse a term that ends before it starts, or before the organisation was founded (`term_ends_too_early`)."""
    founded: PartialDate | None = row.values.get("founded_on")
    starts: PartialDate | None = row.values.get("term_starts_on")
    ends: PartialDate | None = row.values.get("term_ends_on")
    for begun in (starts, founded):
        if begun and ends and ends.last < begun.first:
            row.refuse("term_ends_on", "term_ends_too_early", earliest=begun.first.isoformat())


def judge_tree(rows: Sequence[Row], known: Known) -> None:
    """Find every row's parent, in the file or among the known, and refuse rows that would not make a tree.

    Sets `parent_id` (a known organisation, or None) and `parent_at` ((sheet, row) of a parent in the same file, or
    None). Codes: `duplicate_in_file` (the later of two with one name under one parent, or of one kind with one region
    or credit code), `unknown_organization`, `ambiguous_organization`, `wrong_parent_kind`, `parent_cycle`,
    `parent_refused`, `region_other_county`; `required` where only a county may go without a parent.
    """
    _refuse_repeated(rows)
    _refuse_other_county(rows, known)
    index = _by_name(rows)
    above: dict[int, Row] = {}
    for row in rows:
        parent = _find_parent(row, index, known)
        if parent is not None:
            above[id(row)] = parent
    _refuse_cycles(rows, above)
    for row in parents_first(rows):
        parent = above.get(id(row))
        if parent is not None and not parent.accepted and row.accepted:
            row.refuse("parent", "parent_refused", parent=parent.values.get("name") or "", row=parent.row)


def parents_first(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows in an order in which each comes after its parent in the same file; rows of a circle come last."""
    waiting: dict[tuple[str, int], list[Row]] = {}
    ready: list[Row] = []
    held: dict[tuple[str, int], Row] = {}
    for row in rows:
        at = row.values.get("parent_at")
        held[row.sheet, row.row] = row
        if at is None:
            ready.append(row)
        else:
            waiting.setdefault(at, []).append(row)
    given = 0
    while given < len(ready):
        row = ready[given]
        given += 1
        held.pop((row.sheet, row.row), None)
        ready += waiting.get((row.sheet, row.row), ())
        yield row
    yield from held.values()


def _by_name(rows: Sequence[Row]) -> dict[str, list[Row]]:
    index: dict[str, list[Row]] = {}
    for row in rows:
        name = row.values.get("name")
        # A row that repeats another is not meant by its name; what stands below belongs to the first.
        if name and not row.refused("name"):
            index.setdefault(compare_key(name), []).append(row)
            if row.values.get("parent"):
                index.setdefault(compare_key(f"{row.values['parent']}/{name}"), []).append(row)
    return index


def _find_parent(row: Row, index: dict[str, list[Row]], known: Known) -> Row | None:
    row.values["parent_id"] = row.values["parent_at"] = None
    kind, written = row.values.get("kind"), row.values.get("parent")
    if row.refused("parent"):
        return None
    if not written:
        if known.root:
            row.values["parent_id"] = known.root.id
            _check_kind(row, kind, known.root.kind)
        elif kind and not may_stand_under(kind, None):
            row.refuse("parent", "required")
        return None
    in_file = index.get(compare_key(written), [])
    if len(in_file) > 1:
        row.refuse("parent", "ambiguous_organization", value=written)
        return None
    if in_file:
        row.values["parent_at"] = (in_file[0].sheet, in_file[0].row)
        _check_kind(row, kind, in_file[0].values.get("kind"))
        return in_file[0]
    try:
        parent = known.organization(written)
    except Unacceptable as problem:
        row.refuse("parent", problem.code, **problem.params)
        return None
    row.values["parent_id"] = parent.id
    _check_kind(row, kind, parent.kind)
    return None


def _check_kind(row: Row, kind: str | None, parent_kind: str | None) -> None:
    if kind and parent_kind and not may_stand_under(kind, parent_kind):
        row.refuse("parent", "wrong_parent_kind", kind=kind_title(kind), parent_kind=kind_title(parent_kind))


def _refuse_cycles(rows: Sequence[Row], above: dict[int, Row]) -> None:
    sound: set[int] = set()
    for row in rows:
        path: list[Row] = []
        at: Row | None = row
        while at is not None and id(at) not in sound and all(at is not each for each in path):
            path.append(at)
            at = above.get(id(at))
        circle = at is not None and id(at) not in sound
        for each in path:
            sound.add(id(each))
        if circle and at is not None:
            for each in path[path.index(at) :]:
                each.refuse("parent", "parent_cycle", value=each.values.get("parent") or "")


def _refuse_repeated(rows: Sequence[Row]) -> None:
    seen: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        values = row.values
        under = compare_key(values.get("parent") or "")
        marks = [("name", under, compare_key(values.get("name") or ""))]
        marks += [(key, values.get("kind") or "", values.get(key) or "") for key in ("region_code", "credit_code")]
        for key, scope, mark in marks:
            if mark:
                first = seen.setdefault((key, scope, mark), row)
                if first is not row:
                    row.refuse(key, "duplicate_in_file", sheet=first.sheet, row=first.row)


def _refuse_other_county(rows: Sequence[Row], known: Known) -> None:
    """In a file that brings its own county, that county's code is the measure."""
    if known.county_region:
        return
    counties = {
        row.values.get("region_code") for row in rows if row.values.get("kind") in {"county", "county_committee"}
    }
    prefixes = {code[:6] for code in counties if code}
    if len(prefixes) == 1:
        prefix = prefixes.pop()
        for row in rows:
            code = row.values.get("region_code")
            if code and code[:6] != prefix:
                row.refuse("region_code", "region_other_county", value=code, county=prefix)


ORGANIZATION = Ledger(
    key="organization",
    title="组织花名册",
    row_rule=judge_organization,
    file_rule=judge_tree,
    columns=(
        Column(
            "name",
            "组织名称",
            parsers.organization_name,
            ("单位名称", "党组织名称", "名称", "组织全称", "机构名称", "党组织全称", "组织(单位)名称"),
            required=True,
            example="示例村党支部",
            width=30,
        ),
        Column(
            "kind",
            "组织类别",
            _kind,
            ("组织类型", "类别", "党组织类别", "单位类别", "机构类别", "组织性质", "类型"),
            required=True,
            choices=_TITLES,
            show=kind_title,
            example="党支部",
        ),
        Column(
            "parent",
            "上级组织",
            parsers.organization_name,
            ("上级党组织", "上级单位", "隶属组织", "隶属单位", "上级", "所属上级", "上级组织名称", "上级党组织名称"),
            required=False,
            merging=True,
            example="示例镇党委",
            width=30,
            help="只有县一级可不填；重名时写成“上级组织/组织名称”。",
        ),
        Column(
            "region_code",
            "区划代码",
            parsers.region_code,
            ("行政区划代码", "统计用区划代码", "区划编码"),
            example="990100001001",
            width=16,
            help="12 位统计用区划代码，没有的不填。",
        ),
        Column(
            "credit_code",
            "统一社会信用代码",
            parsers.credit_code,
            ("社会信用代码", "信用代码"),
            width=22,
            help="18 位，没有的不填。",
        ),
        Column("short_name", "简称", parsers.text(50, is_name=True), ("组织简称", "单位简称")),
        Column(
            "founded_on",
            "成立时间",
            parsers.past_day,
            ("成立日期", "建立时间", "批准成立时间", "设立时间", "组建时间"),
            example="1986年7月",
        ),
        Column(
            "term_starts_on",
            "任期开始时间",
            parsers.day,
            ("本届任期开始时间", "换届时间", "任期起始时间", "届始时间"),
        ),
        Column(
            "term_ends_on",
            "任期届满时间",
            parsers.day,
            ("届满时间", "任期届满日期", "换届到期时间", "任期结束时间", "本届任期届满时间"),
            example="2028-01-10",
        ),
    ),
)
