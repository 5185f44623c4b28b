"""The shapes of the files in a dossier, as a checker reads them: nothing in them is believed before it fits."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

T = TypeVar("T")
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class ListedFile(_Shape):
    path: str
    size: int
    sha256: Hash


class ListedKey(_Shape):
    algorithm: Literal["Ed25519"]
    public_key: str
    fingerprint: Hash


class ListedDecision(_Shape):
    id: str
    number: str
    title: str
    organization: str


class ListedEvents(_Shape):
    lines: list[Hash]
    head: Hash


class Manifest(_Shape):
    format: Literal["guanbiao-dossier"]
    version: int
    made_at: str
    decision: ListedDecision
    key: ListedKey
    files: list[ListedFile]
    events: ListedEvents


class DecisionFile(_Shape):
    id: str
    status: str = ""


class TextFile(_Shape):
    title: str
    body: str
    sha256: Hash


class VoteFile(_Shape):
    rule: str
    attendance: list[dict[str, Any]]
    votes: list[dict[str, Any]]
    text_sha256: str
    adopted: bool
    tally: dict[str, Any]


class EvidenceEntry(_Shape):
    path: str
    sha256: str


class ActEntry(_Shape):
    outcome: str
    in_force: bool = True
    text_sha256: str | None = None
    evidence: list[EvidenceEntry]


class StepFile(_Shape):
    key: str
    acts: list[ActEntry]


class OpinionEntry(_Shape):
    outcome: str | None


OPINION_LIST = TypeAdapter(list[OpinionEntry])
STEP, TEXT, VOTE_SHAPE, MANIFEST_SHAPE, DECISION = (
    TypeAdapter(StepFile),
    TypeAdapter(TextFile),
    TypeAdapter(VoteFile),
    TypeAdapter(Manifest),
    TypeAdapter(DecisionFile),
)


def read_as(shape: TypeAdapter[T], content: bytes) -> T | None:
    """The content in this shape, or None when it does not fit."""
    try:
        return shape.validate_json(content)
    except ValidationError:
        return None
