"""Short ways to write the records of a decision's steps, so that the stories read as what happened.

Days are written `06-10` and lie in 2026.
"""

from collections.abc import Mapping
from typing import Any

Record = dict[str, Any]

TEAM = ("林秋实", "任思远", "解春生", "查文静", "仇建国", "叶明辉", "何立新")
"""Who decides in the main town; the first one takes the chair."""

RECORDER = "区慧"
ALL = ("方案文本", "调研报告", "专家意见", "征求意见情况", "听证记录", "试点报告")


def day(text: str) -> str:
    return f"2026-{text}"


def proposals(conclusion: str, *lines: tuple[str, str, str, str]) -> Record:
    """Step 1. A line is source, who, what, and why it was left out (empty: it was taken up)."""
    return {
        "proposals": [
            {"source": source, "from": who, "content": what, "adopted": not why, **({"reason": why} if why else {})}
            for source, who, what, why in lines
        ],
        "conclusion": conclusion,
    }


def investigation(
    visits: Mapping[str, tuple[str, str]],
    heard: str,
    costs: str,
    affected: str,
    basis: str,
    options: Mapping[str, str],
    *,
    risk: str = "low",
    plan: str = "",
) -> Record:
    """Step 2. `visits` are by day: place and finding; `heard` separates people by blanks; two options mean dispute."""
    return {
        "visits": [{"on": day(on), "place": place, "findings": found} for on, (place, found) in visits.items()],
        "interviewees": heard.split(),
        "costs_and_benefits": costs,
        "affected_groups": affected,
        "legal_basis": basis,
        "views_differ": len(options) > 1,
        "options": [{"name": name, "content": content} for name, content in options.items()],
        "risk": risk,
        **({"risk_plan": plan} if plan else {}),
    }


def experts(handling: str, *people: tuple[str, str, str, str, str]) -> Record:
    """Step 3. A person is name, organisation, title, stance, opinion."""
    return {
        "experts": [
            {
                "name": name,
                "organization": organization,
                "professional_title": rank,
                "interest": "none",
                "stance": stance,
                "opinion": opinion,
            }
            for name, organization, rank, stance, opinion in people
        ],
        "handling": handling,
    }


def comments(channels: str, place: str, summary: str) -> Record:
    """Step 4. `channels` are separated by blanks."""
    return {"channels": channels.split(), "notice_place": place, "summary": summary}


def hearing(
    sent: str,
    held: str,
    people: Mapping[str, str],
    views: Mapping[str, str],
    conclusion: str,
    *,
    selection: str,
    place: str = "榆桥镇政府一楼会议室",
    host: str = "解春生",
) -> Record:
    """Step 5. `people` says whom each of them represents; all signed."""
    return {
        "materials_sent_on": day(sent),
        "held_on": day(held),
        "place": place,
        "host": host,
        "recorder": RECORDER,
        "selection": selection,
        "participants": [{"name": name, "represents": side, "signed": True} for name, side in people.items()],
        "views": [{"name": name, "view": view} for name, view in views.items()],
        "conclusion": conclusion,
    }


def pilot(
    sites: str,
    started: str,
    ended: str,
    indicators: Mapping[str, tuple[str, float, float]],
    conclusion: str,
    explanation: str,
    leaving: str,
) -> Record:
    """Step 6. `indicators` are by name: unit, before, after."""
    return {
        "sites": sites.split(),
        "started_on": day(started),
        "ended_on": day(ended),
        "indicators": [
            {"name": name, "unit": unit, "before": before, "after": after}
            for name, (unit, before, after) in indicators.items()
        ],
        "conclusion": conclusion,
        "explanation": explanation,
        "exit": leaving,
    }


def review(
    power: str, procedure: str, content: str, *, materials: tuple[str, ...] = ALL, change: bool = False
) -> Record:
    """Step 7; with `change` the content would be lawful only if it were changed."""
    return {
        "materials": list(materials),
        "power": {"finding": "lawful", "opinion": power},
        "procedure": {"finding": "lawful", "opinion": procedure},
        "content": {"finding": "needs_change" if change else "lawful", "opinion": content},
    }


def meeting(
    held: str,
    views: Mapping[str, str],
    *,
    against: tuple[str, ...] = (),
    abstain: tuple[str, ...] = (),
    away: Mapping[str, str] | None = None,
    recused: Mapping[str, str] | None = None,
    effective: str | None = None,
    body: str = "joint_meeting",
) -> Record:
    """Step 8 of the main town's team; the chair is the last of `views`."""
    away, recused = away or {}, recused or {}
    attendance: list[Record] = []
    for name in TEAM:
        state = "absent" if name in away else "recused" if name in recused else "present"
        why = away.get(name) or recused.get(name)
        attendance.append({"name": name, "standing": "voting", "state": state, **({"reason": why} if why else {})})
    attendance.append({"name": RECORDER, "standing": "observer", "state": "present"})
    voters = [name for name in TEAM if name not in away and name not in recused]
    return {
        "body": body,
        "held_on": day(held),
        "place": "榆桥镇政府二楼会议室",
        "chair": TEAM[0],
        "recorder": RECORDER,
        "attendance": attendance,
        "views": [{"name": name, "view": view} for name, view in views.items()],
        "method": "named",
        "votes": [
            {"choice": "against" if name in against else "abstain" if name in abstain else "for", "name": name}
            for name in (*voters[1:], voters[0])
        ],
        **({"effective_on": day(effective)} if effective else {}),
    }


def publication(on: str, explanation: str, channels: str = "website board") -> Record:
    return {
        "published_on": day(on),
        "channels": channels.split(),
        "adoption_explanation": explanation,
        "masked": True,
    }


def execution(unit: str, person: str, tasks: Mapping[str, tuple[str, str]], helpers: str = "") -> Record:
    """`tasks` are by name: owner and day."""
    return {
        "executing_unit": unit,
        "responsible_person": person,
        "tasks": [{"task": task, "owner": owner, "due_on": day(due)} for task, (owner, due) in tasks.items()],
        **({"helpers": helpers} if helpers else {}),
    }


def evaluation(on: str, achieved: float, findings: str, *, reached: str = "fully", advice: str = "keep") -> Record:
    """Judged by the inspection office."""
    office = "榆桥镇督查考核和贯标办公室"
    return {
        "evaluating_unit": office,
        "evaluators": [{"name": "陶文清", "organization": office}],
        "evaluated_on": day(on),
        "achieved": achieved,
        "reached": reached,
        "findings": findings,
        "advice": advice,
    }


def closing(place: str, lessons: str) -> Record:
    checklist = dict.fromkeys(("records", "originals", "opinions", "publication"), True)
    return {"checklist": checklist, "archive_place": place, "lessons": lessons}
