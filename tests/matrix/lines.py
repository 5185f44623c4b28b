"""One line for every operation of the contract: what it is asked about, and what it is sent.

A new operation needs a line here; `tests/house/test_matrix.py` says so. Most need one word, the kind of the record in
their path; `world.py` knows how one is made at a place, `backend/domain/sight.py` who is told what about it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.api.decisions import PDF
from tests.api.rectifications import ahead, today
from tests.matrix.world import WEBHOOK, Subject, World, new_box, new_card, new_decision, new_rectification, roster
from tests.people import citizen_number

Sent = Callable[[World, str, Subject], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is one of sight.py, `subject` a maker of world.py where it is another name.

    `sent` gives httpx's arguments, and `path`: further path parameters. `best` is what at least one caller who is let
    in must be answered; the state of a record may rightly forbid success, and then this says which refusal it is.
    `per_caller`: a record for every caller.
    """

    kind: str
    sent: Sent | None = None
    subject: str | None = None
    best: int = 200
    per_caller: bool = False

    @property
    def maker(self) -> str:
        return self.subject or self.kind


def at(name: str = "organization_id", **more: Any) -> Sent:
    """The place itself as a parameter of the query."""
    return lambda _world, _place, subject: {"params": {name: str(subject.place.id), **more}}


def body(**values: Any) -> Sent:
    return lambda _world, _place, _subject: {"json": values}


def bodied(make: Callable[[World, str, Subject], dict[str, Any]]) -> Sent:
    return lambda world, place, subject: {"json": make(world, place, subject)}


def new_member(world: World, place: str, _: Subject) -> dict[str, Any]:
    branch = str(world.inside[place]["branch"].id)
    return {"name": "查文敏", "organization_id": branch, "id_number": citizen_number(), "joined_on": "2015-07-01"} | {
        "status": "full",
        "confirmed_on": "2016-07-01",
    }


def new_account(_world: World, _place: str, subject: Subject) -> dict[str, Any]:
    letters = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    return {"username": letters[:20], "name": f"林{letters[:6]}", "organization_id": str(subject.id)}


def new_grant(_world: World, _place: str, subject: Subject) -> dict[str, Any]:
    return {
        "account_id": str(subject.id),
        "role": "clerk",
        "organization_id": str(subject.place.id),
        "reason": "接替前任",
    }


def new_entry(world: World, place: str, _: Subject) -> dict[str, Any]:
    return {"entries": [{**new_card(world, place), "channel": "opinion_card"}]}


def acted(step: str, outcome: str = "done", **more: Any) -> Sent:
    """An act that is only tried: who may do which step is the procedure's own table, and tested with it."""
    return lambda _world, _place, _subject: {
        "params": {"dry_run": "true"},
        "json": {"step": step, "outcome": outcome, **more},
    }


Making = Callable[[World, str], dict[str, Any]]


def new_call(world: World, place: str) -> dict[str, Any]:
    """A card as a hotline's program brings it."""
    times = {"started_at": "2026-11-19T02:00:00Z", "ended_at": "2026-11-19T02:03:00Z"}
    card = {**new_card(world, place), "channel": "hotline", "call": times}
    return {name: value for name, value in card.items() if name != "submission_id"}


def by_source(make: Making | None = None) -> Sent:
    path = {"system": "grid", "id": "2026-0117"}
    return lambda world, _place, _subject: {"path": path, **({"json": make(world, "below")} if make else {})}


def batch_of(make: Making) -> Sent:
    return bodied(
        lambda world, _place, _subject: {
            "source_system": "grid",
            "items": [{"source_id": "2026-0117", "record": make(world, "below")}],
        }
    )


CALL = {"started_at": "2026-11-19T02:00:00Z", "ended_at": "2026-11-19T02:03:00Z", "reached": True, "note": "已亮"}
ANSWER = {"outcome": "partly_adopted", "reason": "困难户减免已写入方案。"}

LINES: dict[str, Line] = {
    # Accounts and oneself
    "account_token": Line(
        "nothing", lambda *_: {"data": {"grant_type": "refresh_token", "refresh_token": "x"}}, best=400
    ),
    "account_revoke": Line("nothing", lambda *_: {"data": {"token": "x"}}),
    "account_me": Line("nothing"),
    # The log
    "audit_kinds": Line("nothing"),
    "audit_list_events": Line("event", at(), subject="organization"),
    "audit_get_event": Line("event"),
    "audit_prove": Line("event", subject="sealed_event"),
    "audit_export": Line(
        "event",
        bodied(lambda _w, _p, s: {"format": "csv", "reason": "年度审计", "organization_id": str(s.id)}),
        subject="organization",
    ),
    "audit_list_seals": Line("nothing"),
    "audit_latest_seal": Line("nothing", subject="seal"),
    "audit_state": Line("nothing"),
    # Keeping accounts, giving roles, and standing in
    "account_list": Line("account", at(), subject="organization"),
    "account_create": Line("organization", bodied(new_account), best=201),
    "account_get": Line("account"),
    "account_events": Line("account"),
    "account_invite_again": Line("account"),
    "account_release": Line("account", body(reason="已当面核实"), subject="invited_account"),
    "account_suspend": Line("account", body(reason="借调外单位")),
    "account_resume": Line("account", body(reason="借调返回"), subject="suspended_account"),
    "account_move": Line(
        "account", bodied(lambda _w, _p, s: {"organization_id": s.more["office"], "reason": "岗位轮换"})
    ),
    "account_close": Line("account", body(reason="到龄退休")),
    "account_end_sessions": Line("account", body(reason="电脑被盗")),
    "account_reset_second_step": Line("account", body(reason="手机丢失"), subject="account_with_authenticator"),
    "handover_read": Line("account"),
    "handover_hand_over": Line(
        "account", bodied(lambda _w, _p, s: {"successor_id": s.more["successor"], "reason": "到龄退休"}), best=201
    ),
    "handover_own": Line("nothing"),
    # Partners' programs
    "client_list": Line("nothing"),
    "client_scopes": Line("nothing"),
    "client_register": Line(
        "organization",
        bodied(
            lambda _w, _p, s: {
                "organization_id": str(s.id),
                "reach_id": str(s.id),
                "client_id": f"c-{uuid4().hex[:12]}",
                "name": "热线平台",
                "ends_on": "2027-06-30",
            }
        ),
        best=201,
    ),
    "client_get": Line("client"),
    "client_events": Line("client"),
    "client_change": Line("client", body(networks=["10.20.0.0/16"])),
    "client_set_scopes": Line("client", body(scopes=["rectification:read"], reason="数据共享协议")),
    "client_make_secret": Line("client", best=201),
    "client_confirm_one_secret": Line(
        "client", bodied(lambda _w, _p, s: {"reason": "对接方已当面核对", "secret_id": s.more["secret_id"]})
    ),
    "client_end_one_secret": Line(
        "client", bodied(lambda _w, _p, s: {"reason": "更换密钥", "secret_id": s.more["secret_id"]})
    ),
    "client_suspend": Line("client", body(reason="系统下线")),
    "client_resume": Line("client", body(reason="系统恢复"), subject="suspended_client"),
    # What partners' codes mean
    "mapping_list": Line("nothing"),
    "mapping_fields": Line("nothing"),
    "mapping_codes": Line("nothing"),
    "mapping_queue": Line("nothing"),
    "mapping_make": Line(
        "mapping",
        bodied(
            lambda _w, _p, s: {
                "client_id": s.more["client"],
                "resource": "rectifications",
                "field": "category",
                "code": uuid4().hex[:12],
                "value": "venue",
            }
        ),
        best=201,
    ),
    "mapping_change": Line("mapping", body(value="livelihood")),
    "mapping_dismiss": Line("mapping", body(reason="对方已确认为测试数据"), subject="waiting_record"),
    "mapping_retry": Line("mapping", subject="refused_record"),
    # What programs bring under ids of their own: people are refused, whatever their role.
    **{
        f"{tag}_{name}": Line("nothing", sent, best=403)
        for tag, make in (("rectification", new_rectification), ("feedback", new_call))
        for name, sent in (
            ("put_by_source", by_source(make)),
            ("get_by_source", by_source()),
            ("bring", batch_of(make)),
        )
    },
    "webhook_list": Line("nothing"),
    "webhook_types": Line("nothing"),
    "webhook_register": Line(
        "client",
        bodied(lambda _w, _p, s: {"client_id": str(s.id), "url": WEBHOOK, "resources": ["members"]}),
        best=201,
    ),
    "webhook_get": Line("webhook"),
    "webhook_events": Line("webhook"),
    "webhook_deliveries": Line("webhook"),
    "webhook_change": Line("webhook", body(resources=["decisions"])),
    "webhook_confirm": Line("webhook", body(url=WEBHOOK, reason="已与对接方核对"), per_caller=True),
    "webhook_pause": Line("webhook", body(reason="对接方系统升级"), per_caller=True),
    "webhook_resume": Line("webhook", body(reason="升级完毕"), subject="paused_webhook"),
    "webhook_close": Line("webhook", body(reason="不再对接"), per_caller=True),
    "webhook_make_secret": Line("webhook", body(overlap_hours=0, reason="更换密钥"), best=201),
    "webhook_redeliver": Line("webhook", bodied(lambda _w, _p, s: {"delivery_id": s.more["delivery_id"]})),
    "webhook_redeliver_some": Line(
        "webhook", body(since="2026-01-01T00:00:00+08:00", until="2026-01-02T00:00:00+08:00")
    ),
    "change_list": Line("nothing"),
    # A stream would be waited for to its end: who is let in hears of the cursor instead.
    "change_stream": Line("nothing", lambda *_: {"headers": {"last-event-id": "nobody's"}}, best=422),
    "reconciliation_list": Line("nothing", lambda *_: {"params": {"resource": "organizations"}}),
    "snapshot_order": Line("nothing", body(resources=["organizations"]), best=202),
    "snapshot_get": Line("nothing", subject="own_snapshot", per_caller=True),
    "snapshot_content": Line("nothing", subject="own_snapshot", per_caller=True, best=409),
    "invitation_read": Line("nothing", body(code="nobody's"), best=404),
    "invitation_accept": Line("nothing", body(code="nobody's", password="Orchard-3-lantern-Fog"), best=404),
    "grant_roles": Line("nothing"),
    "grant_get": Line("grant"),
    "grant_give": Line("grant", bodied(new_grant), subject="account", best=201),
    "grant_end": Line("grant", body(reason="调离岗位")),
    "delegation_list": Line("nothing"),
    "delegation_colleagues": Line("nothing"),
    "delegation_lend": Line("nothing", lambda *_: {"json": {"to_id": str(uuid4()), "reason": "外出学习"}}, best=422),
    "delegation_end": Line(
        "nothing",
        lambda *_: {"path": {"id": str(uuid4())}, "json": {"reason": "提前返回"}, "headers": {"if-match": '"1"'}},
        best=404,
    ),
    # One's own credentials: what is wrong in them is said to their owner, whatever the role.
    "credential_security": Line("nothing"),
    "credential_events": Line("nothing"),
    "credential_change_password": Line(
        "nothing", body(current_password="x", password="Orchard-3-lantern-Fog"), best=422
    ),
    "credential_begin": Line("nothing", body(current_password="x"), best=422),
    "credential_confirm": Line("nothing", body(code="000000"), best=409),
    "credential_renew_codes": Line("nothing", body(code="000000"), best=409),
    "credential_give_up": Line("nothing", body(code="000000"), best=409),
    "session_own": Line("nothing"),
    "session_end": Line("nothing", subject="own_session", per_caller=True),
    "session_end_others": Line("nothing"),
    "account_jwks": Line("nothing"),
    "health_livez": Line("nothing"),
    "health_readyz": Line("nothing"),
    "demo_get": Line("nothing"),
    # Everybody's clock is left where it is: nought days are refused.
    "demo_move_clock": Line("nothing", body(days=0), best=422),
    # The tree
    "organization_list": Line("organization", at("parent_id")),
    "organization_create": Line(
        "organization",
        bodied(lambda _w, _p, s: {"name": f"新{uuid4().hex[:8]}", "kind": "party_branch", "parent_id": str(s.id)}),
        best=201,
    ),
    "organization_get": Line("organization"),
    "organization_change": Line("organization", body(short_name="甲"), subject="child"),
    "organization_move": Line(
        "organization",
        bodied(lambda _w, _p, s: {"parent_id": str(s.place.id), "reason": "区划调整"}),
        "child",
        best=409,
    ),
    "organization_merge": Line(
        "organization", bodied(lambda _w, _p, s: {"into_id": s.more["beside"], "reason": "人数不足"}), "child"
    ),
    "organization_dissolve": Line("organization", body(reason="任务完成"), subject="child"),
    "organization_events": Line("organization"),
    # Rosters
    "member_list": Line("member", at(), subject="organization"),
    "member_search": Line("nothing", body(id_number="999901199001010010")),
    "member_register": Line("organization", bodied(new_member), best=201),
    "member_get": Line("member"),
    "member_change": Line("member", body(education="大学本科")),
    "member_transfer": Line(
        "member",
        bodied(
            lambda _w, _p, s: {"organization_id": s.more["second"], "on": today().isoformat(), "reason": "居住地变动"}
        ),
    ),
    "member_unmask": Line("member", body(fields=["phone"], reason="通知参加党员大会")),
    "member_branches": Line("member"),
    "member_events": Line("member"),
    "member_correction_own_record": Line("nothing", subject="own_record", per_caller=True),
    "member_correction_ask_correction": Line(
        "nothing", body(field="education", should="大学本科", evidence="毕业证书"), "own_record", 201, per_caller=True
    ),
    "member_correction_list_corrections": Line("member", at(), subject="organization"),
    "member_correction_settle_correction": Line("member_correction", body(outcome="corrected", reason="与证书一致")),
    # Procedures, tasks and notices
    "procedure_list": Line("nothing"),
    "procedure_get": Line("nothing", lambda *_: {"path": {"key": "decision"}}),
    "procedure_tasks": Line("nothing"),
    "notice_list": Line("nothing"),
    "notice_count": Line("nothing"),
    "notice_receive_day": Line("nothing", body(day="2026-06-01")),
    "notice_receive": Line("notice", per_caller=True),
    # Decisions
    "decision_start": Line("organization", bodied(lambda w, p, _s: new_decision(w, p)), best=201),
    "decision_list": Line("decision", at(), subject="organization"),
    "decision_get": Line("decision"),
    "decision_change": Line("decision", body(background="群众多次反映。")),
    "decision_act": Line("decision", acted("investigation", record={})),
    "decision_events": Line("decision"),
    "decision_opinions": Line("decision"),
    "decision_receive_opinion": Line(
        "decision", body(channel="letter", content="希望分档。", from_kind="resident", from_name="陶秀英"), best=201
    ),
    "decision_answer_opinion": Line(
        "decision", lambda _w, _p, s: {"json": ANSWER, "path": {"opinion_id": s.more["opinion_id"]}}, "opinion"
    ),
    "decision_resolution_as_pdf": Line("decision"),
    "decision_resolution_as_docx": Line("decision"),
    "decision_dossier": Line("decision"),
    # Workbooks
    "ledger_upload": Line(
        "import_of_members",
        lambda w, p, s: {
            "params": {"ledger": "member", "organization_id": str(s.id)},
            "files": {"file": ("花名册.csv", roster(w, p))},
        },
        "organization",
        best=201,
    ),
    "ledger_list": Line("nothing"),
    "ledger_get": Line("import"),
    "ledger_preview": Line("import"),
    "ledger_commit": Line("import", best=201),
    "ledger_undo": Line("import", subject="committed_import", best=201),
    "ledger_result": Line("import_result", subject="import", best=403),
    "ledger_template": Line("nothing", lambda *_: {"path": {"ledger": "member"}}),
    "ledger_export": Line(
        "organization",
        lambda _w, _p, s: {"path": {"ledger": "member"}, "params": {"organization_id": str(s.id)}},
    ),
    # Files
    "attachment_upload": Line(
        "organization",
        lambda _w, _p, s: {"data": {"organization_id": str(s.id)}, "files": {"file": ("材料.pdf", PDF)}},
        best=201,
    ),
    "attachment_download": Line("attachment"),
    # Feedback: what anybody may send
    "feedback_choices": Line("nothing"),
    "feedback_send": Line("nothing", bodied(lambda w, _p, _s: new_card(w, "below")), best=201),
    "feedback_track": Line("nothing", lambda _w, _p, s: {"headers": s.more["key"]}, "card"),
    "feedback_rate": Line(
        "nothing", lambda _w, _p, s: {"headers": s.more["key"], "json": {"grade": 4}}, "card", best=422
    ),
    "feedback_withdraw": Line(
        "nothing", lambda _w, _p, s: {"headers": s.more["key"], "json": {"reason": "已好"}}, "card"
    ),
    "feedback_add_photo": Line(
        "nothing", lambda _w, _p, s: {"headers": s.more["key"], "files": {"file": ("1.png", PDF)}}, "card", best=422
    ),
    # Feedback: what staff do
    "feedback_enter": Line("nothing", bodied(lambda w, _p, s: new_entry(w, "below", s))),
    "feedback_list": Line("card", at(), subject="organization"),
    "feedback_get": Line("card"),
    "feedback_change": Line("card", body(urgency="urgent")),
    "feedback_act": Line("card", acted("triage", record={})),
    "feedback_extend": Line("card", body(until="2099-12-14", reason="灯杆基础需要重做。"), best=422),
    "feedback_events": Line("card"),
    "feedback_merge": Line(
        "card", bodied(lambda _w, _p, s: {"into_id": s.more["into"], "reason": "同一处路灯。"}), "two_cards"
    ),
    "feedback_split": Line("card", body(parts=[{"category": "drainage", "content": "排水沟盖板松动。"}])),
    "feedback_lift": Line(
        "card", bodied(lambda _w, _p, s: {"ids": [s.more["named"]], "reason": "同名的村民。"}), "named_card"
    ),
    "feedback_move": Line("card", bodied(lambda _w, _p, s: {"desk_id": s.more["desk"], "reason": "由本处分办。"})),
    "feedback_convert": Line(
        "card_problem", body(problem="村西片路灯缺少日常巡查", severity="general", category="infrastructure"), best=201
    ),
    "feedback_read_contact": Line("card", body(reason="回访核实")),
    "feedback_call_back": Line("card", body(**CALL), best=201),
    "feedback_photo": Line("card", lambda _w, _p, s: {"path": {"photo_id": s.more["photo"]}}),
    "feedback_make_batch": Line(
        "organization",
        bodied(lambda _w, _p, s: {"count": 4, "kind": "opinion_card", "organization_id": str(s.id)}),
        best=201,
    ),
    "feedback_list_batches": Line("batch", at(), subject="organization"),
    "feedback_poster": Line("batch"),
    "feedback_open_box": Line(
        "organization", bodied(lambda _w, _p, s: new_box(s.place, s.more["second"])), subject="box_place", best=201
    ),
    "feedback_confirm_opening": Line("nothing", body(confirmed=True), subject="own_opening", per_caller=True),
    "feedback_own_openings": Line("nothing"),
    "feedback_list_openings": Line("card", at(), subject="organization"),
    "feedback_list_sealed": Line("nothing"),
    "feedback_read_sealed": Line("sealed_report", body(reason="线索初核")),
    "feedback_hand_over": Line("sealed_report", body(reason="按管理权限移送", to="县纪委监委信访室")),
    "feedback_sealed_events": Line("sealed_report"),
    # Figures
    "figure_list": Line("nothing"),
    "figure_get": Line(
        "figure",
        lambda _w, _p, s: {"path": {"key": "lights"}, "params": {"organization_id": str(s.id)}},
        "organization",
    ),
    "figure_csv": Line(
        "figure",
        lambda _w, _p, s: {"path": {"key": "lights"}, "params": {"organization_id": str(s.id)}},
        "organization",
    ),
    "figure_workbook": Line(
        "figure",
        lambda _w, _p, s: {"path": {"key": "lights"}, "params": {"organization_id": str(s.id)}},
        "organization",
    ),
    "ledger_export_clear": Line(
        "clear_export",
        lambda _w, _p, s: {
            "path": {"ledger": "member"},
            "json": {"organization_id": str(s.id), "reason": "上级核对党员信息"},
        },
        "organization",
    ),
    "own_data_copy": Line("nothing"),
    # Personal data: what is held, for staff and for everybody
    "personal_data_get_map": Line("nothing"),
    "personal_data_get_notice": Line("nothing"),
    # What the public reads
    "public_places": Line("nothing", lambda *_: {"params": {"q": "甲一村"}}),
    "public_place": Line("nothing", lambda _w, _p, s: {"path": {"token_or_id": s.more["token"]}}, "batch"),
    "public_publications": Line("nothing", lambda _w, _p, s: {"path": {"token_or_id": s.more["token"]}}, "batch"),
    "public_decision": Line("unpublished", subject="decision", best=404),
    "problem_explain": Line("nothing", lambda *_: {"path": {"code": "stale"}}),
    "public_opinion": Line(
        "unpublished",
        bodied(lambda _w, _p, _s: {"content": "可以。", "from_kind": "resident", "submission_id": str(uuid4())}),
        "decision",
        best=404,
    ),
    # Rectifications
    "rectification_register": Line("organization", bodied(lambda w, p, _s: new_rectification(w, p)), best=201),
    "rectification_list": Line("rectification", at(), subject="organization"),
    "rectification_get": Line("rectification"),
    "rectification_change": Line("rectification", body(remark="跟踪")),
    "rectification_correct": Line("rectification", body(text="应为两处堵塞", reason="复核发现"), best=201),
    "rectification_events": Line("rectification"),
    "rectification_assign": Line(
        "nothing",
        bodied(
            lambda _w, _p, s: {
                "ids": [str(s.id)],
                "deadline_kind": "immediate",
                "reason": "交办",
                "responsible_leader": "任思远",
                "responsible_person": "曾立德",
                "responsible_unit_id": s.more["unit"],
            }
        ),
        "rectification",
    ),
    "rectification_act": Line("rectification", acted("assignment", record={})),
    "rectification_extend": Line("rectification", body(until=ahead(60), reason="连续降雨。"), best=422),
    "rectification_merge": Line(
        "rectification",
        bodied(lambda _w, _p, s: {"into_id": s.more["into"], "reason": "同一个问题。"}),
        "two_rectifications",
    ),
    "rectification_transfer": Line(
        "rectification",
        bodied(lambda _w, _p, s: {"responsible_unit_id": s.more["unit"], "reason": "不在境内。"}),
        best=409,
    ),
    "rectification_supervise": Line("rectification", body(reason="群众多次反映。")),
    "rectification_relooks": Line("rectification", at(), subject="organization"),
    "rectification_relook": Line(
        "relook",
        lambda _w, _p, s: {
            "json": {"found": "held", "findings": "没有反弹。"},
            "path": {"relook_id": s.more["relook_id"]},
        },
        best=409,
    ),
    "rectification_closing_sheet_of": Line("rectification"),
    "rectification_bulletin_as_pdf": Line("rectification", at(month="2026-10"), subject="organization"),
    "rectification_bulletin_as_docx": Line("rectification", at(month="2026-10"), subject="organization"),
}
