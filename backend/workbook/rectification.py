"""The ledger of problems to put right 整改台账 (handbook 1.2.2), in the layout that offices of supervision use."""

from backend.db.rectification import RectificationSource
from backend.domain.ledger.rectification_row import Closing
from backend.domain.rectification.category import CATEGORY_TITLES, Category
from backend.domain.rectification.words import SOURCE_TITLES
from backend.workbook import parsers
from backend.workbook.ledger import Choice, Column, Known, Ledger, Row
from backend.workbook.rectification_cells import (
    closed,
    closing,
    deadline,
    lines,
    our_number,
    people,
    progress,
    shown_closing,
    shown_deadline,
    shown_progress,
)

_SOURCE_WORDS: dict[RectificationSource, tuple[str, ...]] = {
    RectificationSource.inspection_tour: ("巡视", "巡察", "巡视反馈", "巡察反馈", "巡视巡察反馈"),
    RectificationSource.party_building_patrol: ("党建巡察",),
    RectificationSource.thematic_education: ("主题教育", "主题教育检视问题", "检视问题"),
    RectificationSource.epidemic_control: ("疫情防控", "疫情防控发现问题"),
    RectificationSource.supervision: ("督查", "督导检查", "党建督导"),
    RectificationSource.assessment: ("考核", "考核反馈"),
    RectificationSource.self_review: ("自查", "自评", "自查自纠", "自查自评"),
    RectificationSource.democratic_life_meeting: ("民主生活会查摆",),
    RectificationSource.organizational_life_meeting: ("组织生活会查摆",),
    RectificationSource.feedback: ("群众反馈", "意见反馈", "群众意见"),
    RectificationSource.inspection: ("检查", "专项检查"),
    RectificationSource.audit: ("审计反馈", "审计发现"),
    RectificationSource.county_transfer: ("上级转办", "县转办", "县级交办", "上级交办"),
    RectificationSource.management_review: ("管理评审输出",),
}
SOURCES = tuple(
    Choice(source.value, titles["zh-CN"], _SOURCE_WORDS[source]) for source, titles in SOURCE_TITLES.items()
)

_CATEGORY_WORDS: dict[Category, tuple[str, ...]] = {
    Category.leadership: ("党的领导", "政治建设", "思想政治"),
    Category.organization_life: ("组织生活", "三会一课", "会议记录"),
    Category.member_management: ("党员管理", "党员教育"),
    Category.dues_finance: ("党费", "财务", "财务管理", "党费财务"),
    Category.village_affairs: ("村务公开", "居务公开", "党务公开", "公开公示"),
    Category.livelihood: ("民生", "民生服务", "惠民补贴"),
    Category.infrastructure: ("基础建设", "道路交通"),
    Category.venue: ("阵地建设", "场所建设", "党群服务中心"),
    Category.petitions: ("信访", "群众诉求", "信访诉求"),
    Category.conduct: ("作风", "作风建设", "廉政", "党风廉政"),
    Category.safety_environment: ("安全", "安全生产", "人居环境", "环境卫生"),
    Category.institution: ("制度", "制度建设", "贯标"),
    Category.other: ("其它", "其他类"),
}
CATEGORIES = tuple(
    Choice(category.value, titles["zh-CN"], _CATEGORY_WORDS[category]) for category, titles in CATEGORY_TITLES.items()
)


def judge(row: Row, known: Known) -> None:
    """Fold the office's words on progress into the result, and both ways of saying that a problem is closed into one.

    A problem that is called closed without a word on what was done is refused (`closed_without_result`): nobody could
    recognise it. What has a number is on record, so it need not say again whose it is and by when.
    """
    values = row.values
    if values.get("number"):
        asked = {row.columns[key] for key in ("responsible_unit", "deadline")}
        row.refusals[:] = [each for each in row.refusals if each.code != "required" or each.column not in asked]
    words, result = values.pop("progress", None), values.get("result")
    if words and not row.refused("result"):
        values["result"] = words if not result or words == result else f"{words}；{result}"
    marked = values.pop("is_closed", False)
    said: Closing | None = values.pop("closed_on", None)
    values["closing"] = said or (Closing() if marked else None)
    if values["closing"] and not values.get("result"):
        row.refuse("result", "closed_without_result")


RECTIFICATION = Ledger(
    key="rectification",
    title="整改台账",
    row_rule=judge,
    # Each row begins a procedure and may be assigned at once: some fifty times the work of a name on a roster.
    small_rows=150,
    notes=(
        "整改时限可写 立行立改、长期坚持，或 2026年12月底、2026年12月31日前 这样的日期；写到月的按当月最后一天计。",
        "标为已销号的问题导入后不会直接销号，须由督查考核办核验认定；完成情况必填。",
        "在册问题再次导入时按问题编号识别；没有编号的按责任单位、问题来源和问题内容识别。问题原文登记后不再修改，时限只能申请延期。",
    ),
    columns=(
        Column(
            "category",
            "问题类别",
            parsers.one_of(CATEGORIES),
            ("类别", "问题类型", "问题分类"),
            merging=True,
            choices=tuple(choice.title for choice in CATEGORIES),
            show=parsers.title_of(CATEGORIES),
            example="村（居）务公开",
            width=14,
            help="不填为“其他”。",
        ),
        Column(
            "problem",
            "具体问题",
            lines(2000),
            ("问题", "存在问题", "存在的问题", "问题内容", "问题描述", "问题清单", "反馈问题", "问题表现"),
            required=True,
            reusable=False,
            example="党务公开栏内容三个月未更新",
            width=36,
            help="写明时间、地点和事实；登记后原文不再修改。",
        ),
        Column(
            "source",
            "问题来源",
            parsers.one_of(SOURCES),
            ("来源", "问题出处", "来源渠道", "发现渠道"),
            required=True,
            merging=True,
            choices=tuple(choice.title for choice in SOURCES),
            show=parsers.title_of(SOURCES),
            example="党建督查",
            width=12,
        ),
        Column(
            "measures",
            "整改措施",
            lines(2000),
            ("措施", "整改举措", "整改要求"),
            example="指定专人每月 5 日前更新，支部书记签字",
            width=30,
        ),
        Column(
            "responsible_leader",
            "责任领导",
            people,
            ("分管领导", "牵头领导", "包抓领导", "责任县领导"),
            example="李四",
            width=10,
        ),
        Column(
            "responsible_unit",
            "责任单位",
            parsers.organization,
            ("整改单位", "责任部门", "牵头单位", "责任支部", "整改责任单位"),
            required=True,
            merging=False,
            example="示例村党支部",
            width=22,
            help="须与组织花名册中的名称一致；重名时写成“上级组织/组织名称”。",
        ),
        Column(
            "responsible_person",
            "责任人",
            people,
            ("整改责任人", "具体责任人", "经办人"),
            example="张三",
            width=10,
            help="几个人用顿号隔开。",
        ),
        Column(
            "deadline",
            "整改时限",
            deadline,
            ("完成时限", "整改期限", "时限", "整改完成时限"),
            required=True,
            show=shown_deadline,
            example="2026年12月底",
            width=16,
            help="立行立改、长期坚持或日期。",
        ),
        Column(
            "progress",
            "进展情况",
            progress,
            ("整改进展", "进展", "工作进展", "整改进展情况"),
            show=shown_progress,
            example="整改中",
            width=20,
            help="导入时并入完成情况；灯色和天数由系统计算。",
        ),
        Column(
            "result",
            "完成情况",
            lines(2000),
            ("整改情况", "整改结果", "整改完成情况", "落实情况", "整改成效"),
            example="公示栏已更新，照片存档",
            width=26,
        ),
        Column(
            "closed_on",
            "销号时间",
            closing,
            ("销号日期", "办结时间"),
            show=shown_closing,
            width=14,
            help="已销号的填日期；导入后须核验认定。",
        ),
        Column("remark", "备注", lines(500), ("说明",), width=16),
        Column("registered_on", "发现时间", parsers.past_day, ("登记时间", "登记日期", "发现日期"), written=False),
        Column("is_closed", "是否销号", closed, ("销号", "销号情况", "是否完成销号", "是否已销号"), written=False),
        Column(
            "number",
            "问题编号",
            our_number,
            ("整改编号", "台账编号"),
            width=14,
            help="由系统编写，新问题不填。",
        ),
    ),
)
