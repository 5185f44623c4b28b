"""What is printed of a decision, and the dossier that proves how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath

from backend.api.decision_examples import READ
from backend.api.deps import DatabaseDep, MomentDep, needs
from backend.api.errors import refusals
from backend.api.printing import DOCX, PDF, printed
from backend.db.decision import DecisionStatus, Opinion, OpinionChannel, OpinionSource
from backend.db.engine import Database
from backend.document.dossier import (
    DossierAct,
    DossierContent,
    DossierStep,
    EvidenceFile,
    TextVersion,
    VoteRecord,
    build_dossier,
)
from backend.document.opinion_table import Opinion as PrintedOpinion
from backend.document.paper import ResolutionPaper
from backend.document.resolution import resolution_pdf
from backend.document.resolution_docx import resolution_docx
from backend.document.vote import vote_explanation
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.condition import counted_vote
from backend.domain.decision.file import DecisionFile, decision_file, make_dossier
from backend.domain.errors import Conflict
from backend.domain.identity import mask_name
from backend.domain.procedure.trail import StepState
from backend.domain.signing import load_or_create_key
from backend.domain.storage import Lost, Storage
from backend.domain.voting import Tally

router = APIRouter(prefix="/decisions/{id}", tags=["decision"])

_ADDRESSEE = "各有关单位"
_CHANNELS = {
    OpinionChannel.meeting: "座谈会",
    OpinionChannel.household_visit: "入户走访",
    OpinionChannel.phone: "电话",
    OpinionChannel.letter: "来信",
    OpinionChannel.web: "网络",
    OpinionChannel.notice_board: "公开栏",
    OpinionChannel.opinion_card: "意见卡",
    OpinionChannel.suggestion_box: "意见箱",
    OpinionChannel.other: "其他",
}

Id = Annotated[UUID, InPath(examples=[READ])]
Reader = Annotated[Actor, needs("decision:read")]
LogReader = Annotated[Actor, needs("event:read")]


async def _paper(database: Database, actor: Actor, moment: Moment, id: UUID) -> ResolutionPaper:
    # The connection goes back before anything is set.
    async with database.transaction() as session:
        return resolution_paper(await decision_file(session, actor, id, "decision:read"), moment)


@router.get("/resolution.pdf", response_class=Response, responses=refusals(403, 404))
async def resolution_as_pdf(database: DatabaseDep, moment: MomentDep, id: Id, actor: Reader) -> Response:
    """The resolution in the layout of an official document; before adoption it is marked as a draft (送审稿)."""
    paper = await _paper(database, actor, moment, id)
    return await printed(lambda: resolution_pdf(paper), PDF, f"{paper.number}.pdf")


@router.get("/resolution.docx", response_class=Response, responses=refusals(403, 404))
async def resolution_as_docx(database: DatabaseDep, moment: MomentDep, id: Id, actor: Reader) -> Response:
    """The resolution as a Word file."""
    paper = await _paper(database, actor, moment, id)
    return await printed(lambda: resolution_docx(paper), DOCX, f"{paper.number}.docx")


@router.get("/dossier.zip", response_class=Response, responses=refusals(403, 404, 409))
async def dossier(request: Request, database: DatabaseDep, moment: MomentDep, id: Id, actor: LogReader) -> Response:
    """Everything that the decision rests on, signed: texts, records, evidence, vote, opinions and events.

    `guanbiao verify` says offline whether anything in it was altered. A decision that goes on has a dossier too.
    """
    settings = request.app.state.settings
    async with database.transaction() as session:
        file = await make_dossier(session, actor, moment, id)

    def make() -> bytes:
        return _signed(dossier_content(file, moment, request.app.state.storage), settings.data)

    return await printed(make, "application/zip", f"{file.decision.number}.zip")


def _signed(content: DossierContent, folder: Path) -> bytes:
    key = load_or_create_key(folder)
    return build_dossier(content, key.sign, key.public_key)


def resolution_paper(file: DecisionFile, moment: Moment) -> ResolutionPaper:
    """The resolution as it is printed: what was adopted, or the newest text as a draft."""
    voted, publication = _voted(file), file.standing.here.of("publication")
    adopted = file.standing.here.result == DecisionStatus.adopted
    text = file.texts[-1]
    published = (publication.record or {}).get("published_on") if adopted else None
    return ResolutionPaper(
        issuing_body=file.organization.name,
        number=file.decision.number,
        title=text.title,
        addressee=_ADDRESSEE,
        body=text.body,
        dated_on=date.fromisoformat(voted.record["held_on"]) if adopted and voted else day_of(moment.now),
        vote_explanation=vote_explanation(voted.count) if adopted and voted else "",
        printed_on=date.fromisoformat(published) if published else None,
        draft=not adopted,
    )


def dossier_content(file: DecisionFile, moment: Moment, storage: Storage) -> DossierContent:
    """All of the decision as plain values; reads the evidence from `storage`.

    Raises Conflict when a file is lost or is no longer what the act named: such a dossier would prove nothing.
    """
    voted = _voted(file)
    return DossierContent(
        made_at=moment.now,
        decision=_described(file),
        resolution=resolution_paper(file, moment),
        steps=tuple(_step(file, state, storage) for state in file.standing.here.steps),
        texts=tuple(TextVersion(t.number, t.sha256, t.title, t.body, t.at, t.by_name) for t in file.texts),
        events=tuple(file.events),
        opinions=tuple(_opinion(opinion, in_clear=file.names_in_clear) for opinion in file.opinions),
        vote=_vote_record(voted, file) if voted else None,
    )


@dataclass(frozen=True, slots=True)
class _Vote:
    rule: str
    record: Mapping[str, Any]
    count: Tally
    text_sha256: str


def _voted(file: DecisionFile) -> _Vote | None:
    """The vote that stands, by the step of the procedure that has a result."""
    for step in file.standing.procedure:
        state = file.standing.here.of(step.key)
        if step.outlet and state.state == "done" and state.record is not None:
            rule, count = counted_vote(step.outlet.vote.params, state.record)
            return _Vote(rule.key, state.record, count, state.content_sha256 or "")
    return None


def _vote_record(voted: _Vote, file: DecisionFile) -> VoteRecord:
    adopted = file.standing.here.result == DecisionStatus.adopted
    lists = voted.record["attendance"], voted.record["votes"]
    return VoteRecord(voted.rule, *lists, voted.text_sha256, adopted=adopted)


def _described(file: DecisionFile) -> dict[str, Any]:
    decision, here = file.decision, file.standing.here
    return {
        **decision.model_dump(exclude={"grams"}),
        "organization_name": file.organization.name,
        "sponsor_unit": file.sponsor.name,
        "finished": here.state != "open",
        "procedure": {
            "key": file.standing.procedure.key,
            "version": file.standing.procedure.version,
            "round": here.round,
            "step": here.step,
            "state": here.state,
            "result": here.result,
        },
    }


def _step(file: DecisionFile, state: StepState, storage: Storage) -> DossierStep:
    acts = [file.standing.acts[place] for place in sorted({*state.acts, *state.superseded})]
    in_force = {file.standing.acts[place].id for place in state.acts}
    return DossierStep(
        key=state.key,
        title=file.standing.procedure.step(state.key).title["zh-CN"],
        state=state.state,
        acts=tuple(
            DossierAct(
                outcome=act.outcome,
                by=act.signed,
                at=act.at,
                record=act.record,
                reason=act.reason,
                rule=act.rule,
                text_sha256=act.content_sha256,
                to=act.to,
                evidence=tuple(_evidence(file, item, storage) for item in act.evidence),
                in_force=act.id in in_force,
            )
            for act in acts
        ),
        opened_at=state.opened_at,
        closed_at=state.closed_at,
    )


def _evidence(file: DecisionFile, item: Mapping[str, str], storage: Storage) -> EvidenceFile:
    attachment = file.attachments[UUID(item["id"])]
    try:
        content = storage.read(item["sha256"])
    except Lost:
        raise Conflict("evidence_lost", name=attachment.name) from None
    return EvidenceFile(item["id"], attachment.name, attachment.media_type, content, item["kind"])


def _opinion(opinion: Opinion, *, in_clear: bool) -> PrintedOpinion:
    hidden = not in_clear and opinion.from_kind is OpinionSource.resident
    return PrintedOpinion(
        id=str(opinion.id),
        received_at=opinion.created_at,
        channel=_CHANNELS[opinion.channel],
        from_kind=opinion.from_kind.value,
        content=opinion.content,
        from_name=mask_name(opinion.from_name) if hidden else opinion.from_name,
        outcome=opinion.outcome.value if opinion.outcome else None,
        reason=opinion.reason,
    )
