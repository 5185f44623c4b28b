"""The closing sheet of an item, put together from its run."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.procedure import ProcedureAct
from backend.db.rectification import DeadlineKind, Rectification
from backend.document.closing_sheet import ClosingSheet, SheetEvidence, SheetOpinion
from backend.document.paper import chinese_date
from backend.domain.access import Moment
from backend.domain.calendar import day_of
from backend.domain.procedure.trail import StepState
from backend.domain.rectification.category import CATEGORY_TITLES, Category
from backend.domain.rectification.view import RectificationView
from backend.domain.rectification.words import SEVERITY_TITLES, SOURCE_TITLES

_VERIFYING = ("recognition", "verification", "second_verification", "source_confirmation", "organization_confirmation")
_ANSWERS = (("satisfied", "满意"), ("fairly", "基本满意"), ("unsatisfied", "不满意"), ("no_answer", "不表态"))
_KINDS = {DeadlineKind.immediate: "立行立改", DeadlineKind.standing: "长期坚持"}

_Record = Mapping[str, Any]


def closing_sheet(view: RectificationView, moment: Moment) -> ClosingSheet:
    """What closing rests on, of the records in force."""
    item = view.item
    plan, work = _record(view, "plan"), _record(view, "rectifying")
    return ClosingSheet(
        organization=view.registered_at.name,
        number=item.number,
        source=SOURCE_TITLES[item.source]["zh-CN"],
        category=CATEGORY_TITLES[Category(item.category)]["zh-CN"],
        severity=SEVERITY_TITLES[item.severity]["zh-CN"],
        problem=item.problem,
        registered_on=item.registered_on,
        printed_on=day_of(moment.now),
        source_document=" ".join(part for part in (item.source_document, item.source_clause) if part),
        corrections=tuple(_corrections(view)),
        responsible_leader=item.responsible_leader,
        responsible_unit=view.unit.name if view.unit else "",
        responsible_person=item.responsible_person,
        original_limit=_limit(item, original=True),
        limit=_limit(item, original=False),
        extensions=tuple(_extensions(view)),
        cause=_joined(plan.get("cause"), *plan.get("whys", ())),
        measures=_measures(plan) or item.measures,
        similar=_similar(work.get("similar")),
        result=_joined(
            work.get("result") or item.result,
            _titled("纠正", work.get("correction")),
            _titled("后果处理", work.get("consequence")),
            _titled("立规", (work.get("rule") or {}).get("name")),
        ),
        evidence=tuple(_evidence(view)),
        verifications=tuple(found for key in _VERIFYING if (found := _opinion(view, key)) is not None),
        satisfaction=_satisfaction(view),
        closing=_opinion(view, "closing"),
        closed_on=item.closed_on,
    )


def _state(view: RectificationView, key: str) -> StepState | None:
    try:
        return view.standing.here.of(key)
    except KeyError:
        return None


def _record(view: RectificationView, key: str) -> _Record:
    state = _state(view, key)
    return (state.record if state and state.state == "done" else None) or {}


def _acts(view: RectificationView, key: str) -> list[ProcedureAct]:
    state = _state(view, key)
    return [view.standing.acts[place] for place in state.acts] if state else []


def _limit(item: Rectification, *, original: bool) -> str:
    day = item.original_due_on if original else item.due_on
    parts = [_KINDS.get(item.deadline_kind, "") if item.deadline_kind else "", chinese_date(day) if day else ""]
    return "，".join(part for part in parts if part)


def _corrections(view: RectificationView) -> Iterable[str]:
    for each in view.corrections:
        yield f"{each.text}（{chinese_date(day_of(each.at))}，{each.by_name}：{each.reason}）"


def _extensions(view: RectificationView) -> Iterable[str]:
    state = _state(view, "rectifying")
    for moved in state.extensions if state else ():
        asked, granted = view.standing.acts[moved.asked], view.standing.acts[moved.granted]
        yield f"延至{chinese_date(moved.until)}：{asked.reason}（{granted.signed}批准）"


def _measures(plan: _Record) -> str:
    lines = [
        f"{place}. {each['what']}（{each['owner']}，{chinese_date(date.fromisoformat(each['due_on']))}前）"
        for place, each in enumerate(plan.get("measures", ()), 1)
    ]
    return "\n".join(lines)


def _similar(record: _Record | None) -> str:
    if not record:
        return ""
    return _joined(f"排查：{'、'.join(record.get('units', ()))}", record.get("found"))


def _evidence(view: RectificationView) -> Iterable[SheetEvidence]:
    for state in view.standing.here.steps:
        if state.state != "done":
            continue
        step = view.standing.procedure.step(state.key)
        kinds = {kind.kind: kind.title["zh-CN"] for kind in step.evidence}
        for place in state.acts:
            for one in view.standing.acts[place].evidence:
                found = view.attachments.get(UUID(one["id"]))
                kind = f"{step.title['zh-CN']}·{kinds.get(one['kind'], one['kind'])}"
                yield SheetEvidence(kind, found.name if found else "", one["sha256"])


def _opinion(view: RectificationView, key: str) -> SheetOpinion | None:
    state = _state(view, key)
    if state is None or state.state != "done":
        return None
    act = next((act for act in reversed(_acts(view, key)) if act.outcome == "done"), None)
    if act is None:
        return None
    record = state.record or {}
    said = record.get("findings") or record.get("opinion") or record.get("conclusion") or ""
    by = "、".join(dict.fromkeys(each.signed for each in _acts(view, key) if each.outcome == "done"))
    title = view.standing.procedure.step(key).title["zh-CN"]
    return SheetOpinion(title, by, day_of(act.at), _joined(record.get("authority"), said))


def _satisfaction(view: RectificationView) -> str:
    record = _record(view, "satisfaction") or _record(view, "recognition").get("satisfaction")
    if record:
        answers = "，".join(f"{title}{record.get(key, 0)}人" for key, title in _ANSWERS)
        return f"回访{record.get('asked', 0)}人：{answers}"
    if not view.item.affects_people:
        return f"不涉及群众：{view.item.nobody_affected_reason}"
    return ""


def _titled(title: str, text: str | None) -> str:
    return f"{title}：{text}" if text else ""


def _joined(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)
