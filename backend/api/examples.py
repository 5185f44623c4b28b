"""The ids and values that the examples of the contract share, taken from the demonstration county.

Every example works against that county as it is loaded; a test runs them all.
"""

from backend.domain.demo_id import demo_id


def organization_example(name: str) -> str:
    return str(demo_id("organization", name))


def member_example(name: str) -> str:
    return str(demo_id("member", name))


COUNTY = organization_example("澄湖县委")
TOWNSHIP = organization_example("榆桥镇党委")
EAST_DISTRICT = organization_example("东片管理区")
WEST_DISTRICT = organization_example("西片管理区")
VILLAGE = organization_example("柳塘村")
BRANCH = organization_example("柳塘村党支部")
OTHER_BRANCH = organization_example("槐荫村党支部")
# Each of these is the subject of one example that changes it for good.
MOVED_VILLAGE = organization_example("单家营村")
MERGED_BRANCH = organization_example("第十新村党支部")
MERGE_TARGET = organization_example("第一新村党支部")
DISSOLVED_OFFICE = organization_example("榆桥镇临时专班")

MEMBER = member_example("曾广耀")
TRANSFERRED_MEMBER = member_example("单玉兰")

ID_NUMBER = "999901199001010010"
NEW_ID_NUMBER = "999901198801153066"
PHONE = "19900002644"

CHECKED_IMPORT = str(demo_id("import", "东沟村转入党员.csv"))
COMMITTED_IMPORT = str(demo_id("import", "西沟村党员电话更正.csv"))
ATTACHMENT = str(demo_id("attachment", "镇区主干道路面改造方案/调研报告.pdf"))

# With whom to sign in for an operation's example, by operation id, where it is not the clerk.
ROLES = {
    "organization_move": "township_admin",
    "organization_merge": "township_admin",
    "organization_dissolve": "township_admin",
}
ROLE = "clerk"
