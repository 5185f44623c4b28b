"""What events need not tell, or tell otherwise, of the rows that verbs change: each line with its reason."""

from backend.domain.told import COUNTED, NAMES, UNTOLD

PARTS = {
    "member_correction": "its content is a ciphertext; that it was asked for and settled is told",
    "organization_name": "follows from the name, which is told",
    "organization_place": "follows from the place in the tree, which is told",
    "account_invitation": "a code; that it was made or used is the kind of the event",
    "account_session": "sessions that end with the verb; the event counts them or names the cause",
    "feedback_photo": "goes with the words of its card, of which it is told that they were sealed",
    "kept_answer": "what was answered before, in a ciphertext; it goes with the record that leaves somebody's sight",
    "client_secret": "a secret; that it was made or ended is the kind of the event",
    "webhook_delivery": "a message; how many are sent again, and which was given up, is told",
    "webhook_secret": "a secret; that another follows it, and how long it signs beside that, is told",
    "delegation": "named in the event with what it carried",
    "demo_clock": "how far the clock moved is told",
    "ledger_import": "what was counted is told",
    "notice": "that it was received is the kind of the event",
    "notice_pace": "when the next notice is due",
    "numbering": "the number given out is told",
    "organization_tally": "follows from the records that are counted",
    "procedure_run": "the position follows from the acts, each of which is told",
    "recovery_code": "used up with the verb",
    "refresh_token": "ends with its session",
    "role_grant": "named in the event with what it gave",
    "sealed_report": "a ciphertext; reading and handing over are the event itself",
    "source_record": "keyed hashes of what was brought last; what changed is told of the record itself",
    "waiting_record": "what became of it is the kind of the event",
    "second_step": "a secret; its state is the kind of the event",
    "snapshot": "how much was written and its hash is told",
    "sign_in_try": "counts tries under keyed hashes, for a day",
}
"""Tables that are nobody's subject: what becomes of their rows is told by the verb, in its own words."""

OTHERWISE = {
    "member.id_number": "a ciphertext, told masked",
    "member.phone": "a ciphertext, told masked",
    "opinion.answered_at": "the event's own time",
    "opinion.answered_by": "the event's own actor",
    "opinion.answered_by_name": "the event's own actor",
    "rectification.eased_by": "the event's own actor; what was merged brings its own",
    "rectification_relook.done_at": "the event's own time",
    "rectification_relook.done_by": "the event's own actor",
    "rectification_relook.done_by_name": "the event's own actor",
    "rectification_relook.evidence": "told as hashes of what was added",
    "member_branch.valid_to": "told as `on`",
    "decision.text_sha256": "told as `text` with its version",
    "decision.text_version": "told as `text` with its hash",
}
"""Columns that an event tells under another name."""

HIDDEN = (
    {
        "feedback_card.public_reply",
        "feedback_card.merged_into_id",
        "feedback_card.rectification_id",
        "feedback_card.content",
        "feedback_card.about_note",
        "feedback_card.location_text",
        "member.name",
        "member.birth_date",
        "member.native_place",
        "member.education",
        "member.ethnic_group",
        "member.remark",
    }
    | NAMES
    | COUNTED
)
"""Columns whose change is told, and whose values are masked."""

BYTES = ("_hash",)

CARRIED = {
    "organization.merged": "what the one had goes to the other, which is named; how many of each, and which children"
}
"""Verbs that carry many records along: told by number, and not in each of them."""

PARENTS = {"opinion": "decision_id", "member_branch": "member_id", "rectification_relook": "rectification_id"}
"""Tables whose rows are changed by verbs about another record."""


def is_silent(table: str, column: str) -> bool:
    """Whether no event has to tell of a column."""
    name = f"{table}.{column}"
    return name in UNTOLD or f"*.{column}" in UNTOLD or name in OTHERWISE or column.endswith(BYTES)
