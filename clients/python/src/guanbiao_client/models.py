"""The shapes of what is sent and answered; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AboutIn(TypedDict):
    """
    The organisation that is complained about: neither it nor anything below it sees or handles the card.

    Without an id it is the place that the card is from, which a phone without network knows by its code alone.
    """

    organization_id: NotRequired[str | None]


class AboutStaffIn(TypedDict):
    """
    Who is complained about: organisations with all below them, and people by their accounts.
    """

    account_ids: NotRequired[list[str]]
    organization_ids: NotRequired[list[str]]


class AcceptIn(TypedDict):
    """
    Both codes, from two people, and the password.
    """

    code: str
    password: str
    second_code: NotRequired[str | None]


class AcceptedOut(TypedDict):
    """
    The account is ready: sign in with this name and the password that was chosen.
    """

    username: str


class AccountIn(TypedDict):
    """
    A person who joins. `namesake` says that another person of the same name has an account already.

    Only whoever keeps accounts over all counties may leave the organisation out.
    """

    member_id: NotRequired[str | None]
    name: str
    namesake: NotRequired[bool]
    organization_id: NotRequired[str | None]
    username: str


class AccountMoveIn(TypedDict):
    organization_id: str
    reason: str


class AccountReasonIn(TypedDict):
    reason: str


class AccountWhyIn(TypedDict):
    """
    A reason that the person reads: what was seen of them, or taken from them, and why.
    """

    reason: str


class ActProblem(TypedDict):
    code: str
    message: str
    pointer: str


class Alive(TypedDict):
    status: Literal["ok"]


class Ancestor(TypedDict):
    id: str
    kind: str
    name: str


Anonymity: TypeAlias = Literal["anonymous", "contact"]


class AttachmentOut(TypedDict):
    """
    A kept file: `media_type` was read from its content, `sha256` (hex) is over its bytes.
    """

    created_at: str
    id: str
    media_type: str
    name: str
    sha256: str
    size: int


BatchKind: TypeAlias = Literal["poster", "opinion_card", "satisfaction_card"]


class BatchRef(TypedDict):
    id: str
    number: str
    printed_number: str | None


class BodyAccountRevoke(TypedDict):
    token: NotRequired[str]
    token_type_hint: NotRequired[str | None]


class BodyAccountToken(TypedDict):
    client_assertion: NotRequired[str | None]
    client_assertion_type: NotRequired[Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"] | None]
    client_id: NotRequired[str | None]
    client_secret: NotRequired[str | None]
    grant_type: Literal["password", "refresh_token", "client_credentials"]
    otp: NotRequired[str | None]
    password: NotRequired[str | None]
    refresh_token: NotRequired[str | None]
    scope: NotRequired[str]
    username: NotRequired[str | None]


class BodyAttachmentUpload(TypedDict):
    file: str
    organization_id: str


class BodyFeedbackAddPhoto(TypedDict):
    file: str


class BodyLedgerUpload(TypedDict):
    file: str


class BorneName(TypedDict):
    """
    A name, from `valid_from` up to but not including `valid_to`.
    """

    name: str
    valid_from: str
    valid_to: str | None


class BranchStay(TypedDict):
    """
    A branch that a member belonged to, from `from_on` up to but not including `to_on`.
    """

    from_on: str
    id: str
    organization_id: str
    organization_name: str
    reason: str | None
    to_on: str | None


class CallBackIn(TypedDict):
    """
    A call to the sender; `grade` is the sender's own word for the answer.
    """

    comment: NotRequired[str]
    ended_at: str
    grade: NotRequired[int | None]
    note: NotRequired[str]
    reached: bool
    started_at: str


CallDirection: TypeAlias = Literal["came_in", "call_back"]


class CallIn(TypedDict):
    ended_at: str
    started_at: str


class CallOut(TypedDict):
    """
    A call about the card; of an anonymous caller only the day of `started_at` means anything.
    """

    direction: CallDirection
    grade: int | None
    id: str
    note: str | None
    operator: str
    reached: bool
    seconds: int
    started_at: str


class CardExtensionIn(TypedDict):
    reason: NotRequired[str]
    until: str


CardKind: TypeAlias = Literal["answer", "request", "complex"]


class CardMergeIn(TypedDict):
    into_id: str
    reason: str


class CardMoveIn(TypedDict):
    desk_id: str
    reason: str


CardStatus: TypeAlias = Literal[
    "received",
    "accepted",
    "processing",
    "replying",
    "replied",
    "under_review",
    "closed",
    "not_accepted",
    "transferred",
    "merged",
    "withdrawn",
    "sealed",
    "handed_over",
]


class CardWhyIn(TypedDict):
    """
    Why a contact is read: it stands in the log.
    """

    reason: str


CardWish: TypeAlias = Literal["answer", "action", "praise", "complaint", "misconduct"]


Category: TypeAlias = Literal[
    "leadership",
    "organization_life",
    "member_management",
    "dues_finance",
    "village_affairs",
    "livelihood",
    "infrastructure",
    "venue",
    "petitions",
    "conduct",
    "safety_environment",
    "institution",
    "other",
]


class CellError(TypedDict):
    code: str
    message: str


class CheckOut(TypedDict):
    """
    The last check of the log: over which seals, and what was found, in the caller's language.
    """

    at: str
    events: int
    findings: list[str]
    first: int
    last: int
    seconds: float


class Choice(TypedDict):
    """
    Something to choose, with its words in both languages.
    """

    key: str
    title: dict[str, str]


class ChoiceOut(TypedDict):
    title: str
    value: str


class Choices(TypedDict):
    """
    What cards may say of themselves. `by_sender`: the channels that people use themselves.
    """

    by_sender: list[str]
    categories: list[Choice]
    channels: list[Choice]
    grades: list[Choice]
    statuses: list[Choice]
    voices: list[Choice]
    wishes: list[Choice]


class ClearExport(TypedDict):
    """
    Which organisation's records (and those below it) are needed in clear, and what for.
    """

    organization_id: NotRequired[str | None]
    reason: str


Network: TypeAlias = str


class ClientIn(TypedDict):
    """
    A program: `organization_id` answers for it, `reach_id` is what it reaches, `ends_on` its last day.
    """

    client_id: str
    contact: NotRequired[str]
    ends_on: str
    name: str
    networks: NotRequired[list[Network]]
    organization_id: str
    reach_id: str


class ClientPatch(TypedDict):
    """
    What changes.
    """

    contact: NotRequired[str | None]
    ends_on: NotRequired[str | None]
    name: NotRequired[str | None]
    networks: NotRequired[list[Network] | None]


class ClientReasonIn(TypedDict):
    reason: str


class ClockMove(TypedDict):
    days: int


class ClockOut(TypedDict):
    now: str


class CloseIn(TypedDict):
    """
    `leave_work`: what only this person could do, or names them, stays where it is.
    """

    leave_work: NotRequired[bool]
    reason: str


class ConfirmationIn(TypedDict):
    """
    The address as the partner says it.
    """

    reason: str
    url: str


class Contact(TypedDict):
    """
    Somebody who works in the same organisation or above it.
    """

    name: str
    organization: str
    roles: list[str]


class ContactIn(TypedDict):
    """
    How to reach the sender; kept encrypted, apart from the card. Whoever reads it leaves a trace.
    """

    name: NotRequired[str]
    phone: str


class ContactOut(TypedDict):
    name: str
    phone: str


CorrectionState: TypeAlias = Literal["open", "corrected", "not_corrected"]


class CountsOut(TypedDict):
    """
    Data rows of the file.  Before the commit `created`, `updated` and `unchanged` say what it would do.
    """

    acceptable: int
    created: int
    refused: int
    total: int
    unchanged: int
    updated: int


class DayReceipt(TypedDict):
    """
    The day whose notices are all confirmed.
    """

    day: str


DeadlineKind: TypeAlias = Literal["dated", "immediate", "standing"]


DecisionStatus: TypeAlias = Literal["running", "adopted", "rejected", "executing", "evaluated", "closed", "withdrawn"]


class DelegationIn(TypedDict):
    """
    Without `grant_ids` every role that may be lent; both days count, and without the last one it is a week.
    """

    ends_on: NotRequired[str | None]
    grant_ids: NotRequired[list[str]]
    reason: str
    starts_on: NotRequired[str | None]
    to_id: str


class DeliveryOut(TypedDict):
    """
    A message. `failures`: how often it failed since it began to be sent; `status`: the last answer's, null where
    there was none, and `failure` says why. `void`: by then the client saw the record no longer, and nothing was sent.
    """

    at: str
    change_id: str
    delivered_at: str | None
    failure: str | None
    failures: int
    id: str
    next_at: str | None
    record_id: str
    resource: str
    state: Literal["waiting", "delivered", "dead", "void"]
    status: int | None
    tried_at: str | None
    type: str


class DeliveryPage(TypedDict):
    items: list[DeliveryOut]
    next_cursor: str | None


class DemoOut(TypedDict):
    """
    That this is a demonstration, with whom one may sign in (the password was printed at start), and its time.
    """

    accounts: list[str]
    now: str


class DismissalIn(TypedDict):
    """
    Why the record shall not come in; the partner is told.
    """

    reason: str


class Dissolution(TypedDict):
    reason: str


class EndDelegationIn(TypedDict):
    reason: str


class EndIn(TypedDict):
    """
    `ends_on`: the last day on which the role still holds; without it, it ends now.
    """

    ends_on: NotRequired[str | None]
    reason: str


class Ended(TypedDict):
    """
    How many sessions ended.
    """

    ended: int


class EnrolmentIn(TypedDict):
    current_password: str


class EnrolmentOut(TypedDict):
    """
    What an authenticator takes: the picture to scan (an SVG as data address), or the same to type. Shown once.
    """

    address: str
    qr: str
    secret: str


class EntryProblem(TypedDict):
    code: str
    message: str
    pointer: str


class EventActor(TypedDict):
    id: str
    name: str


class EventOut(TypedDict):
    """
    One thing that was done: when by the county's clock, by whom and for whom, why, and what changed.

    Changes are old and new values, numbers masked.
    """

    actor: EventActor | None
    at: str
    data: dict[str, Any]
    id: str
    kind: str
    on_behalf_of: EventActor | None
    reason: str | None
    title: str


class EventPage(TypedDict):
    items: list[EventOut]
    next_cursor: str | None


class EvidenceIn(TypedDict):
    id: str
    kind: str


class EvidenceOut(TypedDict):
    """
    An attachment and what it was given as.
    """

    created_at: str
    id: str
    kind: str
    media_type: str
    name: str
    sha256: str
    size: int


class EvidenceWanted(TypedDict):
    kind: str
    required: bool
    title: str


Kind: TypeAlias = str


class ExportIn(TypedDict):
    """
    Which events, in which form, and why: the reason stands in the log.
    """

    actor_id: NotRequired[str | None]
    format: Literal["xlsx", "csv", "ndjson"]
    kinds: NotRequired[list[Kind]]
    organization_id: NotRequired[str | None]
    origin: NotRequired[str | None]
    reason: str
    sensitive: NotRequired[bool]
    since: NotRequired[str | None]
    subject_id: NotRequired[str | None]
    subject_kind: NotRequired[str | None]
    until: NotRequired[str | None]


class FeedStanding(TypedDict):
    """
    How far a client has read the change feed: when it last came with a cursor, known to ten seconds, and when the
    oldest event was written that it has not read; null at the end.
    """

    asked_at: str
    behind_since: str | None


class FieldOut(TypedDict):
    """
    A field that has codes. `choices` are our values; null where the value is the id of an organisation.

    `outward`: the partner is told its word for our value.
    """

    choices: list[ChoiceOut] | None
    field: str
    outward: bool
    resource: str
    resource_title: str
    title: str


class FieldRefusal(TypedDict):
    """
    One reason for a refusal, at the field it is about.
    """

    code: str
    message: str
    pointer: str


class FigureColumn(TypedDict):
    """
    A column; `kind` says how its values are read: a `share` is between 0 and 1, a `day` is a date.
    """

    key: str
    kind: Literal["label", "count", "share", "days", "day", "word"]
    title: str


class FigureCoverage(TypedDict):
    """
    How many units there are, and of how many nothing stands behind the figure.
    """

    missing: int
    units: int


class FigureDefinition(TypedDict):
    """
    What a figure counts and how. A `timed` one is about a period, the others are about this moment.
    """

    about: Literal["rectification", "feedback", "unit"]
    definition: str
    formula: str
    key: str
    source: str
    timed: bool
    title: str
    unit: str


class FigureFact(TypedDict):
    """
    One number that sums the figure up; null when it is of fewer than ten. A rate has its 95 % interval.
    """

    high: float | None
    key: str
    kind: Literal["label", "count", "share", "days", "day", "word"]
    low: float | None
    title: str
    value: float | None


class FigureLine(TypedDict):
    """
    A value at which a chart draws a line, such as a limit.
    """

    at: float
    title: str


class FigureList(TypedDict):
    items: list[FigureDefinition]


class FigurePeriod(TypedDict):
    """
    From `first` to `last`, both included.
    """

    first: str
    last: str


class GivenUp(TypedDict):
    """
    `due`: whether another authenticator has to be set up before anything else is allowed.
    """

    due: bool


class GoneOut(TypedDict):
    """
    What was done has taken the card out of the caller's sight: sealed, or the caller is now known to be meant.
    """

    in_sight: NotRequired[Literal[False]]
    number: str


class GrantIn(TypedDict):
    """
    A role for somebody; without organisation over all counties. Both days count.
    """

    account_id: str
    ends_on: NotRequired[str | None]
    organization_id: NotRequired[str | None]
    reason: str
    role: str
    starts_on: NotRequired[str | None]


class GrantOut(TypedDict):
    account_id: str
    ends_at: str | None
    id: str
    organization_id: str | None
    role: str
    starts_at: str
    version: int


class GroupOut(TypedDict):
    """
    The records in the caller's reach that belong to one organisation and are there since one day. `sha256` is over
    one line for each, `id:version` and a newline, in the order of the ids.
    """

    count: int
    day: str
    organization_id: str
    sha256: str


class GroupPage(TypedDict):
    items: list[GroupOut]
    next_cursor: str | None


class HandingOverIn(TypedDict):
    reason: str
    to: str


class HandoverIn(TypedDict):
    reason: str
    successor_id: str


class HandoverItem(TypedDict):
    """
    An open matter that waits for the person; `alone`: for nobody else. The title is for the person only, since
    whoever keeps accounts may not read the matters.
    """

    alone: bool
    due_at: str | None
    id: str
    kind: str
    number: str
    organization: str
    step: str
    title: str | None


class HeldRole(TypedDict):
    """
    A role in force now; without organization over all counties. `lent`: it is a colleague's.
    """

    lent: bool
    organization_id: str | None
    organization_name: str | None
    role: str


class HoldingOut(TypedDict):
    """
    One kind of personal data: whose, why, on which ground, from where, who reads it, how long it is kept (`period`,
    counted from `since`) and what becomes of it `then`.
    """

    basis: str
    kept: str
    key: str
    period: str
    readers: str
    retention_basis: str
    roles: list[str]
    sensitive: bool
    since: str
    source: str
    then: str
    what: str
    whose: str
    why: str


class HowFar(TypedDict):
    """
    A measure that can be checked, where it stands and where it should.
    """

    baseline: str
    measure: str
    target: str
    unit: str


ImportState: TypeAlias = Literal["checking", "checked", "committing", "committed", "failed", "undone"]


class InvitationCodeIn(TypedDict):
    code: str


class InvitedOut(TypedDict):
    """
    Whom the code is for. `waits`: the security administrator has not released it yet. `second_code`: it takes the
    second code too, which the security administrator hands over.
    """

    expires_at: str
    name: str
    organization: str | None
    second_code: bool
    username: str
    waits: bool


class ItemRef(TypedDict):
    """
    Another item, or a feedback card.
    """

    id: str
    number: str


class JudgedOut(TypedDict):
    """
    What a dry run found: nothing was done. `warnings` are pointed out and refuse nothing.
    """

    allowed: bool
    problems: list[ActProblem]
    warnings: list[ActProblem]


class JwksOut(TypedDict):
    """
    The public keys that access tokens are signed with (RFC 7517).
    """

    keys: list[dict[str, Any]]


class KindOut(TypedDict):
    kind: str
    sensitive: bool
    title: str


class LiftIn(TypedDict):
    """
    Organisations and accounts out of `matched` that the note does not mean.
    """

    ids: list[str]
    reason: str


class LogPlace(TypedDict):
    sequence: int
    transaction_id: int


class MappingChange(TypedDict):
    """
    What the code means from now on.
    """

    value: str


class MappingIn(TypedDict):
    """
    `client_id` is the program's key, `value` one of the field's `choices` or the id of an organisation.
    """

    client_id: str
    code: str
    field: str
    resource: str
    value: str


class MemberCorrectionIn(TypedDict):
    """
    The field that is wrong, what should stand there (empty: nothing), and which paper shows it.
    """

    evidence: str
    field: Literal[
        "name",
        "sex",
        "birth_date",
        "ethnic_group",
        "id_number",
        "phone",
        "education",
        "native_place",
        "joined_on",
        "confirmed_on",
        "status",
        "category",
        "is_mobile",
        "remark",
    ]
    says: NotRequired[str | None]
    should: str


class MemberSearch(TypedDict):
    """
    Exactly one of the two.
    """

    id_number: NotRequired[str | None]
    phone: NotRequired[str | None]


MemberStatus: TypeAlias = Literal[
    "applicant",
    "activist",
    "development_target",
    "probationary",
    "full",
    "transferring",
    "transferred_out",
    "suspended",
    "removed",
    "withdrawn",
    "expelled",
    "deceased",
]


class Merge(TypedDict):
    into_id: str
    reason: str


class Move(TypedDict):
    parent_id: str
    reason: str


class NameRef(TypedDict):
    id: str
    name: str


class NamedItem(TypedDict):
    """
    An open record that names the person, and as what.
    """

    as_what: str
    id: str
    kind: str
    number: str
    organization: str
    title: str | None


class Need(TypedDict):
    """
    Something that is missing or pointed out; `pointer` leads into the body of the act, empty for no field.
    """

    code: str
    message: str
    pointer: str


class NoticeCount(TypedDict):
    unread: int


class NoticeOut(TypedDict):
    """
    One notice: `title` and `number` are the matter's, `rung` says how near the limit was when it was told.
    """

    created_at: str
    id: str
    limit_at: str
    number: str
    received_at: str | None
    rung: str
    rung_title: str
    step: str
    step_title: str
    subject_id: str
    subject_kind: str
    title: str


class NumberRef(TypedDict):
    id: str
    number: str


Op: TypeAlias = Literal["upsert", "remove", "resync"]


class OpenDecision(TypedDict):
    """
    A decision that everybody may say something to, up to and including the day `ends_on`; `last_day`: that is today,
    by the county's clock and nobody's phone.
    """

    ends_on: str
    id: str
    last_day: bool
    number: str
    organization_name: str
    title: str


class OpeningAnswer(TypedDict):
    """
    What the second opener says: that it was so, or what was not.
    """

    confirmed: bool
    objection: NotRequired[str]


class OpeningIn(TypedDict):
    """
    The opening of a box by two people: whether the seal was whole, how many slips there were, the new seal.

    The caller is the first opener; `opener_b_id` is the account of the second one, who confirms it.
    """

    box_no: str
    location: str
    new_seal_no: str
    opened_at: str
    opener_b_id: str
    organization_id: str
    remark: NotRequired[str]
    seal_no: str
    seal_whole: bool
    slips: int


OpeningState: TypeAlias = Literal["waiting", "confirmed", "objected", "typed"]


OpinionChannel: TypeAlias = Literal[
    "meeting", "household_visit", "phone", "letter", "web", "notice_board", "opinion_card", "suggestion_box", "other"
]


OpinionOutcome: TypeAlias = Literal["adopted", "partly_adopted", "not_adopted", "merged"]


class OpinionReceived(TypedDict):
    """
    That the opinion is in; it is answered with all others before the step closes.
    """

    decision_id: str
    received_on: str


OpinionSource: TypeAlias = Literal["resident", "member", "organization", "expert", "deputy"]


class OptionOut(TypedDict):
    """
    Something that may come next. `allowed`: by this caller, once what the form lacks is filled in.
    """

    allowed: bool
    evidence: list[EvidenceWanted]
    missing: list[Need]
    outcome: Literal["done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened"]
    record_schema: dict[str, Any] | None
    step: str
    title: str
    to: list[str] | None
    warnings: list[Need]


class OrganizationChange(TypedDict):
    """
    The fields to change; what is left out stays, null empties.
    """

    credit_code: NotRequired[str | None]
    founded_on: NotRequired[str | None]
    name: NotRequired[str | None]
    region_code: NotRequired[str | None]
    remark: NotRequired[str | None]
    short_name: NotRequired[str | None]
    term_ends_on: NotRequired[str | None]
    term_starts_on: NotRequired[str | None]


class OrganizationDetail(TypedDict):
    """
    A node with what stands above it (from the top down), every name it bore (the newest first), and what the caller
    may do: `create` below it, `edit`, `register` members, `move`, `merge`, `dissolve`.
    """

    ancestors: list[Ancestor]
    can: list[str]
    child_count: int
    county_id: str
    created_at: str
    credit_code: str | None
    founded_on: str | None
    id: str
    initials: str
    kind: str
    member_count: int | None
    merged_into_id: str | None
    name: str
    names: list[BorneName]
    parent_id: str | None
    path: str
    pinyin: str
    region_code: str | None
    remark: str | None
    short_name: str | None
    status: Literal["active", "merged", "dissolved"]
    term_ends_on: str | None
    term_starts_on: str | None
    updated_at: str
    valid_from: str
    valid_to: str | None
    version: int


class OrganizationName(TypedDict):
    id: str
    name: str


class OrganizationNew(TypedDict):
    """
    A new organisation; without `parent_id` it is a county.
    """

    credit_code: NotRequired[str | None]
    founded_on: NotRequired[str | None]
    kind: str
    name: str
    parent_id: NotRequired[str | None]
    region_code: NotRequired[str | None]
    remark: NotRequired[str | None]
    short_name: NotRequired[str | None]
    term_ends_on: NotRequired[str | None]
    term_starts_on: NotRequired[str | None]


class OrganizationOut(TypedDict):
    """
    A node of the tree.

    `member_count` counts full and probationary members and those in transfer, in the whole subtree; `child_count` the
    active nodes directly below.  `valid_to` is the first day on which it was no more.
    """

    child_count: int
    county_id: str
    created_at: str
    credit_code: str | None
    founded_on: str | None
    id: str
    initials: str
    kind: str
    member_count: int | None
    merged_into_id: str | None
    name: str
    parent_id: str | None
    path: str
    pinyin: str
    region_code: str | None
    remark: str | None
    short_name: str | None
    status: Literal["active", "merged", "dissolved"]
    term_ends_on: str | None
    term_starts_on: str | None
    updated_at: str
    valid_from: str
    valid_to: str | None
    version: int


class OrganizationPage(TypedDict):
    items: list[OrganizationOut]
    next_cursor: str | None


class OrganizationRef(TypedDict):
    id: str
    name: str


OrganizationStatus: TypeAlias = Literal["active", "merged", "dissolved"]


class OwnCorrection(TypedDict):
    """
    What was called wrong.  `says` and `should` are masked where they are numbers; `due_at` is the last moment of
    the fifth working day, by which it is to be answered, `finish_at` that of the fifteenth.
    """

    asked_at: str
    due_at: str
    evidence: str
    field: Literal[
        "name",
        "sex",
        "birth_date",
        "ethnic_group",
        "id_number",
        "phone",
        "education",
        "native_place",
        "joined_on",
        "confirmed_on",
        "status",
        "category",
        "is_mobile",
        "remark",
    ]
    finish_at: str
    id: str
    overdue: bool
    reason: str | None
    says: str | None
    settled_at: str | None
    should: str | None
    state: CorrectionState
    title: str
    version: int


class PartIn(TypedDict):
    category: str
    content: str


class PartsIn(TypedDict):
    """
    What the card speaks of beside its main matter, one by one.
    """

    parts: list[PartIn]


class PasswordChanged(TypedDict):
    """
    How many other sessions ended with the old password.
    """

    sessions_ended: int


class PasswordIn(TypedDict):
    current_password: str
    password: str


class PasswordState(TypedDict):
    """
    `ends_at`: when it grows too old, null when never; `ends_soon` two weeks before.  The lengths are the rule's.
    """

    ends_at: str | None
    ends_soon: bool
    least: int
    passphrase: int
    set_at: str | None


class PersonName(TypedDict):
    id: str
    name: str


class PersonRef(TypedDict):
    """
    Someone with an account.
    """

    id: str
    name: str


class PhotoKept(TypedDict):
    """
    A photo is in, drawn anew without metadata; `photos` is how many the card has.
    """

    id: str
    photos: int


class PhotoOut(TypedDict):
    height: int
    id: str
    media_type: str
    size: int
    width: int


class Place(TypedDict):
    id: str
    name: str


class PlaceOut(TypedDict):
    """
    A place and what can be done there; `full_name` tells villages of one name apart.
    """

    can: list[Literal["feedback", "publications", "opinions"]]
    full_name: str
    id: str
    name: str


class PreviewColumn(TypedDict):
    """
    A column that the ledger knows, with the title that the sheet gives it.
    """

    key: str
    title: str


class ProblemOut(TypedDict):
    """
    One code. `message` has `{...}` where a refusal has its `params`. `again`: whether the same may be asked again:
    `mended` after putting it right, `later` as it is, `anew` after reading or signing in again, `never`.
    """

    advice: str
    again: Literal["mended", "later", "anew", "never"]
    code: str
    message: str
    params: list[str]


class ProgressOut(TypedDict):
    """
    How far the work is; both numbers count rows, of the file and, in a commit, of the records.
    """

    done: int
    total: int


class ProposedNumbers(TypedDict):
    """
    What the person asks to stand there instead, in clear; null where no correction is open.
    """

    birth_date: NotRequired[str | None]
    id_number: NotRequired[str | None]
    native_place: NotRequired[str | None]
    phone: NotRequired[str | None]


class PublicHolding(TypedDict):
    basis: str
    period: str
    readers: str
    since: str
    then: str
    what: str
    whose: str
    why: str


class PublicOpinion(TypedDict):
    """
    An opinion; a name is given by who wants to. `submission_id` is made by the sender, so that one arrives once.
    """

    content: str
    from_kind: Literal["resident", "member", "organization"]
    from_name: NotRequired[str | None]
    submission_id: str


class PublicText(TypedDict):
    """
    A decision's text as anybody may read it. `open`: opinions are asked for, up to and including `ends_on`.
    """

    body: str
    ends_on: str | None
    id: str
    last_day: bool
    number: str
    open: bool
    organization_name: str
    published_on: str | None
    title: str


class PublishedReply(TypedDict):
    """
    What was done about something that somebody said; nothing of what was said, nor by whom.
    """

    category: str
    replied_on: str
    reply: str


class PublishedResolution(TypedDict):
    body: str
    id: str
    number: str
    organization_name: str
    published_on: str
    title: str


class RatingIn(TypedDict):
    """
    The sender's word for the answer. `number` names a part of the card that has an answer of its own.
    """

    comment: NotRequired[str]
    grade: int
    number: NotRequired[str | None]


class Readiness(TypedDict):
    """
    `database`: reached; `migrations`: the database is at the revision that this program was built for; `audit`: the
    log is as it was sealed and goes on being sealed, as far as the last check knows.

    `degraded` is answered with 200: what is asked is done, and somebody has to look at the log.
    """

    audit: bool
    database: bool
    migrations: bool
    status: Literal["ok", "degraded", "unavailable"]


class ReadingIn(TypedDict):
    """
    Why the report is opened: it stands in the log.
    """

    reason: str


class ReceiptOut(TypedDict):
    """
    What the sender follows the card with. Code and PIN are shown this once; the server keeps only their hashes.
    """

    code: str
    number: str
    pin: str
    received_on: str


class Received(TypedDict):
    """
    How many were confirmed now, and how many are left.
    """

    received: int
    unread: int


class RecordField(TypedDict):
    """
    One field of the own record, numbers masked.  `by` are roles, never names of people.
    """

    by: list[str]
    field: Literal[
        "name",
        "sex",
        "birth_date",
        "ethnic_group",
        "id_number",
        "phone",
        "education",
        "native_place",
        "joined_on",
        "confirmed_on",
        "status",
        "category",
        "is_mobile",
        "remark",
    ]
    on: str
    source: Literal["import", "entry", "change", "correction"]
    title: str
    value: str | None


class RecordLook(TypedDict):
    """
    Somebody with one of the roles `by` had these numbers shown in clear, or exported a roster with this record, and
    why.
    """

    by: list[str]
    deed: Literal["shown", "collision", "exported", "exported_in_clear", "result_taken"]
    fields: list[str]
    on: str
    reason: str


class RecoveryCodesOut(TypedDict):
    """
    Codes that stand in for the authenticator, each once.  Shown once: they are kept as hashes only.
    """

    recovery_codes: list[str]


class RectificationAct(TypedDict):
    """
    One act on the open step of an item.
    """

    evidence: NotRequired[list[str | EvidenceIn]]
    outcome: Literal["done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened"]
    reason: NotRequired[str]
    record: NotRequired[dict[str, Any] | None]
    rule: NotRequired[str]
    step: str
    to: NotRequired[str | None]


class RectificationCorrectionIn(TypedDict):
    reason: str
    text: str


class RectificationExtensionIn(TypedDict):
    """
    More time: asked for by the unit before the limit, granted by somebody above it with the exact day.
    """

    reason: str
    until: str


class RectificationMergeIn(TypedDict):
    into_id: str
    reason: str


RectificationSource: TypeAlias = Literal[
    "inspection_tour",
    "party_building_patrol",
    "thematic_education",
    "epidemic_control",
    "supervision",
    "assessment",
    "self_review",
    "democratic_life_meeting",
    "organizational_life_meeting",
    "feedback",
    "inspection",
    "audit",
    "county_transfer",
    "management_review",
]


RectificationStatus: TypeAlias = Literal[
    "registered",
    "assigned",
    "signed_for",
    "planned",
    "rectifying",
    "close_requested",
    "verified",
    "closed",
    "merged",
    "withdrawn",
]


class Redelivered(TypedDict):
    """
    How many messages are sent again; one that is on its way at this moment is not counted.
    """

    count: int


class RedeliveriesIn(TypedDict):
    """
    Messages about what happened between two moments; `states`: only those of these, all without it.
    """

    since: str
    states: NotRequired[list[Literal["delivered", "dead", "void"]]]
    until: str


class RedeliveryIn(TypedDict):
    delivery_id: str


class Ref(TypedDict):
    id: str
    name: str


class Refusal(TypedDict):
    """
    Why a request was refused: RFC 9457, with a stable `code` and words in the caller's language.
    """

    code: str
    detail: str
    errors: list[FieldRefusal]
    request_id: str | None
    status: int
    title: str
    type: str


class Refused(TypedDict):
    code: str
    message: str


class RefusedCell(TypedDict):
    """
    Why a row is not taken: `row` counts from 1 as the sheet shows it, `column` is the title as the sheet has it.
    """

    code: str
    column: str | None
    message: str
    row: int
    sheet: str


class ReleasedOut(TypedDict):
    """
    The second code, shown this once: for the person themselves, and nobody who keeps accounts.
    """

    account: PersonName
    expires_at: str
    second_code: str
    username: str


RelookFound: TypeAlias = Literal["held", "relapsed"]


class RelookIn(TypedDict):
    """
    `relapsed` opens the item again, by `due_on` or within 30 days.
    """

    due_on: NotRequired[str | None]
    evidence: NotRequired[list[str]]
    findings: str
    found: Literal["held", "relapsed"]


RelookKind: TypeAlias = Literal["sample", "major"]


class RelookOut(TypedDict):
    """
    A look at a closed item; `found` is null while it is still to be done.
    """

    done_at: str | None
    done_by: PersonRef | None
    due_on: str
    evidence: list[EvidenceOut]
    findings: str | None
    found: RelookFound | None
    id: str
    kind: RelookKind


class RevokedOut(TypedDict):
    """
    Nothing: whether there was such a session is nobody's business.
    """


class RoleOut(TypedDict):
    """
    A role that may be given. `everywhere`: also over all counties; `kinds` of organisations, null for any.

    `excludes` are the roles that nobody holds beside it, at overlapping organisations; `lendable`: its holder may lend
    it.
    """

    everywhere: bool
    excludes: list[str]
    kinds: list[str] | None
    lendable: bool
    role: str
    title: str


RowAction: TypeAlias = Literal["create", "update", "unchanged", "refused"]


class ScopeList(TypedDict):
    """
    What a client may carry at the most.
    """

    items: list[str]


Scope: TypeAlias = str


class ScopesIn(TypedDict):
    reason: str
    scopes: list[Scope]


class SealDay(TypedDict):
    day: str
    events: int


class SealNote(TypedDict):
    """
    A seal, as it is kept elsewhere; `guanbiao audit verify --against FILE` takes it as it is.
    """

    columns: list[str]
    count: int
    first: LogPlace
    format: str
    hash: str
    history: str
    key: str
    last: LogPlace
    leaves_sha256: str
    number: int
    previous: str | None
    root: str
    sealed_at: str
    signature: str
    total: int


class SealRow(TypedDict):
    """
    One seal in the list: how many events it is over, and how many there were in all.
    """

    count: int
    hash: str
    number: int
    sealed_at: str
    total: int


class SealedPhoto(TypedDict):
    """
    A photo as base64 of a JPEG without metadata.
    """

    data: str
    media_type: str


class SealedRow(TypedDict):
    """
    A sealed report in a list: nothing of what it says. `organization` is where it is kept.
    """

    channel: str
    handed_over_on: str | None
    handed_over_to: str | None
    id: str
    number: str
    organization: NameRef
    reading_count: int
    received_on: str
    sealed_on: str
    status: CardStatus
    version: int


class SecondStepCodeIn(TypedDict):
    code: str


class SecondStepReset(TypedDict):
    """
    `was_set`: whether there was an authenticator to take away.
    """

    was_set: bool


class SecondStepState(TypedDict):
    in_use: bool
    recovery_codes_left: int
    required: bool


class SecretEnd(TypedDict):
    reason: str
    secret_id: str


class SecretIn(TypedDict):
    """
    What a secret is for. Without a body it buys tokens. A key is a shared one (`hmac-sha256`, for requests), or the
    partner's own, of which only the public half is told (`private_key_jwt`, for tokens: EC on P-256 in PEM; `sm2-sm3`,
    for requests: the point in hex).
    """

    public_key: NotRequired[str | None]
    use: NotRequired[Literal["sign_in", "private_key_jwt", "hmac-sha256", "sm2-sm3"]]


class SecretOut(TypedDict):
    """
    A new secret, told this once: for tokens, or 64 hexadecimal digits of the 32 bytes by which requests are signed;
    null when the partner holds the key.
    """

    client_id: str
    client_secret: str | None
    ends_at: str
    id: str
    use: Literal["sign_in", "private_key_jwt", "hmac-sha256", "sm2-sm3"]
    version: int


class SecretRow(TypedDict):
    """
    A secret or key in use: its first characters, since when it opens anything, and until when it works.

    `use`: `sign_in` buys tokens, and so does an assertion signed with the key of a `private_key_jwt`; the others sign
    requests, and `id` is then what `X-Key-Id` says. `public_key`: the partner's own half, to be compared with the
    partner before it is confirmed.
    """

    confirmed_at: str | None
    created_at: str
    ends_at: str
    hint: str
    id: str
    public_key: str | None
    use: Literal["sign_in", "private_key_jwt", "hmac-sha256", "sm2-sm3"]


class SecurityOut(TypedDict):
    """
    What I sign in with, and what is due before anything else.
    """

    due: Literal["password", "second_step"] | None
    password: PasswordState
    second_step: SecondStepState


class SessionOut(TypedDict):
    """
    One signed-in device: `device` in words, `used_at` to the minute, `ends_at` unless it is used until then.
    """

    begun_at: str
    device: str
    ends_at: str
    id: str
    is_present: bool
    second_step: bool
    used_at: str


class SessionPage(TypedDict):
    items: list[SessionOut]
    next_cursor: None


class Settlement(TypedDict):
    """
    Whether the record is corrected as the person asks; a refusal says why.
    """

    outcome: Literal["corrected", "not_corrected"]
    reason: NotRequired[str]


Severity: TypeAlias = Literal["general", "important", "major"]


Sex: TypeAlias = Literal["male", "female"]


class SnapshotIn(TypedDict):
    """
    What is wanted. Several resources in one snapshot are of the same moment.
    """

    resources: list[Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"]]


SnapshotState: TypeAlias = Literal["waiting", "writing", "ready", "failed"]


class SourceRef(TypedDict):
    """
    What the partner calls a record.
    """

    id: str
    system: str


class StepDefinition(TypedDict):
    """
    One step as it is defined; absent members mean that the step has no such thing.
    """

    applies: NotRequired[list[dict[str, Any]]]
    back_to: NotRequired[list[str]]
    barred: NotRequired[list[str]]
    checking: NotRequired[bool]
    conditions: NotRequired[list[dict[str, Any]]]
    content: NotRequired[Literal["none", "material", "any"]]
    countersign: NotRequired[dict[str, Any] | None]
    due: NotRequired[dict[str, Any] | None]
    due_by: NotRequired[dict[str, Any] | None]
    due_from: NotRequired[dict[str, Any] | None]
    evidence: NotRequired[list[dict[str, Any]]]
    evidence_at_least: NotRequired[int]
    extension: NotRequired[dict[str, Any] | None]
    help: dict[str, str]
    key: str
    limit: NotRequired[bool]
    note: NotRequired[dict[str, Any] | None]
    only: NotRequired[list[str]]
    other_than: NotRequired[list[str]]
    recalled_by: NotRequired[list[str]]
    record_on_return: NotRequired[bool]
    record_schema: NotRequired[dict[str, Any] | None]
    result: NotRequired[dict[str, Any] | None]
    returns_at_most: NotRequired[int | dict[str, Any] | None]
    roles: list[str]
    title: dict[str, str]
    waits: NotRequired[list[dict[str, Any]]]
    waiver: NotRequired[dict[str, Any] | None]


SubjectClass: TypeAlias = Literal[
    "public_works", "public_service", "charges", "land_resettlement", "environment", "rules", "other"
]


class SupervisionIn(TypedDict):
    reason: str


class TaskOut(TypedDict):
    """
    Something that waits for the caller: `kind` and `id` lead to it, `since` when it came to them.
    """

    due_at: str | None
    id: str
    kind: str
    light: Literal["green", "yellow", "red", "blue", "grey"]
    number: str
    organization: OrganizationName
    since: str
    step: str
    step_title: str
    title: str


class TaskPage(TypedDict):
    items: list[TaskOut]
    next_cursor: str | None


class TextIn(TypedDict):
    body: str
    title: str


class TextOut(TypedDict):
    body: str
    sha256: str
    title: str
    version: int


class TokenOut(TypedDict):
    """
    An access token for ten minutes, and the refresh token that buys the next one, once; null when it is a cookie.

    A client gets no refresh token, and `scope` says what its token carries; null for people, of whom grants decide.
    """

    access_token: str
    expires_in: int
    refresh_token: str | None
    scope: NotRequired[str | None]
    token_type: Literal["Bearer"]


class TrackedBy(TypedDict):
    """
    What the sender of a card follows it with, to be told to the sender.
    """

    code: str
    pin: str


class TrackedPart(TypedDict):
    """
    A part of the card that is handled on its own.
    """

    can_rate: bool
    category: str
    number: str
    public_reply: str | None
    replied_on: str | None
    status: CardStatus
    status_title: str


class TrackedStep(TypedDict):
    """
    A step that has begun; `on` is the day when it was finished, null while it is open.
    """

    on: str | None
    title: str


class Transfer(TypedDict):
    on: str
    organization_id: str
    reason: str


class TransferIn(TypedDict):
    reason: str
    responsible_leader: NotRequired[str]
    responsible_person: NotRequired[str]
    responsible_unit_id: str


class TypeList(TypedDict):
    """
    What there is to subscribe to: the types of messages by resource.
    """

    resources: dict[str, list[str]]


class UnknownCode(TypedDict):
    """
    A code of the partner's that nobody here has mapped yet.
    """

    code: str
    field: str


class UnknownOut(TypedDict):
    """
    A code that nobody has mapped, how many records wait for it, and since when.
    """

    client: NameRef
    code: str
    field: str
    records: int
    resource: str
    since: str


class Unmasking(TypedDict):
    fields: list[Literal["id_number", "phone", "birth_date", "native_place"]]
    reason: str


Urgency: TypeAlias = Literal["normal", "urgent"]


Voice: TypeAlias = Literal["masses", "leaders", "organisations", "departments"]


class WaitingCounts(TypedDict):
    """
    Records of a client that have not come in: those with a code that nobody has mapped, and those refused.
    """

    refused: int
    unmapped: int


WaitingState: TypeAlias = Literal["waiting", "refused", "dismissed"]


class WebhookClient(TypedDict):
    client_id: str
    id: str
    name: str


class WebhookData(TypedDict):
    """
    What it is about: fetch the record as it is now. `resource` is null when everything is to be read anew;
    `change_id` names the event in the log of the county. `below`: it is about every record of the resource below the
    organisation `id`.
    """

    below: bool
    change_id: str
    id: str
    resource: Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"] | None


Resource: TypeAlias = str


Type: TypeAlias = str


class WebhookIn(TypedDict):
    """
    A subscription of the client `client_id`. `types`: only these messages; all of the resources without it.
    """

    client_id: str
    resources: list[Resource]
    types: NotRequired[list[Type]]
    url: str


class WebhookMessage(TypedDict):
    """
    A message. It holds no personal data. `timestamp` is when it happened; of what people sent, rated or withdrew it
    is the end of the day.
    """

    data: WebhookData
    timestamp: str
    type: Literal[
        "client.reach_changed",
        "decision.acted",
        "decision.amended",
        "decision.changed",
        "decision.removed",
        "decision.resync",
        "decision.started",
        "feedback.acted",
        "feedback.changed",
        "feedback.converted",
        "feedback.merged",
        "feedback.removed",
        "feedback.resync",
        "feedback.split",
        "member.changed",
        "member.registered",
        "member.removed",
        "member.resync",
        "member.transferred",
        "organization.changed",
        "organization.created",
        "organization.dissolved",
        "organization.merged",
        "organization.moved",
        "organization.removed",
        "organization.renamed",
        "organization.resync",
        "rectification.acted",
        "rectification.changed",
        "rectification.corrected",
        "rectification.merged",
        "rectification.registered",
        "rectification.removed",
        "rectification.reopened",
        "rectification.resync",
        "rectification.supervised",
        "rectification.transferred",
    ]


class WebhookPatch(TypedDict):
    """
    What changes; another address has to be confirmed anew before anything is sent to it.
    """

    resources: NotRequired[list[Resource] | None]
    types: NotRequired[list[Type] | None]
    url: NotRequired[str | None]


class WebhookSecretIn(TypedDict):
    """
    `overlap_hours`: so long the secret of before signs beside the new one; 0 ends it at once.
    """

    overlap_hours: NotRequired[int]
    reason: str


class WebhookSecretOut(TypedDict):
    """
    A new secret, told this once.
    """

    id: str
    secret: str
    version: int


class WebhookSecretRow(TypedDict):
    """
    A secret that signs: since when, and until when where another has followed it.
    """

    created_at: str
    ends_at: str | None
    id: str


class When(TypedDict):
    due_on: str
    start_on: str


Helper: TypeAlias = str


class Who(TypedDict):
    helpers: NotRequired[list[Helper]]
    owner: str


class WhyRefused(TypedDict):
    code: str
    errors: list[FieldRefusal]
    message: str


class WithdrawalIn(TypedDict):
    reason: str


class AccountGrantOut(TypedDict):
    """
    A role and where it is held; without organization, over all counties.
    """

    organization: OrganizationRef | None
    path: str
    role: str


class AccountRow(TypedDict):
    """
    An account. `last_used_on` is kept as a day and no finer; on `dormant_on` it is suspended unless it is used.
    """

    dormant_on: str | None
    id: str
    last_used_on: str | None
    name: str
    organization: Place | None
    roles: list[HeldRole]
    state: Literal["invited", "active", "suspended", "closed"]
    suspended_for: str | None
    username: str
    version: int


class ActOut(TypedDict):
    """
    One act. `on_behalf_of` is whose role it was done in, when a colleague had lent it.

    `in_force` is false when a return has made it stale; `text_sha256` is the text that it was about.
    """

    at: str
    by: PersonRef
    evidence: list[EvidenceOut]
    id: str
    in_force: bool
    on_behalf_of: PersonRef | None
    outcome: Literal["done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened"]
    reason: str | None
    record: dict[str, Any] | None
    result: str | None
    rule: str | None
    text_sha256: str | None
    to: str | None


class AssignedOut(TypedDict):
    """
    What became of one item: `refusal` is the one reason why it was not assigned, null when it was.
    """

    assigned: bool
    id: str
    number: str | None
    refusal: Refused | None


class AssignmentsIn(TypedDict):
    """
    What items are given with; what is left out is taken from what each item proposes.
    """

    deadline_kind: NotRequired[DeadlineKind | None]
    due_on: NotRequired[str | None]
    emergency: NotRequired[str]
    ids: list[str]
    reason: NotRequired[str]
    responsible_leader: NotRequired[str | None]
    responsible_person: NotRequired[str | None]
    responsible_unit_id: NotRequired[str | None]


class AssignmentsOut(TypedDict):
    items: list[AssignedOut]


class AuditedEvent(TypedDict):
    """
    One event as auditors read it: who (for whom), from where, why, and every change old to new, numbers masked.
    """

    actor: EventActor | None
    at: str
    data: dict[str, Any]
    id: str
    kind: str
    on_behalf_of: EventActor | None
    organization: EventActor | None
    origin: str | None
    reason: str | None
    sensitive: bool
    subject: str | None
    subject_id: str
    subject_kind: str
    title: str


class AuditedPage(TypedDict):
    items: list[AuditedEvent]
    next_cursor: str | None


class BatchIn(TypedDict):
    """
    Posters, or cards that are numbered one by one, for a village or a window.
    """

    count: int
    kind: BatchKind
    organization_id: str
    window: NotRequired[str]


class BatchOut(TypedDict):
    """
    A batch. `token` is what its QR code leads by; the cards are numbered `<number>-0001` and so on.
    """

    count: int
    created_at: str
    id: str
    kind: BatchKind
    made_by: str
    number: str
    organization: NameRef
    returned: int
    token: str
    window: str | None


class BatchPage(TypedDict):
    items: list[BatchOut]
    next_cursor: str | None


class BranchPage(TypedDict):
    items: list[BranchStay]
    next_cursor: str | None


class CardAct(TypedDict):
    """
    One act on the open step.
    """

    evidence: NotRequired[list[str | EvidenceIn]]
    outcome: Literal["done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened"]
    reason: NotRequired[str]
    record: NotRequired[dict[str, Any] | None]
    rule: NotRequired[str]
    step: str
    to: NotRequired[str | None]


class CardChange(TypedDict):
    """
    How a card is sorted. Whom it is about is added to what is known and never taken away.
    """

    about: NotRequired[AboutStaffIn | None]
    category: NotRequired[str | None]
    urgency: NotRequired[Urgency | None]


class CardIn(TypedDict):
    """
    What a sender says. `submission_id` is made at random by the phone and makes sending exactly once.

    `place_token` is what the QR code holds; without one `organization_id` names the village.
    """

    about: NotRequired[AboutIn | None]
    about_note: NotRequired[str]
    category: NotRequired[str]
    channel: NotRequired[Literal["phone_page", "qr"]]
    contact: NotRequired[ContactIn | None]
    content: str
    location_text: NotRequired[str]
    opinion: NotRequired[int | None]
    organization_id: NotRequired[str | None]
    place_token: NotRequired[str | None]
    submission_id: str
    wish: CardWish


class CardRow(TypedDict):
    """
    A card in a list: the day on which it came, and nothing finer.
    """

    anonymity: Anonymity
    category: str
    channel: str
    desk: NameRef
    due_at: str | None
    excerpt: str
    grade: int | None
    holders: list[PersonRef]
    id: str
    light: Literal["green", "yellow", "red", "blue", "grey"]
    number: str
    organization: NameRef
    place: NameRef
    received_on: str
    rectification_number: str | None
    reopened: int
    status: CardStatus
    step: str | None
    step_title: str | None
    urgency: Urgency
    version: int
    voice: Voice
    wish: CardWish


class ClearNumbers(TypedDict):
    """
    What was asked for in clear; null for the others and for what nobody has given.
    """

    birth_date: str | None
    id_number: str | None
    native_place: str | None
    phone: str | None
    proposed: ProposedNumbers


class ClientOut(TypedDict):
    """
    A client. It does what `scopes` say, at `reach` and below; `last_used_at` is known to the minute. `feed`: null
    for one that never went on with a cursor.
    """

    client_id: str
    contact: str | None
    created_at: str
    ends_at: str
    feed: FeedStanding | None
    id: str
    last_used_at: str | None
    name: str
    networks: list[str]
    organization: Place
    reach: Place
    scopes: list[str]
    secrets: list[SecretRow]
    state: Literal["active", "without_scope", "suspended", "ended"]
    suspended_for: str | None
    version: int
    waiting: WaitingCounts


class ClientPage(TypedDict):
    items: list[ClientOut]
    next_cursor: str | None


class ColleagueOut(TypedDict):
    id: str
    name: str
    organization: Place


class ColleaguePage(TypedDict):
    items: list[ColleagueOut]
    next_cursor: str | None


class ConvertIn(TypedDict):
    """
    The problem that a case shows, in the office's own words.
    """

    category: NotRequired[Category | None]
    problem: str
    severity: NotRequired[Severity]


class CorrectionOut(TypedDict):
    at: str
    by: PersonRef
    id: str
    reason: str
    text: str


class DataMapOut(TypedDict):
    items: list[HoldingOut]


class DecisionAct(TypedDict):
    evidence: NotRequired[list[str | EvidenceIn]]
    outcome: Literal["done", "skipped", "returned", "withdrawn", "noted", "extended", "reopened"]
    reason: NotRequired[str]
    record: NotRequired[dict[str, Any] | None]
    rule: NotRequired[str]
    step: str
    to: NotRequired[str | None]


class DecisionChange(TypedDict):
    """
    What may still change before it is decided. A new text is a version of its own, with `material` beside it.
    """

    background: NotRequired[str | None]
    material: NotRequired[bool]
    reason: NotRequired[str]
    subject_class: NotRequired[SubjectClass | None]
    text: NotRequired[TextIn | None]


class DecisionRow(TypedDict):
    """
    A decision in a list.
    """

    closed_at: str | None
    created_at: str
    due_at: str | None
    holders: list[PersonRef]
    id: str
    light: Literal["green", "yellow", "red", "blue", "grey"]
    number: str
    opened_at: str | None
    organization_id: str
    organization_name: str
    proposer: str | None
    sponsor_unit: OrganizationName
    status: DecisionStatus
    step: str | None
    step_title: str | None
    subject_class: SubjectClass
    title: str
    updated_at: str
    version: int


class EntryIn(TypedDict):
    """
    A paper card, a slip from the box, a call, a visit, a letter or what the county sent down.
    """

    about: NotRequired[AboutStaffIn | None]
    about_note: NotRequired[str]
    batch_id: NotRequired[str | None]
    box_opening_id: NotRequired[str | None]
    call: NotRequired[CallIn | None]
    category: NotRequired[str]
    channel: str
    contact: NotRequired[ContactIn | None]
    content: str
    location_text: NotRequired[str]
    opinion: NotRequired[int | None]
    organization_id: str
    printed_number: NotRequired[str | None]
    received_on: NotRequired[str | None]
    submission_id: str
    urgency: NotRequired[Urgency]
    voice: NotRequired[Voice]
    wish: CardWish


class EntryOut(TypedDict):
    """
    What became of one entry: its receipt, to hand to the sender, or why it was not taken in.
    """

    problems: list[EntryProblem]
    receipt: ReceiptOut | None
    submission_id: str


class ExtensionOut(TypedDict):
    """
    A limit moved to the end of the day `until`, why, who asked for it, and who approved it, if anybody has yet.
    """

    approved_at: str | None
    approved_by: PersonRef | None
    asked_at: str
    asked_by: PersonRef
    reason: str
    until: str


class FeedbackCardBySource(TypedDict):
    about: NotRequired[AboutStaffIn | None]
    about_note: NotRequired[str]
    batch_id: NotRequired[str | None]
    box_opening_id: NotRequired[str | None]
    call: NotRequired[CallIn | None]
    category: NotRequired[str]
    channel: NotRequired[str | None]
    codes: NotRequired[dict[str, str]]
    contact: NotRequired[ContactIn | None]
    content: str
    location_text: NotRequired[str]
    opinion: NotRequired[int | None]
    organization_id: NotRequired[str | None]
    printed_number: NotRequired[str | None]
    reason: NotRequired[str]
    received_on: NotRequired[str | None]
    urgency: NotRequired[Urgency]
    voice: NotRequired[Voice]
    wish: NotRequired[CardWish | None]


class FieldList(TypedDict):
    items: list[FieldOut]


class FigureOut(TypedDict):
    """
    A figure with its table. In a column of counts null means one to nine, or a sum that would give such a one away.

    `n` is how many cases it rests on, null when that is not told; `suppressed` when anything is not told.
    """

    about: Literal["rectification", "feedback", "unit"]
    columns: list[FigureColumn]
    coverage: FigureCoverage | None
    definition: str
    drawn_at: str
    facts: list[FigureFact]
    formula: str
    key: str
    lines: list[FigureLine]
    n: int | None
    notes: list[str]
    organization: OrganizationRef
    period: FigurePeriod | None
    rows: list[dict[str, str | int | float | None]]
    source: str
    suppressed: bool
    timed: bool
    title: str
    unit: str


class FiveWOneH(TypedDict):
    """
    The six answers that a decision cannot begin without.
    """

    how_far: HowFar
    what: str
    when: When
    where: str
    who: Who
    why: str


class GrantRow(TypedDict):
    """
    A role that was given, is or will be. `on_behalf_of` is whose role it is when it was lent.
    """

    ended_for: str | None
    ends_at: str | None
    given_by: PersonName | None
    id: str
    in_force: bool
    on_behalf_of: PersonName | None
    organization: Place | None
    reason: str
    role: str
    starts_at: str
    version: int


HandoverRow = TypedDict(
    "HandoverRow",
    {
        "alone": int,
        "at": str,
        "by": str,
        "from": PersonName,
        "id": str,
        "items": int,
        "named": int,
        "reason": str,
        "to": PersonName,
    },
)


class ImportOut(TypedDict):
    """
    One workbook that was brought in.  `refused` holds the first 10,000 reasons; in a list of imports it is empty.
    """

    committed_at: str | None
    created_at: str
    error: str | None
    file_name: str
    id: str
    ledger: str
    progress: ProgressOut
    refused: list[RefusedCell]
    rows: CountsOut
    state: ImportState
    undo_until: str | None


class ImportPage(TypedDict):
    items: list[ImportOut]
    next_cursor: str | None


class InvitationOut(TypedDict):
    """
    The code that its person chooses a password with, shown this once. `link` opens the page with the code in it.

    It works when a security administrator has released it, together with the code that the release shows.
    """

    account: PersonName
    code: str
    expires_at: str
    link: str
    username: str


class KindList(TypedDict):
    items: list[KindOut]


class LentRole(TypedDict):
    """
    A role at an organisation; `id` is the grant of one's own.
    """

    id: str
    organization: Place | None
    role: str


class LogState(TypedDict):
    """
    How the log stands: what is sealed, what waits, and when it was last checked.
    """

    check: CheckOut | None
    days: list[SealDay]
    fingerprint: str | None
    head: SealNote | None
    sealed: int
    sealed_every_minutes: int
    seals: int
    unsealed: int
    waiting_since: str | None


class MappingOut(TypedDict):
    """
    A partner's `code` for our `value`.
    """

    client: NameRef
    code: str
    created_at: str
    field: str
    id: str
    resource: str
    updated_at: str
    value: str
    version: int


class MappingPage(TypedDict):
    items: list[MappingOut]
    next_cursor: str | None


class MeOut(TypedDict):
    """
    Who is signed in. `roles` and `permissions` are the own ones, or those lent by `on_behalf_of`.

    `may_act_for` are the colleagues who lend roles now: their ids go into the header `On-Behalf-Of`.
    """

    demo: bool
    due: Literal["password", "second_step"] | None
    id: str
    language: Literal["zh-CN", "en"]
    may_act_for: list[PersonName]
    name: str
    now: str
    on_behalf_of: PersonName | None
    organization: OrganizationRef | None
    permissions: list[str]
    roles: list[AccountGrantOut]
    username: str


class MemberChange(TypedDict):
    """
    The fields to change; what is left out stays, null empties.
    """

    birth_date: NotRequired[str | None]
    category: NotRequired[str | None]
    confirmed_on: NotRequired[str | None]
    education: NotRequired[str | None]
    ethnic_group: NotRequired[str | None]
    id_number: NotRequired[str | None]
    is_mobile: NotRequired[bool | None]
    joined_on: NotRequired[str | None]
    name: NotRequired[str | None]
    native_place: NotRequired[str | None]
    phone: NotRequired[str | None]
    remark: NotRequired[str | None]
    sex: NotRequired[Sex | None]
    status: NotRequired[MemberStatus | None]


class MemberCorrectionOut(TypedDict):
    """
    A correction as staff see it: a birth date by its year and a native place by its county, until somebody who may
    has them shown in clear for a reason (`POST /members/{id}/unmask`).
    """

    asked_at: str
    due_at: str
    evidence: str
    field: Literal[
        "name",
        "sex",
        "birth_date",
        "ethnic_group",
        "id_number",
        "phone",
        "education",
        "native_place",
        "joined_on",
        "confirmed_on",
        "status",
        "category",
        "is_mobile",
        "remark",
    ]
    finish_at: str
    id: str
    member: Ref
    organization: Ref
    overdue: bool
    reason: str | None
    says: str | None
    settled_at: str | None
    should: str | None
    state: CorrectionState
    title: str
    version: int


class MemberCorrectionPage(TypedDict):
    items: list[MemberCorrectionOut]
    next_cursor: str | None


class MemberDetail(TypedDict):
    """
    A member with what the caller may do: `edit`, `transfer`, `unmask`.
    """

    birth_date: str
    can: list[str]
    category: str | None
    confirmed_on: str | None
    created_at: str
    disputed: bool
    education: str | None
    ethnic_group: str | None
    id: str
    id_number: str
    initials: str
    is_mobile: bool
    joined_on: str | None
    name: str
    native_place: str | None
    organization_id: str
    organization_name: str
    phone: str | None
    pinyin: str
    remark: str | None
    sex: Sex
    status: MemberStatus
    updated_at: str
    version: int


class MemberNew(TypedDict):
    """
    A person for the roster of a branch.
    """

    birth_date: NotRequired[str | None]
    category: NotRequired[str | None]
    confirmed_on: NotRequired[str | None]
    education: NotRequired[str | None]
    ethnic_group: NotRequired[str | None]
    id_number: str
    is_mobile: NotRequired[bool | None]
    joined_on: NotRequired[str | None]
    name: str
    native_place: NotRequired[str | None]
    organization_id: str
    phone: NotRequired[str | None]
    remark: NotRequired[str | None]
    sex: NotRequired[Sex | None]
    status: MemberStatus


class MemberOut(TypedDict):
    """
    A person on a roster; ID number and phone are masked in every answer but that of `unmask`, and so is what would
    complete the number: of `birth_date` the year is shown, of `native_place` the county.
    """

    birth_date: str
    category: str | None
    confirmed_on: str | None
    created_at: str
    disputed: bool
    education: str | None
    ethnic_group: str | None
    id: str
    id_number: str
    initials: str
    is_mobile: bool
    joined_on: str | None
    name: str
    native_place: str | None
    organization_id: str
    organization_name: str
    phone: str | None
    pinyin: str
    remark: str | None
    sex: Sex
    status: MemberStatus
    updated_at: str
    version: int


class MemberPage(TypedDict):
    items: list[MemberOut]
    next_cursor: str | None


class NoticeDay(TypedDict):
    """
    The notices of one day, those not confirmed first.
    """

    day: str
    notices: list[NoticeOut]
    unread: int


class NoticePage(TypedDict):
    items: list[NoticeDay]
    next_cursor: str | None


class OpeningOut(TypedDict):
    """
    An opening. Slips are entered from one that is `confirmed`; `typed` is one from before that was asked.
    """

    answered_at: str | None
    box_no: str
    created_at: str
    id: str
    location: str
    new_seal_no: str
    number: str
    objection: str | None
    opened_at: str
    opener_a: str
    opener_b: str
    organization: NameRef
    recorded_by: str
    remark: str | None
    seal_no: str
    seal_whole: bool
    slips: int
    state: OpeningState


class OpeningPage(TypedDict):
    items: list[OpeningOut]
    next_cursor: str | None


class OpinionAnswer(TypedDict):
    outcome: OpinionOutcome
    reason: str


class OpinionIn(TypedDict):
    channel: OpinionChannel
    content: str
    from_kind: OpinionSource
    from_name: NotRequired[str]


class OpinionOut(TypedDict):
    """
    An opinion; a resident's name is masked for those who do not work on the decision.
    """

    answered_at: str | None
    answered_by: str | None
    channel: OpinionChannel
    content: str
    created_at: str
    from_kind: OpinionSource
    from_name: str | None
    id: str
    outcome: OpinionOutcome | None
    reason: str | None
    updated_at: str
    version: int


class OpinionPage(TypedDict):
    items: list[OpinionOut]
    next_cursor: str | None


class OwnRecordOut(TypedDict):
    corrections: list[OwnCorrection]
    disputed: bool
    fields: list[RecordField]
    id: str
    looks: list[RecordLook]
    organization_name: str


class PackageOut(TypedDict):
    """
    A handover package. `lacking`: what the successor who was asked about could not take over yet.
    """

    contacts: list[Contact]
    items: list[HandoverItem]
    lacking: list[Need]
    named: list[NamedItem]
    organization: str | None
    person: PersonName


class PendingOut(TypedDict):
    """
    Something begun on the open step that lacks so many more people; `until` is the day of an extension.
    """

    by: list[PersonRef]
    kind: Literal["countersign", "waiver", "extension"]
    missing: int
    until: str | None


class PlaceList(TypedDict):
    items: list[PlaceOut]


class PreviewRow(TypedDict):
    """
    One row of the file: its cells and what is wrong with them, by title; personal numbers are masked.
    """

    action: RowAction
    cells: dict[str, str]
    errors: dict[str, CellError]
    row: int
    sheet: str


class PrivacyNoticeOut(TypedDict):
    """
    The notice that the law asks for (PIPL 17), in plain words; days are working days.
    """

    answer_days: int
    finish_days: int
    holdings: list[PublicHolding]
    not_shown: list[str]
    principles: list[str]
    rights: list[str]
    who: list[str]


class ProcedureOut(TypedDict):
    """
    A procedure as data: who may do what, what is recorded and attached, and when.
    """

    key: str
    ladder: NotRequired[list[dict[str, Any]]]
    parties: NotRequired[dict[str, dict[str, str]]]
    reopening: NotRequired[dict[str, Any] | None]
    repeats: NotRequired[bool]
    revised_by: NotRequired[list[str]]
    roles: dict[str, dict[str, str]]
    steps: list[StepDefinition]
    title: dict[str, str]
    version: int
    withdrawal: NotRequired[dict[str, Any] | None]


class ProcedurePage(TypedDict):
    items: list[ProcedureOut]
    next_cursor: str | None


class ProofOut(TypedDict):
    """
    The proof of one event; `guanbiao audit verify-proof FILE` checks it away from the database.
    """

    event: str
    format: str
    head: SealNote | None
    history: list[str]
    path: list[str]
    place: int
    seal: SealNote


class Publications(TypedDict):
    """
    What a place and those above it publish: the newest fifty of each kind, numbers of people masked.
    """

    in_comment: list[OpenDecision]
    replies: list[PublishedReply]
    resolutions: list[PublishedResolution]


class PushedOut(TypedDict):
    """
    What became of one push. `waiting`: some codes are `unknown`, or another record under the id waits; it comes in
    by itself once they are mapped. `dismissed`: somebody here has said that it shall not.

    `partner_status` is the partner's word for our `status`, where one is mapped.

    `number`, `status` and `version` are null where the record is out of the program's sight; so is everything but
    `source`, `result` and `problem` of one that was refused. `receipt` comes with cards, whenever they are brought.
    """

    id: str | None
    number: str | None
    partner_status: str | None
    problem: Refusal | None
    receipt: TrackedBy | None
    result: Literal["created", "updated", "unchanged", "waiting", "refused", "dismissed"]
    source: SourceRef
    status: str | None
    unknown: list[UnknownCode]
    version: int | None


class RectificationBySource(TypedDict):
    affects_people: NotRequired[bool]
    category: NotRequired[Category | None]
    codes: NotRequired[dict[str, str]]
    deadline_kind: NotRequired[DeadlineKind | None]
    due_on: NotRequired[str | None]
    facts: NotRequired[str]
    nobody_affected_reason: NotRequired[str]
    organization_id: NotRequired[str | None]
    problem: str
    reason: NotRequired[str]
    relapse_of_id: NotRequired[str | None]
    remark: NotRequired[str]
    responsible_leader: NotRequired[str]
    responsible_person: NotRequired[str]
    responsible_unit_id: NotRequired[str | None]
    severity: NotRequired[Severity]
    source: NotRequired[RectificationSource | None]
    source_clause: NotRequired[str]
    source_document: NotRequired[str]
    systemic: NotRequired[bool]


class RectificationChange(TypedDict):
    """
    What may change beside the problem. Once the unit asks for closing, severity and who is affected stay.

    Whoever lowers the severity says why; who says that nobody is affected gives that reason.
    """

    affects_people: NotRequired[bool | None]
    category: NotRequired[Category | None]
    facts: NotRequired[str | None]
    nobody_affected_reason: NotRequired[str | None]
    reason: NotRequired[str]
    remark: NotRequired[str | None]
    severity: NotRequired[Severity | None]
    source_clause: NotRequired[str | None]
    source_document: NotRequired[str | None]
    systemic: NotRequired[bool | None]


class RectificationIn(TypedDict):
    """
    A problem as it is found. The triad and the limit are proposals for whoever assigns it.
    """

    affects_people: NotRequired[bool]
    category: Category
    deadline_kind: NotRequired[DeadlineKind | None]
    due_on: NotRequired[str | None]
    facts: NotRequired[str]
    nobody_affected_reason: NotRequired[str]
    organization_id: str
    problem: str
    relapse_of_id: NotRequired[str | None]
    remark: NotRequired[str]
    responsible_leader: NotRequired[str]
    responsible_person: NotRequired[str]
    responsible_unit_id: NotRequired[str | None]
    severity: NotRequired[Severity]
    source: RectificationSource
    source_clause: NotRequired[str]
    source_document: NotRequired[str]
    systemic: NotRequired[bool]


class RectificationRow(TypedDict):
    """
    An item in a list. What is due today is not overdue.

    `overdue_days` is the responsible unit's, counted from the item's limit in force while the unit has it or has given
    it back; `step_late_days` is of whoever holds the open step; `handed_in_late_days` says how late the unit was when
    it asked for closing, and stays. The light is blue while others check, however long they take.
    """

    affects_people: bool
    category: Category
    closed_on: str | None
    created_at: str
    deadline_kind: DeadlineKind | None
    due_on: str | None
    extensions: int
    feedback_card_number: str | None
    handed_in_late_days: int
    holders: list[PersonRef]
    id: str
    light: Literal["green", "yellow", "red", "blue", "grey"]
    number: str
    organization: Place
    original_due_on: str | None
    overdue_days: int
    problem: str
    registered_at: Place
    registered_on: str
    relapsed: bool
    responsible_leader: str | None
    responsible_person: str | None
    responsible_unit: Place | None
    severity: Severity
    source: RectificationSource
    status: RectificationStatus
    step: str | None
    step_late_days: int
    step_title: str | None
    supervised: bool
    systemic: bool
    updated_at: str
    version: int


class RelookItem(TypedDict):
    category: Category
    closed_on: str | None
    id: str
    number: str
    problem: str
    severity: Severity
    version: int


class RelookRow(TypedDict):
    """
    A look that is due or was done, in a list.
    """

    done_at: str | None
    done_by: PersonRef | None
    due_on: str
    findings: str | None
    found: RelookFound | None
    id: str
    item: RelookItem
    kind: RelookKind
    organization: Place


class RoleList(TypedDict):
    items: list[RoleOut]


class SealPage(TypedDict):
    items: list[SealRow]
    next_cursor: str | None


class SealedOut(TypedDict):
    """
    A report of misconduct, opened once.
    """

    about_note: str | None
    content: str
    id: str
    location_text: str | None
    name: str | None
    number: str
    phone: str | None
    photos: list[SealedPhoto]
    reading_count: int


class SealedPage(TypedDict):
    items: list[SealedRow]
    next_cursor: str | None


class SnapshotOut(TypedDict):
    """
    `waiting` for the worker, `writing`, `ready` to be taken until `keep_until`, or `failed` for what `error` says.

    `done` counts lines while they are written, `counts` by resource in the end. `size` and `sha256` are of the file as
    it is sent, `content_sha256` is of the lines in it. `cursor`: `after` for the feed, of the same resources.
    """

    content_sha256: str | None
    counts: dict[str, int]
    created_at: str
    cursor: str | None
    done: int
    error: str | None
    id: str
    keep_until: str
    resources: list[str]
    sha256: str | None
    size: int | None
    state: SnapshotState
    taken_at: str | None


class StepOut(TypedDict):
    """
    One step as the run stands; `by` is who closed it, `times` how often it was opened.

    `passed`: it does not apply here. `due_at` is the limit with its extensions, `original_due_at` without them.
    """

    acts: list[ActOut]
    by: PersonRef | None
    closed_at: str | None
    due_at: str | None
    earliest_at: str | None
    extensions: list[ExtensionOut]
    help: str
    key: str
    opened_at: str | None
    original_due_at: str | None
    state: Literal["waiting", "open", "done", "skipped", "passed"]
    times: int
    title: str


class TrackedOut(TypedDict):
    """
    A card as its sender sees it: days, never hours, and no name of any staff.
    """

    can_add_photos: bool
    can_rate: bool
    can_withdraw: bool
    category: str
    closed_on: str | None
    grade: int | None
    number: str
    parts: list[TrackedPart]
    photos: int
    public_reply: str | None
    rated_on: str | None
    received_on: str
    replied_on: str | None
    status: CardStatus
    status_title: str
    steps: list[TrackedStep]
    wish: CardWish


class UnknownList(TypedDict):
    """
    The codes for which most records wait, 200 at the most.
    """

    items: list[UnknownOut]


class WaitingOut(TypedDict):
    """
    A record that waits. `problem`: why it was refused though its codes are known; `behind`: another one under its
    id comes first. What it says is shown to nobody before it has come in.
    """

    behind: bool
    client: NameRef
    created_at: str
    id: str
    problem: WhyRefused | None
    reason: str | None
    resource: str
    source_id: str
    state: WaitingState
    system: str
    unknown: list[UnknownCode]
    version: int


class WaitingPage(TypedDict):
    items: list[WaitingOut]
    next_cursor: str | None


class WebhookOut(TypedDict):
    """
    A subscription and how it goes. `unconfirmed`: nothing is sent before somebody else has confirmed the address.
    `client_over`: its client is suspended or has ended. `failing`: the last message did not arrive. `waiting_since` is
    when the oldest message that waits came from the log, `behind_since` when the oldest of what is no message yet was
    written there, as while it is paused; `reason` why it is paused or closed.
    """

    behind_since: str | None
    client: WebhookClient
    confirmed_at: str | None
    created_at: str
    dead: int
    failing_since: str | None
    id: str
    last_failure: str | None
    last_failure_at: str | None
    last_success_at: str | None
    organization: Place
    paused_at: str | None
    reason: str | None
    resources: list[str]
    secrets: list[WebhookSecretRow]
    state: Literal["active", "failing", "unconfirmed", "paused", "client_over", "closed"]
    types: list[str]
    url: str
    version: int
    waiting: int
    waiting_since: str | None


class WebhookPage(TypedDict):
    items: list[WebhookOut]
    next_cursor: str | None


class AccountCreated(TypedDict):
    id: str
    invitation: InvitationOut
    version: int


class AccountDetail(TypedDict):
    """
    An account with all its roles, the ended ones too, and what the caller may do with it.

    `invited_until`: a code is under way; `invitation_released`: it works, together with the second one.
    """

    activated_at: str | None
    can: list[
        Literal[
            "invite",
            "recover",
            "suspend",
            "resume",
            "move",
            "hand_over",
            "close",
            "grant",
            "end_sessions",
            "reset_second_step",
            "release",
        ]
    ]
    created_at: str
    dormant_on: str | None
    grants: list[GrantRow]
    handovers: list[HandoverRow]
    id: str
    invitation_released: bool
    invited_until: str | None
    last_used_on: str | None
    member_id: str | None
    name: str
    organization: Place | None
    roles: list[HeldRole]
    state: Literal["invited", "active", "suspended", "closed"]
    suspended_for: str | None
    username: str
    version: int


class AccountPage(TypedDict):
    items: list[AccountRow]
    next_cursor: str | None


class BroughtOut(TypedDict):
    """
    An answer for each record, in the order in which they came, and how many there are of each.
    """

    items: list[PushedOut]
    results: dict[str, int]


class CardPage(TypedDict):
    items: list[CardRow]
    next_cursor: str | None


class ChangeOut(TypedDict):
    """
    One record that changed. `upsert`: `record` is as it is now, the same as in the list of its resource; a record
    that came into reach comes so too. `remove`: it is gone, or out of reach. `below`: it is about every record of the
    resource below the organisation `id`, which was moved or merged: after `remove` they are gone, after `resync` they
    are to be read anew. `resync` without resource: what this caller may see was changed as a whole, so take everything
    anew.
    """

    below: bool
    id: str
    op: Op
    record: OrganizationOut | MemberOut | DecisionRow | RectificationRow | CardRow | None
    resource: str | None


class ChangesOut(TypedDict):
    """
    Changes in order. Go on with `next_cursor`, at once while `more`. The same may come twice; none is left out.
    """

    items: list[ChangeOut]
    more: bool
    next_cursor: str


class DecisionIn(TypedDict):
    background: NotRequired[str]
    five_w_one_h: FiveWOneH
    organization_id: str
    proposer: NotRequired[str]
    sponsor_unit_id: str
    subject_class: SubjectClass
    text: TextIn
    title: str


class DecisionPage(TypedDict):
    items: list[DecisionRow]
    next_cursor: str | None


DelegationOut = TypedDict(
    "DelegationOut",
    {
        "ended_for": str | None,
        "ends_at": str,
        "ends_on": str,
        "from": PersonName,
        "id": str,
        "mine": bool,
        "reason": str,
        "roles": list[LentRole],
        "starts_at": str,
        "starts_on": str,
        "state": str,
        "to": PersonName,
        "version": int,
    },
)


class EntriesIn(TypedDict):
    """
    Up to fifty at once, as they come out of a box. One that cannot be taken in keeps none of the others out.
    """

    entries: list[EntryIn]


class EntriesOut(TypedDict):
    entries: list[EntryOut]


class Item(TypedDict):
    record: FeedbackCardBySource
    source_id: str


class FeedbackCardBatch(TypedDict):
    items: list[Item]
    source_system: str


class FeedbackCardBatchItem(TypedDict):
    record: FeedbackCardBySource
    source_id: str


class PreviewPage(TypedDict):
    columns: list[PreviewColumn]
    items: list[PreviewRow]
    next_cursor: str | None


class Item1(TypedDict):
    record: RectificationBySource
    source_id: str


class RectificationBatch(TypedDict):
    items: list[Item1]
    source_system: str


class RectificationBatchItem(TypedDict):
    record: RectificationBySource
    source_id: str


class RectificationPage(TypedDict):
    items: list[RectificationRow]
    next_cursor: str | None


class RelookPage(TypedDict):
    items: list[RelookRow]
    next_cursor: str | None


class RunOut(TypedDict):
    """
    A run of a procedure, with what this caller may do next.

    `due_at` is the limit of the open step, `limit_at` that of the whole matter, which the light is about.
    """

    due_at: str | None
    earliest_at: str | None
    holders: list[PersonRef]
    key: str
    light: Literal["green", "yellow", "red", "blue", "grey"]
    limit_at: str | None
    opened_at: str | None
    options: list[OptionOut]
    pending: PendingOut | None
    provisional: bool
    result: str | None
    round: int
    state: Literal["open", "closed", "ended", "withdrawn"]
    step: str | None
    steps: list[StepOut]
    title: str
    version: int


class CardOut(TypedDict):
    """
    A card with its procedure, as this caller may see and act on it.
    """

    about: list[NameRef]
    about_note: str | None
    anonymity: Anonymity
    answer_due_on: str | None
    answered_on: str | None
    batch: BatchRef | None
    box_opening_id: str | None
    calls: list[CallOut]
    category: str
    channel: str
    closed_on: str | None
    content: str
    desk: NameRef
    grade: int | None
    handling_unit: NameRef | None
    has_contact: bool
    id: str
    kind: CardKind | None
    location_text: str | None
    matched: list[NameRef]
    merged: list[NumberRef]
    merged_into: NumberRef | None
    number: str
    opinion: int | None
    organization: NameRef
    parts: list[NumberRef]
    people_about: int
    photos: list[PhotoOut]
    place: NameRef
    procedure: RunOut
    public_reply: str | None
    published: bool
    rated_on: str | None
    received_on: str
    rectification: NumberRef | None
    reopened: int
    split_from: NumberRef | None
    status: CardStatus
    urgency: Urgency
    version: int
    voice: Voice
    wish: CardWish


class DecisionOut(TypedDict):
    """
    A decision with its procedure, as this caller may see and act on it.
    """

    background: str | None
    closed_at: str | None
    created_at: str
    five_w_one_h: dict[str, Any]
    id: str
    number: str
    organization_id: str
    organization_name: str
    procedure: RunOut
    proposer: str | None
    sponsor_unit: OrganizationName
    status: DecisionStatus
    subject_class: SubjectClass
    text: TextOut
    title: str
    updated_at: str
    version: int


class DelegationList(TypedDict):
    """
    What the caller lent and was lent, and what of the own roles may be lent.
    """

    items: list[DelegationOut]
    lendable: list[LentRole]


class FeedbackCardPushed(TypedDict):
    id: str | None
    number: str | None
    partner_status: str | None
    problem: Refusal | None
    receipt: TrackedBy | None
    record: CardOut | GoneOut | None
    result: Literal["created", "updated", "unchanged", "waiting", "refused", "dismissed"]
    source: SourceRef
    status: str | None
    unknown: list[UnknownCode]
    version: int | None


class RectificationOut(TypedDict):
    """
    An item with its procedure, as this caller may see and act on it.
    """

    affects_people: bool
    category: Category
    claimed_closed: bool
    closed_on: str | None
    corrections: list[CorrectionOut]
    created_at: str
    deadline_kind: DeadlineKind | None
    due_on: str | None
    extensions: int
    facts: str | None
    feedback: ItemRef | None
    feedback_card_number: str | None
    handed_in_late_days: int
    holders: list[PersonRef]
    id: str
    light: Literal["green", "yellow", "red", "blue", "grey"]
    measures: str | None
    merged_into: ItemRef | None
    nobody_affected_reason: str | None
    number: str
    organization: Place
    original_due_on: str | None
    overdue_days: int
    problem: str
    procedure: RunOut
    registered_at: Place
    registered_on: str
    relapse_of: ItemRef | None
    relapsed: bool
    relooks: list[RelookOut]
    remark: str | None
    responsible_leader: str | None
    responsible_person: str | None
    responsible_unit: Place | None
    result: str | None
    severity: Severity
    source: RectificationSource
    source_clause: str | None
    source_document: str | None
    status: RectificationStatus
    step: str | None
    step_late_days: int
    step_title: str | None
    supervised: bool
    systemic: bool
    updated_at: str
    version: int


class RectificationPushed(TypedDict):
    id: str | None
    number: str | None
    partner_status: str | None
    problem: Refusal | None
    receipt: TrackedBy | None
    record: RectificationOut | None
    result: Literal["created", "updated", "unchanged", "waiting", "refused", "dismissed"]
    source: SourceRef
    status: str | None
    unknown: list[UnknownCode]
    version: int | None
