"""What the roles are called, and what each is for: words for refusals and for whoever gives them."""

from backend.domain.scene import Title

ROLE_TITLES: dict[str, Title] = {
    "platform_admin": {"zh-CN": "平台管理员", "en": "platform administrator"},
    "county_admin": {"zh-CN": "县级管理员", "en": "county administrator"},
    "township_admin": {"zh-CN": "乡镇管理员", "en": "township administrator"},
    "secretary": {"zh-CN": "书记", "en": "secretary"},
    "clerk": {"zh-CN": "经办人", "en": "clerk"},
    "supervisor": {"zh-CN": "督查人员", "en": "supervisor"},
    "discipline_officer": {"zh-CN": "纪检人员", "en": "discipline officer"},
    "legal_reviewer": {"zh-CN": "法律审查人员", "en": "legal reviewer"},
    "inspector": {"zh-CN": "考核人员", "en": "inspector"},
    "member": {"zh-CN": "党员", "en": "member"},
    "system_admin": {"zh-CN": "系统管理员", "en": "system administrator"},
    "security_admin": {"zh-CN": "安全管理员", "en": "security administrator"},
    "audit_admin": {"zh-CN": "审计管理员", "en": "audit administrator"},
}
