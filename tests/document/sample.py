"""A decision of an invented township, as the tests of printed things and dossiers need it."""

from datetime import UTC, date, datetime
from pathlib import Path

from backend.document.dossier import DossierAct, DossierContent, DossierStep, EvidenceFile, TextVersion, VoteRecord
from backend.document.opinion_table import Opinion
from backend.document.paper import PaperAttachment, ResolutionPaper
from backend.domain.signing import SigningKey, load_or_create_key
from backend.domain.text import text_sha256

NOON = datetime(2026, 6, 9, 4, tzinfo=UTC)
TITLE = "东河镇人民政府关于东河路改造工程建设方案的决议"
BODY = """为改善群众出行条件，现决定如下：
一、工程范围
东河路自人民桥至青山村路口，全长2.6公里。
（一）拓宽路面。由村镇建设办公室牵头，2026年9月底前完成。
1.雨水管道与污水管道分开铺设。
（1）管径不小于600毫米。
二、资金来源。总投资480万元，不向群众摊派。"""
OLD_SHA, TEXT_SHA = text_sha256(TITLE, "初稿"), text_sha256(TITLE, BODY)

PAPER = ResolutionPaper(
    issuing_body="东河镇人民政府",
    number="东政发[2026]012号",
    title=TITLE,
    addressee="各村（居）民委员会，镇直各单位",
    body=BODY,
    dated_on=date(2026, 6, 9),
    vote_explanation="应到3人，实到3人，赞成2票，反对1票，表决通过。",
    attachments=(PaperAttachment("平面示意图"), PaperAttachment("资金安排表", "一、县级补助\n300万元。")),
    copies_to=("县人民政府办公室", "县交通运输局"),
    printed_by="东河镇综合办公室",
)

ATTENDANCE = [{"name": name, "standing": "voting", "state": "present"} for name in ("甲", "乙", "丙")]
VOTES = [{"name": "甲", "choice": "for"}, {"name": "乙", "choice": "for"}, {"name": "丙", "choice": "against"}]

CONTENT = DossierContent(
    made_at=NOON,
    decision={
        "id": "0197a000-0000-7000-8000-000000000001",
        "number": "JC-2026-0007",
        "title": TITLE,
        "organization_name": "东河镇",
        "status": "adopted",
    },
    resolution=PAPER,
    steps=(
        DossierStep(
            "opinion_solicitation",
            "征求意见",
            "done",
            (
                DossierAct(
                    "done",
                    "张三",
                    NOON,
                    {"days": 30},
                    text_sha256=OLD_SHA,
                    evidence=(
                        EvidenceFile("a1", "公示照片.jpg", "image/jpeg", b"\xff\xd8 one photo \x00\x01", "photo"),
                        EvidenceFile("a2", "../../公示照片.jpg", "image/jpeg", b"\xff\xd8 two photo \x00\x02", "photo"),
                    ),
                ),
            ),
        ),
        DossierStep(
            "legality_review", "法律审查", "done", (DossierAct("done", "李四", NOON, {}, text_sha256=TEXT_SHA),)
        ),
        DossierStep("resolution", "形成决议", "done", (DossierAct("done", "王五", NOON, {}, text_sha256=TEXT_SHA),)),
    ),
    texts=(TextVersion(1, OLD_SHA, TITLE, "初稿", NOON, "张三"), TextVersion(2, TEXT_SHA, TITLE, BODY, NOON, "张三")),
    events=tuple({"id": place, "kind": "decision.acted", "at": NOON, "data": {"步骤": place}} for place in range(1, 6)),
    opinions=(
        Opinion("o1", NOON, "意见箱", "resident", "=1+1 请先修下水道", "赵六", "adopted", "已列入"),
        Opinion("o2", NOON, "公示", "member", "路灯太少", "", "not_adopted", "另行安排"),
    ),
    vote=VoteRecord("collective_discussion", ATTENDANCE, VOTES, TEXT_SHA, adopted=True),
)


def key_in(folder: Path) -> SigningKey:
    return load_or_create_key(folder)
