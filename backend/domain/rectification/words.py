"""What sources, severities and statuses are called on paper and in ledgers."""

from backend.db.rectification import RectificationSource, RectificationStatus, Severity
from backend.domain.scene import Title

SOURCE_TITLES: dict[RectificationSource, Title] = {
    RectificationSource.inspection_tour: {"zh-CN": "巡视巡察", "en": "tour of inspection"},
    RectificationSource.party_building_patrol: {"zh-CN": "党建巡查", "en": "party-building patrol"},
    RectificationSource.thematic_education: {"zh-CN": "主题教育检视", "en": "thematic education"},
    RectificationSource.epidemic_control: {"zh-CN": "疫情防控发现", "en": "epidemic control"},
    RectificationSource.supervision: {"zh-CN": "党建督查", "en": "supervision"},
    RectificationSource.assessment: {"zh-CN": "党建考核", "en": "assessment"},
    RectificationSource.self_review: {"zh-CN": "自评自查", "en": "self-review"},
    RectificationSource.democratic_life_meeting: {"zh-CN": "民主生活会", "en": "democratic life meeting"},
    RectificationSource.organizational_life_meeting: {"zh-CN": "组织生活会", "en": "organisational life meeting"},
    RectificationSource.feedback: {"zh-CN": "群众反映", "en": "feedback"},
    RectificationSource.inspection: {"zh-CN": "检查发现", "en": "inspection"},
    RectificationSource.audit: {"zh-CN": "审计", "en": "audit"},
    RectificationSource.county_transfer: {"zh-CN": "县级转办", "en": "transfer by the county"},
    RectificationSource.management_review: {"zh-CN": "管理评审", "en": "management review"},
}
SEVERITY_TITLES: dict[Severity, Title] = {
    Severity.general: {"zh-CN": "一般", "en": "general"},
    Severity.important: {"zh-CN": "较重", "en": "important"},
    Severity.major: {"zh-CN": "重大", "en": "major"},
}
STATUS_TITLES: dict[RectificationStatus, Title] = {
    RectificationStatus.registered: {"zh-CN": "待交办", "en": "to be assigned"},
    RectificationStatus.assigned: {"zh-CN": "待签收", "en": "to be signed for"},
    RectificationStatus.signed_for: {"zh-CN": "制定方案", "en": "being planned"},
    RectificationStatus.planned: {"zh-CN": "方案待审定", "en": "plan to be approved"},
    RectificationStatus.rectifying: {"zh-CN": "整改中", "en": "being put right"},
    RectificationStatus.close_requested: {"zh-CN": "待核查验收", "en": "to be verified"},
    RectificationStatus.verified: {"zh-CN": "已核查、待销号", "en": "verified, to be closed"},
    RectificationStatus.closed: {"zh-CN": "已销号", "en": "closed"},
    RectificationStatus.merged: {"zh-CN": "已并入其他事项", "en": "merged"},
    RectificationStatus.withdrawn: {"zh-CN": "已撤回", "en": "withdrawn"},
}
