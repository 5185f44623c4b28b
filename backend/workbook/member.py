"""The member roster 党员花名册 (handbook 1.0.2): its columns, and how the cells of one row must agree."""

from datetime import date

from backend.domain.identity import birth_date_of, sex_of
from backend.workbook import parsers
from backend.workbook.cells import PartialDate
from backend.workbook.ledger import Choice, Column, Flag, Known, Ledger, Row

SEXES = (Choice("male", "男", ("男性",)), Choice("female", "女", ("女性",)))

# A roster holds members only; the other states are reached by procedures, so that an import cannot skip them.
ROSTER_STATUSES = (
    Choice("full", "正式党员", ("正式", "中共正式党员", "正式党员(中共)")),
    Choice("probationary", "预备党员", ("预备", "中共预备党员", "预备党员(中共)")),
)
OTHER_STATUSES = (
    Choice("applicant", "入党申请人"),
    Choice("activist", "入党积极分子"),
    Choice("development_target", "发展对象"),
    Choice("transferring", "组织关系转接中"),
    Choice("transferred_out", "已转出"),
    Choice("suspended", "停止党籍"),
    Choice("removed", "除名"),
    Choice("withdrawn", "退党"),
    Choice("expelled", "开除党籍"),
    Choice("deceased", "已去世"),
)
EDUCATION = ("研究生", "大学本科", "大专", "中专", "高中", "初中", "小学", "文盲")

# The congress of 1977 brought the probation back that the one of 1969 had abolished; before it both dates may be equal.
_PROBATION_RESTORED = date(1977, 8, 18)


def judge_member(row: Row, known: Known) -> None:
    """Refuse what contradicts itself: `birth_date_mismatch`, `sex_mismatch` (with the citizen number),
    `joined_under_age` (Party constitution art. 1: 18 years), `confirmed_too_early` (art. 7: one year of probation).

    A date known to the month is given the benefit of its days. Birth date and sex that the sheet does not have, or only
    to the month, are those of the citizen number.
    """
    values = row.values
    number = values.get("id_number")
    born = birth_date_of(number) if number else None
    if number and born:
        written: PartialDate | None = values.get("birth_date")
        if written and not written.may_be(born):
            row.refuse("birth_date", "birth_date_mismatch", birth_date=born.isoformat())
        sex = sex_of(number)
        if values.get("sex") and values["sex"] != sex:
            row.refuse("sex", "sex_mismatch", sex="男" if sex == "male" else "女")
        values["birth_date"], values["sex"] = born, sex
    joined: PartialDate | None = values.get("joined_on")
    confirmed: PartialDate | None = values.get("confirmed_on")
    if joined and born and not row.refused("birth_date") and joined.last < _years_later(born, 18):
        row.refuse("joined_on", "joined_under_age", age=18)
    if joined and confirmed:
        earliest = joined.first
        if joined.first >= _PROBATION_RESTORED:
            earliest = _years_later(joined.first, 1)
        if confirmed.last < earliest:
            row.refuse("confirmed_on", "confirmed_too_early", earliest=earliest.isoformat())
    if "is_mobile" in values:
        values["is_mobile"] = bool(values["is_mobile"])


def _years_later(day: date, years: int) -> date:
    """The same day of a later year; of 29 February the 28th, so that nobody waits a day longer."""
    leap_day = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap_day else day.day)


MEMBER = Ledger(
    key="member",
    title="党员花名册",
    unique="id_number",
    row_rule=judge_member,
    flag=Flag("disputed", "本人异议", "有争议，本人已提出更正"),
    columns=(
        Column(
            "name",
            "姓名",
            parsers.person_name,
            ("党员姓名", "名字", "姓名(全称)"),
            required=True,
            example="张三",
            help="按身份证填写，字间不必加空格；少数民族姓名用“·”分隔。",
        ),
        Column(
            "sex",
            "性别",
            parsers.one_of(SEXES),
            choices=tuple(choice.title for choice in SEXES),
            show=parsers.title_of(SEXES),
            example="女",
            width=6,
            help="可不填，系统按公民身份号码核对。",
        ),
        Column(
            "ethnic_group",
            "民族",
            parsers.ethnic_group,
            ("族别",),
            example="汉族",
            width=10,
            help="填全称，如汉族、土家族。",
        ),
        Column(
            "id_number",
            "公民身份号码",
            parsers.id_number,
            ("身份证号", "身份证号码", "居民身份证号", "居民身份证号码", "公民身份证号码", "身份证", "证件号码"),
            required=True,
            reusable=False,
            example="99990119900101002X",
            width=22,
            help="18 位，单元格须为文本格式，否则末三位会丢失。",
        ),
        Column(
            "birth_date",
            "出生日期",
            parsers.past_day,
            ("出生年月", "出生年月日", "出生时间", "生日"),
            example="1990-01-01",
            help="可只填年月；须与公民身份号码一致。",
        ),
        Column(
            "education",
            "学历",
            parsers.text(50),
            ("文化程度", "最高学历", "受教育程度"),
            choices=EDUCATION,
            example="大专",
            width=10,
        ),
        Column("native_place", "籍贯", parsers.text(100), ("籍贯(出生地)",), example="云川县"),
        Column(
            "joined_on",
            "入党时间",
            parsers.past_day,
            ("入党日期", "入党年月", "加入党组织时间", "加入中共党组织日期", "加入党组织日期", "加入中国共产党时间"),
            required=True,
            example="2015年7月1日",
            help="支部大会通过接收为预备党员之日；可只填年月。",
        ),
        Column(
            "confirmed_on",
            "转正时间",
            parsers.past_day,
            ("转正日期", "转正年月", "转为正式党员时间", "转为正式党员日期"),
            example="2016年7月1日",
            help="预备党员不填。",
        ),
        Column(
            "organization_id",
            "所在党支部",
            parsers.branch,
            (
                "所在支部",
                "支部",
                "党支部",
                "所属党支部",
                "所属支部",
                "所在党组织",
                "所属党组织",
                "党支部名称",
                "所在党支部名称",
                "支部名称",
            ),
            required=True,
            merging=True,
            example="示例村党支部",
            width=28,
            help="须与组织花名册中的名称一致；重名时写成“上级组织/支部名称”。",
        ),
        Column(
            "status",
            "党员类别",
            parsers.one_of(ROSTER_STATUSES),
            ("人员类别", "党员类型", "党籍状态", "类别", "政治面貌"),
            required=True,
            choices=tuple(choice.title for choice in ROSTER_STATUSES),
            show=parsers.title_of(ROSTER_STATUSES + OTHER_STATUSES),
            example="正式党员",
            width=12,
        ),
        Column(
            "is_mobile",
            "是否流动党员",
            parsers.flag,
            ("流动党员", "是否为流动党员", "是否流动"),
            choices=("是", "否"),
            show=parsers.shown_flag,
            example="否",
            help="不填视为否。",
        ),
        Column(
            "phone",
            "联系电话",
            parsers.phone,
            ("手机号码", "手机号", "手机", "电话", "联系方式", "电话号码", "联系手机", "移动电话"),
            reusable=False,
            example="19900000000",
            width=16,
            help="手机 11 位，固定电话带区号；没有的填“无”。",
        ),
        Column("remark", "备注", parsers.text(500), ("说明",), width=20),
    ),
)
