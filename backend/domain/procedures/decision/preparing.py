"""Steps 1 to 3 of the eight-step decision: whose wish it is, what was found out, what experts say."""

from typing import Any

from backend.domain.procedures.fields import HAPPENED, area, choice, day, flag, listed, record, text, texts, title

OFFICE = ["clerk", "township_admin"]
WAIVER = {"asked_by": OFFICE, "approved_by": ["secretary"]}

INTENTION_SOLICITATION: dict[str, Any] = {
    "key": "intention_solicitation",
    "title": title("意向征集", "Intention solicitation"),
    "help": title(
        "收集各方面提出的建议，逐条说明是否采纳，形成要研究决定的事项。",
        "Collect proposals from all sides, say for each whether it is taken up, and settle what is to be decided.",
    ),
    "roles": OFFICE,
    "due": {"days": 30, "unit": "natural"},
    "evidence": [{"kind": "proposal", "title": title("建议原件", "Original proposals")}],
    "record": record(
        {
            "proposals": listed(
                "建议",
                "Proposals",
                {
                    "source": choice(
                        "来源",
                        "Source",
                        {
                            "leader": ("领导提出", "Leader"),
                            "office": ("部门提出", "Office"),
                            "village": ("村（居）提出", "Village"),
                            "deputy": ("代表、委员建议", "Deputy"),
                            "citizen": ("群众建议", "Citizen"),
                        },
                    ),
                    "from": text("提出人或单位", "Proposed by"),
                    "content": area("内容", "Content"),
                    "adopted": flag("采纳", "Taken up"),
                },
                {"reason": area("说明", "Remark", ("不采纳或合并的，写明理由。", "Why it was left out or merged."))},
            ),
            "conclusion": area("研究意见", "Conclusion", ("为什么启动这项决策。", "Why this decision is begun.")),
        },
        example={
            "proposals": [
                {
                    "source": "citizen",
                    "from": "石桥头村村民",
                    "content": "镇区主干道坑洼多，雨天积水，希望尽快修整。",
                    "adopted": True,
                },
                {
                    "source": "deputy",
                    "from": "镇人大代表 曾晓岚",
                    "content": "建议同步改造路灯。",
                    "adopted": False,
                    "reason": "路灯已列入另一项目。",
                },
            ],
            "conclusion": "群众反映集中，列为本年度重大事项研究。",
        },
    ),
}

INVESTIGATION: dict[str, Any] = {
    "key": "investigation",
    "title": title("调查研究", "Investigation"),
    "help": title(
        "实地调查，听取有关各方意见，分析成本、影响和风险；意见分歧大的，提出两个以上方案。",
        "Visit, hear those concerned, weigh costs, effects and risks; offer two or more options when views differ.",
    ),
    "roles": OFFICE,
    "due": {"days": 60, "unit": "natural"},
    "back_to": ["intention_solicitation"],
    "record_on_return": True,
    "evidence": [{"kind": "report", "title": title("调研报告", "Investigation report"), "required": True}],
    "conditions": [
        {"rule": "at_least", "field": "/options", "count": 2, "when": {"field": "/views_differ", "in": [True]}},
        {"rule": "must_return", "field": "/risk", "values": ["uncontrollable"]},
    ],
    "record": record(
        {
            "visits": listed(
                "调研走访",
                "Visits",
                {
                    "on": day("日期", "Day", HAPPENED),
                    "place": text("地点", "Place"),
                    "findings": area("发现", "Findings"),
                },
            ),
            "interviewees": texts("访谈对象", "People heard"),
            "costs_and_benefits": area("成本效益", "Costs and benefits"),
            "affected_groups": area("影响的群体", "Who is affected"),
            "legal_basis": area("法律政策依据", "Legal basis"),
            "views_differ": flag("各方意见分歧较大", "Views differ widely"),
            "options": listed("方案", "Options", {"name": text("名称", "Name"), "content": area("内容", "Content")}),
            "risk": choice(
                "社会稳定和公共安全风险",
                "Risk to social stability and public safety",
                {
                    "low": ("低", "Low"),
                    "medium": ("中", "Medium"),
                    "high": ("高，已有可靠预案", "High, with sound plans"),
                    "uncontrollable": ("不可控", "Not controllable"),
                },
                ("风险不可控的，须先调整再继续。", "A risk that cannot be controlled means changing the draft first."),
            ),
        },
        {"risk_plan": area("风险点和预案", "Risk points and plans")},
        example={
            "visits": [{"on": "@today-1", "place": "榆桥镇中心街", "findings": "路面破损约1.2公里，雨水口堵塞7处。"}],
            "interviewees": ["沿街商户代表 单立群", "榆桥社区居委会 查文静"],
            "costs_and_benefits": "工程费约286万元，可解决两处积水点，缩短通行时间。",
            "affected_groups": "沿街商户46户，日常通行居民约8000人。",
            "legal_basis": "县城乡道路建设规划；镇年度财政预算。",
            "views_differ": True,
            "options": [
                {"name": "整段翻修", "content": "封闭施工45天，一次完成。"},
                {"name": "分段翻修", "content": "分三段施工90天，保持半幅通行。"},
            ],
            "risk": "low",
            "risk_plan": "施工期间商户出入受影响，设置临时通道。",
        },
    ),
}

EXPERT_CONSULTATION: dict[str, Any] = {
    "key": "expert_consultation",
    "title": title("专家咨询", "Expert consultation"),
    "help": title(
        "专业性、技术性强的事项，请与本事项没有直接利害关系的专家独立出具签名意见，包括不同意见。",
        "For technical matters: signed opinions of experts without a direct interest, dissent included.",
    ),
    "roles": OFFICE,
    "due": {"days": 30, "unit": "natural"},
    "waiver": WAIVER,
    "back_to": ["intention_solicitation", "investigation"],
    "evidence": [{"kind": "opinion", "title": title("专家签名意见", "Signed expert opinions"), "required": True}],
    "conditions": [
        {"rule": "no_party_member", "people": "/experts", "parties": ["sponsor_unit", "proposer"]},
        {"rule": "no_interest", "field": "/experts/*/interest", "values": ["direct"]},
        {"rule": "no_tie", "people": "/experts", "warn": True},
    ],
    "record": record(
        {
            "experts": listed(
                "专家",
                "Experts",
                {
                    "name": text("姓名", "Name"),
                    "organization": text("单位", "Organisation"),
                    "professional_title": text("职称", "Professional title"),
                    "interest": choice(
                        "利害关系声明",
                        "Statement of interest",
                        {
                            "none": ("与本事项无直接利害关系", "No direct interest"),
                            "direct": ("有直接利害关系", "A direct interest"),
                        },
                        ("由专家本人声明。", "Stated by the expert in person."),
                    ),
                    "stance": choice(
                        "意见",
                        "Stance",
                        {
                            "support": ("同意", "In favour"),
                            "conditional": ("有条件同意", "In favour on conditions"),
                            "oppose": ("不同意", "Against"),
                        },
                    ),
                    "opinion": area("意见内容", "Opinion"),
                },
                widget="people",
            ),
            "handling": area("意见采用情况", "How the opinions were used"),
        },
        example={
            "experts": [
                {
                    "name": "解明远",
                    "organization": "市公路勘察设计院",
                    "professional_title": "高级工程师",
                    "interest": "none",
                    "stance": "conditional",
                    "opinion": "同意分段翻修方案，建议增设横向排水管。",
                }
            ],
            "handling": "采纳增设横向排水管的建议，已写入文本。",
        },
    ),
}
