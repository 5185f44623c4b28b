"""What feedback is about: data with titles in both languages."""

from backend.domain.scene import Title

ATTITUDE = "attitude"
"""How people of an office treated somebody."""

CATEGORIES: dict[str, Title] = {
    "roads": {"zh-CN": "道路", "en": "Roads"},
    "drainage": {"zh-CN": "排水", "en": "Drainage"},
    "lamps": {"zh-CN": "路灯照明", "en": "Street lamps"},
    "refuse": {"zh-CN": "垃圾清运", "en": "Refuse"},
    "elder_care": {"zh-CN": "养老助餐", "en": "Elder care"},
    "fund_disclosure": {"zh-CN": "村务财务公开", "en": "Disclosure of funds"},
    "allowances": {"zh-CN": "补贴救助", "en": "Allowances"},
    "utilities": {"zh-CN": "水电气网", "en": "Water and power"},
    ATTITUDE: {"zh-CN": "服务态度", "en": "Attitude"},
    "land_house": {"zh-CN": "土地房屋", "en": "Land and houses"},
    "meeting_records": {"zh-CN": "会议记录", "en": "Meeting records"},
    "other": {"zh-CN": "其他", "en": "Other"},
}
