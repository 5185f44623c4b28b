"""What problems are about: the kinds by which offices sort their rectification ledgers."""

from enum import StrEnum

from backend.domain.scene import Title


class Category(StrEnum):
    leadership = "leadership"
    organization_life = "organization_life"
    member_management = "member_management"
    dues_finance = "dues_finance"
    village_affairs = "village_affairs"
    livelihood = "livelihood"
    infrastructure = "infrastructure"
    venue = "venue"
    petitions = "petitions"
    conduct = "conduct"
    safety_environment = "safety_environment"
    institution = "institution"
    other = "other"


CATEGORY_TITLES: dict[Category, Title] = {
    Category.leadership: {"zh-CN": "党的领导和政治建设", "en": "party leadership"},
    Category.organization_life: {"zh-CN": "组织生活和会议记录", "en": "organisation life and minutes"},
    Category.member_management: {"zh-CN": "党员教育管理", "en": "member education and management"},
    Category.dues_finance: {"zh-CN": "党费和财务", "en": "dues and finance"},
    Category.village_affairs: {"zh-CN": "村（居）务公开", "en": "village affairs made public"},
    Category.livelihood: {"zh-CN": "民生服务和补贴", "en": "services and allowances"},
    Category.infrastructure: {"zh-CN": "基础设施", "en": "roads, drains and lamps"},
    Category.venue: {"zh-CN": "活动场所", "en": "venues"},
    Category.petitions: {"zh-CN": "信访和群众诉求", "en": "petitions and requests"},
    Category.conduct: {"zh-CN": "作风和廉政", "en": "conduct and integrity"},
    Category.safety_environment: {"zh-CN": "安全和人居环境", "en": "safety and environment"},
    Category.institution: {"zh-CN": "制度和贯标", "en": "rules and standards"},
    Category.other: {"zh-CN": "其他", "en": "other"},
}


def category_titled(title: str) -> Category | None:
    """The category that a ledger's words name, None when they name none."""
    return next((category for category, titles in CATEGORY_TITLES.items() if titles["zh-CN"] == title), None)
