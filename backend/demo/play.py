"""Playing the stories of decisions: every move by the verb that people use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID

from backend.db.base import Session
from backend.db.decision import Decision, Opinion, OpinionChannel, OpinionOutcome, OpinionSource
from backend.demo.cue import Cue
from backend.demo.evidence import MAKERS, lines_of
from backend.demo.records import Record
from backend.demo.script import Acting, Amending, Answering, Move, Saying, Story
from backend.domain.access import Actor, Moment
from backend.domain.attachment import upload_attachment
from backend.domain.decision.act import act_on_decision
from backend.domain.decision.amend import amend_decision
from backend.domain.decision.opinion import answer_opinion, receive_opinion
from backend.domain.decision.start import PROCEDURE, start_decision
from backend.domain.demo_id import demo_id
from backend.domain.evidence import Given
from backend.domain.procedures.registry import current
from backend.domain.run import Wish
from backend.domain.storage import Storage

PAPERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "intention_solicitation": (("proposal", "建议原件.txt"),),
    "investigation": (("report", "调研报告.pdf"),),
    "expert_consultation": (("opinion", "专家签名意见.pdf"),),
    "opinion_solicitation": (("notice", "征求意见公告.pdf"),),
    "public_hearing": (("notice", "听证公告.pdf"), ("transcript", "听证记录.pdf")),
    "pilot": (("report", "试点报告.pdf"),),
    "legality_review": (("opinion", "法律审查意见书.pdf"),),
    "resolution": (("minutes", "会议记录.pdf"), ("sign_in", "签到表.png")),
    "publication": (("published", "公开栏照片.png"),),
    "execution": (("plan", "执行方案.pdf"),),
}
"""What is attached to each step when it is finished; evaluation and closing bring no paper of their own."""


def decision_id(title: str) -> UUID:
    return demo_id(PROCEDURE, title)


def opinion_id(title: str, number: int) -> UUID:
    return demo_id("opinion", f"{title}/{number}")


def attachment_id(title: str, paper: str) -> UUID:
    """The id of a paper as it was first attached; a step done again brings papers of other ids."""
    return demo_id("attachment", f"{title}/{paper}")


def decision_cues(
    session: Session, people: Mapping[str, Actor], storage: Storage, stories: Iterable[Story]
) -> Iterator[Cue]:
    """All moves of the stories.  `storage` is where attachments lie."""
    stage = _Stage(session, people, storage)
    for one in stories:
        yield Cue(one.at, partial(stage.start, one))
        for part in one.moves:
            yield Cue(part.at, partial(stage.move, one, part))


class _Stage:
    def __init__(self, session: Session, people: Mapping[str, Actor], storage: Storage) -> None:
        self.session, self.people, self.storage = session, people, storage
        self.papers: set[UUID] = set()
        self.steps = {step.key: step for step in current(PROCEDURE).steps}

    async def start(self, one: Story) -> None:
        await start_decision(self.session, self.people[one.by], Moment(one.at), one.new, id=decision_id(one.title))

    async def move(self, one: Story, part: Move) -> None:
        session, actor, moment, key = self.session, self.people[part.by], Moment(part.at), decision_id(one.title)
        match part:
            case Acting():
                evidence = await self._papers(one, part) if part.wish.outcome == "done" else ()
                decision = await session.get_one(Decision, key)
                await act_on_decision(
                    session, actor, moment, key, decision.version, replace(part.wish, evidence=evidence)
                )
            case Saying():
                await receive_opinion(
                    session,
                    actor,
                    moment,
                    key,
                    channel=OpinionChannel(part.channel),
                    content=part.content,
                    from_kind=OpinionSource(part.kind),
                    from_name=part.name,
                    id=opinion_id(one.title, part.number),
                )
            case Answering():
                opinion = await session.get_one(Opinion, opinion_id(one.title, part.number))
                outcome = OpinionOutcome(part.outcome)
                await answer_opinion(
                    session, actor, moment, key, opinion.id, opinion.version, outcome=outcome, reason=part.reason
                )
            case Amending():
                decision = await session.get_one(Decision, key)
                await amend_decision(
                    session,
                    actor,
                    moment,
                    key,
                    decision.version,
                    title=one.new.text_title,
                    body=part.body,
                    material=part.material,
                    reason=part.reason,
                )

    async def _papers(self, one: Story, part: Acting) -> tuple[Given, ...]:
        """Upload what the act brings: the record in words, as it would have been signed."""
        record = part.wish.record
        if record is None:
            return ()
        given = []
        for kind, name in self._wanted(part.wish, record):
            key = attachment_id(one.title, name)
            again = key in self.papers
            self.papers.add(key)
            stem, _, ending = name.rpartition(".")
            lines = [*lines_of(self.steps[part.wish.step].schema or {}, record)]
            attachment = await upload_attachment(
                self.session,
                self.people[part.by],
                Moment(part.at),
                self.storage,
                organization_id=one.new.organization_id,
                name=name,
                data=MAKERS[ending](f"{one.title}{stem}", lines),
                id=None if again else key,
            )
            given.append(Given(attachment.id, kind))
        await self.session.flush()
        return tuple(given)

    @staticmethod
    def _wanted(wish: Wish, record: Record) -> Iterator[tuple[str, str]]:
        yield from PAPERS.get(wish.step, ())
        if "shorter_period" in record:
            yield "shorter_period_notice", "缩短期限公开说明.pdf"
