"""The kinds of node that a county's tree has, what they are called, and under which kinds each may stand.

Handbook 1.0.1: the party line (committees, branches) and the administrative line (county, township, village) share
one tree; enterprises and offices hang under the committee or government that leads them.
"""

from typing import NamedTuple


class OrganizationKind(NamedTuple):
    """`titles` are the Chinese words that clerks write, the usual one first; `parents` the kinds that may stand
    directly above, and `is_root` whether it may stand at the top of a county."""

    key: str
    titles: tuple[str, ...]
    english: str
    parents: frozenset[str]
    is_root: bool = False


def _kinds(words: str) -> frozenset[str]:
    return frozenset(words.split())


_COUNTY = "county_committee county"
_TOWNSHIP = "township_committee township"
_VILLAGE = "village community"
_PARTY = "county_committee township_committee primary_committee enterprise_committee general_branch"
_LOCAL = f"{_COUNTY} {_TOWNSHIP} management_district"

ORGANIZATION_KINDS: dict[str, OrganizationKind] = {
    kind.key: kind
    for kind in (
        OrganizationKind(
            "county_committee",
            ("县委", "区委", "市委", "旗委", "县委员会"),
            "county party committee",
            _kinds("county"),
            is_root=True,
        ),
        OrganizationKind(
            "county",
            ("县", "县政府", "县人民政府", "区政府", "市政府"),
            "county government",
            _kinds("county_committee"),
            is_root=True,
        ),
        OrganizationKind(
            "township_committee",
            ("镇党委", "乡党委", "街道党工委", "乡镇党委", "镇党工委", "党工委", "街道党委"),
            "township party committee",
            _kinds(f"{_COUNTY} township"),
        ),
        OrganizationKind(
            "township",
            ("镇", "乡", "街道", "镇政府", "乡政府", "乡镇", "街道办事处", "镇人民政府", "乡人民政府"),
            "township government",
            _kinds(f"{_COUNTY} township_committee"),
        ),
        OrganizationKind(
            "office",
            ("内设机构", "科室", "部门", "站所", "办公室", "直属单位"),
            "office",
            _kinds(f"{_COUNTY} {_TOWNSHIP} office management_district"),
        ),
        OrganizationKind(
            "management_district",
            ("管理区", "办事处", "片区", "工作区"),
            "management district",
            _kinds(_TOWNSHIP),
        ),
        OrganizationKind(
            "village",
            ("村", "行政村", "村委会", "村民委员会"),
            "village",
            _kinds(f"{_TOWNSHIP} management_district"),
        ),
        OrganizationKind(
            "community",
            ("社区", "居委会", "居", "居民委员会", "社区居委会"),
            "community",
            _kinds(f"{_TOWNSHIP} management_district"),
        ),
        OrganizationKind(
            "primary_committee",
            ("机关党委", "基层党委", "村党委", "社区党委", "学校党委", "党委"),
            "primary party committee",
            _kinds(f"{_LOCAL} {_VILLAGE} office school social_organization"),
        ),
        OrganizationKind(
            "enterprise_committee",
            ("企业党委", "公司党委", "非公企业党委"),
            "enterprise party committee",
            _kinds(f"{_LOCAL} enterprise primary_committee"),
        ),
        OrganizationKind(
            "general_branch",
            ("党总支", "党总支部", "总支"),
            "general party branch",
            _kinds(f"{_PARTY} {_TOWNSHIP} management_district {_VILLAGE} office enterprise school social_organization")
            - {"general_branch"},
        ),
        OrganizationKind(
            "party_branch",
            ("党支部", "支部", "党支部委员会"),
            "party branch",
            _kinds(
                f"{_PARTY} county {_TOWNSHIP} management_district {_VILLAGE} office enterprise school"
                " social_organization collective_economic_organization"
            ),
        ),
        OrganizationKind(
            "joint_branch",
            ("联合党支部", "联合支部"),
            "joint party branch",
            _kinds(f"{_PARTY} {_TOWNSHIP} management_district {_VILLAGE} office enterprise school social_organization"),
        ),
        OrganizationKind(
            "provisional_branch",
            ("临时党支部", "临时支部", "功能型党支部"),
            "provisional party branch",
            _kinds(f"{_PARTY} {_TOWNSHIP} management_district {_VILLAGE} office enterprise school social_organization"),
        ),
        OrganizationKind(
            "party_group",
            ("党小组",),
            "party group",
            _kinds("party_branch joint_branch provisional_branch"),
        ),
        OrganizationKind(
            "enterprise",
            ("企业", "公司", "非公企业", "国有企业"),
            "enterprise",
            _kinds(f"{_LOCAL} {_VILLAGE} enterprise"),
        ),
        OrganizationKind(
            "supervision_committee",
            ("村务监督委员会", "监督委员会", "居务监督委员会", "村监委会", "监委会"),
            "village supervision committee",
            _kinds(_VILLAGE),
        ),
        OrganizationKind(
            "social_organization",
            ("社会组织", "社团", "协会", "民办非企业"),
            "social organization",
            _kinds(f"{_LOCAL} {_VILLAGE}"),
        ),
        OrganizationKind("school", ("学校", "中学", "小学", "幼儿园"), "school", _kinds(f"{_LOCAL} {_VILLAGE}")),
        OrganizationKind(
            "collective_economic_organization",
            ("农村集体经济组织", "集体经济组织", "村集体经济组织", "股份经济合作社", "经济合作社", "合作社"),
            "rural collective economic organization",
            _kinds(f"{_TOWNSHIP} management_district {_VILLAGE}"),
        ),
    )
}

# The kinds to which a member may belong (handbook 1.0.2: exactly one branch at a time).
BRANCH_KINDS = frozenset({"party_branch", "joint_branch", "provisional_branch"})

_BY_TITLE = {title: kind for kind in ORGANIZATION_KINDS.values() for title in kind.titles}


def kind_titled(title: str) -> str | None:
    """The kind that a Chinese title (without spaces) names, None when it names none."""
    kind = _BY_TITLE.get(title)
    return kind.key if kind else None


def kind_title(kind: str, name: str = "") -> str:
    """The Chinese title of a kind, where it has several the one that the organisation's own name ends with
    (和井乡党委 is 乡党委, not 镇党委)."""
    titles = ORGANIZATION_KINDS[kind].titles
    fitting = [title for title in titles if name.endswith(title)]
    return max(fitting, key=len, default=titles[0])


def may_stand_under(kind: str, parent: str | None) -> bool:
    """Whether a node of `kind` may have a parent of kind `parent`; None asks for the top of a county."""
    entry = ORGANIZATION_KINDS[kind]
    return entry.is_root if parent is None else parent in entry.parents
