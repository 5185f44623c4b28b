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

# Accounts: one to look at, one without a role yet, one that leaves with a successor, and who stands in for the clerk.
ACCOUNT = str(demo_id("account", "yuqiao.organization"))
UNGRANTED_ACCOUNT = str(demo_id("account", "yuqiao.newcomer"))
SUSPENDED_ACCOUNT = str(demo_id("account", "yuqiao.retired"))
LEAVER = str(demo_id("account", "yuqiao.village.shangpo"))
SUCCESSOR = str(demo_id("account", "yuqiao.village.successor"))
VILLAGE_SECRETARY = str(demo_id("account", "village_secretary"))
DEPUTY = str(demo_id("account", "yuqiao.services"))
GRANT = str(demo_id("grant", "yuqiao.services"))
DELEGATION = str(demo_id("delegation", "yuqiao.organization"))
INVITATION = "DEM0A-BCDEF-GH234-56789"
SECOND_CODE = "DEM0B-GH234"

# A partner's program, and another that has lost its access.
CLIENT = str(demo_id("client", "county-platform"))
SUSPENDED_CLIENT = str(demo_id("client", "old-hotline"))
CLIENT_SECRET = str(demo_id("client_secret", "county-platform"))

# A snapshot that the clerk asked for and may take.
SNAPSHOT = str(demo_id("snapshot", "clerk/1"))

# Webhooks of the program: one that is told things, one that waits for its confirmation, one that is paused; a message.
WEBHOOK = str(demo_id("webhook", "county-platform"))
UNCONFIRMED_WEBHOOK = str(demo_id("webhook", "county-platform/new"))
PAUSED_WEBHOOK = str(demo_id("webhook", "county-platform/paused"))
DELIVERY = str(demo_id("webhook_delivery", "county-platform/1"))

# A code of the partner's program, and two of its records that wait: for a code, and refused.
MAPPING = str(demo_id("code_mapping", "0301"))
WAITING = str(demo_id("waiting_record", "2026-0131"))
REFUSED_WAITING = str(demo_id("waiting_record", "2026-0132"))

# A notice of the clerk's, and a day on which the clerk got some.
NOTICE = str(demo_id("notice", "clerk/1"))
NOTICE_DAY = "2026-06-01"

# A correction that a member asked for and nobody has settled.
MEMBER_CORRECTION = str(demo_id("member_correction", "曾广耀/native_place"))

# An event that the auditor recorded by exporting others.
AUDITED_EVENT = str(demo_id("event", "季度抽查"))

# With whom to sign in for an operation's example, by operation id, where it is not the clerk.
ROLES = {
    "feedback_confirm_opening": "village_secretary",
    "feedback_own_openings": "village_secretary",
    "organization_move": "township_admin",
    "organization_merge": "township_admin",
    "organization_dissolve": "township_admin",
    "member_correction_own_record": "member",
    "member_correction_ask_correction": "member",
    "rectification_act": "village_secretary",
    "rectification_extend": "village_secretary",
    "rectification_assign": "supervisor",
    "rectification_merge": "supervisor",
    "rectification_transfer": "supervisor",
    "rectification_relook": "supervisor",
    "rectification_supervise": "supervisor",
    "feedback_call_back": "supervisor",
    "feedback_list_sealed": "discipline_officer",
    "feedback_read_sealed": "discipline_officer",
    "feedback_hand_over": "discipline_officer",
    "feedback_sealed_events": "discipline_officer",
    "account_end_sessions": "security_admin",
    "account_reset_second_step": "security_admin",
    "account_release": "security_admin",
    "audit_list_events": "audit_admin",
    "audit_get_event": "audit_admin",
    "audit_prove": "audit_admin",
    "audit_kinds": "audit_admin",
    "audit_export": "audit_admin",
    "audit_list_seals": "audit_admin",
    "audit_latest_seal": "audit_admin",
    "audit_state": "audit_admin",
    **dict.fromkeys(
        (
            *("account_list", "account_create", "account_get", "account_events", "account_invite_again"),
            *("account_suspend", "account_resume", "account_move", "account_close"),
            *("handover_read", "handover_hand_over"),
            *("client_list", "client_scopes", "client_get", "client_events", "client_register", "client_change"),
            *("client_make_secret", "client_end_one_secret", "client_suspend", "client_resume"),
            *("webhook_list", "webhook_types", "webhook_register", "webhook_get", "webhook_events", "webhook_change"),
            *("webhook_pause", "webhook_resume", "webhook_close", "webhook_make_secret", "webhook_deliveries"),
            *("webhook_redeliver", "webhook_redeliver_some"),
        ),
        "system_admin",
    ),
    # A program of a partner, which signs in with its client id.
    **dict.fromkeys(
        (
            f"{tag}_{name}"
            for tag in ("rectification", "feedback")
            for name in ("put_by_source", "get_by_source", "bring")
        ),
        "county-platform",
    ),
    **dict.fromkeys(
        (
            *("grant_roles", "grant_get", "grant_give", "grant_end", "client_set_scopes", "client_confirm_one_secret"),
            "webhook_confirm",
        ),
        "security_admin",
    ),
}
ROLE = "clerk"
