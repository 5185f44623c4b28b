"""Words that several figures share."""

from backend.domain.figure.definition import Column, Words


def titled(chinese: str, english: str) -> Words:
    return {"zh-CN": chinese, "en": english}


def count_column(key: str, title: Words) -> Column:
    return Column(key, title, "count")


UNIT = titled("单位（含下级）", "unit, with all below it")
OWN = titled("本级", "itself")
TOTAL = titled("合计", "total")

LIGHTS = {
    "red": titled("红灯：已超期", "red: overdue"),
    "yellow": titled("黄灯：7天以内", "yellow: seven days or fewer"),
    "green": titled("绿灯：7天以上", "green: more than seven days"),
    "blue": titled("蓝灯：待核验", "blue: waits for verification"),
    "grey": titled("灰灯：没有期限或尚未交办", "grey: no limit, or not assigned yet"),
}

SOURCES = {
    "inspection_tour": titled("巡视巡察", "inspection tour"),
    "party_building_patrol": titled("党建巡查", "party building patrol"),
    "thematic_education": titled("主题教育检视", "thematic education"),
    "epidemic_control": titled("疫情防控发现", "epidemic control"),
    "supervision": titled("党建督查", "supervision"),
    "assessment": titled("党建考核", "assessment"),
    "self_review": titled("自评自查", "self review"),
    "democratic_life_meeting": titled("民主生活会", "democratic life meeting"),
    "organizational_life_meeting": titled("组织生活会", "organisational life meeting"),
    "feedback": titled("群众反映", "feedback"),
    "inspection": titled("检查发现", "inspection"),
    "audit": titled("审计", "audit"),
    "county_transfer": titled("县级转办", "sent down by the county"),
    "management_review": titled("管理评审", "management review"),
}
